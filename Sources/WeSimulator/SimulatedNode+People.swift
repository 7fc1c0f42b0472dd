import WeData
import WeLog
import WeReplica

// What its person does.
extension SimulatedNode {
    /// Objects that are here, by name.
    func objects(countMax: Int) -> [ObjectID] {
        let halves: [(UInt8, UInt8)] = [(0, 0x7f), (0x80, 0xff)]
        var found: [ObjectID] = []
        for (low, high) in halves {
            guard let low = ObjectID([low] + [UInt8](repeating: 0, count: 31)),
                let high = ObjectID([high] + [UInt8](repeating: 0xff, count: 31)),
                let objects = try? replica.objects(
                    from: low, through: high, countMax: countMax - found.count)
            else { continue }
            found += objects
        }
        return found
    }

    /// Writes a membership act and passes it on.
    @discardableResult
    func act(_ act: MembershipAct) -> EventID? {
        writing { () throws(ReplicaError) in try replica.append(act, author: author, wall: wall) }
    }

    /// Writes changes to an object and passes them on.
    @discardableResult
    func write(_ changes: [Change], to object: ObjectID?, after parents: [EventID]? = nil)
        -> ObjectID?
    {
        let draft = Replica.Draft(object: object, changes: changes, wall: wall, parents: parents)
        return writing { () throws(ReplicaError) in
            try replica.append([draft], author: author).first
        } ?? nil
    }

    private func writing<Value>(_ body: () throws(ReplicaError) -> Value) -> Value? {
        simulation.findings = nil
        do throws(ReplicaError) {
            let before = try replica.lend { try? $0.lastPosition() } ?? 0
            let old =
                simulation.isSafe && simulation.isPlanted(.lostEvent, in: self)
                ? try Replica(copying: replica) : nil
            let value = try body()
            let events = try replica.lend { try? $0.events(after: before, countMax: 64) } ?? []
            acknowledge(events.map(\.event.id))
            if let old {
                restart(with: old)
                return value
            }
            rosterChanged()
            storeGrew(from: nil)
            return value
        } catch {
            if mayFail(error) {
                recoverSoon()
            } else {
                simulation.violate(.soundStore, "\(name) could not write: \(error)")
            }
            return nil
        }
    }
}
