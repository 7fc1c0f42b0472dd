/// Who types: an identifier that every replica knows by the same bytes.
///
/// Agents are ordered bytewise, a prefix first. Where two insert at the same place without having
/// seen each other, that order decides whose text comes first.
public struct TextAgent: Hashable, Comparable, Sendable {
    /// The longest identifier, in bytes.
    public static let bytesMax = 128

    /// The identifier.
    public let bytes: [UInt8]

    /// Takes at most ``bytesMax`` bytes; `nil` for more.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax else { return nil }
        self.bytes = bytes
    }

    /// The agent of this name: its UTF-8, cut to ``bytesMax`` bytes.
    public init(named name: String) { bytes = Array(name.utf8.prefix(Self.bytesMax)) }

    /// Orders bytewise, a prefix first.
    public static func < (left: TextAgent, right: TextAgent) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// The name of one inserted or deleted scalar: who, and which of theirs.
public struct TextID: Hashable, Comparable, Sendable {
    /// Who did it.
    public let agent: TextAgent
    /// Counts the agent's scalars, inserted and deleted, from zero.
    public let sequence: Int

    /// Joins the two.
    public init(agent: TextAgent, sequence: Int) {
        self.agent = agent
        self.sequence = sequence
    }

    /// Orders by agent, then by sequence as a number.
    public static func < (left: TextID, right: TextID) -> Bool {
        left.agent == right.agent ? left.sequence < right.sequence : left.agent < right.agent
    }
}
