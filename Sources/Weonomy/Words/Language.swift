/// A language that Weonomy speaks completely.
package enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case dutch = "nl"

    /// Reads `nl`, `nl_NL.UTF-8`, `nl-BE`, `en@euro`; nil for a language it does not speak.
    package init?(tag: String) {
        let code = tag.lowercased().prefix { $0.isLetter }
        switch code {
        case "nl": self = .dutch
        case "en", "c", "posix": self = .english
        default: return nil
        }
    }

    /// The first that is set wins: `--lang`, WEONOMY_LANG, LC_ALL, LC_MESSAGES, LANG.
    package static func choose(option: String?, environment: [String: String]) -> Language {
        let names = ["WEONOMY_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
        let candidates = [option] + names.map { environment[$0] }
        for case .some(let tag) in candidates where !tag.isEmpty {
            return Language(tag: tag) ?? .english
        }
        return .english
    }
}
