public import WeData
import WeKeys
import WeLog
import WeReplica

extension Brain {
    // MARK: - Sharing

    /// Shares something with the team.
    ///
    /// `source` says where it comes from, when it is the work of others; a language such as `nl`
    /// is guessed where it is left out; `goal` is one that it serves; `reuses` is an item that it
    /// uses again, whose files go along where no others are given.
    @discardableResult
    public func share(
        _ kind: ShareKind, title: String, body: String = "", topics: [String] = [],
        files: [FileInfo] = [], source: String? = nil, language: String? = nil,
        goal: ObjectID? = nil, reuses: ObjectID? = nil
    ) throws(BrainError) -> Item {
        var files = files
        if let reuses {
            let reused = try item(reuses)
            if files.isEmpty { files = reused.files }
        }
        let id = try write(
            try draftChanges(
                ObjectKind.share, title: title, body: body, topics: topics, language: language,
                registers: [
                    Field.kind: .text(kind.rawValue), Field.source: source.map(Value.text),
                    Field.files: files.isEmpty ? nil : .array(files.map(\.value)),
                    Field.goal: goal.map { .bytes($0.bytes) },
                    Field.reuses: reuses.map { .bytes($0.bytes) },
                ]), to: nil)
        commit(files, of: id, title: title)
        return try item(id)
    }

    /// Adds a dated entry to the work log of an item: its first line is the title.
    @discardableResult
    public func addLog(
        to item: ObjectID, _ text: String, language: String? = nil
    ) throws(BrainError) -> Item {
        let about = try self.item(item)
        let lines = text.trimmed.split(separator: "\n", maxSplits: 1)
        let title = lines.first.map(String.init) ?? ""
        // Of a line that is too long for a title nothing may be lost.
        let isWhole = title.utf8.count <= Self.titleBytesMax
        let rest = lines.count > 1 ? lines[1].trimmed : ""
        let id = try write(
            try draftChanges(
                ObjectKind.share, title: title, body: isWhole ? rest : text.trimmed,
                topics: about.topics,
                language: language,
                registers: [
                    Field.kind: .text(ShareKind.status.rawValue), Field.about: .bytes(item.bytes),
                ]), to: nil)
        return try self.item(id)
    }

    /// States a need.
    ///
    /// - Parameters:
    ///   - question: on one line.
    ///   - body: more about it, in Markdown.
    ///   - topics: what it is about.
    ///   - tried: what has been tried already.
    ///   - goodEnoughWhen: when an answer would do.
    ///   - askedFor: who needs it, where it is asked on behalf of another.
    ///   - isHeard: whether it was heard outside, from somebody who does not ask here.
    ///   - isShadow: whether the asker wants to look over a shoulder.
    ///   - language: its code; `nil` to tell by the words.
    @discardableResult
    public func ask(
        _ question: String, body: String = "", topics: [String] = [], tried: String? = nil,
        goodEnoughWhen: String? = nil, askedFor: String? = nil, isHeard: Bool = false,
        isShadow: Bool = false, language: String? = nil
    ) throws(BrainError) -> Item {
        let id = try write(
            try draftChanges(
                ObjectKind.need, title: question, body: body, topics: topics, language: language,
                registers: [
                    Field.status: .text(NeedStatus.open.rawValue),
                    Field.tried: tried.map(Value.text), Field.good: goodEnoughWhen.map(Value.text),
                    Field.askedFor: askedFor?.oneLine.cut(toBytes: Self.titleBytesMax).nonEmpty
                        .map(Value.text),
                    Field.heard: isHeard ? true : nil, Field.shadow: isShadow ? true : nil,
                ]), to: nil)
        return try item(id)
    }

    /// Answers a need.
    ///
    /// A lesson teaches how to find the answer oneself.
    @discardableResult
    public func answer(
        _ need: ObjectID, _ body: String, isLesson: Bool = false, language: String? = nil
    ) throws(BrainError) -> Item {
        let asked = try item(need)
        guard asked.kind == .need else {
            throw BrainError(
                .invalid, "\(asked.shortID) is no question", hint: "Use react, or share")
        }
        let arrived = try translating { () throws(ReplicaError) in
            try replica.arrival(of: need, at: identity.signing.publicKey)
        }
        let id = try write(
            try draftChanges(
                ObjectKind.answer, title: asked.title, body: body, topics: asked.topics,
                language: language,
                registers: [
                    Field.about: .bytes(need.bytes), Field.lesson: isLesson ? true : nil,
                    Field.arrived: arrived.map(Value.int),
                ]), to: nil)
        _ = try write([.mark(field: Field.answered, key: .bytes(id.bytes), value: true)], to: need)
        return try item(id)
    }

    /// Says how a need ended; only its asker or a moderator may.
    @discardableResult
    public func settle(_ need: ObjectID, as status: NeedStatus) throws(BrainError) -> Item {
        let asked = try item(need)
        guard asked.kind == .need else {
            throw BrainError(.invalid, "\(asked.shortID) is no question")
        }
        try checkMayManage(asked)
        _ = try write([.set(field: Field.status, value: .text(status.rawValue))], to: need)
        return try item(need)
    }

    // MARK: - Changing

    /// Changes an item; what is left out stays, and so do its files beside those that are added.
    ///
    /// Whoever took their time, in an editor say, gives the item as they `saw` it: what others wrote
    /// meanwhile is then merged and not undone.
    @discardableResult
    public func edit(
        _ id: ObjectID, title: String? = nil, body: String? = nil, topics: [String]? = nil,
        adding files: [FileInfo] = [], saw: Item? = nil
    ) throws(BrainError) -> Item {
        let current = try item(id)
        let old = saw.map { $0.id == id ? $0 : current } ?? current
        guard !current.isRetracted else {
            throw BrainError(.invalid, "\(old.shortID) was retracted")
        }
        var changes: [WeData.Change] = []
        if let title {
            let title = try Self.checked(title: title)
            // Settling competing titles is a change even when the words stay the same.
            if title != old.title || old.versions.contains(where: { $0.field == Field.title }) {
                changes.append(.set(field: Field.title, value: .text(title)))
            }
        }
        if let body {
            let hunks = TextDiff.hunks(from: old.body, to: body)
            if !hunks.isEmpty { changes.append(.text(field: Field.body, hunks: hunks)) }
        }
        if let topics {
            changes += Self.topicChanges(from: old.topics, to: topics)
        }
        if !changes.isEmpty { _ = try write(changes, to: id, after: old.heads) }
        try add(files, to: current)
        return try item(id)
    }

    /// Adds files to those of an item, of all its competing versions: none is lost.
    private func add(_ files: [FileInfo], to item: Item) throws(BrainError) {
        let record = try translating { () throws(ReplicaError) in try replica.record(item.id) }
        var all: [FileInfo] = []
        for version in record?.registers[Field.files] ?? [] {
            for file in (version.value.array ?? []).compactMap(FileInfo.init)
            where !all.contains(file) { all.append(file) }
        }
        let added = files.filter { !all.contains($0) }
        guard !added.isEmpty else { return }
        _ = try write(
            [.set(field: Field.files, value: .array((all + added).map(\.value)))], to: item.id)
        commit(added, of: item.id, title: item.title)
    }

    /// Takes an item back: it is no longer shown or found.
    ///
    /// Who has synced it may still have it.
    public func retract(_ id: ObjectID) throws(BrainError) {
        try checkMayManage(try item(id))
        _ = try write([.set(field: Field.retracted, value: true)], to: id)
    }

    /// Leaves a reaction, or takes it back.
    @discardableResult
    public func react(
        _ id: ObjectID, _ reaction: Reaction, isRemoved: Bool = false
    ) throws(BrainError) -> Item {
        _ = try item(id)
        let value: Value = isRemoved ? nil : true
        _ = try write(
            [.mark(field: Field.reaction, key: .text(reaction.rawValue), value: value)], to: id)
        return try item(id)
    }

    /// Confirms that an item is right, exactly as it is now: an edit makes it "changed since".
    @discardableResult
    public func validate(
        _ id: ObjectID, note: String = "", until: Instant? = nil
    ) throws(BrainError) -> Item {
        let item = try item(id)
        guard item.author.id != me.id else {
            throw BrainError(
                .notAllowed, "\(item.shortID) is your own",
                hint: "Ask a colleague who knows the topic to validate it")
        }
        var map: [String: Value] = [Key.note: .text(note)]
        if let until { map[Key.until] = .int(until.milliseconds) }
        _ = try write(
            [.mark(field: Field.validation, key: "", value: Value(map: map))], to: id)
        return try self.item(id)
    }

    // MARK: - Rules

    private func checkMayManage(_ item: Item) throws(BrainError) {
        let role = replica.currentTeam?.persons[me.id]?.role ?? Role.none
        guard item.author.id == me.id || role.canGovern else {
            throw BrainError(
                .notAllowed, "\(item.shortID) belongs to \(item.author.name)",
                hint: "Ask \(item.author.name), or a moderator")
        }
    }

    static func checked(title: String) throws(BrainError) -> String {
        let title = title.oneLine.cut(toBytes: titleBytesMax)
        guard !title.isEmpty else { throw BrainError(.invalid, "a title is needed") }
        return title
    }

    /// The longest title, in bytes of UTF-8.
    static let titleBytesMax = 1_024

    static func folded(_ topics: [String]) -> [String] {
        var seen: Set<String> = []
        return topics.map { Facet.folded($0) }.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// What makes one set of topics another.
    static func topicChanges(from old: [String], to topics: [String]) -> [WeData.Change] {
        let wanted = folded(topics)
        return wanted.filter { !old.contains($0) }
            .map { .add(field: Field.topics, element: .text($0)) }
            + old.filter { !wanted.contains($0) }
            .map { .remove(field: Field.topics, element: .text($0)) }
    }

    func draftChanges(
        _ kind: String, title: String, body: String, topics: [String], language: String?,
        registers: [String: Value?]
    ) throws(BrainError) -> [WeData.Change] {
        var changes: [WeData.Change] = [
            .create(kind: kind),
            .set(field: Field.title, value: .text(try Self.checked(title: title))),
        ]
        for (field, value) in registers.sorted(by: { $0.key < $1.key }) {
            if let value { changes.append(.set(field: field, value: value)) }
        }
        if let language = language ?? MarkdownScan.language(of: title + "\n" + body) {
            changes.append(.set(field: Field.lang, value: .text(language)))
        }
        changes += Self.folded(topics).map { .add(field: Field.topics, element: .text($0)) }
        let hunks = TextHunk.replacing("", with: body)
        if !hunks.isEmpty { changes.append(.text(field: Field.body, hunks: hunks)) }
        return changes
    }
}
