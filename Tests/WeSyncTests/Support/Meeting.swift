import WeData
import WeKeys
import WeLog

@testable import WeSync

/// One laptop's side of a session, with what came of it.
final class Side {
    let laptop: Laptop
    var session: Session
    var closed: SyncError??
    var synced = 0
    var syncedAt: Milliseconds?
    var recognised: DeviceKey?
    var welcomed: TeamID?
    var invitedTo: String?
    var storedFrom: Set<EventID> = []
    var batchesMax = 0
    /// Whether the session hears of the team's changes, as it does soon.
    var tellsRoster = true
    /// Answers of the store are held back while set.
    var isStoreStuck = false
    var toStore: [[Run]] = []
    /// The classes of all runs, in the order in which they came.
    var classes: [LogClass] = []
    var sentBytes = 0
    /// What it was told of others.
    var news: [[ColleagueNews]] = []

    init(
        _ laptop: Laptop, _ configuration: SessionConfiguration, now: Milliseconds = 0
    ) throws {
        self.laptop = laptop
        session = Session(
            configuration, ephemeral: try laptop.random.agreementKey(), now: now)
    }

    var isClosed: Bool { closed != nil }
    var error: SyncError? { closed.flatMap { $0 } }
}

/// Two sessions joined by a wire that splits and delays bytes as its seed says.
final class Meeting {
    enum Thing {
        case bytes([UInt8], to: Int)
        case end(to: Int)
        case ingest(Int)
    }

    let sides: [Side]
    var now: Milliseconds = 0
    var latency: Milliseconds = 5
    /// Whether bytes come in random pieces.
    var splits: Bool
    /// Changes bytes on the wire: the sender's index and what it sends.
    var tamper: ((Int, [UInt8]) -> [UInt8])?
    private var random: Seeded
    private var queue: [(at: Milliseconds, order: Int, thing: Thing)] = []
    private var order = 0
    private var free: [Milliseconds] = [0, 0]
    /// How often each side spoke after the other did.
    var messages = 0

    var initiator: Side { sides[0] }
    var responder: Side { sides[1] }

    init(
        _ first: Side, _ second: Side, seed: UInt64, splits: Bool = true
    ) {
        sides = [first, second]
        random = Seeded(seed &+ 4_711)
        self.splits = splits
    }

    convenience init(
        _ first: Laptop, _ second: Laptop, seed: UInt64, isLive: Bool = false,
        splits: Bool = true
    ) throws {
        self.init(
            try Side(first, first.configuration(.initiator, isLive: isLive)),
            try Side(second, second.configuration(.responder, isLive: isLive)), seed: seed,
            splits: splits)
    }

    @discardableResult
    func start() -> Meeting {
        for index in 0...1 { obey(sides[index].session.start(now: now), index) }
        pump()
        return self
    }

    /// Runs until nothing is due within `patience`.
    @discardableResult
    func run(patience: Milliseconds = 3_000, stepsMax: Int = 200_000) -> Meeting {
        for _ in 0..<stepsMax {
            guard step(patience: patience) else { return self }
        }
        return self
    }

    /// Does the next thing that is due; `false` when there is none within `patience`.
    func step(patience: Milliseconds = 3_000) -> Bool {
        var due = Milliseconds.max
        var ticking: Int?
        for index in 0...1 where !sides[index].isClosed {
            let deadline = sides[index].session.deadline
            if deadline < due { (due, ticking) = (deadline, index) }
        }
        let next = queue.indices.min {
            (queue[$0].at, queue[$0].order) < (queue[$1].at, queue[$1].order)
        }
        if let next, queue[next].at <= due {
            let item = queue.remove(at: next)
            now = max(now, item.at)
            handle(item.thing)
        } else if let ticking, due <= now || due - now <= patience {
            now = max(now, due)
            let side = sides[ticking]
            obey(side.session.tick(store: side.laptop.store, now: now), ticking)
        } else {
            return false
        }
        pump()
        return true
    }

    private func handle(_ thing: Thing) {
        switch thing {
        case .bytes(let bytes, let index):
            let side = sides[index]
            guard !side.isClosed else { return }
            obey(side.session.received(bytes, store: side.laptop.store, now: now), index)
        case .end(let index):
            guard !sides[index].isClosed else { return }
            obey(sides[index].session.peerClosed(now: now), index)
        case .ingest(let index):
            ingest(index)
        }
    }

    func ingest(_ index: Int) {
        let side = sides[index]
        guard !side.isStoreStuck, !side.toStore.isEmpty else { return }
        let runs = side.toStore.removeFirst()
        let report = side.laptop.store.ingest(runs)
        for run in runs { side.storedFrom.formUnion(run.events.map(\.id)) }
        if side.tellsRoster, report.isMembershipChanged, let team = side.laptop.store.team {
            obey(side.session.rosterChanged(team, store: side.laptop.store, now: now), index)
        }
        obey(side.session.ingested(report, store: side.laptop.store, now: now), index)
    }

    func release(_ index: Int) {
        sides[index].isStoreStuck = false
        for _ in sides[index].toStore { add(now, .ingest(index)) }
    }

    func grew(_ index: Int) {
        obey(sides[index].session.storeGrew(now: now), index)
        pump()
    }

    func inject(_ bytes: [UInt8], to index: Int) { add(now, .bytes(bytes, to: index)) }

    private func pump() {
        for index in 0...1 {
            let side = sides[index]
            var count = 0
            while count < 10_000,
                let bytes = side.session.nextOutput(store: side.laptop.store, now: now)
            {
                transmit(bytes, from: index)
                count += 1
            }
        }
    }

    private func add(_ at: Milliseconds, _ thing: Thing) {
        order += 1
        queue.append((at, order, thing))
    }

    private func transmit(_ whole: [UInt8], from index: Int) {
        sides[index].sentBytes += whole.count
        let bytes = tamper?(index, whole) ?? whole
        let other = 1 - index
        guard splits else { return add(now + latency, .bytes(bytes, to: other)) }
        var start = 0
        while start < bytes.count {
            let size = random.below(4) == 0 ? 1 + random.below(7) : 1 + random.below(40_000)
            let end = min(start + size, bytes.count)
            free[other] = max(free[other], now + latency + Milliseconds(random.below(9)))
            add(free[other], .bytes(Array(bytes[start..<end]), to: other))
            start = end
        }
    }

    func obey(_ actions: [SessionAction], _ index: Int) {
        let side = sides[index]
        for action in actions {
            switch action {
            case .send(let bytes): transmit(bytes, from: index)
            case .ingest(let runs):
                side.toStore.append(runs)
                side.classes += runs.map(\.key.logClass)
                side.batchesMax = max(side.batchesMax, side.toStore.count)
                add(now + (splits ? Milliseconds(random.below(20)) : 0), .ingest(index))
            case .join(let request, let invite):
                var admission: EventID?
                if side.laptop.admits {
                    admission = side.laptop.act(
                        .admit(.init(invite: invite, request: request)))
                }
                obey(
                    side.session.admitted(
                        admission, reason: "no", roster: side.laptop.store.team,
                        store: side.laptop.store, now: now), index)
            case .enrol(let device):
                let person = Device.person(of: side.laptop.key.publicKey)
                let event = side.laptop.act(.addDevice(person: person, device: device))
                obey(
                    side.session.admitted(
                        event, reason: "", roster: side.laptop.store.team,
                        store: side.laptop.store, now: now), index)
            case .invited(_, let name): side.invitedTo = name
            case .welcomed(let team, _, let secrets):
                side.welcomed = team
                side.laptop.store.teamID = team
                if let secret = secrets.first { side.laptop.secret = secret }
            case .recognised(let device, _): side.recognised = device
            case .news(let news): side.news.append(news)
            case .progress, .holding, .segment, .chunk: break
            case .synced:
                side.synced += 1
                side.syncedAt = now
            case .close(let error):
                side.closed = .some(error)
                add(max(free[1 - index], now + latency) + 1, .end(to: 1 - index))
            }
        }
    }
}
