import Weonomy

/// Breaks lines where the screen ends.
enum Wrap {
    /// The runs as lines of at most `width` columns; words that are too long are cut.
    ///
    /// - Parameter hanging: Columns that every line after the first leaves free.
    static func lines(_ runs: [Line.Run], width: Int, hanging: Int = 0) -> [[Line.Run]] {
        var wrapper = Wrapper(width: max(width, hanging + 8), hanging: hanging)
        for run in runs { wrapper.add(run) }
        return wrapper.finished()
    }

    /// Plain text as lines.
    static func lines(_ text: String, width: Int, hanging: Int = 0) -> [String] {
        lines([Line.Run(text: text, tone: .plain)], width: width, hanging: hanging)
            .map { $0.map(\.text).joined() }
    }
}

private struct Wrapper {
    let width: Int
    let hanging: Int
    var done: [[Line.Run]] = []
    var line: [Line.Run] = []
    var column = 0
    /// The word being collected, which may change tone halfway.
    var word: [Line.Run] = []
    var wordWidth = 0
    /// Spaces between the line and the word.
    var gap: [Line.Run] = []
    var gapWidth = 0

    init(width: Int, hanging: Int) {
        self.width = width
        self.hanging = hanging
    }

    mutating func add(_ run: Line.Run) {
        for character in run.text {
            if character == " " {
                flushWord()
                gapWidth += 1
                Wrapper.append(character, run.tone, to: &gap)
            } else {
                wordWidth += character.displayWidth
                Wrapper.append(character, run.tone, to: &word)
            }
        }
    }

    mutating func finished() -> [[Line.Run]] {
        flushWord()
        done.append(line)
        return done
    }

    private mutating func flushWord() {
        guard !word.isEmpty else { return }
        if column + gapWidth + wordWidth > width, column > (done.isEmpty ? 0 : hanging) {
            breakLine()
        } else {
            line += gap
            column += gapWidth
        }
        gap = []
        gapWidth = 0
        placeWord()
        word = []
        wordWidth = 0
    }

    /// Puts the word on the line, cut where it does not fit on any.
    private mutating func placeWord() {
        if column + wordWidth <= width {
            line += word
            column += wordWidth
            return
        }
        for run in word {
            for character in run.text {
                if column + character.displayWidth > width { breakLine() }
                Wrapper.append(character, run.tone, to: &line)
                column += character.displayWidth
            }
        }
    }

    private mutating func breakLine() {
        done.append(line)
        line =
            hanging > 0
            ? [Line.Run(text: String(repeating: " ", count: hanging), tone: .plain)] : []
        column = hanging
    }

    private static func append(
        _ character: Character, _ tone: Line.Tone, to runs: inout [Line.Run]
    ) {
        if let last = runs.indices.last, runs[last].tone == tone {
            runs[last].text.append(character)
        } else {
            runs.append(Line.Run(text: String(character), tone: tone))
        }
    }
}
