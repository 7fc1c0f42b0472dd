import WeData
import WeKeys

/// Where a device stands among its person's: those named first are senior.
struct DeviceOrder: Hashable, Comparable {
    let depth: Int
    let lamport: Int
    let id: EventID
    let place: Int

    static func < (left: DeviceOrder, right: DeviceOrder) -> Bool {
        (left.depth, left.lamport, left.id, left.place)
            < (right.depth, right.lamport, right.id, right.place)
    }
}

// Devices, one level down by the same rules, and admissions, breadth first.
extension MembershipFold {
    /// Takes in devices that `roots` name and those that they add, and applies the revocations
    /// that a person's senior devices wrote.
    mutating func growDevices(
        of person: PersonID, by roots: [(event: Int, devices: [DeviceKey])],
        isAllowed: (MembershipFold, Int) -> Bool
    ) {
        var queue = LeastFirst<DeviceOrder, DeviceKey>()
        for root in roots {
            let event = graph.event(root.event)
            for (place, device) in root.devices.enumerated()
            where graph.person(of: device) == person {
                let order = DeviceOrder(
                    depth: 0, lamport: event.lamport, id: event.id, place: place)
                queue.push(order, device)
            }
        }
        for (device, order) in devices[person, default: [:]] { queue.push(order, device) }
        var done: Set<DeviceKey> = []
        while let (order, device) = queue.pop() {
            guard done.insert(device).inserted else { continue }
            if devices[person]?[device] == nil {
                guard devices[person, default: [:]].count < EventLimit.devicesPerPersonMax else {
                    continue
                }
                devices[person, default: [:]][device] = order
            }
            for at in events[person, default: []]
            where graph.event(at).device == device && !effective.contains(at) {
                switch graph.event(at).act {
                case .addDevice(person, let added)
                where graph.person(of: added.signing) == person && isAllowed(self, at):
                    effective.insert(at)
                    let event = graph.event(at)
                    queue.push(
                        DeviceOrder(
                            depth: order.depth + 1, lamport: event.lamport, id: event.id,
                            place: 0), added.signing)
                case .revokeDevice(person, let revoked, let cut)
                where graph.person(of: revoked) == person && devices[person]?[revoked] == nil
                    && isAllowed(self, at):
                    effective.insert(at)
                    revocations[revoked, default: []].append(limit(at, .none, cut, as: .none))
                default: break
                }
            }
        }
    }

    /// Takes in members by admissions, from the founder and moderators on, breadth first; last
    /// those whom only a readmission makes members.
    ///
    /// Who was let in twice has standing by both: neither may take away what the other gave.
    mutating func admit() {
        var queue = LeastFirst<AdmissionOrder, (person: PersonID, admission: Base?)>()
        for (person, rank) in rank {
            let order = AdmissionOrder(depth: 0, rank: rank, lamport: 0, id: EventID(.zero))
            queue.push(order, (person, nil))
        }
        for (person, bases) in readmissions {
            for base in bases {
                queue.push(order(of: base.event, depth: .max), (person, nil))
            }
        }
        known = Set(rank.keys)
        while let (order, next) = queue.pop() {
            let person = next.person
            if isModel, rank[person] != nil, next.admission != nil { continue }
            // Whom a readmission alone brings in is known from here on.
            guard known.contains(person) || known.count < EventLimit.personsMax else { continue }
            known.insert(person)
            if let admission = next.admission {
                admissions[person, default: []].append(admission)
            }
            let bases =
                grants[person, default: []] + readmissions[person, default: []]
                + admissions[person, default: []]
            growDevices(of: person, by: roots(of: person, next.admission?.event)) {
                $0.isAllowed($1, by: person, bases, for: .reader)
            }
            leave(person, bases)
            for at in events[person, default: []]
            where !effective.contains(at) && isAllowed(at, by: person, bases, for: .member) {
                switch graph.event(at).act {
                case .admit(let admission):
                    let newcomer = admission.request.person
                    guard let invite = invites[admission.invite], isOpen(invite, at),
                        graph.nodes[at].isProven,
                        known.contains(newcomer) || known.count < EventLimit.personsMax
                    else { continue }
                    known.insert(newcomer)
                    effective.insert(at)
                    admitted.append((at, newcomer, admission.invite))
                    let depth = order.depth == .max ? order.depth : order.depth + 1
                    let base = Base(event: at, role: invite.offer.role)
                    queue.push(self.order(of: at, depth: depth), (newcomer, base))
                case .unknown: isFullyUnderstood = false
                default: break
                }
            }
        }
    }

    private func order(of at: Int, depth: Int) -> AdmissionOrder {
        let event = graph.event(at)
        return AdmissionOrder(depth: depth, rank: .none, lamport: event.lamport, id: event.id)
    }

    private func roots(
        of person: PersonID, _ admission: Int?
    ) -> [(event: Int, devices: [DeviceKey])] {
        var roots: [(event: Int, devices: [DeviceKey])] = []
        if let admission { roots.append((admission, graph.event(admission).act.introduces)) }
        for base in readmissions[person, default: []] {
            roots.append((base.event, graph.event(base.event).act.introduces))
        }
        return roots
    }

    /// Whether an invitation let an admission in: it counts, was seen, and whoever closed it or
    /// reduced its issuer had seen the admission.
    private func isOpen(_ invite: Invite, _ admission: Int) -> Bool {
        isPast(invite.event, of: admission)
            && closes[graph.event(invite.event).id, default: []].allSatisfy {
                isPast(admission, of: $0)
            }
            && reductions[invite.author, default: []].allSatisfy {
                isPast(admission, of: $0.event)
            }
    }

    /// Writes into each limit who lifted it and what was adopted.
    mutating func settleLifts() {
        func settled(_ limit: Limit) -> Limit {
            var limit = limit
            limit.lifts = lifts[limit.event, default: []]
                .filter { $0.seniority <= limit.seniority }.map(\.event)
            for adoption in adoptions
            where adoption.seniority <= limit.seniority
                && isPast(limit.event, of: adoption.event)
            {
                limit.adopted.formUnion(adoption.adopted)
            }
            return limit
        }
        reductions = reductions.mapValues { $0.map(settled) }
        revocations = revocations.mapValues { $0.map(settled) }
    }
}
