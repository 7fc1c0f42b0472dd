/// The visible state of one object: the fold of its events (Protocol.md, "Data types").
///
/// A pure function of the set of events: neither the order of arrival nor a repetition matters.
public struct Record: Sendable {
    /// A value that some event wrote.
    public struct Version<Content: Hashable & Sendable>: Hashable, Sendable {
        /// What was written.
        public let value: Content
        /// The event that wrote it.
        public let event: EventID
        /// Who wrote it.
        public let author: PersonID
        /// The author's clock, in milliseconds.
        public let wall: Int64
    }

    /// A mark that a person left on the object.
    public struct Mark: Hashable, Sendable {
        /// What the mark is for, such as `reaction`.
        public let field: String
        /// Which one, where a person may leave several.
        public let key: Value
        /// What the person said with it.
        public let value: Value
        /// Whose it is.
        public let person: PersonID
        /// The event that left it.
        public let event: EventID
        /// The author's clock, in milliseconds.
        public let wall: Int64
        /// Whether nothing of the object has been edited since what the person saw.
        public let isCurrent: Bool
    }

    /// What the object is; `nil` when the event that says so is missing or void.
    public let kind: String?
    /// Who created the object; `nil` without any event.
    public let creator: PersonID?
    /// When, by the creator's clock, in milliseconds.
    public let created: Int64
    /// When it was last changed, by that author's clock; what people leave as marks is no change.
    public let changed: Int64
    /// How many changes of the object each person made; what people leave as marks is none.
    public let changeCounts: [PersonID: Int]
    /// The events to name as parents when writing next.
    public let heads: [EventID]
    /// Each register's competing writes, the one that counts first.
    public let registers: [String: [Version<Value>]]
    /// Each set's elements, by their encoded bytes.
    public let sets: [String: [Value]]
    /// Each counter's sum; it stays at the ends of its range rather than overflow.
    public let counters: [String: Int64]
    /// Each text, all changes to it merged.
    public let texts: [String: String]
    /// Marks, by field, key and person.
    public let marks: [Mark]

    /// Folds events.
    ///
    /// - Complexity: O(events) where they follow one another; O(events × fields written) and the
    ///   merging of texts otherwise.
    public init(_ events: [History.Entry]) {
        self.init(History(events))
    }

    /// Folds a history.
    public init(_ history: History) {
        var fold = Fold(history)
        fold.collect()
        kind = fold.kind
        let first = history.entries.first { !$0.isVoid }
        creator = first?.author
        created = first?.wall ?? 0
        changed = history.entries.last { !$0.isVoid && !$0.holdsOnlyMarks }?.wall ?? created
        changeCounts = fold.changeCounts
        heads = history.heads
        registers = fold.registers()
        sets = fold.sets()
        counters = fold.counters
        texts = fold.texts()
        marks = fold.marks()
    }

    /// The value of a register that counts; `nil` when it was never written or is cleared.
    public subscript(_ field: String) -> Value? {
        guard let value = registers[field]?.first?.value, value != .null else { return nil }
        return value
    }

    /// The text of a field; `nil` when nothing was ever written to it.
    public func text(_ field: String) -> String? { texts[field] }

    /// The elements of a set.
    public func set(_ field: String) -> [Value] { sets[field] ?? [] }

    /// The fields that have more than one competing version, sorted.
    public var conflicts: [String] {
        var fields: [String] = []
        for (field, versions) in registers where Record.compete(versions) { fields.append(field) }
        return fields.sorted()
    }

    private static func compete<Content>(_ versions: [Version<Content>]) -> Bool {
        versions.count > 1 && versions.contains { $0.value != versions[0].value }
    }

    /// The canonical bytes of all that is visible, which the brain digest hashes
    /// (Protocol.md, "Brain digest").
    ///
    /// - Complexity: O(size of the state).
    public func encoded(object: ObjectID) -> [UInt8] {
        var writer = Writer()
        writer.array(9)
        writer.id(object)
        writer.text(kind ?? "")
        if let creator { writer.id(creator) } else { writer.null() }
        writer.int(created)
        Self.write(registers, to: &writer) { version, writer in version.value.write(to: &writer) }
        let textFields = Self.canonical(texts.keys)
        writer.map(textFields.count)
        for field in textFields {
            writer.text(field)
            writer.text(texts[field] ?? "")
        }
        let setFields = Self.canonical(sets.keys)
        writer.map(setFields.count)
        for field in setFields {
            writer.text(field)
            Value.array(sets[field] ?? []).write(to: &writer)
        }
        let counterFields = Self.canonical(counters.keys)
        writer.map(counterFields.count)
        for field in counterFields {
            writer.text(field)
            writer.int(counters[field] ?? 0)
        }
        writer.array(marks.count)
        for mark in marks {
            writer.array(5)
            writer.text(mark.field)
            mark.key.write(to: &writer)
            writer.id(mark.person)
            mark.value.write(to: &writer)
            writer.bool(mark.isCurrent)
        }
        return writer.take()
    }

    private static func write<Content>(
        _ fields: [String: [Version<Content>]], to writer: inout Writer,
        _ body: (Version<Content>, inout Writer) -> Void
    ) {
        let names = canonical(fields.keys)
        writer.map(names.count)
        for name in names {
            let versions = fields[name] ?? []
            writer.text(name)
            writer.array(versions.count)
            for version in versions { body(version, &writer) }
        }
    }

    /// Text keys in canonical order: shorter first, then by bytes.
    private static func canonical(_ keys: some Collection<String>) -> [String] {
        keys.sorted {
            $0.utf8.count != $1.utf8.count
                ? $0.utf8.count < $1.utf8.count : $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }
}

/// One pass over a history that sorts its changes by field, and what follows from it.
private struct Fold {
    struct MarkSlot: Hashable {
        let field: String
        let key: Value
        let person: PersonID
    }
    struct Element: Hashable {
        let field: String
        let value: Value
    }

    let history: History
    var kind: String?
    var counters: [String: Int64] = [:]
    var changeCounts: [PersonID: Int] = [:]
    private var registerWrites: [String: [(entry: Int, value: Value)]] = [:]
    private var textWrites: [String: [TextWrite]] = [:]
    private var adds: [Element: [Int]] = [:]
    private var removes: [Element: [Int]] = [:]
    private var markWrites: [MarkSlot: [(entry: Int, value: Value)]] = [:]

    init(_ history: History) { self.history = history }

    mutating func collect() {
        for (index, entry) in history.entries.enumerated() {
            for change in entry.changes { take(change, from: entry, at: index) }
            if entry.changes.contains(where: \.isOfObject) {
                changeCounts[entry.author, default: 0] += 1
            }
        }
    }

    private mutating func take(_ change: Change, from entry: History.Entry, at index: Int) {
        switch change {
        case .create(let kind):
            if self.kind == nil { self.kind = kind }
        case .set(let field, let value):
            append((index, value), to: &registerWrites[field, default: []])
        case .add(let field, let element):
            adds[Element(field: field, value: element), default: []].append(index)
        case .remove(let field, let element):
            removes[Element(field: field, value: element), default: []].append(index)
        case .count(let field, let delta):
            let (sum, overflow) = counters[field, default: 0].addingReportingOverflow(delta)
            counters[field] = overflow ? (delta > 0 ? .max : .min) : sum
        case .text(let field, let hunks):
            append(hunks, of: index, to: &textWrites[field, default: []])
        case .mark(let field, let key, let value):
            let slot = MarkSlot(field: field, key: key, person: entry.author)
            append((index, value), to: &markWrites[slot, default: []])
        case .erase, .unknown:
            break
        }
    }

    /// What one event does to one text, it does one after another.
    private func append(_ hunks: [TextHunk], of entry: Int, to writes: inout [TextWrite]) {
        if writes.last?.entry == entry {
            writes[writes.count - 1].hunks += hunks
        } else {
            writes.append(TextWrite(entry: entry, hunks: hunks))
        }
    }

    /// A second write of one event to one field takes the place of the first.
    private func append(
        _ write: (entry: Int, value: Value), to writes: inout [(entry: Int, value: Value)]
    ) {
        if writes.last?.entry == write.entry { writes.removeLast() }
        writes.append(write)
    }

    func registers() -> [String: [Record.Version<Value>]] {
        registerWrites.mapValues { writes in
            competing(writes.map(\.entry)) { entry in
                writes.last { $0.entry == entry }?.value ?? .null
            }
        }
    }

    func texts() -> [String: String] { textWrites.mapValues(history.merged) }

    /// The writes that no other follows, the greatest first.
    private func competing<Content>(
        _ writers: [Int], _ content: (Int) -> Content
    ) -> [Record.Version<Content>] {
        history.surviving(writers).reversed().map { index in
            let entry = history.entries[index]
            return Record.Version(
                value: content(index), event: entry.id, author: entry.author, wall: entry.wall)
        }
    }

    func sets() -> [String: [Value]] {
        var members: [String: [Value]] = [:]
        for (element, adds) in adds {
            if let removes = removes[element] {
                let isRemoved = history.followed(by: removes)
                guard adds.contains(where: { !isRemoved[$0] }) else { continue }
            }
            members[element.field, default: []].append(element.value)
        }
        return members.mapValues { values in
            values.map { ($0.encoded, $0) }
                .sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
        }
    }

    func marks() -> [Record.Mark] {
        guard !markWrites.isEmpty else { return [] }
        let edits = standingEdits()
        var marks: [([UInt8], Record.Mark)] = []
        for (slot, writes) in markWrites {
            guard let last = history.surviving(writes.map(\.entry)).last,
                let value = writes.last(where: { $0.entry == last })?.value, value != .null
            else { continue }
            let entry = history.entries[last]
            let mark = Record.Mark(
                field: slot.field, key: slot.key, value: value, person: slot.person,
                event: entry.id, wall: entry.wall, isCurrent: isCurrent(last, after: edits))
            let order = Value.array([
                .text(slot.field), slot.key, .bytes(slot.person.bytes),
            ]).encoded
            marks.append((order, mark))
        }
        return marks.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
    }

    /// The edits that still show: of each register and text the competing writes, of sets all.
    private func standingEdits() -> [Int] {
        var edits = Set<Int>()
        for writes in registerWrites.values {
            edits.formUnion(history.surviving(writes.map(\.entry)))
        }
        for writes in textWrites.values {
            edits.formUnion(history.surviving(writes.map(\.entry)))
        }
        for writes in adds.values { edits.formUnion(writes) }
        for writes in removes.values { edits.formUnion(writes) }
        return edits.sorted()
    }

    private func isCurrent(_ mark: Int, after edits: [Int]) -> Bool {
        guard let newest = edits.last else { return true }
        if history.isLinear { return newest <= mark }
        let isPast = history.followed(by: [mark])
        return edits.allSatisfy { isPast[$0] || $0 == mark }
    }
}

extension Change {
    /// Whether it changes the object itself, rather than leaving something on it.
    fileprivate var isOfObject: Bool {
        switch self {
        case .create, .set, .add, .remove, .text: true
        case .count, .mark, .erase, .unknown: false
        }
    }
}
