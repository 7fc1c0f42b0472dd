/// Something that Weonomy says, in every language it speaks.
///
/// A text is a function with typed arguments that gives both languages at once, so a missing
/// translation or a placeholder that was not filled in does not compile.
package struct Text: Sendable, Equatable {
    package let english: Line
    package let dutch: Line

    package init(_ english: Line, _ dutch: Line) {
        self.english = english
        self.dutch = dutch
    }

    /// The same in every language: a name, a command, a number.
    package init(same line: Line) {
        self.init(line, line)
    }

    package subscript(language: Language) -> Line {
        switch language {
        case .english: english
        case .dutch: dutch
        }
    }

    /// The text alone, without colours.
    package func plain(_ language: Language) -> String {
        self[language].plain(Voice(language: language))
    }
}
