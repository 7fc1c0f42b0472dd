import WeData
import WeKeys
import WeLog

@testable import WeSync

/// Writes and reads what laptops of tests carry, without a file system.
enum Sticks {
    static func about(_ laptop: Laptop, wall: Int64 = 1) throws -> BundleAbout {
        let summary = try laptop.store.summary()
        return BundleAbout(
            device: laptop.key.publicKey, wall: wall, fingerprint: summary.fingerprint,
            count: summary.count)
    }

    static func frontier(_ laptop: Laptop) throws -> BundleFrontier {
        BundleFrontier(
            about: try about(laptop), logs: try laptop.store.logs(),
            wanted: try laptop.store.wanted(countMax: 1_024))
    }

    /// The records of a bundle, the heading first.
    static func bundle(
        by laptop: Laptop, for frontiers: [BundleFrontier?] = [nil], secret: Bytes32? = nil,
        boxes: [ChannelKey] = []
    ) throws -> [[UInt8]] {
        var plan = try BundlePlan(for: frontiers, store: laptop.store)
        var writer = try BundleWriter(
            .bundle, secret: secret ?? laptop.secret, salt: laptop.random.bytes(16), for: boxes)
        let begin = try writer.begin(about(laptop), by: laptop.key)
        var records = [begin]
        records.append(try writer.totals(events: plan.eventCount, bytes: plan.byteCount))
        while true {
            let window = try plan.next(store: laptop.store)
            guard !window.isEmpty else { break }
            records.append(try writer.events(window))
        }
        records.append(try writer.end())
        return records
    }

    static func frontierFile(by laptop: Laptop) throws -> [UInt8] {
        var writer = try BundleWriter(
            .frontier, secret: laptop.secret, salt: laptop.random.bytes(16))
        return try writer.begin(about(laptop), by: laptop.key)
            + writer.frontier(laptop.store.logs(), wanted: laptop.store.wanted(countMax: 1_024))
    }

    /// What came of reading.
    struct Reading {
        var about: BundleAbout?
        var eventIDs: [EventID] = []
        var logs: [LogSummary] = []
        var wanted: [EventID] = []
        var refused: [LogError] = []
        var waitingBytes = 0
        var fault: BundleError?
    }

    /// Reads bytes in pieces into a laptop's store, as far as they go.
    @discardableResult
    static func read(
        _ bytes: [UInt8], _ kind: BundleKind = .bundle, into laptop: Laptop,
        secrets: [Bytes32]? = nil, piece: Int = 65_536
    ) -> Reading {
        var reading = Reading()
        var reader = BundleReader(kind, team: laptop.store.teamID)
        var incoming = Incoming(remembers: false)
        do throws(BundleError) {
            var isUnlocked = false
            var rest = bytes[...]
            while !rest.isEmpty {
                reader.received(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
                if !isUnlocked {
                    guard try reader.readHeading() else { continue }
                    try reader.unlock(secrets ?? [laptop.secret])
                    isUnlocked = true
                }
                while let item = try reader.next() {
                    take(item, &reading, &incoming, laptop)
                }
            }
            try reader.finish()
        } catch {
            reading.fault = error
        }
        reading.waitingBytes = incoming.pendingBytes
        return reading
    }

    private static func take(
        _ item: BundleItem, _ reading: inout Reading, _ incoming: inout Incoming,
        _ laptop: Laptop
    ) {
        switch item {
        case .about(let about): reading.about = about
        case .logs(let logs): reading.logs += logs
        case .wanted(let ids): reading.wanted = ids
        case .events(let runs):
            reading.eventIDs += runs.flatMap { $0.events.map(\.id) }
            var batch = incoming.received(runs)
            while !batch.isEmpty {
                let report = laptop.store.ingest(batch)
                reading.refused += report.refused
                _ = incoming.ingested(report)
                batch = incoming.retry(isEnd: true)
            }
        case .totals, .request, .sought, .segment, .chunk, .end: break
        }
    }

    /// A laptop of the same team that holds its membership and nothing else.
    static func empty(_ name: String, like laptop: Laptop) throws -> Laptop {
        let other = try Laptop(name, seed: 99)
        other.secret = laptop.secret
        other.store.teamID = laptop.store.teamID
        return other
    }
}
