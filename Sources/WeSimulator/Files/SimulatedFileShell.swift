import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// Fetches a node's files as the transport's shell does: obeys a real ``FileFetcher``.
final class SimulatedFileShell {
    /// Which files come by themselves.
    enum Policy: Sendable {
        case all, upTo(Int), opened

        func takes(_ shape: FileShape) -> Bool {
            switch self {
            case .all: true
            case .upTo(let bytes): shape.byteCount <= bytes
            case .opened: false
            }
        }
    }

    let store: SimulatedFiles
    var policy: Policy
    /// Files that somebody opened here.
    private(set) var pinned: Set<FileID> = []
    private unowned let node: SimulatedNode
    private unowned let simulation: Simulation
    private var fetcher: FileFetcher<Int>
    /// In which sizes each wanted file was named last.
    private var sizes: [FileID: Set<FileShape>] = [:]
    private var resting: [Int] = []
    private var isAsking = false
    private var isAgain = false
    private var timerDue: Milliseconds?
    private var isRetrying = false
    private var freeAt: Milliseconds = 0
    private var random: SimulatedRandom
    /// What items named at a position.
    private var known: (position: Int64, team: Int, list: [FileWish])?
    /// In which objects each file was ever named here.
    private var named: [FileID: Set<ObjectID>] = [:]
    /// Bytes that each connection was asked for and has not given.
    private var outstanding: [Int: Int] = [:]
    /// What turned out to be a lie, by connection.
    private var refusals: Set<Refusal> = []
    /// After so many more chunks the power goes.
    var chunksUntilPowerLoss: Int?

    private struct Refusal: Hashable {
        let connection: Int
        let file: FileID
    }

    private static let retryMilliseconds: Milliseconds = 60_000
    private static let askedAfterMax = 256

    init(
        _ node: SimulatedNode, _ simulation: Simulation, store: SimulatedFiles = SimulatedFiles(),
        policy: Policy? = nil
    ) {
        self.node = node
        self.simulation = simulation
        self.store = store
        var random = SimulatedRandom(
            seed: simulation.plan.seed, stream: 0x4000 + UInt64(node.index))
        let policies: [Policy] = [.all, .all, .upTo(random.within(100...100_000)), .opened]
        self.policy = policy ?? random.pick(policies) ?? .all
        fetcher = FileFetcher(seed: random.below(1 << 30))
        self.random = random
    }

    /// The process ends and starts again.
    func restarted(isPowerLost: Bool) {
        simulation.score.fileChunksLost += store.end(
            losingPower: &random, isPowerLost: isPowerLost)
        fetcher = FileFetcher(seed: random.below(1 << 30))
        (sizes, resting, isAsking, isAgain) = ([:], [], false, false)
        (timerDue, isRetrying, freeAt) = (nil, false, 0)
        (known, chunksUntilPowerLoss) = (nil, nil)
        (outstanding, asked, refusals) = ([:], [:], [])
    }

    // MARK: - What items name

    /// Every file that an item names here; `nil` where the replica can't be read.
    func references() -> [FileWish]? {
        guard let team = node.team,
            let position = (try? node.replica.lend { try? $0.lastPosition() }) ?? nil
        else { return nil }
        if let known, known.position == position, known.team == team.eventCount {
            return known.list
        }
        var list: [FileWish] = []
        for object in simulation.fileItems.reversed() {
            guard let entries = try? node.replica.entries(of: object) else { return nil }
            guard entries.contains(where: { !$0.isVoid }) else { continue }
            for wish in SimulatedFileShell.wishes(in: Record(entries)) {
                list.append(wish)
                named[wish.id, default: []].insert(object)
            }
        }
        known = (position, team.eventCount, list)
        return list
    }

    /// What a share says of its files.
    static func value(_ files: [FileWish]) -> Value {
        .array(files.map { .array([.bytes($0.id.bytes), .int(Int64($0.shape.byteCount))]) })
    }

    private static func wishes(in record: Record) -> [FileWish] {
        guard case .array(let files) = record[Simulation.filesField] else { return [] }
        return files.compactMap { file in
            guard case .array(let parts) = file, parts.count == 2, case .bytes(let id) = parts[0],
                case .int(let count) = parts[1], let id = FileID(id),
                let shape = FileShape(byteCount: Int(count))
            else { return nil }
            return FileWish(id: id, shape: shape)
        }
    }

    /// Files that are wanted and not here, and some of which only is to be heard who has them.
    func wanted() -> (wishes: [FileWish], others: [FileID]) {
        var taken: Set<FileWish> = []
        let references = references() ?? []
        let wishes = references.filter { wish in
            store.whole[wish.id] == nil
                && (pinned.contains(wish.id) || policy.takes(wish.shape))
                && taken.insert(wish).inserted
        }
        var seen = Set(wishes.map(\.id))
        let others = references.map(\.id).filter { seen.insert($0).inserted }
        return (wishes, Array(others.prefix(SimulatedFileShell.askedAfterMax)))
    }

    /// Somebody opens a file here.
    func open(_ file: FileID) {
        pinned.insert(file)
        wantsChanged()
    }

    /// Takes away what only erased items named.
    func collectErased() {
        guard !simulation.isPlanted(.keptFile, in: node), let list = references() else { return }
        let present = Set(list.map(\.id))
        for file in store.files.sorted() where !present.contains(file) && isErased(file) {
            store.remove(file)
            changed(file)
        }
    }

    /// Whether all that ever named a file here was erased.
    func isErased(_ file: FileID) -> Bool {
        guard let objects = named[file], !objects.isEmpty else { return false }
        return objects.allSatisfy { object in
            let found = try? node.replica.erasures(in: object)
            return (found ?? nil)?.places.isEmpty == false
        }
    }

    // MARK: - What happens

    /// A session has come to rest for the first time.
    func rested(_ connection: Int) {
        resting.append(connection)
        wantsChanged()
    }

    /// A session is over.
    func ended(_ connection: Int) {
        resting.removeAll { $0 == connection }
        outstanding[connection] = nil
        asked = asked.filter { $0.key.connection != connection }
        refusals = refusals.filter { $0.connection != connection }
        obey(fetcher.lost(connection, now: simulation.now))
    }

    /// What is wanted may be something else now.
    func wantsChanged() {
        guard !isAsking else { return isAgain = true }
        isAsking = true
        isAgain = false
        let rested = resting
        resting = []
        node.later(Milliseconds(random.below(10))) { [self] in
            collectErased()
            var (wishes, others) = wanted()
            isAsking = false
            forgiveRenamed(wishes)
            if simulation.isPlanted(.firstSize, in: node) {
                var seen: Set<FileID> = []
                wishes = wishes.filter { seen.insert($0.id).inserted }
            }
            obey(fetcher.want(wishes, askAfter: others, now: simulation.now))
            for connection in rested where node.connection(connection) != nil {
                obey(fetcher.met(connection, now: simulation.now))
            }
            if isAgain { wantsChanged() }
        }
    }

    /// Who gave what did not fit the sizes that a file was named in may be asked once another one
    /// is named.
    private func forgiveRenamed(_ wishes: [FileWish]) {
        let new = Dictionary(grouping: wishes, by: \.id).mapValues { Set($0.map(\.shape)) }
        refusals = refusals.filter { sizes[$0.file] == nil || sizes[$0.file] == new[$0.file] }
        sizes = new
    }

    /// A peer said how much it has of files.
    func told(_ connection: Int, _ holdings: [FileID: FileHolding], isAnswer: Bool) {
        for (file, holding) in holdings where holding == .none { forgive(connection, file) }
        obey(fetcher.told(connection, holdings, isAnswer: isAnswer, now: simulation.now))
    }

    /// Nothing of a file is awaited of a connection any more.
    private func forgive(_ connection: Int, _ file: FileID) {
        for key in asked.keys where key.connection == connection && key.file == file {
            settle(key)
        }
    }

    /// A segment of leaves came.
    func received(_ segment: FileSegment, of file: FileID, from connection: Int) {
        let identified = fetcher.identify(
            segment, of: file, from: connection, now: simulation.now)
        if let identified { return obey(identified) }
        guard let wish = wish(file) else { return }
        storeLater { [self] in
            let now = simulation.now
            switch store.take(segment, of: wish) {
            case .kept(let found, _):
                changed(file)
                obey(fetcher.took(segment: segment.number, of: file, found: found, now: now))
            case .refused:
                refuse(file, from: connection)
                obey(fetcher.refused(of: file, from: connection, now: now))
            case .failed: setAside(file)
            }
        }
    }

    /// A chunk came.
    func received(_ chunk: [UInt8], index: Int, of file: FileID, from connection: Int) {
        fetcher.arrived(from: connection, now: simulation.now)
        let key = Asked(connection: connection, file: file, chunk: index)
        guard let wish = wish(file) else {
            settle(key)
            return obey(fetcher.tick(now: simulation.now))
        }
        storeLater { [self] in
            settle(key)
            took(store.take(chunk, index: index, of: wish), chunk: index, of: wish, connection)
        }
    }

    private func took(_ taking: FileTaking, chunk: Int, of wish: FileWish, _ connection: Int) {
        let (file, now) = (wish.id, simulation.now)
        switch taking {
        case .kept(_, let isComplete):
            let byteCount = wish.shape.bytes(ofChunk: chunk).count
            node.connection(connection)?.fileKept(byteCount: byteCount)
            if isComplete { simulation.score.filesFetched += 1 }
            changed(file)
            obey(fetcher.took(chunk: chunk, of: file, from: connection, now: now))
            losePowerIfDue()
        case .refused:
            refuse(file, from: connection)
            if simulation.planted == .trustedLiar {
                return obey([.askChunks(connection, file, chunk..<(chunk + 1))])
            }
            obey(fetcher.refused(chunk: chunk, of: file, from: connection, now: now))
        case .failed: setAside(file)
        }
    }

    private func losePowerIfDue() {
        guard let left = chunksUntilPowerLoss else { return }
        chunksUntilPowerLoss = left - 1
        guard left <= 1, store.hasParts else { return }
        simulation.fired(.loseTail)
        node.losePowerOfFiles()
    }

    /// A peer that lied is left out for this file; its session goes on.
    private func refuse(_ file: FileID, from connection: Int) {
        simulation.score.filePartsRefused += 1
        refusals.insert(Refusal(connection: connection, file: file))
    }

    private func wish(_ file: FileID) -> FileWish? {
        fetcher.shape(of: file).map { FileWish(id: file, shape: $0) }
    }

    private func changed(_ file: FileID) {
        for connection in node.connections { connection.fileChanged(file) }
    }

    private func setAside(_ file: FileID) {
        obey(fetcher.failed(file, now: simulation.now))
        guard !isRetrying else { return }
        isRetrying = true
        node.later(SimulatedFileShell.retryMilliseconds) { [self] in
            isRetrying = false
            wantsChanged()
        }
    }

    private func storeLater(_ work: @escaping () -> Void) {
        let delay = random.within(simulation.plan.storeDelay) + node.slowness
        freeAt = max(freeAt, simulation.now) + Milliseconds(delay)
        node.later(freeAt - simulation.now, work)
    }

    // MARK: - Obeying

    /// A chunk that a connection was asked for.
    private struct Asked: Hashable {
        let connection: Int
        let file: FileID
        let chunk: Int
    }
    private var asked: [Asked: Int] = [:]

    private func settle(_ key: Asked) {
        guard let bytes = asked.removeValue(forKey: key) else { return }
        outstanding[key.connection, default: 0] -= bytes
    }

    private func obey(_ steps: [FileFetcher<Int>.Step]) {
        for step in steps {
            switch step {
            case .begin(let wish): begin(wish)
            case .seek(let peer, let files, let isSettled):
                node.connection(peer)?.seek(files, isSettled: isSettled)
            case .askSegment(let peer, let file, let segment):
                checkAsked(file, of: peer)
                node.connection(peer)?.ask(segment: segment, of: file)
            case .askChunks(let peer, let file, let chunks):
                if simulation.isPlanted(.forgottenFile, in: node) { continue }
                checkAsked(file, of: peer)
                note(chunks, of: file, peer)
                node.connection(peer)?.ask(chunks: chunks, of: file)
            }
        }
        arm()
    }

    private func checkAsked(_ file: FileID, of peer: Int) {
        let isRefused = refusals.contains(Refusal(connection: peer, file: file))
        simulation.violateIfAsked(file, of: peer, isRefused: isRefused)
    }

    private func note(_ chunks: Range<Int>, of file: FileID, _ peer: Int) {
        guard let shape = fetcher.shape(of: file), node.connection(peer) != nil else { return }
        for chunk in chunks {
            let key = Asked(connection: peer, file: file, chunk: chunk)
            let bytes = shape.bytes(ofChunk: chunk).count
            if asked.updateValue(bytes, forKey: key) == nil {
                outstanding[peer, default: 0] += bytes
            }
        }
        let bytes = outstanding[peer, default: 0]
        if bytes > FileLimit.outstandingBytesMax + FileShape.chunkBytesMax {
            simulation.violate(.boundedMemory, "\(node.name) asked one peer for \(bytes) bytes")
        }
    }

    private func begin(_ wish: FileWish) {
        storeLater { [self] in
            let found = store.begin(wish)
            if found == nil { return setAside(wish.id) }
            let segments = found?.segments ?? ChunkSet(chunkCount: wish.shape.segmentCount)
            obey(
                fetcher.began(
                    wish.id, segments: segments, held: found?.held, now: simulation.now))
        }
    }

    private func arm() {
        guard let due = fetcher.deadline else { return }
        if let timerDue, timerDue <= due { return }
        let time = max(due, simulation.now + 1)
        timerDue = time
        node.later(time - simulation.now) { [self] in
            guard timerDue == time else { return }
            timerDue = nil
            obey(fetcher.tick(now: simulation.now))
        }
    }
}
