/// Something that Weonomy says, in every language it speaks.
///
/// A text is a function with typed arguments that gives both languages at once, so a missing
/// translation or a placeholder that was not filled in does not compile.
struct Text: Sendable, Equatable {
    let english: Line
    let dutch: Line

    init(_ english: Line, _ dutch: Line) {
        self.english = english
        self.dutch = dutch
    }

    /// The same in every language: a name, a command, a number.
    init(same line: Line) {
        self.init(line, line)
    }

    subscript(language: Language) -> Line {
        switch language {
        case .english: english
        case .dutch: dutch
        }
    }

    /// The text alone, without colours.
    func plain(_ language: Language) -> String {
        self[language].plain(Voice(language: language))
    }
}
