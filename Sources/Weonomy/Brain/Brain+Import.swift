import WeData
import WeReplica

/// What an import did, or would do.
public struct ImportReport: Sendable, Hashable {
    /// Notes that became new shares.
    public internal(set) var addedCount = 0
    /// Notes that changed since they were taken in last.
    public internal(set) var updatedCount = 0
    /// Notes that were here already, just so.
    public internal(set) var unchangedCount = 0
    /// Files that were left out, with the reason.
    public internal(set) var skipped: [SkippedFile] = []
    /// Events that a brain file brought; 0 for a folder.
    public internal(set) var eventCount = 0
    /// Topics that the new shares have.
    public internal(set) var topics: Set<String> = []
}

extension Brain {
    /// Takes in a folder of Markdown notes as shares.
    ///
    /// Doing it again adds nothing: a note is known by its collection and path, and by its id
    /// where a vault export wrote it. A note that changed since becomes an edit of its share.
    ///
    /// - Parameters:
    ///   - folder: each top folder in it is a topic.
    ///   - collection: what to call the folder; by itself its name.
    ///   - author: who wrote the notes that do not say so themselves, when not oneself.
    ///   - isDryRun: only say what would be done.
    public func importFolder(
        _ folder: String, collection: String? = nil, author: String? = nil, isDryRun: Bool = false
    ) throws(BrainError) -> ImportReport {
        let plan: ImportPlan
        do throws(ImportError) {
            plan = try FolderImport.plan(folder: folder, collection: collection)
        } catch {
            throw BrainError(error)
        }
        return try take(plan, author: author, isDryRun: isDryRun)
    }

    /// Takes in files that are in memory already.
    public func importFiles(
        _ files: [ImportFile], collection: String, author: String? = nil, isDryRun: Bool = false
    ) throws(BrainError) -> ImportReport {
        try take(
            FolderImport.plan(collection: collection, files: files), author: author,
            isDryRun: isDryRun)
    }

    private func take(
        _ plan: ImportPlan, author: String?, isDryRun: Bool
    ) throws(BrainError) -> ImportReport {
        var report = ImportReport()
        report.skipped = plan.skipped
        var bySource: [String: Item] = [:]
        for item in try allItems() where item.kind != .answer {
            if let source = item.source { bySource[source] = item }
        }
        var drafts: [Replica.Draft] = []
        // The answers of a need wait for its identifier.
        var answers: [Int: ImportedNote] = [:]
        func flush() throws(BrainError) {
            defer { (drafts, answers) = ([], [:]) }
            guard !drafts.isEmpty, !isDryRun else { return }
            let objects = try write(drafts)
            var more: [Replica.Draft] = []
            for (place, note) in answers.sorted(by: { $0.key < $1.key }) {
                more += try answerDrafts(of: note, to: objects[place])
            }
            if !more.isEmpty { try write(more) }
        }
        for note in plan.notes {
            let known = try known(note, bySource)
            guard let draft = try draft(note, known, author: author) else {
                report.unchangedCount += 1
                continue
            }
            if known == nil { report.addedCount += 1 } else { report.updatedCount += 1 }
            report.topics.formUnion(note.topics)
            if known == nil, !note.answers.isEmpty { answers[drafts.count] = note }
            drafts.append(draft)
            if drafts.count == Brain.importBatch { try flush() }
        }
        try flush()
        return report
    }

    /// The answers that stand below a need in its note, for the need that the note became.
    private func answerDrafts(
        of note: ImportedNote, to need: ObjectID
    ) throws(BrainError) -> [Replica.Draft] {
        var drafts: [Replica.Draft] = []
        for answer in note.answers {
            let byline = answer.author.oneLine
            let changes = try draftChanges(
                ObjectKind.answer, title: note.note.title, body: answer.body, topics: note.topics,
                language: nil,
                registers: [
                    Field.about: .bytes(need.bytes), Field.lesson: answer.isLesson ? true : nil,
                    Field.byline: byline == me.name || byline.isEmpty ? nil : .text(byline),
                ])
            let wall = (answer.created ?? now()).milliseconds
            drafts.append(Replica.Draft(object: nil, changes: changes, wall: wall))
        }
        return drafts
    }

    private static let importBatch = 500

    private func known(
        _ note: ImportedNote, _ bySource: [String: Item]
    ) throws(BrainError) -> Item? {
        if let id = note.id,
            try translating({ () throws(ReplicaError) in try replica.record(id) }) != nil
        {
            return try item(id)
        }
        return bySource[note.source]
    }

    /// What makes the share like the note; `nil` when it is.
    private func draft(
        _ note: ImportedNote, _ known: Item?, author: String?
    ) throws(BrainError) -> Replica.Draft? {
        let title = String(note.note.title.prefix(Note.titleLengthMax))
        guard let known else {
            let byline = (note.author ?? author)?.oneLine
            var registers: [String: Value?] = [
                Field.source: .text(note.source), Field.sourceHash: .bytes(note.hash.bytes),
                Field.byline: byline == me.name ? nil : byline.map(Value.text),
            ]
            if let need = note.note.need {
                registers[Field.status] = .text(need.status.rawValue)
                registers[Field.tried] = need.tried.map(Value.text)
                registers[Field.good] = need.goodEnoughWhen.map(Value.text)
            } else {
                registers[Field.kind] = .text((note.note.kind ?? .insight).rawValue)
            }
            let changes = try draftChanges(
                note.note.need == nil ? ObjectKind.share : ObjectKind.need,
                title: title.isEmpty ? note.path : title, body: note.body,
                topics: note.topics, language: note.note.language, registers: registers)
            return Replica.Draft(
                object: nil, changes: changes, wall: (note.created ?? now()).milliseconds)
        }
        guard known.sourceHash != note.hash else { return nil }
        var changes: [WeData.Change] = []
        if title != known.title, !title.isEmpty {
            changes.append(.set(field: Field.title, value: .text(title)))
        }
        let hunks = TextDiff.hunks(from: known.body, to: note.body)
        if !hunks.isEmpty { changes.append(.text(field: Field.body, hunks: hunks)) }
        let topics = Brain.folded(note.topics)
        changes += topics.filter { !known.topics.contains($0) }
            .map { .add(field: Field.topics, element: .text($0)) }
        // A note of a vault has no source of its own to compare with.
        if known.source == note.source {
            changes.append(.set(field: Field.sourceHash, value: .bytes(note.hash.bytes)))
        }
        guard !changes.isEmpty else { return nil }
        return Replica.Draft(
            object: known.id, changes: changes, wall: now().milliseconds,
            parents: known.heads)
    }
}

extension BrainError {
    init(_ error: ImportError) {
        switch error {
        case .notAFolder(let path):
            self.init(.file, "there is no folder \(path)", hint: "Check the path")
        case .unreadable(let path):
            self.init(
                .file, "the folder \(path) can't be read", hint: "Check its permissions")
        }
    }
}
