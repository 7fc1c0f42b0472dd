import Foundation

@testable import Weonomy

/// cmark-gfm, GitHub's own program, as the oracle.
///
/// Both outputs are brought to one form before they are compared. What that form leaves out:
///
/// | the renderer | cmark-gfm | why |
/// |---|---|---|
/// | HTML escaped in `pre` or `span` | leaves it out | nothing of a text may act |
/// | links to `ftp:`, `file:`, … keep their text only | a link | only what is safe on any machine |
/// | `rel` on links to other sites | none | other sites learn nothing |
/// | an image as a link, or its text | `img` | nothing is loaded from elsewhere |
/// | no link in a link or image | may nest them | HTML forbids it |
/// | `class` on cells | `align` | the attribute is obsolete |
/// | `scope` on heads, `label` around a task | neither | screen readers |
/// | a task in a quote or a nested item | text | its pattern looks at the start of the line |
/// | a task is done by its own mark | by any `[x]` in the line | a fault of version 0.29 |
/// | no class for a language such as `c#` or `{x}` | a class | only plain names are attributes |
///
/// Not compared at all, since CommonMark changed after 0.29 or a choice differs: comments as
/// `<!-->`, declarations in lower case, symbols such as `€` beside emphasis, names of references
/// beyond HTML 4, wikilinks, controls, bare `ftp` links, a bare link after an image that is not
/// closed, a mail address with an escape.
enum MarkdownOracle {
    static let isPresent =
        run("command -v cmark-gfm", [])?.isEmpty == false

    /// What cmark-gfm makes of each file.
    static func html(files: [String]) throws -> [String] {
        let loop = """
            while IFS= read -r file; do
              cmark-gfm -e table -e tasklist -e strikethrough -e autolink "$file"; printf '\\0'
            done
            """
        guard let output = run(loop, files) else { throw CocoaError(.executableLoad) }
        return output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// What cmark-gfm makes of each text.
    static func html(_ texts: [String]) throws -> [String] {
        let folder = try TemporaryFolder()
        let names = texts.indices.map { "\($0)" }
        for (name, text) in zip(names, texts) { try folder.write(text, at: name) }
        return try html(files: names.map { folder.path + "/" + $0 })
    }

    private static func run(_ script: String, _ lines: [String]) -> Data? {
        guard let folder = try? TemporaryFolder(),
            (try? folder.write(lines.map { $0 + "\n" }.joined(), at: "input")) != nil,
            let input = FileHandle(forReadingAtPath: folder.path + "/input")
        else { return nil }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.standardInput = input
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return nil }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? output : nil
    }

    static func ours(_ text: String) -> String {
        MarkdownRenderer().html(MarkdownDocument(text, hasWikilinks: false))
    }

    // MARK: - One form

    /// Both outputs in one form: equal where the same is said.
    static func forms(ours: String, oracle: String) throws -> (ours: String, oracle: String) {
        // Most differ in this at most, and need no look at their tags, which takes long.
        let plain = ours.replacingOccurrences(
            of: " rel=\"noreferrer noopener nofollow\"", with: "")
        if plain == oracle { return (plain, oracle) }
        return (try form(ours), try form(oracle))
    }

    static func form(_ html: String) throws -> String {
        var form = Form()
        for token in try StrictHTML.tokens(html) { form.add(token) }
        // A line ends after a block of HTML, unless the block ends an item.
        // Lazy lines keep their indent after a hard break in version 0.29.
        return form.text.replacing("<html>\n", with: "<html>")
            .replacing(/<br>\n[ \t]+/, with: "<br>\n") + "\ntasks \(form.taskCount)"
    }

    private struct Form {
        var bytes: [UInt8] = []
        var taskCount = 0
        /// Of each link around, whether it stays.
        private var links: [Bool] = []
        /// Whether all is passed over until the end of an HTML block or part.
        private var hidden: String?
        private var spans: [Bool] = []
        /// Whether nothing but white space came since an item began.
        private var isItemStart = false

        var text: String { String(decoding: bytes, as: UTF8.self) }

        mutating func add(_ token: StrictHTML.Token) {
            if let name = hidden {
                if case .end(name) = token { hidden = nil }
                return
            }
            switch token {
            case .omitted:
                bytes += "<html>".utf8
                isItemStart = false
            case .text(let text): add(text)
            case .start(let name, let attributes, _): start(name, attributes)
            case .end(let name): end(name)
            }
        }

        private mutating func add(_ text: [UInt8]) {
            var text = text[...]
            if isItemStart {
                text = text.drop { $0 == 0x20 || $0 == 0x0A }
                guard !text.isEmpty else { return }
                isItemStart = false
                for mark in ["[ ] ", "[x] ", "[X] "] where text.starts(with: mark.utf8) {
                    text = text.dropFirst(4).drop { $0 == 0x20 }
                    taskCount += 1
                }
            }
            bytes += text
        }

        private mutating func start(_ name: String, _ attributes: [String: String]) {
            if attributes["class"] == "html" {
                bytes += "<html>".utf8
                hidden = name
                isItemStart = false
                return
            }
            switch name {
            case "label": return
            case "input":
                taskCount += 1
                return
            case "a":
                let address = attributes["href"] ?? ""
                let stays = isWritten(address) && !links.contains(true)
                links.append(stays)
                if stays { write("a \(address) \(attributes["title"] ?? "")") }
            case "img": image(attributes)
            case "li":
                write("li")
                isItemStart = true
                return
            case "p":
                write("p")
                return
            default:
                let kept = attributes.filter { isKept($0.key, $0.value) }.map { key, value in
                    ["left", "center", "right"].contains(value) ? value : "\(key) \(value)"
                }
                write(([name] + kept.sorted()).joined(separator: " "))
            }
            isItemStart = false
        }

        private func isKept(_ key: String, _ value: String) -> Bool {
            guard key == "class" else { return key != "scope" }
            return !value.hasPrefix("language-")
                || value.dropFirst(9).wholeMatch(of: /[A-Za-z0-9_+-]+/) != nil
        }

        private mutating func end(_ name: String) {
            switch name {
            case "label": return
            case "a": if links.popLast() ?? false { write("/a") }
            default: write("/" + name)
            }
            isItemStart = false
        }

        private func isWritten(_ address: String) -> Bool {
            let scheme = StrictHTML.scheme(address)
            // cmark-gfm leaves an address that it refuses empty.
            return !address.isEmpty
                && (scheme == nil || ["http", "https", "mailto"].contains(scheme ?? ""))
        }

        private mutating func image(_ attributes: [String: String]) {
            let address = attributes["src"] ?? ""
            let scheme = StrictHTML.scheme(address)
            let isOutside = scheme?.hasPrefix("http") ?? address.hasPrefix("//")
            let alt = attributes["alt"] ?? ""
            let isShown =
                alt.isEmpty && (scheme == nil || ["http", "https", "mailto"].contains(scheme))
            let shown = isShown ? address : alt
            if isOutside, !links.contains(true) {
                write("a \(address) ")
                bytes += shown.utf8
                write("/a")
            } else {
                bytes += shown.utf8
            }
        }

        private mutating func write(_ tag: String) {
            bytes += "<\(tag)>".utf8
        }
    }
}
