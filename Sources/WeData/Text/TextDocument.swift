/// A text that many write at once, with its history: the value an editor holds.
///
/// Replicas that have the same edits show the same text, whatever the order in which they came.
/// Only positions and what was typed are kept, so a text that is read costs what it shows; what
/// merging needs is made when edits are concurrent (Gentle & Kleppmann, "Collaborative Text Editing
/// with Eg-walker", 2025; the order of concurrent insertions: Protocol.md, "Data types").
///
/// Two edits under one name are the caller's to prevent, as by signing them: of such a pair each
/// replica keeps the one that came first.
public struct TextDocument: Sendable {
    var log = TextLog()
    var merge = TextMerge()
    /// The agent that typed here last, and its index: one who types goes on typing.
    private var writer: [UInt8] = []
    private var writerIndex = -1

    /// An empty text without history.
    public init() {}

    /// The text.
    ///
    /// - Complexity: O(length).
    public var text: String { merge.rope.string }

    /// How many Unicode scalars the text has.
    public var scalarCount: Int { merge.rope.total.scalars }

    /// How many scalars were ever inserted or deleted, those without effect left out of account.
    public var eventCount: Int { log.graph.count }

    /// The heads: the last scalar of every edit that no other edit follows, ascending.
    public var version: [TextID] { log.graph.heads.compactMap { log.id(at: $0) }.sorted() }

    /// The sequence number at which an agent's next edit begins.
    public func nextSequence(of agent: TextAgent) -> Int {
        log.agents.index(of: agent.bytes).map { log.agents.nextSequence($0) } ?? 0
    }

    /// Whether an edit with this scalar has been applied.
    public func contains(_ id: TextID) -> Bool { log.version(of: id) != nil }

    /// Gives back the memory that is kept to make the next concurrent edit cheap.
    public mutating func releaseMergeState() { merge.dropTracker() }

    /// The index of an agent, which is made where there is none.
    mutating func index(of agent: TextAgent) -> Int {
        if writerIndex >= 0, writer == agent.bytes { return writerIndex }
        writerIndex = log.agents.intern(agent.bytes)
        writer = agent.bytes
        return writerIndex
    }
}
