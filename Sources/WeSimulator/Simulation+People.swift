import WeData
import WeKeys
import WeLog
import WeReplica

// What people do.
extension Simulation {
    func performByPerson(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        // Who was put out and does not care goes on writing.
        let members = nodes.filter { $0.isMember || ($0.isHostile && $0.isOut) }
        guard let node = random.pick(members) else { return false }
        switch kind {
        case .create: return create(node, &random)
        case .invite:
            guard let inviter = random.pick(honest.filter(canGovern)) else { return false }
            return welcome(by: inviter)
        case .grant: return grant(&random)
        case .erase, .eraseOther: return erase(kind, &random)
        case .profile:
            let value = Value.text("name \(random.below(1_000))")
            return node.write(
                [.set(field: "name", value: value)], to: ObjectID(node.person.value)) != nil
        default:
            guard let object = pickObject(node, &random) else { return create(node, &random) }
            return edit(object, by: node, kind, &random)
        }
    }

    /// Most people look at the same few things.
    private func pickObject(_ node: SimulatedNode, _ random: inout SimulatedRandom) -> ObjectID? {
        let objects = node.objects(countMax: 64)
        return random.chance(60)
            ? objects.prefix(3).randomElement(using: &random)
            : random.pick(objects)
    }

    private func create(_ node: SimulatedNode, _ random: inout SimulatedRandom) -> Bool {
        let changes: [Change] = [
            .create(kind: "share"), .set(field: "title", value: .text(Simulation.text(&random))),
            .text(field: "body", hunks: TextHunk.replacing("", with: Simulation.text(&random))),
        ]
        return node.write(changes, to: nil) != nil
    }

    private static func text(_ random: inout SimulatedRandom) -> String {
        let words = ["wij", "delen", "kennis", "é", "share", "🙂", "node", "a\u{301}", "\n"]
        let count = random.chance(4) ? random.below(4_000) : random.within(1...12)
        return (0..<count).map { _ in random.pick(words) ?? "" }.joined(separator: " ")
    }

    private func edit(
        _ object: ObjectID, by node: SimulatedNode, _ kind: StepKind,
        _ random: inout SimulatedRandom
    ) -> Bool {
        let element = Value.text("t\(random.below(4))")
        var parents: [EventID]?
        var changes: [Change] = []
        switch kind {
        case .editText: changes = [.text(field: "body", hunks: hunks(&random))]
        case .editStale:
            // Someone took their time: they name what they saw, which is not the newest.
            guard let entries = try? node.replica.entries(of: object),
                let seen = random.pick(entries.sorted { $0.id < $1.id })
            else { return false }
            parents = [seen.id]
            changes = [
                .text(field: "body", hunks: hunks(&random)),
                .set(field: "title", value: .text(Simulation.text(&random))),
            ]
        case .setRegister:
            changes = [
                .set(
                    field: random.chance(50) ? "title" : "status",
                    value: .text(Simulation.text(&random)))
            ]
        case .addElement: changes = [.add(field: "topics", element: element)]
        case .removeElement: changes = [.remove(field: "topics", element: element)]
        case .count: changes = [.count(field: "used", delta: Int64(random.within(-3...9)))]
        case .react:
            changes = [
                .mark(field: "reaction", key: element, value: random.chance(70) ? true : .null)
            ]
        default: return false
        }
        return node.write(changes, to: object, after: parents) != nil
    }

    /// Someone erases what they wrote themselves, or a moderator what another wrote.
    private func erase(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        let isOwn = kind == .erase
        guard let node = random.pick(honest.filter(isOwn ? \.isMember : canGovern)),
            let object = pickObject(node, &random),
            let erasable = try? node.replica.erasable(in: object, by: isOwn ? node.person : nil),
            let target = random.pick(erasable),
            let stored = (try? node.replica.lend { try? $0.events([target]) })??.first,
            let body = stored.event.body
        else { return false }
        let before = node.acknowledged.count
        // A write that fails on a bad disk may still be kept.
        truth.mayBeErased.insert(target)
        guard node.write([.erase(events: [target])], to: object) != nil else { return false }
        guard node.acknowledged.count > before, let event = node.acknowledged.last else {
            return true
        }
        truth.erasures.append(
            Truth.Erasure(
                event: event, person: node.person, device: node.signing.publicKey, target: target,
                isOwn: isOwn,
                salt: Array(body.prefix(ContentBody.saltBytes + 2))))
        return true
    }

    private func hunks(_ random: inout SimulatedRandom) -> [TextHunk] {
        (0..<random.within(1...3)).map { _ in
            TextHunk(
                position: random.below(40), deleteCount: random.chance(50) ? random.below(8) : 0,
                insert: Simulation.text(&random))
        }
    }
}
