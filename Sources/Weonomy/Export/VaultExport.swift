import WeData

/// A file of an export.
public struct ExportedFile: Hashable, Sendable {
    /// The path below the export's folder, with `/` between its parts.
    public let path: String
    /// What the file holds.
    public let bytes: [UInt8]

    init(path: String, text: String) {
        self.path = path
        bytes = Array(text.utf8)
    }
}

/// The properties of exported notes that other tools do not know.
enum VaultKey {
    /// What a note was made from that is no item: such a note is not taken in again.
    static let generated = "weonomy"
}

/// Writes items and people as a folder of Markdown that Obsidian and any editor opens.
///
/// The same items give the same bytes; nothing tells when or where the export was made.
/// Retracted items are left out.
public enum VaultExport {
    /// The files, by path.
    public static func files(
        items: [Item], profiles: [Profile], teamName: String
    ) -> [ExportedFile] {
        files(items: items, profiles: profiles, teamName: teamName, with: VaultFiles())
    }

    static func files(
        items: [Item], profiles: [Profile], teamName: String, with attached: VaultFiles
    ) -> [ExportedFile] {
        let vault = Vault(items: items, profiles: profiles, attached: attached)
        let files =
            vault.items.map(vault.file) + vault.people.map(vault.file)
            + [vault.index(teamName: teamName)]
        return files.sorted { FolderImport.isBefore($0.path, $1.path) }
    }
}

/// Items and people with the paths of their files.
private struct Vault {
    let items: [Item]
    let people: [PersonRef]
    private let profiles: [PersonID: Profile]
    private let answers: [ObjectID: [Item]]
    private let itemPaths: [ObjectID: String]
    private let peoplePaths: [PersonID: String]
    private let attached: VaultFiles

    init(items: [Item], profiles: [Profile], attached: VaultFiles) {
        self.attached = attached
        // The oldest keeps the plain name, so that a later namesake changes no path.
        var seen = Set<ObjectID>()
        let kept = items.filter { !$0.isRetracted && seen.insert($0.id).inserted }.sorted {
            $0.created != $1.created ? $0.created < $1.created : $0.id < $1.id
        }
        let needs = Set(kept.filter { $0.kind == .need }.map(\.id))
        // An answer whose need is gone stands on its own.
        func isEmbedded(_ item: Item) -> Bool {
            item.kind == .answer && item.about.map(needs.contains) ?? false
        }
        let answers = Dictionary(grouping: kept.filter(isEmbedded)) { $0.about ?? $0.id }
        let ownFiles = kept.filter { !isEmbedded($0) }
        var people: [PersonID: PersonRef] = [:]
        for item in kept {
            people[item.author.id] = item.author
            for validation in item.validations { people[validation.person.id] = validation.person }
        }
        for profile in profiles { people[profile.person.id] = profile.person }
        let sortedPeople = people.values.sorted { $0.id < $1.id }

        var paths = FilePaths()
        var peoplePaths: [PersonID: String] = [:]
        for person in sortedPeople {
            peoplePaths[person.id] = paths.path(
                in: "People", title: person.name, shortID: String("\(person.id)".prefix(8)),
                id: "\(person.id)")
        }
        var itemPaths: [ObjectID: String] = [:]
        for item in ownFiles {
            let folder =
                item.kind == .share ? paths.folder(topic: item.topics.first ?? "general") : "Needs"
            itemPaths[item.id] = paths.path(
                in: folder, title: item.title, shortID: item.shortID, id: "\(item.id)")
        }
        self.items = ownFiles
        self.people = sortedPeople
        self.profiles = Dictionary(profiles.map { ($0.person.id, $0) }) { first, _ in first }
        self.answers = answers
        self.itemPaths = itemPaths
        self.peoplePaths = peoplePaths
    }

    // MARK: - Notes

    func file(_ item: Item) -> ExportedFile {
        var properties = FrontMatter()
        properties.set("id", "\(item.id)")
        properties.set("title", item.title)
        properties.set("aliases", aliases(item))
        properties.set("tags", Self.tags(item.topics))
        properties.set("topics", item.topics)
        // Who takes the vault in elsewhere learns who wrote it, not who brought it here.
        properties.set("author", item.byline ?? link(item.author))
        if item.byline != nil { properties.set("brought-by", link(item.author)) }
        properties.set("created", item.created.iso8601)
        properties.set("changed", item.changed.iso8601)
        properties.set("kind", item.shareKind?.rawValue ?? item.kind.rawValue)
        properties.set("status", item.status?.rawValue)
        properties.set("lang", item.language)
        properties.set("source", item.source)
        properties.set("tried", item.tried)
        properties.set("good-enough-when", item.goodEnoughWhen)
        properties.set("about", item.about.map { "\($0)" })
        properties.set("for", item.askedFor)
        properties.set("heard", item.isHeard ? "outside" : nil)
        properties.set("goal", item.goal.map { "\($0)" })
        properties.set("reuses", item.reuses.map { "\($0)" })
        properties.set("lesson", item.isLesson ? "teaches" : nil)
        properties.set("files", item.files.map(\.name))
        properties.set(
            "validated-by", item.validations.filter(\.isCurrent).map { link($0.person) })
        properties.set(
            "reactions",
            Reaction.allCases.compactMap { reaction in
                let count = item.reactions[reaction]?.count ?? 0
                return count > 0 ? "\(reaction.rawValue) \(count)" : nil
            })
        let embedded = (answers[item.id] ?? []).map {
            ExportedAnswer(
                id: $0.id, author: $0.byline ?? $0.author.name, created: $0.created,
                isLesson: $0.isLesson,
                body: $0.body)
        }
        let files = item.files.map {
            ExportedLink(name: $0.name, target: attached.link(to: $0))
        }
        let text = ExportedBody(body: item.body, files: files, answers: embedded).text
        return ExportedFile(path: itemPaths[item.id] ?? "", text: properties.text + text)
    }

    private func aliases(_ item: Item) -> [String] {
        let isPathTitle = Self.stem(itemPaths[item.id] ?? "") == item.title
        return (isPathTitle || item.title.isEmpty ? [] : [item.title]) + [item.shortID]
    }

    // MARK: - People

    func file(_ person: PersonRef) -> ExportedFile {
        var properties = FrontMatter()
        properties.set(VaultKey.generated, "person")
        properties.set("id", "\(person.id)")
        properties.set("title", person.name)
        let path = peoplePaths[person.id] ?? ""
        if Self.stem(path) != person.name, !person.name.isEmpty {
            properties.set("aliases", [person.name])
        }
        var lines = ["# \(Self.inline(person.name))"]
        if let profile = profiles[person.id] {
            properties.set("role", profile.role)
            properties.set("languages", profile.languages)
            properties.set("contact", profile.contact)
            properties.set("confirmed", profile.confirmed?.iso8601)
            lines += Self.section(
                "Offers", profile.offers.map { "\(Self.inline($0.topic)) (\($0.level.rawValue))" })
            lines += Self.section("Wants to learn", profile.learning.map(Self.inline))
            lines += Self.section(
                "Responsibilities",
                profile.responsibilities.map { responsibility in
                    [responsibility.what, responsibility.result, responsibility.why]
                        .map(Self.inline).filter { !$0.isEmpty }.joined(separator: " — ")
                })
        }
        let own = items.filter { $0.author.id == person.id }
        lines += Self.section("Notes", own.map(link))
        return ExportedFile(path: path, text: properties.text + Self.text(lines))
    }

    // MARK: - Index

    func index(teamName: String) -> ExportedFile {
        var properties = FrontMatter()
        properties.set(VaultKey.generated, "index")
        properties.set("title", teamName.oneLine)
        var lines = ["# \(Self.inline(teamName))"]
        lines += Self.section(
            "Needs",
            items.filter { $0.kind == .need }.map { need in
                "\(link(need)) (\((need.status ?? .open).rawValue))"
            })
        let shares = items.filter { $0.kind == .share }
        let topics = Dictionary(grouping: shares) { $0.topics.first.map { Facet.folded($0) } ?? "" }
        for (topic, shares) in topics.sorted(by: { $0.key < $1.key }) {
            lines += Self.section(topic.isEmpty ? "general" : Self.inline(topic), shares.map(link))
        }
        lines += Self.section("People", people.map(link))
        return ExportedFile(path: "Index.md", text: properties.text + Self.text(lines))
    }

    // MARK: - Parts

    private func link(_ item: Item) -> String {
        Self.link(to: itemPaths[item.id] ?? "", showing: item.title)
    }

    private func link(_ person: PersonRef) -> String {
        Self.link(to: peoplePaths[person.id] ?? "", showing: person.name)
    }

    private static func link(to path: String, showing title: String) -> String {
        let shown = inline(title)
        return "[[\(path.dropLast(3))|\(shown.isEmpty ? stem(path) : shown)]]"
    }

    /// A title in running text: nothing in it can end a link or start one.
    private static func inline(_ text: String) -> String {
        String(text.oneLine.map { "[]|<>".contains($0) ? "-" : $0 })
    }

    private static func section(_ title: String, _ items: [String]) -> [String] {
        items.isEmpty ? [] : ["", "## \(title)", ""] + items.map { "- \($0)" }
    }

    private static func text(_ lines: [String]) -> String {
        "\n" + lines.joined(separator: "\n") + "\n"
    }

    private static func stem(_ path: String) -> String {
        String((path.split(separator: "/").last ?? "").dropLast(3))
    }

    /// Topics as Obsidian's tags: letters, digits, `-`, `_` and `/`, and not digits alone.
    private static func tags(_ topics: [String]) -> [String] {
        var tags: [String] = []
        for topic in topics {
            var tag = String(
                Facet.folded(topic).map { character in
                    character.isLetter || character.isNumber || "-_/".contains(character)
                        ? character : "-"
                })
            if tag.allSatisfy({ !$0.isLetter }) { tag = "t" + tag }
            if !tags.contains(tag) { tags.append(tag) }
        }
        return tags
    }
}
