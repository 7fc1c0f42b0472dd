public import WeData

/// An answer as it stands below the need it is for, in an exported note.
public struct ExportedAnswer: Hashable, Sendable {
    /// The answer's object.
    public let id: ObjectID
    /// Who gave it, by name.
    public let author: String
    /// When it was given.
    public let created: Instant?
    /// Whether it teaches.
    public let isLesson: Bool
    /// Its text.
    public let body: String
}

/// A file that goes with an exported note.
struct ExportedLink: Hashable {
    /// What its owner called it.
    let name: String
    /// Where it lies, from the note; `nil` where it is not on this laptop.
    let target: String?

    fileprivate var line: String {
        let shown = String(name.oneLine.map { "[]<>\\`".contains($0) ? "-" : $0 })
        return target.map { "> - [\(shown)](\($0))" } ?? "> - \(shown) (not on this laptop)"
    }
}

/// The text of an exported note: a body as it is, then what the export adds.
///
/// Every added line after the first starts with `>`, so the last line that equals the marker is
/// always the export's own, whatever people wrote.
struct ExportedBody {
    /// The text as its author wrote it.
    let body: String
    /// The files that go with it.
    let files: [ExportedLink]
    /// The answers below it.
    let answers: [ExportedAnswer]

    static let marker = "<!-- weonomy: answers, added by the export -->"

    init(body: String, files: [ExportedLink] = [], answers: [ExportedAnswer]) {
        self.body = body
        self.files = files
        self.answers = answers
    }

    /// The whole text, ended by a line feed.
    var text: String {
        guard !answers.isEmpty || !files.isEmpty || body.contains(Self.marker) else {
            return body + "\n"
        }
        var lines = [body, Self.marker]
        if !files.isEmpty { lines += [">", "> [!files] Files"] + files.map(\.line) + [""] }
        for answer in answers {
            lines.append(">")
            let date = answer.created?.iso8601 ?? ""
            let lesson = answer.isLesson ? " lesson" : ""
            lines.append("> [!answer] \(answer.author.oneLine)")
            lines.append("> %% \(answer.id) \(date)\(lesson) %%")
            lines += Self.lines(answer.body).map { $0.isEmpty ? ">" : "> " + $0 }
            // Callouts are apart only with a blank line between them.
            lines.append("")
        }
        return lines.joined(separator: "\n") + (answers.isEmpty && files.isEmpty ? "\n" : "")
    }

    /// Reads such a text back, also after people edited it.
    init(reading text: String) {
        let lines = Self.lines(text)
        guard let marker = lines.lastIndex(where: { $0.trimmed == Self.marker }),
            lines[(marker + 1)...].allSatisfy({ $0.trimmed.isEmpty || $0.utf8.first == Self.quote })
        else {
            body = (lines.last == "" ? lines.dropLast() : lines).joined(separator: "\n")
            (files, answers) = ([], [])
            return
        }
        body = lines[..<marker].joined(separator: "\n")
        // What a note names can't be taken in from another folder.
        files = []
        answers = Self.answers(lines[(marker + 1)...])
    }

    /// The lines between line feeds; a carriage return before one stays with its line.
    private static func lines(_ text: String) -> [String] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }

    private static func answers(_ lines: ArraySlice<String>) -> [ExportedAnswer] {
        var answers: [ExportedAnswer] = []
        var lines = lines
        while let start = lines.firstIndex(where: { $0.utf8.starts(with: head.utf8) }) {
            let author = lines[start].withoutScalars(head.count).trimmed
            lines = lines[(start + 1)...]
            let words = (lines.first ?? "").split(separator: " ")
            guard words.count >= 4, words[0] == ">", words[1] == "%%",
                let id = Hex.decode(words[2]).flatMap({ ObjectID($0) })
            else { continue }
            let end = lines.firstIndex { $0.utf8.first != quote } ?? lines.endIndex
            let body = lines[(lines.startIndex + 1)..<end].map { line in
                line.withoutScalars(line.utf8.starts(with: "> ".utf8) ? 2 : 1)
            }
            answers.append(
                ExportedAnswer(
                    id: id, author: author, created: Instant(iso8601: words[3]),
                    isLesson: words.contains("lesson"), body: body.joined(separator: "\n")))
            lines = lines[end...]
        }
        return answers
    }

    private static let head = "> [!answer] "
    private static let quote = UInt8(ascii: ">")
}

extension String {
    /// The text after some scalars: an accent may stand alone behind them and must stay.
    fileprivate func withoutScalars(_ count: Int) -> String {
        String(Substring(unicodeScalars.dropFirst(count)))
    }
}
