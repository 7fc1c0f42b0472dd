/// HTML as strict as the renderer writes it: anything else is a fault.
enum StrictHTML {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    enum Token {
        case text([UInt8])
        case start(name: String, attributes: [String: String], isVoid: Bool)
        case end(name: String)
        /// What cmark-gfm writes in place of HTML.
        case omitted
    }

    private static let omitted = Array("<!-- raw HTML omitted -->".utf8)

    /// The tokens of a fragment.
    static func tokens(_ html: String) throws -> [Token] {
        let bytes = Array(html.utf8)
        var tokens: [Token] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] != UInt8(ascii: "<") {
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                tokens.append(.text(Array(bytes[index..<end])))
                index = end
            } else if bytes[index...].starts(with: omitted) {
                tokens.append(.omitted)
                index += omitted.count
            } else {
                guard let end = bytes[index...].firstIndex(of: UInt8(ascii: ">")) else {
                    throw Fault(description: "a tag that does not end")
                }
                tokens.append(try tag(bytes[(index + 1)..<end]))
                index = end + 1
            }
        }
        return tokens
    }

    private static func tag(_ tag: ArraySlice<UInt8>) throws -> Token {
        var text = String(decoding: tag, as: UTF8.self)
        if text.hasPrefix("/") { return .end(name: try name(text.dropFirst())) }
        let isVoid = text.hasSuffix(" /")
        if isVoid { text.removeLast(2) }
        let first = text.prefix { $0 != " " }
        var rest = text[first.endIndex...]
        var attributes: [String: String] = [:]
        while !rest.isEmpty {
            guard rest.hasPrefix(" "), let equals = rest.firstRange(of: "=\"") else {
                throw Fault(description: "an attribute without quotes: <\(text)>")
            }
            let key = try name(rest[..<equals.lowerBound].dropFirst())
            let value = rest[equals.upperBound...].prefix { $0 != "\"" }
            guard value.endIndex < rest.endIndex, attributes[key] == nil else {
                throw Fault(description: "an attribute that does not end, or twice: <\(text)>")
            }
            attributes[key] = String(value)
            rest = rest[rest.index(after: value.endIndex)...]
        }
        return .start(name: try name(first), attributes: attributes, isVoid: isVoid)
    }

    private static func name(_ text: Substring) throws -> String {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first),
            text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) })
        else { throw Fault(description: "the name \(text)") }
        return String(text)
    }

    /// A value as a browser takes it: the references that escaping writes resolved.
    static func unescaped(_ value: String) -> String {
        var value = value
        for (name, text) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&"),
        ] {
            value = value.replacing(name, with: text)
        }
        return value
    }

    // MARK: - What the renderer may write

    private static let allowed: [String: Set<String>] = [
        "p": [], "blockquote": [], "ul": [], "ol": ["start"], "li": ["class"], "h1": [], "h2": [],
        "h3": [], "h4": [], "h5": [], "h6": [], "pre": ["class"], "code": ["class"], "table": [],
        "thead": [], "tbody": [], "tr": [], "th": ["scope", "class"], "td": ["class"], "em": [],
        "strong": [], "del": [], "a": ["href", "rel", "title"], "span": ["class"], "label": [],
        "hr": [], "br": [], "input": ["type", "checked", "disabled"], "img": ["src", "alt"],
    ]
    private static let void: Set<String> = ["hr", "br", "input", "img"]

    /// Throws if a fragment has any tag, attribute, nesting or address that it may not have.
    static func check(_ html: String) throws {
        var open: [String] = []
        for token in try tokens(html) {
            switch token {
            case .omitted: throw Fault(description: "a comment")
            case .text(let bytes): try check(text: bytes)
            case .end(let name):
                guard open.popLast() == name else {
                    throw Fault(description: "</\(name)> ends none")
                }
            case .start(let name, let attributes, let isVoid):
                guard let keys = allowed[name], keys.isSuperset(of: attributes.keys),
                    isVoid == void.contains(name), name != "a" || !open.contains("a")
                else { throw Fault(description: "<\(name) \(attributes)> in \(open)") }
                try check(name, attributes)
                if !isVoid { open.append(name) }
            }
        }
        guard open.isEmpty else { throw Fault(description: "left open: \(open)") }
    }

    private static func check(text: [UInt8]) throws {
        for (index, byte) in text.enumerated() {
            let isControl = byte < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains(byte)
            if isControl || byte == 0x22 || byte == 0x3E {
                throw Fault(description: "byte \(byte) in a text")
            }
            guard byte == 0x26 else { continue }
            let rest = text[index...]
            guard
                ["&amp;", "&lt;", "&gt;", "&quot;"].contains(where: { rest.starts(with: $0.utf8) })
            else { throw Fault(description: "a bare & in a text") }
        }
    }

    private static func check(_ name: String, _ attributes: [String: String]) throws {
        let classes = /html|missing|task|left|center|right|language-[A-Za-z0-9_+-]+/
        if let value = attributes["class"], value.wholeMatch(of: classes) == nil {
            throw Fault(description: "class \(value)")
        }
        if let start = attributes["start"], UInt32(start) == nil {
            throw Fault(description: "start \(start)")
        }
        for value in attributes.values {
            try check(text: Array(value.replacing("&#x27;", with: "").utf8))
        }
        if let source = attributes["src"], scheme(source) != nil || source.hasPrefix("//") {
            throw Fault(description: "an image from \(source)")
        }
        guard let address = attributes["href"] else { return }
        let scheme = scheme(address)
        guard scheme == nil || ["http", "https", "mailto"].contains(scheme ?? "") else {
            throw Fault(description: "a link to \(address)")
        }
        let isOutside = scheme?.hasPrefix("http") ?? address.hasPrefix("//")
        guard (attributes["rel"] == "noreferrer noopener nofollow") == isOutside else {
            throw Fault(description: "the rel of \(address)")
        }
    }

    /// What stands before a colon that no slash, question mark or hash precedes.
    static func scheme(_ address: String) -> String? {
        // A reader that decodes more than a browser does finds nothing either.
        let plain = unescaped(address).filter { !$0.isWhitespace }
        guard let end = plain.first(where: { ":/?#\\".contains($0) }), end == ":" else {
            return nil
        }
        return plain.prefix { $0 != ":" }.lowercased()
    }
}
