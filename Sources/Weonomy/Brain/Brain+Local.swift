#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import WeData
import WeReplica

/// What this laptop leaves out, and where it stands with its person; nobody else hears of it.
public struct LocalSettings: Sendable, Hashable {
    /// Topics that Today leaves out, folded as topics are.
    public var mutedTopics: Set<String> = []
    /// People whom Today leaves out.
    public var mutedPeople: Set<PersonID> = []
    /// The week of the last nudge, in weeks from Monday the 29th of December 1969, and its topic;
    /// empty where it was put off.
    var nudge: (week: Int64, topic: String)? {
        get { nudgeWeek.map { ($0, nudgeTopic) } }
        set {
            nudgeWeek = newValue?.week
            nudgeTopic = newValue?.topic ?? ""
        }
    }
    /// Which files come here.
    var files = FileChoices()
    private var nudgeWeek: Int64?
    private var nudgeTopic = ""

    init() {}

    /// Reads what ``text`` gives; a line that is something else is passed over.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count > 1 else { continue }
            switch words[0] {
            case "mute-topic": mutedTopics.insert(words[1])
            case "mute-person": if let id = PersonID(hex: words[1]) { mutedPeople.insert(id) }
            case "nudge":
                nudgeWeek = Int64(words[1])
                nudgeTopic = words.count > 2 ? words[2] : ""
            case "files": if let policy = FilePolicy(parsing: words[1]) { files.policy = policy }
            case "file-pinned": if let id = FileID(hex: words[1]) { files.pinned.insert(id) }
            case "file-freed": if let id = FileID(hex: words[1]) { files.freed.insert(id) }
            default: continue
            }
        }
    }

    /// One setting a line; a topic holds no white space.
    var text: String {
        var lines = mutedTopics.sorted().map { "mute-topic \($0)" }
        lines += mutedPeople.sorted().map { "mute-person \($0)" }
        if let nudge { lines.append("nudge \(nudge.week) \(nudge.topic)") }
        if files.policy != .usual { lines.append("files \(files.policy.word)") }
        lines += files.pinned.sorted().map { "file-pinned \($0)" }
        lines += files.freed.sorted().map { "file-freed \($0)" }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The facets of items that are left out.
    var facets: [String] {
        mutedTopics.sorted().map(Facet.topic) + mutedPeople.sorted().map(Facet.author)
    }

    /// Whether an item is left out.
    func mutes(_ item: Item) -> Bool {
        mutedPeople.contains(item.author.id)
            || item.topics.contains { mutedTopics.contains(Facet.folded($0)) }
    }

    /// Whether an item of these facts is left out.
    func mutes(_ facts: Facts) -> Bool {
        mutedPeople.contains(facts.author) || facts.topics.contains(where: mutedTopics.contains)
    }
}

extension Brain {
    private static let settingsBytesMax = 1 << 20

    /// What was chosen on this laptop.
    public func settings() -> LocalSettings {
        guard let path = storage.map({ $0.replica + ".settings" }) else { return localSettings }
        guard let data = try? Data(contentsOf: URL(filePath: path)),
            data.count <= Self.settingsBytesMax
        else { return LocalSettings() }
        return LocalSettings(String(decoding: data, as: UTF8.self))
    }

    func keep(_ settings: LocalSettings) throws(BrainError) {
        guard let path = storage.map({ $0.replica + ".settings" }) else {
            localSettings = settings
            node.keeper.keep(settings.files)
            return
        }
        do {
            try Data(settings.text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw BrainError(.readOnly, "\(path) can't be written")
        }
    }

    /// Leaves a topic out of Today, or takes it in again.
    public func setMuted(topic: String, _ isMuted: Bool) throws(BrainError) {
        let topic = Facet.folded(topic)
        guard !topic.isEmpty else { throw BrainError(.invalid, "a topic is needed") }
        var settings = settings()
        if isMuted {
            settings.mutedTopics.insert(topic)
        } else {
            settings.mutedTopics.remove(topic)
        }
        try keep(settings)
    }

    /// Leaves a person out of Today, or takes them in again; the person does not hear of it.
    public func setMuted(person: PersonID, _ isMuted: Bool) throws(BrainError) {
        guard person != me.id else { throw BrainError(.invalid, .oneself) }
        var settings = settings()
        if isMuted {
            settings.mutedPeople.insert(person)
        } else {
            settings.mutedPeople.remove(person)
        }
        try keep(settings)
    }

    /// Leaves out, or takes in again, whom or what somebody typed: a person by name or id, else a
    /// topic.
    public func setMuted(_ typed: String, _ isMuted: Bool) throws(BrainError) {
        if let person = PersonID(hex: typed) ?? (try? person(named: typed))?.id {
            try setMuted(person: person, isMuted)
        } else {
            try setMuted(topic: typed, isMuted)
        }
    }

    /// People whom Today leaves out, by name.
    public func mutedPeople() throws(BrainError) -> [PersonRef] {
        let muted = settings().mutedPeople
        return try names().filter { muted.contains($0.key) }
            .map { PersonRef(id: $0.key, name: $0.value) }.sorted()
    }

    // MARK: - The weekly nudge

    /// A topic that this person offers or answered on and never shared of: one a week at most.
    func nudge() throws(BrainError) -> String? {
        var settings = settings()
        let week = week
        if let nudge = settings.nudge, nudge.week == week {
            guard !nudge.topic.isEmpty, !settings.mutedTopics.contains(nudge.topic) else {
                return nil
            }
            return try hasShared(on: nudge.topic) ? nil : nudge.topic
        }
        let answers = try items(
            SearchRequest(
                facets: [[Facet.kind(ObjectKind.answer)], [Facet.author(me.id)]],
                excludedFacets: [Facet.retracted], countMax: 100))
        // What colleagues ask about comes before what is only offered.
        let asked = answers.flatMap(\.topics) + (try profile(of: nil).offers.map(\.topic))
        guard !asked.isEmpty else { return nil }
        var chosen: String?
        for topic in Self.folded(asked)
        where chosen == nil && !settings.mutedTopics.contains(topic) {
            if try !hasShared(on: topic) { chosen = topic }
        }
        settings.nudge = (week, chosen ?? "")
        // Where nothing may be written it is found again.
        try? keep(settings)
        return chosen
    }

    /// No more nudges in this week.
    public func putOffNudge() throws(BrainError) {
        var settings = settings()
        settings.nudge = (week, "")
        try keep(settings)
    }

    /// Weeks begin on Monday; the first of January 1970 was a Thursday.
    private var week: Int64 {
        let days = now().milliseconds / 86_400_000
        return (days.addingReportingOverflow(3).partialValue) / 7
    }

    private func hasShared(on topic: String) throws(BrainError) -> Bool {
        try translating { () throws(ReplicaError) in
            try replica.count(
                SearchRequest(
                    facets: [
                        [Facet.kind(ObjectKind.share)], [Facet.author(me.id)], [Facet.topic(topic)],
                    ], excludedFacets: [Facet.retracted, Facet.share(.status)]))
        } > 0
    }

    // MARK: - Learning

    /// One's own need that a lesson resolved two weeks ago or more, and nobody asked after.
    func lessonToRecall() throws(BrainError) -> Item? {
        let before = now().milliseconds - Self.recallMilliseconds
        let needs = try items(
            SearchRequest(
                facets: [
                    [Facet.kind(ObjectKind.need)], [Facet.author(me.id)],
                    [Facet.status(.resolved)],
                ], excludedFacets: [Facet.retracted, Facet.learnt], countMax: 20))
        let ripe = needs.filter { need in
            need.settled.map { $0.milliseconds <= before } ?? false
        }
        guard !ripe.isEmpty else { return nil }
        let lessons = try items(
            SearchRequest(
                facets: [
                    [Facet.kind(ObjectKind.answer)], [Facet.share(.lesson)],
                    ripe.map { Facet.about($0.id) },
                ], excludedFacets: [Facet.retracted], countMax: 100))
        return ripe.first { need in lessons.contains { $0.about == need.id } }
    }

    private static let recallMilliseconds: Int64 = 14 * 86_400_000

    /// Says whether one can do now without help what one asked; what one can't is asked again.
    @discardableResult
    public func recall(_ need: ObjectID, canDoIt: Bool) throws(BrainError) -> Item {
        let asked = try item(need)
        guard asked.kind == .need, asked.author.id == me.id else {
            throw BrainError(.notAllowed, .notYours(asked.author.name))
        }
        guard canDoIt else { return try settle(need, as: .open) }
        _ = try write([.mark(field: Field.learnt, key: "", value: true)], to: need)
        return try item(need)
    }
}
