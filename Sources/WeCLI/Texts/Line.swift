/// A line of text of which every part knows how it may be shown.
///
/// Literals are ours; everything that is interpolated may come from anyone and is made harmless
/// here, so that no command can forget it. Numbers and times wait for the language.
struct Line: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// How a part looks, where colours are shown at all; the words alone must say everything.
    enum Tone: Sendable, Equatable {
        case plain, strong, faint, good, warn, bad, id, topic, command
    }

    /// What a part is, before it is said in a language.
    enum Content: Sendable, Equatable {
        case text(String)
        case number(Int)
        case bytes(Int)
        case moment(Int64)
        case date(Int64)
        case list([String])
        case saying(Text)
    }

    /// A stretch in one tone.
    struct Piece: Sendable, Equatable {
        var content: Content
        var tone: Tone
    }

    /// A stretch that is ready to be shown.
    struct Run: Sendable, Equatable {
        var text: String
        var tone: Tone
    }

    private(set) var pieces: [Piece]

    init(_ pieces: [Piece] = []) {
        self.pieces = pieces
    }

    init(stringLiteral value: String) {
        self.init([Piece(content: .text(value), tone: .plain)])
    }

    init(stringInterpolation: StringInterpolation) {
        self.init(stringInterpolation.pieces)
    }

    /// Anyone's text as one line.
    init(of text: String, _ tone: Tone = .plain) {
        self.init([Piece(content: .text(Sanitize.line(text)), tone: tone)])
    }

    static func + (left: Line, right: Line) -> Line {
        Line(left.pieces + right.pieces)
    }

    /// What a voice makes of it.
    func runs(_ voice: Voice) -> [Run] {
        pieces.flatMap { piece in
            if case .saying(let text) = piece.content {
                return text[voice.language].runs(voice).map {
                    Run(text: $0.text, tone: $0.tone == .plain ? piece.tone : $0.tone)
                }
            }
            return [Run(text: voice.say(piece.content), tone: piece.tone)]
        }
    }

    /// The words alone.
    func plain(_ voice: Voice) -> String {
        runs(voice).map(\.text).joined()
    }
}

extension Line {
    /// Collects the parts of a literal.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pieces: [Piece] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount * 2 + 1)
        }

        mutating func appendLiteral(_ literal: String) {
            guard !literal.isEmpty else { return }
            pieces.append(Piece(content: .text(literal), tone: .plain))
        }

        /// Anyone's text, on one line.
        mutating func appendInterpolation(_ text: String, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .text(Sanitize.line(text)), tone: tone))
        }

        mutating func appendInterpolation(_ number: Int, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .number(number), tone: tone))
        }

        /// A number with its noun, such as `\(count, "share", "shares")`.
        mutating func appendInterpolation(_ count: Int, _ one: String, _ many: String) {
            appendInterpolation(count)
            appendLiteral(" " + (count == 1 ? one : many))
        }

        /// A moment as people say it: "just now", "10:42", "3 weeks ago".
        mutating func appendInterpolation(when moment: Int64, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .moment(moment), tone: tone))
        }

        /// A day: "14 May 2027".
        mutating func appendInterpolation(date moment: Int64, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .date(moment), tone: tone))
        }

        /// A size: "3.4 MB".
        mutating func appendInterpolation(size bytes: Int, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .bytes(bytes), tone: tone))
        }

        /// Names with commas and "and".
        mutating func appendInterpolation(list names: [String], _ tone: Tone = .plain) {
            pieces.append(Piece(content: .list(names.map { Sanitize.line($0) }), tone: tone))
        }

        mutating func appendInterpolation(_ line: Line) {
            pieces += line.pieces
        }

        mutating func appendInterpolation(_ text: Text, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .saying(text), tone: tone))
        }
    }
}
