public import WeData
import WeLog

extension Store {
    /// The most rows that are kept of when events came.
    static let arrivalsMax: Int64 = 4_096
    private static let minuteMilliseconds: Int64 = 60_000

    /// Notes that all up to a position had come by this laptop's clock; `nil` where no clock says.
    ///
    /// What comes within one minute of the clock shares a row, so a moment may be up to a minute
    /// late, and never early. Of the older half of too many rows every other joins the next.
    func noteArrival(of position: Int64, at wall: Int64?) throws(ReplicaError) {
        guard position > 0 else { return }
        let last = try database.statement(
            "SELECT position, wall FROM arrivals ORDER BY position DESC LIMIT 1")
        if try last.step() {
            let (before, noted) = (last.int(0), last.isNull(1) ? nil : last.int(1))
            last.reset()
            guard before < position else { return }
            if Store.minute(noted) == Store.minute(wall) {
                try database.run("DELETE FROM arrivals WHERE position = ?", .int(before))
            }
        }
        let insert = try database.statement("INSERT INTO arrivals VALUES(?, ?)")
        insert.bind(1, position)
        if let wall { insert.bind(2, wall) } else { insert.bindNull(2) }
        _ = try insert.step()
        guard try database.integer("SELECT count(*) FROM arrivals") ?? 0 > Store.arrivalsMax else {
            return
        }
        try database.run(
            "DELETE FROM arrivals WHERE position IN (SELECT position FROM (SELECT position,"
                + " row_number() OVER (ORDER BY position) AS place FROM arrivals)"
                + " WHERE place <= ? AND place % 2 = 1)", .int(Store.arrivalsMax / 2))
    }

    private static func minute(_ wall: Int64?) -> Int64? {
        wall.map { $0 / minuteMilliseconds }
    }
}

extension Replica {
    /// When an object first was here, by this laptop's clock, in milliseconds, give or take a minute.
    ///
    /// What `device` made was here when it was made; `nil` where nobody noted it.
    public func arrival(
        of object: ObjectID, at device: DeviceKey
    ) throws(ReplicaError) -> Int64? {
        try snapshot { index throws(ReplicaError) in
            guard let position = try index.reference(to: object), position > 0 else { return nil }
            let event = try index.database.statement(
                "SELECT device, wall FROM events JOIN logs ON logs.id = events.log"
                    + " WHERE position = ?")
            event.bind(1, position)
            guard try event.step() else { return nil }
            defer { event.reset() }
            if DeviceKey(event.bytes(0)) == device { return event.int(1) }
            return try index.database.integer(
                "SELECT wall FROM arrivals WHERE position >= ? ORDER BY position LIMIT 1",
                .int(position))
        }
    }
}
