import WeData

/// How senior an act is: the recovery council's first, then the founder's, then each moderator's by
/// the depth, lamport and id of the grant, then anyone else's (Protocol.md, "Seniority").
///
/// The lesser one is the more senior.
struct Seniority: Hashable, Comparable, Sendable {
    private let rank: Int
    let depth: Int
    private let lamport: Int
    private let id: EventID

    private init(rank: Int, depth: Int, lamport: Int, id: EventID) {
        self.rank = rank
        self.depth = depth
        self.lamport = lamport
        self.id = id
    }

    /// The recovery council's.
    static let council = Seniority(rank: 0, depth: 0, lamport: 0, id: EventID(.zero))
    /// The founder's, by the genesis.
    static let genesis = Seniority(rank: 1, depth: 0, lamport: 0, id: EventID(.zero))
    /// Of who was granted nothing.
    static let none = Seniority(rank: 2, depth: 0, lamport: 0, id: EventID(.zero))

    /// What a grant confers.
    static func grant(depth: Int, _ event: MembershipEvent) -> Seniority {
        Seniority(rank: 1, depth: depth, lamport: event.lamport, id: event.id)
    }

    static func < (left: Seniority, right: Seniority) -> Bool {
        (left.rank, left.depth, left.lamport, left.id)
            < (right.rank, right.depth, right.lamport, right.id)
    }
}

/// The places of persons in the walk from the founder through admissions: breadth first.
struct AdmissionOrder: Hashable, Comparable, Sendable {
    let depth: Int
    let rank: Seniority
    let lamport: Int
    let id: EventID

    static func < (left: AdmissionOrder, right: AdmissionOrder) -> Bool {
        (left.depth, left.rank, left.lamport, left.id)
            < (right.depth, right.rank, right.lamport, right.id)
    }
}

/// What is taken out least first.
///
/// - Complexity: O(log count) for each.
struct LeastFirst<Key: Comparable & Sendable, Value: Sendable>: Sendable {
    private var items: [(key: Key, value: Value)] = []

    mutating func push(_ key: Key, _ value: Value) {
        items.append((key, value))
        var child = items.count - 1
        while child > 0, items[child].key < items[(child - 1) / 2].key {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> (key: Key, value: Value)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first }
        items[0] = last
        var parent = 0
        while 2 * parent + 1 < items.count {
            let (left, right) = (2 * parent + 1, 2 * parent + 2)
            let least = right < items.count && items[right].key < items[left].key ? right : left
            guard items[least].key < items[parent].key else { break }
            items.swapAt(least, parent)
            parent = least
        }
        return first
    }
}
