import Dispatch
import Synchronization
import WeData
import WeKeys
import WeLog
import WeSync
import WeTransport

/// A device of a team over a store in memory, which writes real signed events.
final class MemoryNode: SyncNode {
    let team: TestTeam
    let signing: SigningKey
    let channel: AgreementKey
    let key: LogKey
    /// Yields after each change of the store.
    let changes: AsyncStream<Void>
    /// Batches that `ingest` keeps to itself until told to go on; for tests of the end.
    let isHoldingBack = Mutex(false)

    private let author: EventAuthor
    private let changed: AsyncStream<Void>.Continuation
    private let lock = DispatchQueue(label: "memory.lock")
    private let writer = DispatchQueue(label: "memory.writer")
    // Only under `lock`.
    private nonisolated(unsafe) var memory = Memory()

    init(_ team: TestTeam, device: Int) throws {
        self.team = team
        signing = team.keys[device].signing
        channel = team.keys[device].channel
        key = LogKey(
            logClass: .content, device: signing.publicKey, log: RandomBytes.word())
        author = EventAuthor(key: signing)
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        _ = memory.insert(team.genesis)
    }

    /// Asks the store.
    func read<Result>(_ body: (Memory) -> Result) -> Result { lock.sync { body(memory) } }

    var count: Int { read { $0.count } }
    var summary: SetSummary { read { $0.summary() } }

    /// Writes so many events of so many bytes into the own log.
    func write(_ count: Int, bytes: Int = 100) {
        lock.sync {
            var last = memory.events(
                of: key, from: max(0, memory.log(key).sequenceMax), positionMax: .max, countMax: 1
            ).last?.event
            for _ in 0..<count {
                let body = ContentBody(
                    salt: RandomBytes.bytes(ContentBody.saltBytes),
                    changes: [
                        .create(kind: "note"),
                        .set(field: "text", value: .bytes([UInt8](repeating: 7, count: bytes))),
                    ])
                let event = author.event(
                    team: team.id, key: key, sequence: (last?.header.sequence ?? -1) + 1,
                    previous: last?.id, object: nil, parents: last == nil ? [team.genesis.id] : [],
                    lamport: (last?.header.lamport ?? 0) + 1, wall: 1_700_000_000_000,
                    body: body.encoded)
                _ = memory.insert(event)
                last = event
            }
        }
        changed.yield()
    }

    // MARK: - SyncNode

    func configuration(role: SessionRole) -> SessionConfiguration {
        SessionConfiguration(
            role: role, team: team.id, roster: roster(), signingKey: signing, channelKey: channel,
            secrets: [ChannelSecret(psk: team.psk, invite: nil)], teamSecrets: [team.secret])
    }

    func withIndex<Result>(_ body: (Memory) -> Result) -> Result { read(body) }

    func ingest(
        _ runs: [Run], from device: DeviceKey?,
        completion: @escaping @Sendable (Swift.Result<IngestReport, StoreFault>) -> Void
    ) {
        if isHoldingBack.withLock({ $0 }) { return }
        writer.async { [self] in
            let report = lock.sync { store(runs) }
            completion(.success(report))
            changed.yield()
        }
    }

    private func store(_ runs: [Run]) -> IngestReport {
        var report = IngestReport()
        for run in runs {
            for (index, event) in run.events.enumerated() {
                switch memory.insert(event) {
                case true?: report.storedCount += 1
                case false?: report.knownCount += 1
                case nil:
                    report.waiting.append(
                        Run(key: run.key, events: Array(run.events[index...])))
                }
                if memory.places[event.id] == nil { break }
                if event.key.logClass == .membership { report.isMembershipChanged = true }
            }
        }
        report.lastPosition = memory.lastPosition()
        return report
    }

    func roster() -> Team? {
        read { Team(id: team.id, events: $0.membership) }
    }

    func admit(
        _ request: JoinRequest, invite: EventID,
        completion: @escaping @Sendable (EventID?, String, Team?) -> Void
    ) {
        completion(nil, "nobody is admitted here", nil)
    }

    func welcomed(team: TeamID, admission: EventID, secrets: [Bytes32]) {}
    func recognised(device: DeviceKey, person: PersonID, connection: ConnectionID) {}
}

/// A team of one person with several devices.
struct TestTeam: Sendable {
    let keys: [(signing: SigningKey, channel: AgreementKey)]
    let genesis: Event
    let secret: Bytes32

    var id: TeamID { TeamID(genesis.id.value) }
    var psk: Bytes32 { Blake2b.derive(label: "weonomy/1 team psk", secret.bytes) }

    init(devices count: Int = 3) throws {
        keys = try (0..<count).map { _ in (try .generate(), try .generate()) }
        let first = keys[0].signing
        let person = Device.person(of: first.publicKey)
        let devices = keys.enumerated().map { index, key in
            Device(
                person: person, key: key.signing, channel: key.channel.publicKey,
                label: "laptop \(index)")
        }
        let body = MembershipBody(
            salt: RandomBytes.bytes(ContentBody.saltBytes),
            act: .genesis(.init(teamName: "Test", founderName: "Ada", devices: devices)))
        genesis = EventAuthor(key: first).event(
            team: nil,
            key: LogKey(
                logClass: .membership, device: first.publicKey, log: RandomBytes.word()),
            sequence: 0, previous: nil, object: nil, parents: [], lamport: 0,
            wall: 1_700_000_000_000, body: body.encoded)
        secret = Blake2b.hash(RandomBytes.bytes(ContentBody.saltBytes))
    }
}
