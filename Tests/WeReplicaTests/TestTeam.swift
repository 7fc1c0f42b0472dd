import Foundation
import WeData
import WeKeys
import WeLog
import WeReplica
import WeSimulator

/// A laptop of a test: keys of its own and a replica in memory or in a file.
final class Laptop {
    let name: String
    let key: SigningKey
    let channel: AgreementKey
    let replica: Replica
    var wall: Int64 = 1_780_000_000_000

    var author: EventAuthor { EventAuthor(key: key) }
    var person: PersonID { Device.person(of: key.publicKey) }

    init(_ name: String, path: String? = nil, vfs: String? = nil) throws {
        self.name = name
        key = try SigningKey.generate()
        channel = try AgreementKey.generate()
        replica = try Replica(path: path, create: true, vfs: vfs, describe: Laptop.describe)
    }

    /// The same person's device with another file.
    init(_ other: Laptop, on disk: SimulatedDisk, file: String) throws {
        name = other.name
        key = other.key
        channel = other.channel
        wall = other.wall
        replica = try Replica(
            path: disk.path(file), create: true, vfs: DiskVFS.name, describe: Laptop.describe)
    }

    /// Opens the same laptop's file again.
    init(reopening other: Laptop, path: String) throws {
        name = other.name
        key = other.key
        channel = other.channel
        wall = other.wall
        replica = try Replica(path: path, create: false, describe: Laptop.describe)
    }

    @Sendable static func describe(_ object: ObjectID, _ record: Record) -> SearchDocument? {
        SearchDocument(
            title: record["title"]?.text ?? "", body: record.text("body") ?? "",
            facets: ["kind:\(record.kind ?? "")"]
                + record.set("topics").compactMap { $0.text.map { "topic:\($0)" } })
    }

    var device: Device {
        Device(person: person, key: key, channel: channel.publicKey, label: name)
    }

    func found(_ team: String) throws {
        wall += 1
        _ = try replica.found(
            MembershipAct.Genesis(teamName: team, founderName: name, devices: [device]),
            author: author, wall: wall)
    }

    /// Invites and admits a newcomer, and hands over the membership so far.
    func admit(_ other: Laptop) throws {
        let team = try require2(replica.currentTeam)
        let invitation = try require2(Invitation(team: team.id, seed: RandomBytes.bytes(16)))
        let inviteKey = try invitation.key()
        wall += 1
        let invite = try replica.append(
            .invite(
                .init(
                    key: inviteKey.publicKey, psk: invitation.psk, role: .member, uses: 1,
                    expiry: nil, note: "")),
            author: author, wall: wall)
        let request = JoinRequest(
            team: team.id, invite: invite, inviteKey: inviteKey, person: other.person,
            name: other.name, devices: [other.device], nonce: RandomBytes.bytes(16))
        wall += 1
        _ = try replica.append(
            .admit(.init(invite: invite, request: request)), author: author, wall: wall)
        try other.replica.adopt(team: team.id)
        try other.take(from: self)
    }

    func share(_ title: String, _ body: String, topics: [String] = []) throws -> ObjectID {
        wall += 1
        let changes: [Change] =
            [
                .create(kind: "share"), .set(field: "title", value: .text(title)),
                .text(field: "body", hunks: TextHunk.replacing("", with: body)),
            ]
            + topics.map { .add(field: "topics", element: .text($0)) }
        return try replica.append(
            [.init(object: nil, changes: changes, wall: wall)], author: author)[0]
    }

    func change(_ object: ObjectID, _ changes: Change...) throws {
        wall += 1
        _ = try replica.append(
            [.init(object: object, changes: changes, wall: wall)], author: author)
    }

    /// Takes in everything that another laptop has, in batches of runs by log.
    func take(from other: Laptop, batch: Int = 1_000) throws {
        try ingest(other.allEvents(), batch: batch)
    }

    func allEvents() throws -> [Event] {
        try replica.read { index in
            (try? index.events(after: 0, countMax: .max))?.map(\.event) ?? []
        }
    }

    @discardableResult
    func ingest(_ events: [Event], batch: Int = 1_000) throws -> IngestReport {
        var report = IngestReport()
        var waiting: [Run] = []
        for start in stride(from: 0, to: events.count, by: batch) {
            var runs = waiting
            for event in events[start..<min(start + batch, events.count)] {
                let single = Run(key: event.key, events: [event])
                if let last = runs.lastIndex(where: { $0.key == event.key }) {
                    var joined = runs[last]
                    let before = joined.events.count
                    joined = Run.joining(joined, single)
                    if joined.events.count > before { runs[last] = joined; continue }
                }
                runs.append(single)
            }
            report = try replica.ingest(runs)
            waiting = report.waiting
        }
        return report
    }
}

extension Run {
    static func joining(_ left: Run, _ right: Run) -> Run {
        guard let last = left.events.last, let first = right.events.first,
            first.header.previous == last.id
        else { return left }
        return Run(key: left.key, events: left.events + right.events)
    }
}

struct Missing: Error {}
func require2<T>(_ value: T?) throws -> T {
    guard let value else { throw Missing() }
    return value
}
