import WeData
import WeKeys
import WeLog
import WeReplica

// What a run came to, in words, for whoever looks for the reason of a broken promise.
extension Simulation {
    /// A line for each event that an honest node has, then one for each node.
    func story() -> String {
        guard let team = unitedAll.take(honest) else { return "no team" }
        var lines: [String] = []
        var seen: Set<EventID> = []
        let effective = united?.effective ?? []
        for node in honest {
            let stored =
                (try? node.replica.lend { try? $0.events(after: 0, countMax: .max) }) ?? nil
            for event in stored?.map(\.event) ?? [] where seen.insert(event.id).inserted {
                let act = MembershipEvent(event).map {
                    words($0.act) + (effective.contains(event.id) ? "" : ", void")
                }
                lines.append(
                    "\(event.id) by \(name(event.key.device)): \(act ?? words(event, node)); "
                        + holders(event.id))
            }
        }
        lines.append("expected \(expected.map(\.index)), put out \(putOut.map(\.index))")
        return (lines + nodes.map { words($0, team) }).joined(separator: "\n")
    }

    private func holders(_ id: EventID) -> String {
        var whole: [Int] = []
        var bare: [Int] = []
        for node in honest {
            guard let found = (try? node.replica.lend { try? $0.events([id]) })??.first else {
                continue
            }
            if found.event.body == nil { bare.append(node.index) } else { whole.append(node.index) }
        }
        return "held by \(whole)" + (bare.isEmpty ? "" : ", without its body by \(bare)")
    }

    private func name(_ device: DeviceKey) -> String {
        nodes.first { $0.signing.publicKey == device }?.name ?? "\(device)"
    }

    private func name(_ person: PersonID) -> String {
        nodes.first { $0.person == person }?.name ?? "\(person)"
    }

    /// What a content event does, as far as a node goes.
    private func words(_ event: Event, _ node: SimulatedNode) -> String {
        let isVoid = isVoid(event.id, on: node)
        let body = event.body.flatMap { try? ContentBody(decoding: $0) }
        let changes = body?.changes.map { String("\($0)".prefix { $0 != "(" }) } ?? ["?"]
        return changes.joined(separator: " and ") + (isVoid ? ", void" : "")
            + (event.header.parents.isEmpty ? "" : ", after \(event.header.parents)")
    }

    private func words(_ act: MembershipAct) -> String {
        switch act {
        case .reduce(let person, let role, let cut, _, let isSevere, _):
            "reduce \(name(person)) to \(role), cut \(cut.map { name($0.device) })"
                + (isSevere ? ", severe" : "")
        case .grant(let person, let role, _, let lifts):
            "grant \(name(person)) \(role), lifts \(lifts)"
        case .readmit(let person, let lifts, _): "readmit \(name(person)), lifts \(lifts)"
        case .admit(let admission): "admit \(name(admission.request.person)) by \(admission.invite)"
        case .revokeDevice(_, let device, let cut):
            "revoke \(name(device)), cut \(cut.map { name($0.device) })"
        case .addDevice(_, let device): "add \(name(device.signing))"
        case .close(let invite): "close \(invite)"
        default: String("\(act)".prefix { $0 != "(" })
        }
    }

    private func words(_ node: SimulatedNode, _ team: Team) -> String {
        let role = team.persons[node.person].map { "\($0.role)" } ?? "nobody"
        let own = node.team?.persons[node.person].map { "\($0.role)" } ?? "nobody"
        let isActive = team.isActive(node.signing.publicKey)
        let peers = node.connections.filter(\.isOpen).map(\.peer.index)
        return "\(node.name)\(node.isHostile ? ", hostile" : ""): for all a \(role), "
            + "\(isActive ? "in" : "not in"), for itself a \(own), \(node.isIn ? "in" : "not in"); "
            + "\(summary(of: node)?.count ?? 0) events, \(node.secrets.count) secrets, "
            + "invited by \(node.invited.map { "\($0.event)" } ?? "nobody"), connected to \(peers)"
    }
}
