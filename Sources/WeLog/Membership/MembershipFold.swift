import WeData
import WeKeys

/// One evaluation of a set of membership events (Protocol.md, "Membership"; the convergence
/// argument is in "Why").
///
/// Strata, the most senior first: what one decides depends on more senior ones alone, so a single
/// pass decides everything and neither order of arrival nor cycles of exclusion can matter.
///
/// - Complexity: O(events × grants to their author), each a look into a version vector.
struct MembershipFold: Sendable {
    /// What gives a person standing: the genesis, an admission, a grant, a readmission.
    struct Base: Sendable {
        let event: Int
        let role: Role
    }

    /// A reduction or revocation that counts, with what it accepts of each log.
    struct Limit: Sendable {
        let event: Int
        /// Down to which role.
        let role: Role
        let seniority: Seniority
        let cut: [MembershipAct.Cut]
        /// Of each branch of the membership logs, how many events lie within the cut.
        let accepted: [Int: Int]
        /// The acts that lift it again.
        var lifts: [Int] = []
        /// The events beyond the cut that were adopted.
        var adopted: Set<EventID> = []
    }

    /// A lift that was written; its rank is compared when the reduction is looked at, which may be
    /// decided later.
    struct Lift: Sendable {
        let event: Int
        let seniority: Seniority
    }

    /// One of two moderators' acts that take effect together.
    struct Consent: Sendable {
        let event: Int
        let author: PersonID
    }

    /// Whom, or which device, an exclusion that needs two is about.
    struct Subject: Hashable, Sendable {
        let person: PersonID
        let device: DeviceKey?
    }

    /// An invitation that counts.
    struct Invite: Sendable {
        let event: Int
        let author: PersonID
        let offer: MembershipAct.Invite
        let seniority: Seniority
    }

    /// What one grant lets its person decide.
    struct Stratum: Sendable {
        let person: PersonID
        let base: Base
        let devices: [DeviceKey]
    }

    let graph: MembershipGraph
    var genesis: MembershipAct.Genesis?
    var founder: PersonID?
    /// All events by (lamport, id).
    private(set) var ordered: [Int] = []
    /// The events of each person by (lamport, id).
    var events: [PersonID: [Int]] = [:]
    var effective: Set<Int> = []
    /// The seniority that each governing act that counts carries; of a grant, what it confers.
    var seniority: [Int: Seniority] = [:]
    var grants: [PersonID: [Base]] = [:]
    var admissions: [PersonID: [Base]] = [:]
    var readmissions: [PersonID: [Base]] = [:]
    /// Reductions by the person that they reduce.
    var reductions: [PersonID: [Limit]] = [:]
    var revocations: [DeviceKey: [Limit]] = [:]
    var lifts: [Int: [Lift]] = [:]
    var adoptions: [(event: Int, adopted: [EventID], seniority: Seniority)] = []
    var rank: [PersonID: Seniority] = [:]
    /// The devices of each person, with their own seniority among them.
    var devices: [PersonID: [DeviceKey: DeviceOrder]] = [:]
    var invites: [EventID: Invite] = [:]
    var closes: [EventID: [Int]] = [:]
    /// Closes by people more senior than the inviter, who is looked at later.
    var earlyCloses: [EventID: [Int]] = [:]
    var consents: [Subject: [Consent]] = [:]
    var secrets: [(event: Int, epoch: Int, sealed: [MembershipAct.SealedSecret])] = []
    /// Who was granted something or admitted.
    var known: Set<PersonID> = []
    /// The admissions that count, in the order of the walk.
    var admitted: [(event: Int, person: PersonID, invite: EventID)] = []
    var council = Council(keys: [], threshold: 0)
    /// The first event that carries a decision, by each that does.
    var carried: [Int: Int] = [:]
    /// Whether nobody who may act did something that this version does not know.
    var isFullyUnderstood = true
    var strata = LeastFirst<Seniority, Stratum>()

    /// For comparison with the executable model, which lets a grant replace an admission: a
    /// member's earlier work would be void once they are promoted.
    private(set) var isModel = false

    init(_ graph: MembershipGraph, isModel: Bool = false) {
        self.graph = graph
        self.isModel = isModel
    }

    mutating func run() {
        guard let at = graph.index(of: EventID(graph.team.value)),
            case .genesis(let found) = graph.event(at).act, let first = found.devices.first
        else { return }
        let person = Device.person(of: first.signing)
        guard first.signing == graph.event(at).device,
            found.devices.allSatisfy({ graph.claims[$0.signing]?.person == person })
        else { return }
        genesis = found
        founder = person
        sort()
        decideCouncil(found)
        effective.insert(at)
        seniority[at] = .genesis
        strata.push(
            .genesis,
            Stratum(
                person: person, base: Base(event: at, role: .founder),
                devices: found.devices.map(\.signing)))
        govern()
        admit()
        settleLifts()
    }

    /// Sorts events to their authors; of each device so many can count.
    private mutating func sort() {
        ordered = (0..<graph.count).sorted(by: order)
        var written: [DeviceKey: Int] = [:]
        for at in ordered {
            let device = graph.nodes[at].event.device
            guard let person = graph.person(of: device),
                written[device, default: 0] < EventLimit.actsPerDeviceMax
            else { continue }
            written[device, default: 0] += 1
            events[person, default: []].append(at)
        }
    }

    // MARK: - What may count

    func isPast(_ earlier: Int, of later: Int) -> Bool { graph.isPast(earlier, of: later) }

    func isWithin(_ at: Int, _ limit: Limit) -> Bool {
        let node = graph.nodes[at]
        return node.place < limit.accepted[node.branch, default: 0]
    }

    /// Whether the author's device is one of its person's and no revocation cuts the event off.
    func isDeviceGood(_ at: Int, of person: PersonID) -> Bool {
        let device = graph.event(at).device
        guard devices[person]?[device] != nil else { return false }
        return revocations[device, default: []].allSatisfy { isWithin(at, $0) }
    }

    /// Whether an event of `person` has standing by one of `bases`, for what takes `role`.
    func isAllowed(_ at: Int, by person: PersonID, _ bases: [Base], for role: Role) -> Bool {
        guard isDeviceGood(at, of: person),
            bases.contains(where: { $0.role >= role && isPast($0.event, of: at) })
        else { return false }
        return reductions[person, default: []].allSatisfy { limit in
            limit.role >= role || isWithin(at, limit)
                || lifts[limit.event, default: []].contains {
                    $0.seniority <= limit.seniority && isPast($0.event, of: at)
                }
        }
    }

    /// The seniority of a person by the grants that are not causally after an act.
    func standing(of person: PersonID, notAfter at: Int) -> Seniority {
        grants[person, default: []]
            .compactMap { isPast(at, of: $0.event) ? nil : seniority[$0.event] }.min() ?? .none
    }

    // MARK: - Strata

    private mutating func govern() {
        while let (key, stratum) = strata.pop() {
            let person = stratum.person
            grants[person, default: []].append(stratum.base)
            if rank[person] == nil { rank[person] = key }
            growDevices(of: person, by: [(stratum.base.event, stratum.devices)]) {
                $0.isAllowed($1, by: person, [stratum.base], for: .reader)
            }
            leave(person, [stratum.base])
            for at in events[person, default: []]
            where !effective.contains(at) && isPast(stratum.base.event, of: at)
                && isAllowed(at, by: person, [stratum.base], for: .moderator)
            {
                act(at, by: person, as: key)
            }
        }
    }

    /// Applies what people do to themselves: who leaves, with no severe act and no address to cite,
    /// needs nobody's consent.
    mutating func leave(_ person: PersonID, _ bases: [Base]) {
        for at in events[person, default: []] where !effective.contains(at) {
            guard
                case .reduce(let target, let role, let cut, _, false, nil) = graph.event(at).act,
                target == person, role <= .moderator, isAllowed(at, by: person, bases, for: .reader)
            else { continue }
            reduce(person, to: role, cut: cut, by: at, as: .none)
        }
    }
}
