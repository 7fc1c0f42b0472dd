public import WeData
import WeKeys
import WeLog
import WeReplica

/// What is known about an erased item.
public struct ErasureReport: Sendable, Hashable {
    /// One device and whether it said that it has erased.
    public struct Receipt: Sendable, Hashable {
        /// The device.
        public let device: DeviceInfo
        /// Whether it has.
        public let hasErased: Bool
    }

    /// The item.
    public let item: ObjectID
    /// Who asked for it; `nil` where that is not here.
    public let by: PersonRef?
    /// When, by their clock.
    public let time: Instant?
    /// How many changes of the item are stubs now.
    public let erasedCount: Int
    /// How many of it still count.
    public let remainingCount: Int
    /// What each device of the team has said.
    public let receipts: [Receipt]
}

extension Brain {
    /// Erases an item: what is mine in it, or, for a moderator, everything.
    ///
    /// Its body goes from this laptop now, and from each colleague's as it hears of it.
    public func erase(_ item: ObjectID) throws(BrainError) -> ErasureReport {
        try checkIsIn()
        let isModerator = replica.currentTeam?.persons[me.id]?.role.canGovern ?? false
        let events = try translating { () throws(ReplicaError) in
            try replica.erasable(in: item, by: isModerator ? nil : me.id)
        }
        guard !events.isEmpty else {
            throw BrainError(.notAllowed, .nothingToErase)
        }
        for start in stride(from: 0, to: events.count, by: Brain.erasedPerChangeMax) {
            let part = events[start..<min(start + Brain.erasedPerChangeMax, events.count)]
            _ = try write([.erase(events: Array(part))], to: item)
        }
        try publishErasures()
        return try erasure(of: item)
    }

    private static let erasedPerChangeMax = 8_192

    /// Who has erased an item, as far as their devices said.
    public func erasure(of item: ObjectID) throws(BrainError) -> ErasureReport {
        let found = try translating { () throws(ReplicaError) in try replica.erasures(in: item) }
        guard let found, !found.places.isEmpty else {
            throw BrainError(.notFound, .notErased)
        }
        let names = try names()
        var receipts: [ErasureReport.Receipt] = []
        for device in try devices() where !device.isRevoked {
            let marks = try receipt(of: device)
            let has = found.places.allSatisfy { place in
                (marks[place.key] ?? -1) >= place.sequence
            }
            receipts.append(ErasureReport.Receipt(device: device, hasErased: has))
        }
        return ErasureReport(
            item: item, by: found.author.map { PersonRef(id: $0, name: names[$0] ?? "") },
            time: found.wall.map { Instant(milliseconds: $0) }, erasedCount: found.erasedCount,
            remainingCount: found.remainingCount, receipts: receipts)
    }

    private func receipt(of device: DeviceInfo) throws(BrainError) -> [LogKey: Int] {
        let profile = ObjectID(device.owner.id.value)
        guard
            let record = try translating({ () throws(ReplicaError) in try replica.record(profile) })
        else { return [:] }
        for mark in record.marks
        where mark.field == Field.erased && mark.key.bytes.map(Hex.encode) == device.id {
            return ErasureReceipt.decode(mark.value)
        }
        return [:]
    }

    /// Says in my profile how far this device has erased, where that is more than it said before.
    ///
    /// Worth calling after every arrival; it costs nothing where nothing was erased.
    func publishErasures() throws(BrainError) {
        guard isIn, replica.currentTeam != nil else { return }
        let applied = try translating { () throws(ReplicaError) in try replica.appliedErasures() }
        guard !applied.isEmpty else { return }
        let device = identity.signing.publicKey
        let said = try devices(of: me.id).first { $0.isThis }.map(receipt) ?? [:]
        guard applied.contains(where: { (said[$0.key] ?? -1) < $0.value }) else { return }
        // Files that went with what was erased are copies as well.
        _ = try translating { () throws(ReplicaError) in try node.keeper.collectErased() }
        // A copy in a file that a repair put aside is a copy still.
        guard try dropDamagedFiles() else { return }
        let mark = WeData.Change.mark(
            field: Field.erased, key: .bytes(device.bytes), value: ErasureReceipt.encode(applied))
        try writeProfile([mark])
    }
}

/// How far a device has applied erasures: for each log that holds some, the last one's place.
enum ErasureReceipt {
    static func encode(_ applied: [LogKey: Int]) -> Value {
        .array(
            applied.sorted { $0.key < $1.key }.map { key, sequence in
                .array([
                    .bytes(key.device.bytes), .bytes(Array(key.bytes.suffix(8))),
                    .int(Int64(sequence)),
                ])
            })
    }

    static func decode(_ value: Value) -> [LogKey: Int] {
        var applied: [LogKey: Int] = [:]
        for item in value.array ?? [] {
            guard let parts = item.array, parts.count == 3, let device = parts[0].bytes,
                let log = parts[1].bytes, let sequence = parts[2].int,
                let key = LogKey([LogClass.content.rawValue] + device + log)
            else { continue }
            applied[key] = Int(sequence)
        }
        return applied
    }
}
