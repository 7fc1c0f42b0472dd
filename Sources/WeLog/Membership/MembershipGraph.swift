public import WeData
import WeKeys

/// A team's membership events with their causality, and whose each device is.
///
/// What an event costs once is paid when it comes: hashes of its past, signatures inside it. What
/// counts is decided anew by the fold whenever there are more.
///
/// A past is kept as a version vector, one number for each branch of each log: an event that adds
/// nothing to what the one before it had seen shares its vector, so that a flood from one device
/// costs one word an event.
public struct MembershipGraph: Sendable {
    /// A stretch of a log without forks.
    struct Branch: Sendable {
        /// The branch that it leaves, and how many of that branch's events it has in its past.
        let parent: (branch: Int, count: Int)?
        var events: [Int] = []
    }

    /// What was found out about an event when it came.
    struct Node: Sendable {
        let event: MembershipEvent
        /// Where it is in its log.
        let branch: Int
        let place: Int
        /// How many events of each branch are in its past; its own branch apart.
        let seen: [UInt32]
        /// Of an admission: that the proof is by the invitation's key for exactly these devices.
        let isProven: Bool
        /// Of a council's decision: the keys whose signature over it verifies.
        let signers: Set<DeviceKey>
    }

    /// The team.
    public let team: TeamID
    private(set) var nodes: [Node] = []
    private(set) var branches: [Branch] = []
    private var index: [EventID: Int] = [:]
    /// The devices that agreed to belong to someone, by the earliest event that says so.
    private(set) var claims: [DeviceKey: Claim] = [:]

    /// A device's own word on whose it is.
    struct Claim: Sendable {
        let person: PersonID
        let device: Device
        let lamport: Int
        let event: EventID
    }

    /// A graph without events.
    public init(team: TeamID) { self.team = team }

    /// A graph of these events, in any order; what lacks a parent among them is left out.
    public init(team: TeamID, events: [MembershipEvent]) {
        self.init(team: team)
        let sorted = events.sorted { ($0.lamport, $0.id) < ($1.lamport, $1.id) }
        for event in sorted { insert(event) }
    }

    /// How many events there are.
    public var count: Int { nodes.count }

    /// The events, parents before what names them.
    public var events: some Sequence<MembershipEvent> { nodes.lazy.map(\.event) }

    /// Whether an event is here.
    public func contains(_ id: EventID) -> Bool { index[id] != nil }

    func index(of id: EventID) -> Int? { index[id] }

    func event(_ index: Int) -> MembershipEvent { nodes[index].event }

    /// Takes in an event whose parents are here; others, and repetitions, change nothing.
    ///
    /// - Complexity: O(parents × branches), and an Ed25519 verification for each device, proof and
    ///   council signature in it.
    public mutating func insert(_ event: MembershipEvent) {
        guard index[event.id] == nil else { return }
        var parents: [Int] = []
        for parent in event.parents {
            guard let at = index[parent] else { return }
            parents.append(at)
        }
        var previous: Int?
        if let named = event.previous {
            guard let at = index[named] else { return }
            previous = at
        }
        let at = nodes.count
        let branch = self.branch(after: previous)
        var seen = previous.map { nodes[$0].seen } ?? []
        if let previous, nodes[previous].branch != branch { see(previous, in: &seen, from: branch) }
        for parent in parents { see(parent, in: &seen, from: branch) }
        let place = branches[branch].events.count
        branches[branch].events.append(at)
        index[event.id] = at
        nodes.append(
            Node(
                event: event, branch: branch, place: place, seen: seen, isProven: false,
                signers: []))
        let areDevicesValid = claim(event)
        nodes[at] = Node(
            event: event, branch: branch, place: place, seen: seen,
            isProven: areDevicesValid && isProven(at), signers: signers(of: event.act))
    }

    private mutating func branch(after previous: Int?) -> Int {
        if let previous {
            let node = nodes[previous]
            guard node.place + 1 < branches[node.branch].events.count else { return node.branch }
            branches.append(Branch(parent: (node.branch, node.place + 1)))
        } else {
            branches.append(Branch(parent: nil))
        }
        return branches.count - 1
    }

    /// Takes an event and its past into `seen`; copies the vector only where it changes.
    private func see(_ at: Int, in seen: inout [UInt32], from own: Int) {
        let node = nodes[at]
        func raise(_ branch: Int, _ count: UInt32) {
            guard branch != own, branch >= seen.count || seen[branch] < count else { return }
            while seen.count <= branch { seen.append(0) }
            seen[branch] = count
        }
        for (branch, count) in node.seen.enumerated() where count > 0 { raise(branch, count) }
        raise(node.branch, UInt32(node.place + 1))
    }

    /// Whether `earlier` is in the past of `later`, strictly.
    func isPast(_ earlier: Int, of later: Int) -> Bool {
        let (early, late) = (nodes[earlier], nodes[later])
        if early.branch == late.branch { return early.place < late.place }
        return early.branch < late.seen.count && late.seen[early.branch] > early.place
    }

    /// Events and all in their past, parents first.
    func closure(of ends: [Int]) -> [EventID] {
        let isIn = { (at: Int) in ends.contains { $0 == at || isPast(at, of: $0) } }
        return nodes.indices.filter(isIn).map { nodes[$0].event.id }
    }

    /// Of each branch, how many events lie within a cut: up to one of its heads by `prev` alone.
    ///
    /// A head counts for the log that names it only.
    ///
    /// - Complexity: O(depth of forks) for each head.
    func accepted(_ cut: [MembershipAct.Cut]) -> [Int: Int] {
        var accepted: [Int: Int] = [:]
        for entry in cut {
            for head in entry.heads {
                guard let at = index[head], nodes[at].event.device == entry.device,
                    nodes[at].event.log == entry.log
                else { continue }
                var (branch, count) = (nodes[at].branch, nodes[at].place + 1)
                while accepted[branch, default: 0] < count {
                    accepted[branch] = count
                    guard let parent = branches[branch].parent else { break }
                    (branch, count) = parent
                }
            }
        }
        return accepted
    }

    // MARK: - What is verified once

    /// Takes in what the event's devices say whose they are; gives whether all of it is valid.
    private mutating func claim(_ event: MembershipEvent) -> Bool {
        let claimed: (person: PersonID, devices: [Device])
        switch event.act {
        case .genesis(let genesis):
            guard let first = genesis.devices.first else { return false }
            claimed = (Device.person(of: first.signing), genesis.devices)
        case .admit(let admission): claimed = (admission.request.person, admission.request.devices)
        case .readmit(let person, _, let devices): claimed = (person, devices)
        case .addDevice(let person, let device): claimed = (person, [device])
        default: return true
        }
        var areValid = true
        for device in claimed.devices {
            let made = Claim(
                person: claimed.person, device: device, lamport: event.lamport, event: event.id)
            let known = claims[device.signing]
            // The same words were verified when they came first.
            let isKnown = known?.device == device && known?.person == claimed.person
            guard isKnown || device.isValid(for: claimed.person) else {
                areValid = false
                continue
            }
            if let known, (known.lamport, known.event) <= (made.lamport, made.event) { continue }
            claims[device.signing] = made
        }
        return areValid
    }

    /// Whose a device is by its own word; `nil` where no event holds a valid one.
    func person(of device: DeviceKey) -> PersonID? { claims[device]?.person }

    private func isProven(_ at: Int) -> Bool {
        guard case .admit(let admission) = nodes[at].event.act,
            let invite = index[admission.invite], isPast(invite, of: at),
            case .invite(let offer) = nodes[invite].event.act
        else { return false }
        return admission.request.isProven(team: team, invite: admission.invite, key: offer.key)
    }

    private func signers(of act: MembershipAct) -> Set<DeviceKey> {
        guard case .council(let proposal, let previous, let signatures) = act else { return [] }
        let statement = CouncilDecision.statement(
            team: team, previous: previous, proposal: proposal)
        var keys: Set<DeviceKey> = []
        for signature in signatures.prefix(EventLimit.recoveryKeysMax)
        where signature.signature.isValid(for: statement, domain: .council, by: signature.key) {
            keys.insert(signature.key)
        }
        return keys
    }
}
