package import WeData
import WeKeys
package import WeLog
package import WeReplica

/// A laptop whose replica is on a simulated disk, and a colleague whose replica is in memory.
///
/// It keeps a list of all that was acknowledged, and tells the colleague of each event as soon as
/// it has been: what is lost after that is lost for everyone to see.
package final class DiskLaptop {
    /// Where the replica is.
    package private(set) var disk: SimulatedDisk
    /// The replica; `nil` before it was opened.
    package private(set) var replica: Replica?
    /// Every event that was acknowledged, as it was.
    package private(set) var acknowledged: [EventID: Event] = [:]
    package let colleague: Replica
    private let author: EventAuthor
    private let device: Device
    private let colleagueAuthor: EventAuthor
    private let colleagueDevice: Device
    private let colleaguePerson: PersonID
    private var elsewhere: Replica?
    private var objects: [ObjectID] = []
    private var inbox: [Event] = []
    private var bodiless: [Event] = []
    private var publishedPosition: Int64 = 0
    private var writtenCount = 0

    /// The name of the replica's file.
    package static let fileName = "brain.sqlite"

    /// A laptop with new keys and an empty disk.
    package init(disk: SimulatedDisk) throws {
        self.disk = disk
        let key = try SigningKey.generate()
        author = EventAuthor(key: key)
        device = Device(
            person: Device.person(of: key.publicKey), key: key,
            channel: try AgreementKey.generate().publicKey, label: "Anna")
        let other = try SigningKey.generate()
        colleagueAuthor = EventAuthor(key: other)
        colleaguePerson = Device.person(of: other.publicKey)
        colleagueDevice = Device(
            person: colleaguePerson, key: other,
            channel: try AgreementKey.generate().publicKey, label: "Bram")
        colleague = try Replica(path: nil, create: true, describe: DiskLaptop.describe)
    }

    @Sendable package static func describe(_ object: ObjectID, _ record: Record) -> SearchDocument?
    {
        SearchDocument(
            title: record["title"]?.text ?? "", body: record.text("body") ?? "",
            facets: ["kind:\(record.kind ?? "")"])
    }

    // MARK: - Opening

    /// Closes all connections.
    package func close() {
        replica = nil
        elsewhere = nil
    }

    /// Goes on with another disk: the one that was found after a crash.
    package func move(to disk: SimulatedDisk) {
        close()
        self.disk = disk
        publishedPosition = 0
    }

    /// The open replica.
    package func opened() throws(ReplicaError) -> Replica {
        if let replica { return replica }
        let opened = try connect()
        replica = opened
        return opened
    }

    private func connect() throws(ReplicaError) -> Replica {
        try Replica(
            path: disk.path(DiskLaptop.fileName), create: true, vfs: DiskVFS.name,
            describe: DiskLaptop.describe)
    }

    // MARK: - Steps

    /// Does one thing; what failed may be done again.
    package func perform(_ step: DiskWorkload.Step) throws(ReplicaError) {
        let replica = try opened()
        switch step {
        case .found:
            if replica.currentTeam == nil {
                _ = try replica.found(
                    .init(teamName: "Noord", founderName: "Anna", devices: [device]),
                    author: author, wall: tick())
            }
        case .admit: try admit(replica)
        case .invite: _ = try invite(replica)
        case .append(let count, let bytes): try append(count, bytes: bytes, replica)
        case .edit(let count): try edit(count, replica)
        case .ingest(let count, let batch): try ingest(count, batch: batch, replica)
        case .ingestBare(let count): try ingestBare(count, replica)
        case .complete: try complete(replica)
        case .find:
            try replica.catchUp()
            _ = try replica.count(SearchRequest())
            _ = try replica.find(SearchRequest(terms: [.init("number", isPrefix: true)]))
        case .merge: try replica.mergeSearch()
        case .checkpoint: try replica.checkpoint()
        case .reopen:
            close()
            _ = try opened()
        case .appendElsewhere(let count): try appendElsewhere(count)
        case .rebuild: try replica.rebuild()
        }
        try publish()
    }

    private func tick() -> Int64 {
        writtenCount += 1
        return 1_780_000_000_000 + Int64(writtenCount)
    }

    private func invite(
        _ replica: Replica
    ) throws(ReplicaError) -> (invite: EventID, key: SigningKey)? {
        guard let team = replica.currentTeam,
            let invitation = Invitation(
                team: team.id, seed: RandomBytes.bytes(Invitation.seedBytes)),
            let key = try? invitation.key()
        else { return nil }
        let act = MembershipAct.invite(
            .init(
                key: key.publicKey, psk: invitation.psk, role: .member, uses: 1, expiry: nil,
                note: ""))
        return (try replica.append(act, author: author, wall: tick()), key)
    }

    private func admit(_ replica: Replica) throws(ReplicaError) {
        guard let team = replica.currentTeam, team.person(of: colleagueAuthor.device) == nil,
            let (invite, key) = try invite(replica)
        else { return }
        let request = JoinRequest(
            team: team.id, invite: invite, inviteKey: key, person: colleaguePerson,
            name: "Bram", devices: [colleagueDevice],
            nonce: RandomBytes.bytes(JoinRequest.nonceBytes))
        _ = try replica.append(
            .admit(.init(invite: invite, request: request)), author: author, wall: tick())
    }

    private func append(
        _ count: Int, bytes: Int, _ replica: Replica
    ) throws(ReplicaError) {
        let made = try replica.append(
            (0..<count).map { _ in draft(bytes: bytes) }, author: author)
        objects += made
    }

    private func draft(bytes: Int) -> Replica.Draft {
        let words = String(repeating: "words of \(writtenCount) ", count: 1 + bytes / 12)
        return Replica.Draft(
            object: nil,
            changes: [
                .create(kind: "share"),
                .set(field: "title", value: .text("number \(writtenCount)")),
                .text(field: "body", hunks: TextHunk.replacing("", with: words)),
            ], wall: tick())
    }

    private func edit(_ count: Int, _ replica: Replica) throws(ReplicaError) {
        guard !objects.isEmpty else { return }
        let drafts = (0..<count).map { number in
            Replica.Draft(
                object: objects[(writtenCount + number) % objects.count],
                changes: [.set(field: "title", value: .text("number \(writtenCount) again"))],
                wall: tick())
        }
        _ = try replica.append(drafts, author: author)
    }

    private func appendElsewhere(_ count: Int) throws(ReplicaError) {
        let other: Replica
        if let elsewhere { other = elsewhere } else { other = try connect() }
        elsewhere = other
        _ = try other.refresh(since: 0)
        guard other.currentTeam != nil else { return }
        try append(count, bytes: 300, other)
        _ = try other.count(SearchRequest())
    }

    // MARK: - The colleague

    /// What the colleague wrote since; nothing before it was taken in.
    private func write(_ count: Int) throws(ReplicaError) -> [Event] {
        guard colleague.currentTeam?.person(of: colleagueAuthor.device) != nil else { return [] }
        let last = try colleague.refresh(since: .max)
        let drafts = (0..<count).map { number in
            number % 3 == 2 && !objects.isEmpty
                ? Replica.Draft(
                    object: objects[number % objects.count],
                    changes: [.set(field: "title", value: .text("number \(number) of Bram"))],
                    wall: tick())
                : draft(bytes: 300)
        }
        _ = try colleague.append(drafts, author: colleagueAuthor)
        return try DiskLaptop.events(of: colleague, after: last).map(\.event)
    }

    private func ingest(_ count: Int, batch: Int, _ replica: Replica) throws(ReplicaError) {
        if inbox.isEmpty { inbox = try write(count) }
        while !inbox.isEmpty {
            let runs = inbox.prefix(batch).map { Run(key: $0.key, events: [$0]) }
            _ = try replica.ingest(runs)
            inbox.removeFirst(runs.count)
        }
    }

    private func ingestBare(_ count: Int, _ replica: Replica) throws(ReplicaError) {
        if bodiless.isEmpty { bodiless = try write(count) }
        let bare = bodiless.map { event in
            Run(
                key: event.key,
                events: [Event(header: event.header, signature: event.signature, body: nil)])
        }
        _ = try replica.ingest(bare)
    }

    private func complete(_ replica: Replica) throws(ReplicaError) {
        _ = try replica.ingest(bodiless.map { Run(key: $0.key, events: [$0]) })
        for event in bodiless { acknowledged[event.id] = event }
        bodiless = []
    }

    // MARK: - What was acknowledged

    /// Notes what is stored, which was acknowledged, and sends it to the colleague.
    package func publish() throws(ReplicaError) {
        let stored = try DiskLaptop.events(of: try opened(), after: publishedPosition)
        guard let last = stored.last else { return }
        for stored in stored { acknowledged[stored.event.id] = stored.event }
        if colleague.currentTeam == nil, let team = try opened().currentTeam {
            try colleague.adopt(team: team.id)
        }
        _ = try colleague.ingest(stored.map { Run(key: $0.event.key, events: [$0.event]) })
        publishedPosition = last.position
    }

    package static func events(
        of replica: Replica, after position: Int64
    ) throws(ReplicaError) -> [StoredEvent] {
        let answer: Result<[StoredEvent], StoreFault> = try replica.lend { index in
            do throws(StoreFault) {
                return .success(try index.events(after: position, countMax: .max))
            } catch {
                return .failure(error)
            }
        }
        switch answer {
        case .success(let events): return events
        case .failure(let fault): throw ReplicaError(.inputOutput, fault.description)
        }
    }
}
