import Weonomy

/// What could be typed next, out of the table of commands and the brain.
struct Completer {
    /// A word, and what it is.
    struct Candidate: Equatable, Sendable {
        let word: String
        var about = ""
    }

    let commands: [CommandSpec]
    let language: Language
    /// Ids, topics and people that begin with a prefix; nothing when there is no brain.
    let lookUp: (Completion, String) async -> [Candidate]

    /// Candidates for the last of the words, which may be empty.
    func candidates(_ words: [String]) async -> [Candidate] {
        let typed = words.last ?? ""
        var place = Place(commands: commands)
        for word in words.dropLast() { place.pass(word) }
        if let pending = place.pending { return await fill(pending.completes, typed) }
        if !place.isPastOptions, typed.hasPrefix("-") {
            return await options(place, typed)
        }
        if place.path.isEmpty { return names(of: commands, typed) }
        var result: [Candidate] = []
        if place.operandCount == 0, let spec = place.spec, place.path.count == 1 {
            result = names(of: spec.subcommands, typed)
        }
        if let operand = place.operand { result += await fill(operand.completes, typed) }
        return result
    }

    /// As lines for a shell; files and folders are the shell's own business.
    static func lines(_ candidates: [Candidate]) -> String {
        candidates.map {
            let word = Sanitize.line($0.word)
            return $0.about.isEmpty ? word : word + "\t" + Sanitize.line($0.about)
        }.map { $0 + "\n" }.joined()
    }

    private func options(_ place: Place, _ typed: String) async -> [Candidate] {
        if let equals = typed.firstIndex(of: "=") {
            let name = typed[..<equals].dropFirst(2)
            guard let option = place.options.first(where: { $0.name == name }),
                let value = option.value
            else { return [] }
            let head = String(typed[...equals])
            return await fill(value.completes, String(typed[equals...].dropFirst())).map {
                Candidate(word: head + $0.word, about: $0.about)
            }
        }
        return place.options.filter { "--\($0.name)".hasPrefix(typed) }
            .filter { $0.isList || !place.given.contains($0.name) }
            .map { Candidate(word: "--\($0.name)", about: $0.summary.plain(language)) }
    }

    private func names(of commands: [CommandSpec], _ typed: String) -> [Candidate] {
        commands.filter { !$0.isHidden && $0.name.hasPrefix(typed) }
            .map { Candidate(word: $0.name, about: $0.summary.plain(language)) }
    }

    private func fill(_ completion: Completion, _ typed: String) async -> [Candidate] {
        switch completion {
        case .nothing: return []
        case .file: return [Candidate(word: "<files>")]
        case .folder: return [Candidate(word: "<folders>")]
        case .words(let words):
            return words.filter { $0.hasPrefix(typed) }.map { Candidate(word: $0) }
        case .command:
            return names(of: commands, typed)
                + Help.subjects.filter { $0.hasPrefix(typed) }.map { Candidate(word: $0) }
        case .query: return await query(typed)
        case .id, .topic, .person:
            return await lookUp(completion, typed)
        }
    }

    private func query(_ typed: String) async -> [Candidate] {
        for (keys, completion) in Completer.searchKeys {
            for key in keys where typed.hasPrefix(key) {
                let rest = String(typed.dropFirst(key.count))
                return await lookUp(completion, rest).map {
                    Candidate(word: key + $0.word, about: $0.about)
                }
            }
        }
        for (key, words) in Completer.searchValues where typed.hasPrefix(key) {
            return words.map { Candidate(word: key + $0) }.filter { $0.word.hasPrefix(typed) }
        }
        let keys = [
            "topic:", "by:", "is:", "has:", "validated:", "after:", "before:", "lang:", "near:",
            "goal:", "reuses:",
        ]
        let ids = typed.isEmpty ? [] : await lookUp(.id, typed)
        let topics = typed.isEmpty ? [] : await lookUp(.topic, typed)
        return keys.filter { $0.hasPrefix(typed) }.map { Candidate(word: $0) } + topics + ids
    }

    private static let searchKeys: [([String], Completion)] = [
        (["topic:", "onderwerp:"], .topic), (["by:", "door:"], .person),
        (["near:", "reuses:", "hergebruikt:"], .id),
    ]

    private static let searchValues: [(String, [String])] = [
        (
            "is:",
            [
                "status", "experience", "howto", "insight", "lesson", "file", "share", "need",
                "answer", "open", "resolved", "unresolved", "unmet", "duplicate", "answered",
                "withdrawn", "retracted", "heard", "shadow", "log", "conflict", "mine",
                "for-me", "asks-me",
            ]
        ),
        ("has:", ["file", "answer", "validation", "thanks"]), ("validated:", ["yes", "no"]),
        ("lang:", ["en", "nl"]),
    ]
}

/// Where on the command line the cursor is.
private struct Place {
    let commands: [CommandSpec]
    var path: [String] = []
    var spec: CommandSpec?
    var given: Set<String> = []
    var pending: ValueSpec?
    var operandCount = 0
    var isPastOptions = false

    init(commands: [CommandSpec]) {
        self.commands = commands
    }

    mutating func pass(_ word: String) {
        if pending != nil {
            pending = nil
        } else if isPastOptions {
            operandCount += 1
        } else if word == "--" {
            isPastOptions = true
        } else if word.hasPrefix("-"), word.count > 1 {
            passOption(word)
        } else if let spec {
            let child =
                path.count == 1 && operandCount == 0
                ? spec.subcommands.first { $0.name == word } : nil
            if let child {
                self.spec = child
                path.append(word)
            } else {
                operandCount += 1
            }
        } else {
            spec = commands.first { $0.name == word }
            path = [word]
        }
    }

    private mutating func passOption(_ word: String) {
        let option = options.first {
            word == "--\($0.name)" || word.hasPrefix("--\($0.name)=")
                || $0.short.map { word == "-\($0)" } ?? false
        }
        guard let option else { return }
        given.insert(option.name)
        guard let value = option.value, !value.isOptional, !word.contains("=") else { return }
        pending = value
    }

    var operand: Operand? {
        guard let operands = spec?.operands, let last = operands.last else { return nil }
        if operandCount < operands.count { return operands[operandCount] }
        return last.isRepeated ? last : nil
    }

    var options: [OptionSpec] {
        let own = spec.map { $0.options + ($0.subcommands.first?.options ?? []) } ?? []
        return own + Globals.options
    }
}
