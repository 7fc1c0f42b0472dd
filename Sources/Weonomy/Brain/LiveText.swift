public import WeData
import WeReplica

/// A text that is open in an editor: what is typed goes in, what others wrote comes out.
///
/// Typing is grouped: all that was typed until ``save()`` becomes one event. Positions count
/// Unicode scalars.
///
/// ```swift
/// let text = try await brain.liveText(of: share.id)
/// try await text.insert("Check one file.\n", at: 0)
/// for hunk in try await text.save() { view.apply(hunk) }
/// ```
public actor LiveText {
    /// The object.
    public let object: ObjectID
    /// The field.
    public let field: String
    private let brain: Brain
    private var document = TextDocument()
    private var typed: [TextHunk] = []
    /// The versions that ``document`` shows, but for what was typed since.
    private var heads: [EventID] = []
    private var isSaving = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Typing beyond this is saved by itself.
    static let hunksMax = 1_000
    /// Only this process ever sees it: what is typed gets its name when it is signed.
    private static let agent = TextAgent(named: "")

    init(_ brain: Brain, object: ObjectID, field: String) async throws(BrainError) {
        self.brain = brain
        self.object = object
        self.field = field
        let (text, heads) = try await brain.text(of: field, in: object)
        self.heads = heads
        type(TextHunk(position: 0, deleteCount: 0, insert: text))
        typed = []
    }

    /// The text as it stands, with what was typed.
    public var text: String { document.text }

    /// How long it is, in scalars.
    public var scalarCount: Int { document.scalarCount }

    /// Whether something was typed that is not saved yet.
    public var isChanged: Bool { !typed.isEmpty }

    /// Types something; a position past the end is the end.
    public func insert(_ text: String, at position: Int) async throws(BrainError) {
        await turn()
        let position = min(max(0, position), document.scalarCount)
        type(TextHunk(position: position, deleteCount: 0, insert: text))
        try await saveWhenLong()
    }

    /// Takes something out, as far as it is there.
    public func delete(_ range: Range<Int>) async throws(BrainError) {
        await turn()
        let range = range.clamped(to: 0..<document.scalarCount)
        type(TextHunk(position: range.lowerBound, deleteCount: range.count, insert: ""))
        try await saveWhenLong()
    }

    /// Makes the text another one, by as small a change as there is.
    public func replace(with text: String) async throws(BrainError) {
        await turn()
        for hunk in TextDiff.hunks(from: document.text, to: text) { type(hunk) }
        try await saveWhenLong()
    }

    /// Stores what was typed, durable on return, and takes in what others wrote.
    ///
    /// - Returns: What others did to the text as it stood: an editor applies it and moves its
    ///   cursor.
    @discardableResult
    public func save() async throws(BrainError) -> [TextHunk] {
        await turn()
        isSaving = true
        defer {
            isSaving = false
            for waiter in waiting { waiter.resume() }
            waiting = []
        }
        let after = try await brain.write(typed, to: field, in: object, after: heads)
        typed = []
        heads = after.heads
        let effect = TextDiff.hunks(from: document.text, to: after.text)
        if !effect.isEmpty {
            document = TextDocument()
            document.insert(after.text, at: 0, by: LiveText.agent)
        }
        return effect
    }

    /// Waits while something is being saved: what is typed must follow it.
    private func turn() async {
        while isSaving {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func type(_ hunk: TextHunk) {
        guard hunk.deleteCount > 0 || !hunk.insert.isEmpty else { return }
        if hunk.deleteCount > 0 {
            document.delete(
                hunk.position..<hunk.position + hunk.deleteCount, by: LiveText.agent)
        }
        if !hunk.insert.isEmpty {
            document.insert(hunk.insert, at: hunk.position, by: LiveText.agent)
        }
        if let joined = typed.last?.joined(with: hunk) {
            typed[typed.count - 1] = joined
        } else {
            typed.append(hunk)
        }
    }

    private func saveWhenLong() async throws(BrainError) {
        if typed.count >= LiveText.hunksMax { try await save() }
    }
}

extension TextHunk {
    /// This and what was typed right after it as one hunk; `nil` where they do not touch.
    fileprivate func joined(with next: TextHunk) -> TextHunk? {
        let inserted = insert.unicodeScalars.count
        if next.deleteCount == 0, next.position == position + inserted {
            return TextHunk(
                position: position, deleteCount: deleteCount, insert: insert + next.insert)
        }
        guard insert.isEmpty, next.insert.isEmpty else { return nil }
        // Forward from one place, or backwards towards the start.
        if next.position == position || next.position + next.deleteCount == position {
            return TextHunk(
                position: next.position, deleteCount: deleteCount + next.deleteCount, insert: "")
        }
        return nil
    }
}

extension Brain {
    /// Opens an item's text for typing.
    public func liveText(of id: ObjectID) async throws(BrainError) -> LiveText {
        try await LiveText(self, object: id, field: Field.body)
    }

    /// A text field and the versions that make it.
    func text(
        of field: String, in object: ObjectID
    ) throws(BrainError) -> (text: String, heads: [EventID]) {
        let record = try translating { () throws(ReplicaError) in try replica.record(object) }
        guard let record else { throw BrainError(.notFound, "there is no such object here") }
        return (record.text(field) ?? "", record.heads)
    }

    /// Writes what was typed into the text that `heads` make, and gives what is there then.
    func write(
        _ hunks: [TextHunk], to field: String, in object: ObjectID, after heads: [EventID]
    ) throws(BrainError) -> (text: String, heads: [EventID]) {
        if !hunks.isEmpty {
            _ = try write([.text(field: field, hunks: hunks)], to: object, after: heads)
        }
        return try text(of: field, in: object)
    }
}

extension Records {
    /// Opens a text field of an object for typing.
    public func liveText(_ field: String, of id: ObjectID) async throws(BrainError) -> LiveText {
        try await LiveText(brain, object: id, field: field)
    }
}
