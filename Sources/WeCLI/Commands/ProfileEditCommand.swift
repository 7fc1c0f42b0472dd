import Weonomy

/// `weonomy profile edit`: all of it in an editor, one line for each thing.
enum ProfileEditCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let old = try await brain.profile(of: nil)
        let form = ProfileForm(old, context.language)
        let written = try context.editor.edit(
            form.text, help: Text.profileHelp.plain(context.language))
        guard let written else {
            context.output.note(.nothingChanged)
            return try await context.profileReply(brain, of: brain.me)
        }
        try await apply(try ProfileForm(reading: written), to: brain, old)
        return try await context.profileReply(brain, of: brain.me)
    }

    private static func apply(_ new: ProfileForm, to brain: Brain, _ old: Profile) async throws {
        let editor = brain.profile
        if let name = new.name, name != old.person.name { try await editor.name(name) }
        if new.role != old.role { try await editor.role(new.role) }
        if new.contact != old.contact { try await editor.contact(new.contact) }
        for offer in old.offers where !new.offers.contains(where: { $0.topic == offer.topic }) {
            try await editor.withdrawOffer(offer.topic)
        }
        for offer in new.offers
        where !old.offers.contains(where: { $0.topic == offer.topic && $0.level == offer.level }) {
            try await editor.offer(offer.topic, level: offer.level)
        }
        for topic in old.learning where !new.learning.contains(topic) {
            try await editor.learn(topic, isRemoved: true)
        }
        for topic in new.learning where !old.learning.contains(topic) {
            try await editor.learn(topic)
        }
        for code in old.languages where !new.languages.contains(code) {
            try await editor.language(code, isRemoved: true)
        }
        for code in new.languages where !old.languages.contains(code) {
            try await editor.language(code)
        }
        for work in old.responsibilities where !new.work.contains(where: { $0.what == work.what }) {
            try await editor.responsibility(work.what, isRemoved: true)
        }
        for work in new.work
        where !old.responsibilities.contains(where: {
            ($0.what, $0.result, $0.why) == (work.what, work.result, work.why)
        }) {
            try await editor.responsibility(work.what, result: work.result, why: work.why)
        }
        try await editor.confirm()
    }
}

/// A profile as lines of `label: value`, in either language.
struct ProfileForm {
    private(set) var name: String?
    private(set) var role = ""
    private(set) var contact = ""
    private(set) var offers: [(topic: String, level: Level)] = []
    private(set) var learning: [String] = []
    private(set) var languages: [String] = []
    private(set) var work: [(what: String, result: String, why: String)] = []
    /// The form to fill in.
    private(set) var text = ""

    /// What stands before the colon.
    private enum Label: CaseIterable {
        case name, role, contact, languages, offers, learning, responsible

        var text: Text {
            switch self {
            case .name: Text("Name", "Naam")
            case .role: Text("Role", "Rol")
            case .contact: Text(same: "Contact")
            case .languages: Text("Languages", "Talen")
            case .offers: Text("I offer", "Ik bied")
            case .learning: Text("I want to learn", "Ik wil leren")
            case .responsible: Text("I answer for", "Ik sta voor")
            }
        }

        static func named(_ word: String) -> Label? {
            allCases.first { label in
                Language.allCases.contains { label.text.plain($0).lowercased() == word }
            }
        }
    }

    init(_ profile: Profile, _ language: Language) {
        func line(_ label: Label, _ value: String) {
            text += "\(label.text.plain(language)): \(value)".trimmed + "\n"
        }
        line(.name, profile.person.name)
        line(.role, profile.role)
        line(.contact, profile.contact)
        line(.languages, profile.languages.joined(separator: ", "))
        line(
            .offers,
            profile.offers.map { "\($0.topic) (\(Text.level($0.level).plain(language)))" }
                .joined(separator: ", "))
        line(.learning, profile.learning.joined(separator: ", "))
        for work in profile.responsibilities {
            line(.responsible, "\(work.what) | \(work.result) | \(work.why)")
        }
        line(.responsible, "")
    }

    /// Reads what was written.
    init(reading written: String) throws(Failure) {
        for line in written.split(separator: "\n") where !line.trimmed.isEmpty {
            guard let colon = line.firstIndex(of: ":"),
                let label = Label.named(line[..<colon].trimmed.lowercased())
            else { throw Failure(.failure, "not-understood", .lineNotUnderstood(String(line))) }
            try take(label, line[line.index(after: colon)...].trimmed)
        }
    }

    private mutating func take(_ label: Label, _ value: String) throws(Failure) {
        guard !value.isEmpty else { return }
        let parts = value.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        switch label {
        case .name: name = value
        case .role: role = value
        case .contact: contact = value
        case .languages: languages = parts.map { $0.lowercased() }
        case .learning: learning = parts.map { $0.lowercased() }
        case .offers:
            for part in parts { offers.append(try Self.offer(part)) }
        case .responsible:
            let fields = value.split(separator: "|", omittingEmptySubsequences: false)
                .map(\.trimmed)
            work.append(
                (
                    fields[0], fields.count > 1 ? fields[1] : "",
                    fields.count > 2 ? fields[2...].joined(separator: "|") : ""
                ))
        }
    }

    /// `sqlite (expert)`; without a level it is the middle one.
    private static func offer(_ part: String) throws(Failure) -> (topic: String, level: Level) {
        guard part.hasSuffix(")"), let open = part.lastIndex(of: "(") else {
            return (part.lowercased(), .average)
        }
        let word = part[part.index(after: open)...].dropLast()
        guard let level = Level(parsing: word) else {
            throw Failure(.failure, "not-understood", .noSuchLevel(String(word)))
        }
        return (part[..<open].trimmed.lowercased(), level)
    }
}
