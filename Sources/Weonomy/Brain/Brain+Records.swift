public import WeData
import WeReplica

/// Objects of an app's own kind, merged like everything else.
///
/// ```swift
/// let list = brain.records(of: "packing")
/// let tent = try await list.create { $0.set("what", "tent") }
/// try await list.update(tent) { $0.set("packed", true) }
/// ```
public struct Records: Sendable {
    let brain: Brain
    let kind: String

    /// One object as it is now.
    public struct Entry: Sendable, Identifiable {
        /// The object.
        public let id: ObjectID
        /// Its fields.
        public let record: Record

        /// The value of a register.
        public subscript(_ field: String) -> Value? { record[field] }
    }

    /// Collects changes to one object.
    public struct Edit {
        var changes: [WeData.Change] = []
        let record: Record?

        /// Writes a register; `nil` clears it.
        public mutating func set(_ field: String, _ value: Value) {
            changes.append(.set(field: field, value: value))
        }

        /// Puts an element into a set.
        public mutating func add(_ element: Value, to field: String) {
            changes.append(.add(field: field, element: element))
        }

        /// Takes an element out of a set.
        public mutating func remove(_ element: Value, from field: String) {
            changes.append(.remove(field: field, element: element))
        }

        /// Adds to a counter.
        public mutating func count(_ field: String, by delta: Int64) {
            changes.append(.count(field: field, delta: delta))
        }

        /// Changes a text to a new one.
        public mutating func text(_ field: String, _ text: String) {
            let hunks = TextDiff.hunks(from: record?.text(field) ?? "", to: text)
            if !hunks.isEmpty { changes.append(.text(field: field, hunks: hunks)) }
        }

        /// Leaves one's own mark; `nil` takes it back.
        public mutating func mark(_ field: String, key: Value = "", _ value: Value) {
            changes.append(.mark(field: field, key: key, value: value))
        }
    }

    /// Makes an object.
    @discardableResult
    public func create(_ body: @Sendable (inout Edit) -> Void) async throws(BrainError) -> ObjectID
    {
        var edit = Edit(record: nil)
        body(&edit)
        return try await brain.write([.create(kind: kind)] + edit.changes, to: nil)
    }

    /// Changes an object.
    public func update(
        _ id: ObjectID, _ body: @Sendable (inout Edit) -> Void
    ) async throws(BrainError) {
        guard let entry = try await self[id] else {
            throw BrainError(.notFound, "there is no \(kind) of this id")
        }
        var edit = Edit(record: entry.record)
        body(&edit)
        guard !edit.changes.isEmpty else { return }
        _ = try await brain.write(edit.changes, to: id, after: entry.record.heads)
    }

    /// One object; `nil` when it isn't here or of another kind.
    public subscript(_ id: ObjectID) -> Entry? {
        get async throws(BrainError) {
            let record = try translating { () throws(ReplicaError) in try brain.replica.record(id) }
            guard let record, record.kind == kind else { return nil }
            return Entry(id: id, record: record)
        }
    }

    /// All objects of this kind, oldest first.
    public func all() async throws(BrainError) -> [Entry] {
        try translating { () throws(ReplicaError) in
            try brain.replica.find(
                SearchRequest(facets: [[Facet.kind(kind)]], countMax: .max))
        }.reversed().map { Entry(id: $0.0, record: $0.1) }
    }
}

extension Brain {
    /// Objects of an app's own kind; the kinds of Weonomy's own are `share`, `need`, `answer`,
    /// `profile`, `goal` and `community`.
    public nonisolated func records(of kind: String) -> Records { Records(brain: self, kind: kind) }
}

extension SearchDocument {
    /// What an object of any kind is found by.
    init?(_ id: ObjectID, _ record: Record) {
        if let item = Item(id: id, record: record, shortID: "", names: { _ in "" }) {
            let described = SearchDocuments.describe(item)
            let facts = Facts(item, changeCounts: record.changeCounts)
            self.init(
                title: described.title, body: described.body, facets: described.facets,
                facts: facts?.encoded ?? [], keys: facts?.signature?.keys ?? [])
            return
        }
        if record.kind == ObjectKind.profile {
            let profile = Profile(
                record: record, person: PersonRef(id: PersonID(id.value), name: ""))
            let described = SearchDocuments.describe(profile)
            self.init(
                title: described.title, body: described.body, facets: described.facets,
                facts: ProfileFacts(profile).encoded)
            return
        }
        guard let kind = record.kind else { return nil }
        let words = record.registers.values.compactMap { $0.first?.value.text }.sorted()
        let texts = record.texts.values.sorted()
        self.init(
            title: record[Field.title]?.text ?? "",
            body: (words + texts).joined(separator: "\n"), facets: [Facet.kind(kind)])
    }
}
