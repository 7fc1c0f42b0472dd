public import WeData
import WeKeys

extension Team {
    /// An act that decided something about people, for the open log of decisions.
    public struct Decision: Sendable, Hashable {
        /// The event.
        public let id: EventID
        /// Who decided; `nil` for a device that nobody claims.
        public let author: PersonID?
        /// By the author's clock, in milliseconds; for display only.
        public let wall: Int64
        /// What was decided.
        public let act: MembershipAct
        /// Whether it counts.
        public let isEffective: Bool
        /// Whether every moderator of now has built on it: what is not may still change.
        public let isSettled: Bool
    }

    /// Everything that was decided about people, by order; acts that do not count are among them.
    ///
    /// - Complexity: O(events × moderators).
    public func decisions() -> [Decision] {
        let graph = fold.graph
        let moderators = moderators.map(\.id)
        return decided().map { at in
            let event = graph.event(at)
            return Decision(
                id: event.id, author: graph.person(of: event.device), wall: event.wall,
                act: event.act, isEffective: effective.contains(event.id),
                isSettled: moderators.allSatisfy { hasBuilt($0, on: at) })
        }
    }

    private func decided() -> [Int] {
        (0..<fold.graph.count).filter { fold.graph.event($0).act.isDecision }
            .sorted(by: fold.order)
    }

    /// Whether a person has written an act that is, or follows, an event.
    private func hasBuilt(_ person: PersonID, on at: Int) -> Bool {
        fold.events[person]?.contains { $0 == at || fold.isPast(at, of: $0) } == true
    }

    /// Decisions that count and that a person has not built on yet.
    public func unsettled(by person: PersonID) -> [EventID] {
        decided().filter { fold.effective.contains($0) && !hasBuilt(person, on: $0) }
            .map { fold.graph.event($0).id }
    }

    /// Reductions of a person that count and that nobody lifted.
    public func reductions(of person: PersonID) -> [EventID] {
        fold.reductions[person, default: []].filter(\.lifts.isEmpty)
            .map { fold.graph.event($0.event).id }
    }

    /// Whether an exclusion of a person counts that nobody lifted, whoever let them in and whether
    /// that still counts.
    public func isPutOut(_ person: PersonID) -> Bool { !fold.exclusions(of: person).isEmpty }

    /// Whether a person is out by their own act alone.
    public func hasLeft(_ person: PersonID) -> Bool {
        let exclusions = fold.exclusions(of: person)
        return !exclusions.isEmpty
            && exclusions.allSatisfy {
                fold.graph.person(of: fold.graph.event($0.event).device) == person
            }
    }

    /// Whether a revocation of a device counts that nobody lifted.
    public func isRevoked(_ device: DeviceKey) -> Bool {
        fold.revocations[device, default: []].contains(where: \.lifts.isEmpty)
    }

    /// The newest address of a person that counts.
    public func address(of person: PersonID) -> EventID? {
        decisions().last {
            guard $0.isEffective, case .address(person, _, _) = $0.act else { return false }
            return true
        }?.id
    }
}

extension MembershipAct {
    /// Whether it decides about people: who is in, as what, and with which devices.
    var isDecision: Bool {
        switch self {
        case .grant, .reduce, .address, .readmit, .revokeDevice, .council: true
        case .adopt(let events): !events.isEmpty
        case .genesis, .invite, .admit, .addDevice, .close, .secret, .unknown: false
        }
    }
}
