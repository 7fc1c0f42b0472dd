package import Weonomy

/// A fragment of a page, of which every part knows whether it is markup.
///
/// Literals are ours and are markup; everything that is interpolated may come from anyone and is
/// escaped here, so that no page can forget it (SECURITY.md, threat 27). What is to be said in the
/// reader's language waits for it, as in ``Line``.
///
///     let card: HTML = "<li><a href=\"\(path)\">\(item.title)</a> \(.askedBy(name))</li>"
///
/// Attributes are always written with double quotes. Inside a tag a ``Text`` gives its words
/// without the elements that mark its tones.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
    private enum Piece: Sendable {
        case markup(String)
        case text(Text)
        case attribute(Text)
        case time(Instant)
        case date(Instant)
    }

    private var pieces: [Piece]
    /// Whether the text so far ends between `<` and `>`; `nil` where neither has occurred.
    private var endsInTag: Bool?
    private var isInTag: Bool { endsInTag ?? false }

    package init() { pieces = [] }

    package init(stringLiteral value: String) {
        pieces = [.markup(value)]
        note(value)
    }

    package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.html }

    /// What a renderer of ours has made: well-formed and escaped.
    package init(markup: String) { self.init(stringLiteral: markup) }

    /// Several fragments, one after the other.
    package init(_ parts: some Sequence<HTML>) {
        self.init()
        for part in parts { self += part }
    }

    package var isEmpty: Bool { pieces.isEmpty }

    package static func += (left: inout HTML, right: HTML) {
        left.pieces += right.pieces
        left.endsInTag = right.endsInTag ?? left.endsInTag
    }

    package static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum += right
        return sum
    }

    private mutating func note(_ markup: String) {
        let last = markup.utf8.last { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
        if let last { endsInTag = last == UInt8(ascii: "<") }
    }

    // MARK: - Rendering

    /// The page in a language.
    ///
    /// - Complexity: O(length).
    package func rendered(_ voice: Voice) -> String {
        var out = ""
        for piece in pieces {
            switch piece {
            case .markup(let markup): out += markup
            case .text(let text): HTML.write(text[voice.language].runs(voice), to: &out)
            case .attribute(let text):
                HTML.escape(text[voice.language].plain(voice), to: &out)
            case .time(let moment):
                HTML.write(moment, voice.relative(moment.milliseconds), voice, to: &out)
            case .date(let moment):
                HTML.write(moment, voice.date(moment.milliseconds), voice, to: &out)
            }
        }
        return out
    }

    private static func write(_ runs: [Line.Run], to out: inout String) {
        for run in runs {
            guard let name = element(run.tone) else {
                escape(run.text, to: &out)
                continue
            }
            out += "<\(name)>"
            escape(run.text, to: &out)
            out += "</\(name)>"
        }
    }

    /// A tone that a reader must not miss has an element of its own; the others are for terminals.
    private static func element(_ tone: Line.Tone) -> String? {
        switch tone {
        case .strong: "strong"
        case .command: "code"
        case .plain, .faint, .good, .warn, .bad, .id, .topic: nil
        }
    }

    private static func write(
        _ moment: Instant, _ words: String, _ voice: Voice, to out: inout String
    ) {
        out += "<time datetime=\""
        escape(moment.iso8601, to: &out)
        out += "\" title=\""
        escape(voice.exact(moment.milliseconds), to: &out)
        out += "\">"
        escape(words, to: &out)
        out += "</time>"
    }

    /// Escapes for text and for attributes in double or single quotes, and drops what no HTML
    /// document may contain (WHATWG HTML, 13.2.3.5: control characters and noncharacters).
    static func escape(_ text: String, to out: inout String) {
        let isHarmless = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
                UInt8(ascii: "'"):
                false
            default: byte >= 0x20 && byte < 0x7F
            }
        }
        guard !isHarmless else { return out += text }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\t", "\n": out.unicodeScalars.append(scalar)
            default:
                if !isForbidden(scalar.value) { out.unicodeScalars.append(scalar) }
            }
        }
    }

    private static func isForbidden(_ value: UInt32) -> Bool {
        value < 0x20 || (0x7F..<0xA0).contains(value) || (0xFDD0...0xFDEF).contains(value)
            || value & 0xFFFE == 0xFFFE
    }
}

extension HTML {
    /// Collects the parts of a literal.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var html = HTML()

        package init(literalCapacity: Int, interpolationCount: Int) {
            html.pieces.reserveCapacity(interpolationCount * 2 + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            guard !literal.isEmpty else { return }
            html.pieces.append(.markup(literal))
            html.note(literal)
        }

        /// Anyone's text, escaped; a change of direction stays inside it.
        package mutating func appendInterpolation(_ text: String) {
            guard !html.isInTag, Sanitize.turns(text) else {
                return appendInterpolation(raw: text)
            }
            html.pieces.append(.markup("<bdi>"))
            appendInterpolation(raw: text)
            html.pieces.append(.markup("</bdi>"))
        }

        /// Anyone's text where no element may be, as in a `textarea`: escaped, and nothing else.
        package mutating func appendInterpolation(raw text: String) {
            var escaped = ""
            HTML.escape(text, to: &escaped)
            html.pieces.append(.markup(escaped))
        }

        package mutating func appendInterpolation(_ number: Int) {
            html.pieces.append(
                html.isInTag ? .markup(String(number)) : .text(Text(same: "\(number)")))
        }

        /// What Weonomy says, in the reader's language.
        package mutating func appendInterpolation(_ text: Text) {
            html.pieces.append(html.isInTag ? .attribute(text) : .text(text))
        }

        /// A moment as people say it, with the exact one as its title.
        package mutating func appendInterpolation(when moment: Instant) {
            html.pieces.append(.time(moment))
        }

        /// A day.
        package mutating func appendInterpolation(date moment: Instant) {
            html.pieces.append(.date(moment))
        }

        package mutating func appendInterpolation(_ html: HTML) { self.html += html }

        package mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { html += part }
        }

        /// A fragment that may be absent.
        package mutating func appendInterpolation(_ html: HTML?) {
            if let html { self.html += html }
        }
    }
}
