import FuzzDriver
import WeData
import WeKeys
import WeLog
import WeSync

/// Two laptops of one team and a newcomer, the same in every run.
struct SessionWorld {
    let anna: Laptop
    let ben: Laptop
    let newcomer: Laptop
    let invitation: Invitation

    nonisolated(unsafe) static let shared: SessionWorld = {
        do { return try SessionWorld() } catch { fail("no world: \(error)") }
    }()

    private init() throws {
        anna = try Laptop("Anna", seed: 1)
        ben = try Laptop("Ben", seed: 1)
        newcomer = try Laptop("Cas", seed: 1)
        anna.found()
        try anna.admit(ben)
        (invitation, _) = try anna.invite()
        anna.write(6)
        for event in anna.store.events where !ben.store.contains(event.id) { ben.store.add(event) }
        ben.write(3)
        // A restored backup: both know one branch of Anna's log, each lacks the other's.
        let restored = Laptop(restoring: anna, seed: 2)
        restored.write(3)
        for event in restored.store.events where !ben.store.contains(event.id) {
            ben.store.add(event)
        }
        anna.write(4)
    }

    static let situations = 4

    /// Who is attacked and who attacks, for each of the ``situations``: a member that is called or
    /// calls, a host that a newcomer calls, and a newcomer.
    func sides(_ situation: Int) -> (host: SessionSide, peer: SessionSide) {
        func keeping(_ laptop: Laptop, _ role: SessionRole) -> SessionSide {
            var configuration = laptop.configuration(role, isLive: true)
            configuration.files = FuzzFiles.shared
            return SessionSide(laptop, configuration)
        }
        let called = keeping(anna, .responder)
        switch situation {
        case 0: return (called, keeping(ben, .initiator))
        case 1: return (keeping(anna, .initiator), keeping(ben, .responder))
        case 2: return (called, SessionSide(newcomer, joining))
        default: return (SessionSide(newcomer, joining), called)
        }
    }

    private var joining: SessionConfiguration {
        SessionConfiguration(
            role: .initiator, team: nil, roster: nil, signingKey: newcomer.key,
            channelKey: newcomer.channel, secrets: [ChannelSecret(psk: invitation.psk)],
            joining: Joining(
                invitation: invitation, person: newcomer.person, name: "Cas",
                devices: [newcomer.device], nonce: [UInt8](repeating: 3, count: 16)),
            isLive: true)
    }
}

/// One side of a session with what it starts from; its ephemeral key is the same in every run, so
/// that what was recorded fits again.
struct SessionSide {
    let laptop: Laptop
    let configuration: SessionConfiguration

    init(_ laptop: Laptop, _ configuration: SessionConfiguration) {
        self.laptop = laptop
        self.configuration = configuration
    }

    private var ephemeral: AgreementKey {
        var random = Seeded(configuration.role == .initiator ? 11 : 12)
        guard let key = try? random.agreementKey() else { fail("no keys") }
        return key
    }

    func session() -> Session { Session(configuration, ephemeral: ephemeral, now: 0) }

    func channel() -> Channel {
        Channel(
            role: configuration.role, psks: configuration.secrets.map(\.psk),
            staticKey: configuration.channelKey, ephemeral: ephemeral)
    }
}

/// A session with its store, obeyed as a shell does.
struct SessionHost: ~Copyable {
    let laptop: Laptop
    let store: MemoryStore
    var session: Session
    var output: [UInt8] = []
    var batches: [[Run]] = []
    var joins: [(JoinRequest, EventID)] = []
    var recognised: DeviceKey?
    var isClosed = false
    var now: Milliseconds = 0
    private var sent = 0
    /// No input of a few kilobytes may make a side say more.
    private static let sentMax = 16 << 20

    init(_ side: SessionSide) {
        laptop = side.laptop
        store = side.laptop.store.copy()
        session = side.session()
    }

    mutating func obey(_ actions: [SessionAction]) {
        expect(!isClosed || actions.isEmpty, "a closed session does nothing")
        for action in actions {
            switch action {
            case .send(let bytes): say(bytes)
            case .ingest(let runs):
                for run in runs {
                    expect(run.events.last?.isSignatureValid == true, "only authentic events")
                }
                batches.append(runs)
            case .join(let request, let invite): joins.append((request, invite))
            case .recognised(let device, _): recognised = device
            case .close: isClosed = true
            case .holding, .segment, .chunk, .news:
                expect(recognised != nil, "files and news are of members only")
            case .enrol, .invited, .welcomed, .progress, .synced: break
            }
        }
        expect(session.pendingBytes <= SyncLimit.pendingBytesMax, "what waits is bounded")
        while !isClosed, let bytes = session.nextOutput(store: store, now: now) { say(bytes) }
    }

    private mutating func say(_ bytes: [UInt8]) {
        output += bytes
        sent += bytes.count
        expect(sent <= SessionHost.sentMax, "what is said is bounded")
    }

    mutating func start() { obey(session.start(now: now)) }

    mutating func take(_ bytes: [UInt8]) {
        obey(session.received(bytes, store: store, now: now))
    }

    /// Stores the oldest batch.
    mutating func ingest() {
        guard !batches.isEmpty else { return }
        let report = store.ingest(batches.removeFirst())
        if report.isMembershipChanged, let team = store.team {
            obey(session.rosterChanged(team, store: store, now: now))
        }
        obey(session.ingested(report, store: store, now: now))
    }

    mutating func answerJoin(_ isAdmitted: Bool) {
        guard let (_, invite) = joins.popLast() else { return }
        obey(
            session.admitted(
                isAdmitted ? invite : nil, reason: "no", roster: store.team, store: store,
                now: now))
    }

    mutating func tick(after milliseconds: Int) {
        now += Milliseconds(milliseconds)
        obey(session.tick(store: store, now: now))
    }

    mutating func grow() { obey(session.storeGrew(now: now)) }

    mutating func hangUp() { obey(session.peerClosed(now: now)) }

    mutating func takeOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &output)
        return bytes
    }
}

/// A peer that has gone through the handshake says anything, and the clock and the store go on at
/// any time.
enum SessionTarget {
    static let opsMax = 64

    enum Op: Int, CaseIterable {
        case message, tick, ingest, grow, raw, hangUp, join
    }

    static func run(_ bytes: [UInt8]) -> Int {
        var input = Input(bytes)
        let (hostSide, peerSide) = SessionWorld.shared.sides(input.below(SessionWorld.situations))
        var host = SessionHost(hostSide)
        var channel = peerSide.channel()
        var toHost: [UInt8] = []
        guard (try? channel.start(into: &toHost)) != nil else { fail("no handshake") }
        host.start()
        for _ in 0..<3 where !channel.isOpen {
            host.take(toHost)
            toHost = []
            channel.received(host.takeOutput())
            _ = try? channel.next(into: &toHost)
        }
        host.take(toHost)
        expect(channel.isOpen, "the handshake of two members ends well")
        var count = 0
        while !input.isAtEnd, count < opsMax, !host.isClosed {
            count += 1
            switch Op(rawValue: input.below(Op.allCases.count)) ?? .tick {
            case .message:
                var frames: [UInt8] = []
                try? channel.seal(input.chunk(), into: &frames)
                host.take(frames)
            case .tick: host.tick(after: input.byte() * 100)
            case .ingest: host.ingest()
            case .grow: host.grow()
            case .raw: host.take(input.chunk())
            case .hangUp: host.hangUp()
            case .join: host.answerJoin(input.bool())
            }
        }
        return count + host.takeOutput().count + host.batches.count
    }
}

/// Handshakes of which somebody on the wire changes bytes, and bytes that are none.
enum HandshakeTarget {
    static func run(_ bytes: [UInt8]) -> Int {
        var input = Input(bytes)
        let mode = input.byte()
        let (first, second) = SessionWorld.shared.sides(mode % SessionWorld.situations)
        var host = SessionHost(first)
        if mode & 0x80 != 0 {
            host.start()
            while !input.isAtEnd, !host.isClosed { host.take(input.chunk()) }
            expect(host.recognised == nil, "nobody is recognised by bytes alone")
            return host.takeOutput().count
        }
        var peer = SessionHost(second)
        host.start()
        peer.start()
        var isChanged = false
        var wasChanged = false
        for _ in 0..<8 {
            let said = host.takeOutput()
            let answered = peer.takeOutput()
            guard !said.isEmpty || !answered.isEmpty else { break }
            peer.take(changed(said, &input, &isChanged))
            host.take(changed(answered, &input, &isChanged))
            if isChanged, !wasChanged {
                wasChanged = true
                // What came before the change may have been enough for one side, never for more.
                guard host.recognised == nil, peer.recognised == nil else { return 1 }
            }
            if wasChanged {
                expect(
                    host.recognised == nil || peer.recognised == nil,
                    "two sides never agree on a changed handshake")
            }
        }
        return host.takeOutput().count + peer.takeOutput().count + (isChanged ? 1 : 0)
    }

    /// Bytes on the wire with what the input does to them.
    private static func changed(
        _ bytes: [UInt8], _ input: inout Input, _ isChanged: inout Bool
    ) -> [UInt8] {
        guard !bytes.isEmpty, !input.isAtEnd else { return bytes }
        var changed = bytes
        switch input.below(5) {
        case 1:
            let at = input.word() % changed.count
            changed[at] ^= UInt8(input.byte())
        case 2: changed = Array(changed.prefix(input.word() % (changed.count + 1)))
        case 3: changed += input.chunk()
        case 4: changed = input.chunk()
        default: break
        }
        // What follows whole messages comes too late to change them.
        if !changed.starts(with: bytes) { isChanged = true }
        return changed
    }
}
