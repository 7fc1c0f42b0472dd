import Foundation
import Testing
import WeData
import WeLog

@testable import WeReplica

/// Whether a replica knows when something came.
@Suite("Arrivals")
struct ArrivalTests {
    private let minute: Int64 = 60_000

    private func rows(_ laptop: Laptop) throws -> [[Int64?]] {
        try laptop.replica.snapshot { index throws(ReplicaError) in
            let rows = try index.database.statement(
                "SELECT position, wall FROM arrivals ORDER BY position")
            var found: [[Int64?]] = []
            while try rows.step() {
                found.append([rows.int(0), rows.isNull(1) ? nil : rows.int(1)])
            }
            return found
        }
    }

    private func team() throws -> (anna: Laptop, bram: Laptop) {
        let (anna, bram) = (try Laptop("Anna"), try Laptop("Bram"))
        try anna.found("Noord")
        try anna.admit(bram)
        return (anna, bram)
    }

    @Test("what came within a minute has one row, never early and at most a minute late")
    func minutes() throws {
        let (anna, bram) = try team()
        func sent(at wall: Int64) throws -> ObjectID {
            let object = try anna.write("at \(wall)")
            try bram.take(from: anna, at: wall)
            return object
        }
        let before = try rows(bram).count
        let first = try sent(at: 10 * minute + 1)
        let second = try sent(at: 10 * minute + 59_000)
        let third = try sent(at: 11 * minute)
        #expect(try rows(bram).count == before + 2)
        let device = bram.author.device
        #expect(try bram.replica.arrival(of: first, at: device) == 10 * minute + 59_000)
        #expect(try bram.replica.arrival(of: second, at: device) == 10 * minute + 59_000)
        #expect(try bram.replica.arrival(of: third, at: device) == 11 * minute)
        // What came without a clock says nothing of when, and takes nothing from the others.
        let unknown = try anna.write("no clock")
        try bram.take(from: anna, at: nil)
        let later = try sent(at: 12 * minute)
        #expect(try bram.replica.arrival(of: unknown, at: device) == nil)
        #expect(try bram.replica.arrival(of: later, at: device) == 12 * minute)
    }

    @Test("what a laptop wrote itself came when it was written")
    func own() throws {
        let (anna, bram) = try team()
        let own = try bram.write("own")
        _ = try anna.write("other")
        try bram.take(from: anna, at: 99 * minute)
        #expect(try bram.replica.arrival(of: own, at: bram.author.device) == bram.wall)
        #expect(try bram.replica.arrival(of: ObjectID(.zero), at: bram.author.device) == nil)
    }

    @Test("however often something comes, the rows stay few, and none becomes early")
    func pruned() throws {
        let store = try Store(path: nil, create: true, isReadOnly: false)
        let count = Store.arrivalsMax * 3
        for number in 1...count {
            try store.noteArrival(of: number, at: number * minute)
        }
        let kept = try store.database.integer("SELECT count(*) FROM arrivals") ?? 0
        #expect(kept <= Store.arrivalsMax && kept > Store.arrivalsMax / 3)
        for position in stride(from: Int64(1), through: count, by: 97) {
            let wall = try store.database.integer(
                "SELECT wall FROM arrivals WHERE position >= ? ORDER BY position LIMIT 1",
                .int(position))
            #expect(wall.map { $0 >= position * minute } == true)
        }
        // The newest half is exact.
        let newest = try store.database.integer(
            "SELECT wall FROM arrivals WHERE position >= ? ORDER BY position LIMIT 1",
            .int(count - 1_000))
        #expect(newest == (count - 1_000) * minute)
    }
}

extension Laptop {
    fileprivate func write(_ title: String) throws -> ObjectID { try share(title, "") }

    /// Takes in everything that another laptop has, at a time by this one's clock.
    fileprivate func take(from other: Laptop, at wall: Int64?) throws {
        let runs = try other.allEvents().map { Run(key: $0.key, events: [$0]) }
        _ = try replica.ingest(runs, at: wall)
    }
}
