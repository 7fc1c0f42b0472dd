/// A line of text of which every part knows how it may be shown.
///
/// Literals are ours; everything that is interpolated may come from anyone and is made harmless
/// here, so that no command can forget it. Numbers and times wait for the language.
package struct Line: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// How a part looks, where colours are shown at all; the words alone must say everything.
    package enum Tone: Sendable, Equatable {
        case plain, strong, faint, good, warn, bad, id, topic, command
    }

    /// What a part is, before it is said in a language.
    package enum Content: Sendable, Equatable {
        case text(String)
        case number(Int)
        case bytes(Int)
        case moment(Int64)
        case date(Int64)
        case list([String])
        case saying(Text)
    }

    /// A stretch in one tone.
    package struct Piece: Sendable, Equatable {
        package var content: Content
        package var tone: Tone

        package init(content: Content, tone: Tone) {
            self.content = content
            self.tone = tone
        }
    }

    /// A stretch that is ready to be shown.
    package struct Run: Sendable, Equatable {
        package var text: String
        package var tone: Tone

        package init(text: String, tone: Tone) {
            self.text = text
            self.tone = tone
        }
    }

    private(set) var pieces: [Piece]

    package init(_ pieces: [Piece] = []) {
        self.pieces = pieces
    }

    package init(stringLiteral value: String) {
        self.init([Piece(content: .text(value), tone: .plain)])
    }

    package init(stringInterpolation: StringInterpolation) {
        self.init(stringInterpolation.pieces)
    }

    /// Anyone's text as one line.
    package init(of text: String, _ tone: Tone = .plain) {
        self.init([Piece(content: .text(Sanitize.line(text)), tone: tone)])
    }

    package static func + (left: Line, right: Line) -> Line {
        Line(left.pieces + right.pieces)
    }

    /// What a voice makes of it.
    package func runs(_ voice: Voice) -> [Run] {
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
    package func plain(_ voice: Voice) -> String {
        runs(voice).map(\.text).joined()
    }
}

extension Line {
    /// Collects the parts of a literal.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pieces: [Piece] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount * 2 + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            guard !literal.isEmpty else { return }
            pieces.append(Piece(content: .text(literal), tone: .plain))
        }

        /// Anyone's text, on one line.
        package mutating func appendInterpolation(_ text: String, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .text(Sanitize.line(text)), tone: tone))
        }

        package mutating func appendInterpolation(_ number: Int, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .number(number), tone: tone))
        }

        /// A number with its noun, such as `\(count, "share", "shares")`.
        package mutating func appendInterpolation(_ count: Int, _ one: String, _ many: String) {
            appendInterpolation(count)
            appendLiteral(" " + (count == 1 ? one : many))
        }

        /// A moment as people say it: "just now", "10:42", "3 weeks ago".
        package mutating func appendInterpolation(when moment: Int64, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .moment(moment), tone: tone))
        }

        /// A day: "14 May 2027".
        package mutating func appendInterpolation(date moment: Int64, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .date(moment), tone: tone))
        }

        /// A size: "3.4 MB".
        package mutating func appendInterpolation(size bytes: Int, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .bytes(bytes), tone: tone))
        }

        /// Names with commas and "and".
        package mutating func appendInterpolation(list names: [String], _ tone: Tone = .plain) {
            pieces.append(Piece(content: .list(names.map { Sanitize.line($0) }), tone: tone))
        }

        package mutating func appendInterpolation(_ line: Line) {
            pieces += line.pieces
        }

        package mutating func appendInterpolation(_ text: Text, _ tone: Tone = .plain) {
            pieces.append(Piece(content: .saying(text), tone: tone))
        }
    }
}
