/// One change as it travels between replicas.
///
/// It consumes names in order: for each hunk one per deleted scalar, then one per inserted scalar.
/// What a value of this type says has the same meaning on every replica that has its parents:
/// a position past the end is cut to the length, and deleting what is not there does nothing.
public struct TextEdit: Hashable, Sendable {
    /// The most heads that one edit may follow.
    public static let parentsMax = 32
    /// The most scalars one hunk deletes; a greater count means this one, for no text is longer.
    public static let deleteCountMax = 1 << 31
    /// No sequence number reaches this.
    public static let sequenceMax = 1 << 60

    /// Who made it.
    public let agent: TextAgent
    /// The sequence number of its first scalar.
    public let sequence: Int
    /// The last scalar of each head that the agent had seen, ascending; none at the beginning.
    public let parents: [TextID]
    /// What it does, each hunk on the result of the ones before it.
    public let hunks: [TextHunk]
    /// How many names it consumes.
    public let count: Int

    /// Why an edit can never be taken, on any replica.
    public enum Refusal: Error, Hashable, Sendable {
        /// A sequence number, position or count below zero.
        case negative
        /// More than ``TextEdit/parentsMax`` parents.
        case tooManyParents
        /// It neither inserts nor deletes.
        case empty
        /// Its names run past ``TextEdit/sequenceMax``.
        case tooLong
        /// It names itself as its parent.
        case ownParent
    }

    /// Joins the parts, or says why nobody would take them: that depends on nothing else.
    public init(
        agent: TextAgent, sequence: Int, parents: [TextID], hunks: [TextHunk]
    ) throws(Refusal) {
        guard parents.count <= Self.parentsMax else { throw .tooManyParents }
        guard sequence >= 0, parents.allSatisfy({ $0.sequence >= 0 }) else { throw .negative }
        let (kept, count) = try Self.checked(hunks)
        guard count > 0 else { throw .empty }
        guard count <= Self.sequenceMax, sequence <= Self.sequenceMax - count else {
            throw .tooLong
        }
        let own = sequence..<(sequence + count)
        guard !parents.contains(where: { $0.agent == agent && own.contains($0.sequence) }) else {
            throw .ownParent
        }
        self.agent = agent
        self.sequence = sequence
        self.parents = Self.ascending(parents)
        self.hunks = kept
        self.count = count
    }

    /// Joins parts that are known to be good.
    init(
        trusted agent: TextAgent, sequence: Int, parents: [TextID], hunks: [TextHunk], count: Int
    ) {
        self.agent = agent
        self.sequence = sequence
        self.parents = parents
        self.hunks = hunks
        self.count = count
    }

    /// The name of its last scalar: what an edit that follows it names as parent.
    public var last: TextID { TextID(agent: agent, sequence: sequence + count - 1) }

    /// Cuts counts and leaves out hunks that do nothing.
    static func checked(_ hunks: [TextHunk]) throws(Refusal) -> ([TextHunk], count: Int) {
        var kept = hunks
        var count = 0
        var isKept = true
        for hunk in hunks {
            guard hunk.position >= 0, hunk.deleteCount >= 0 else { throw .negative }
            let names = min(hunk.deleteCount, deleteCountMax) + hunk.insert.unicodeScalars.count
            let (sum, overflow) = count.addingReportingOverflow(names)
            guard !overflow else { throw .tooLong }
            count = sum
            if names == 0 || hunk.deleteCount > deleteCountMax { isKept = false }
        }
        if !isKept {
            kept = hunks.filter { $0.deleteCount > 0 || !$0.insert.isEmpty }.map {
                TextHunk(
                    position: $0.position, deleteCount: min($0.deleteCount, deleteCountMax),
                    insert: $0.insert)
            }
        }
        return (kept, count)
    }

    private static func ascending(_ parents: [TextID]) -> [TextID] {
        guard parents.count > 1 else { return parents }
        var result: [TextID] = []
        for parent in parents.sorted() where parent != result.last { result.append(parent) }
        return result
    }
}
