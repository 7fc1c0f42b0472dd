import WeData
import WeLog
import WeReplica

// What people do.
extension Simulation {
    func performByPerson(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        let members = nodes.filter(\.isMember)
        guard let node = random.pick(members) else { return false }
        switch kind {
        case .create: return create(node, &random)
        case .invite:
            guard let inviter = random.pick(honest.filter(canGovern)) else { return false }
            return welcome(by: inviter)
        case .grant: return grant(&random)
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
        case .erase:
            guard let entries = try? node.replica.entries(of: object),
                let own = random.pick(
                    entries.filter { !$0.isVoid && $0.author == node.person }
                        .sorted { $0.id < $1.id })
            else { return false }
            changes = [.erase(events: [own.id])]
        default: return false
        }
        return node.write(changes, to: object, after: parents) != nil
    }

    private func hunks(_ random: inout SimulatedRandom) -> [TextHunk] {
        (0..<random.within(1...3)).map { _ in
            TextHunk(
                position: random.below(40), deleteCount: random.chance(50) ? random.below(8) : 0,
                insert: Simulation.text(&random))
        }
    }

    // MARK: - The team

    private func canGovern(_ node: SimulatedNode) -> Bool {
        guard let team = node.team, team.isFullyUnderstood else { return false }
        return team.persons[node.person]?.role.canGovern ?? false
    }

    private func grant(_ random: inout SimulatedRandom) -> Bool {
        guard let node = random.pick(honest.filter(canGovern)), let team = node.team else {
            return false
        }
        let candidates = team.persons.values.sorted { $0.id < $1.id }.filter {
            $0.role == .member && !truth.hostile.contains($0.id)
        }
        guard let person = random.pick(candidates) else { return false }
        truth.moderators.insert(person.id)
        return node.act(
            .grant(
                person: person.id, role: .moderator, devices: person.devices.map(\.signing),
                lifts: [])) != nil
    }
}
