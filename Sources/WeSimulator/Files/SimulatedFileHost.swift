import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// What the real ``FileShell`` obeys through in a simulated node.
final class SimulatedFileHost: FileHost {
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
    private var seed: Int
    private lazy var shell = FileShell(self, seed: seed)
    /// In which sizes each wanted file was named last.
    private var sizes: [FileID: Set<FileShape>] = [:]
    private var alarmDue: Milliseconds?
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
        seed = random.below(1 << 30)
        self.random = random
    }

    /// The process ends and starts again.
    func restarted(isPowerLost: Bool) {
        simulation.score.fileChunksLost += store.end(
            losingPower: &random, isPowerLost: isPowerLost)
        seed = random.below(1 << 30)
        shell = FileShell(self, seed: seed)
        (sizes, alarmDue, freeAt) = ([:], nil, 0)
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
            for wish in SimulatedFileHost.wishes(in: Record(entries)) {
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
        return (wishes, Array(others.prefix(SimulatedFileHost.askedAfterMax)))
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
            fileChanged(file)
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

    func rested(_ connection: Int) { shell.rested(connection) }

    func wantsChanged() { shell.wantsChanged() }

    func ended(_ connection: Int) {
        outstanding[connection] = nil
        asked = asked.filter { $0.key.connection != connection }
        refusals = refusals.filter { $0.connection != connection }
        shell.ended(connection)
    }

    func told(_ connection: Int, _ holdings: [FileID: FileHolding], isAnswer: Bool) {
        for (file, holding) in holdings where holding == .none { forgive(connection, file) }
        shell.told(connection, holdings, isAnswer: isAnswer)
    }

    /// Nothing of a file is awaited of a connection any more.
    private func forgive(_ connection: Int, _ file: FileID) {
        for key in asked.keys where key.connection == connection && key.file == file {
            settle(key)
        }
    }

    func received(_ segment: FileSegment, of file: FileID, from connection: Int) {
        shell.received(segment, of: file, from: connection)
    }

    func received(_ chunk: [UInt8], index: Int, of file: FileID, from connection: Int) {
        if shell.shape(of: file) == nil {
            settle(Asked(connection: connection, file: file, chunk: index))
        }
        shell.received(chunk, index: index, of: file, from: connection)
    }

    // MARK: - Files

    var now: Milliseconds { simulation.now }

    func wantedFiles(_ answer: @escaping ([FileWish], [FileID]) -> Void) {
        node.later(Milliseconds(random.below(10))) { [self] in
            collectErased()
            var (wishes, others) = wanted()
            forgiveRenamed(wishes)
            if simulation.isPlanted(.firstSize, in: node) {
                var seen: Set<FileID> = []
                wishes = wishes.filter { seen.insert($0.id).inserted }
            }
            answer(wishes, others)
        }
    }

    /// Who gave what did not fit the sizes that a file was named in may be asked once another one
    /// is named.
    private func forgiveRenamed(_ wishes: [FileWish]) {
        let new = Dictionary(grouping: wishes, by: \.id).mapValues { Set($0.map(\.shape)) }
        refusals = refusals.filter { sizes[$0.file] == nil || sizes[$0.file] == new[$0.file] }
        sizes = new
    }

    func begin(_ wish: FileWish, _ answer: @escaping (ChunkSet, ChunkSet?) -> Void) {
        storeLater { [self] in
            let found = store.begin(wish)
            answer(
                found?.segments ?? ChunkSet(chunkCount: wish.shape.segmentCount), found?.held)
        }
    }

    func take(
        _ segment: FileSegment, of wish: FileWish, from peer: Int,
        _ answer: @escaping (FileTaking) -> Void
    ) {
        storeLater { [self] in
            let taking = store.take(segment, of: wish)
            if case .refused = taking { refuse(wish.id, from: peer) }
            answer(taking)
        }
    }

    func take(
        _ chunk: [UInt8], index: Int, of wish: FileWish, from peer: Int,
        _ answer: @escaping (FileTaking) -> Void
    ) {
        storeLater { [self] in
            settle(Asked(connection: peer, file: wish.id, chunk: index))
            let taking = store.take(chunk, index: index, of: wish)
            switch taking {
            case .kept(_, let isComplete):
                if isComplete { simulation.score.filesFetched += 1 }
                answer(taking)
                losePowerIfDue()
            case .refused:
                refuse(wish.id, from: peer)
                if simulation.planted == .trustedLiar {
                    return ask(chunks: index..<(index + 1), of: wish.id, from: peer)
                }
                answer(taking)
            case .failed: answer(taking)
            }
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

    func fileChanged(_ file: FileID) {
        for connection in node.connections { connection.fileChanged(file) }
    }

    private func storeLater(_ work: @escaping () -> Void) {
        let delay = random.within(simulation.plan.storeDelay) + node.slowness
        freeAt = max(freeAt, simulation.now) + Milliseconds(delay)
        node.later(freeAt - simulation.now, work)
    }

    // MARK: - Sessions

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

    func isConnected(_ peer: Int) -> Bool { node.connection(peer) != nil }

    func seek(_ files: [FileID], isSettled: Bool, of peer: Int) {
        node.connection(peer)?.seek(files, isSettled: isSettled)
    }

    func ask(segment: Int, of file: FileID, from peer: Int) {
        checkAsked(file, of: peer)
        node.connection(peer)?.ask(segment: segment, of: file)
    }

    func ask(chunks: Range<Int>, of file: FileID, from peer: Int) {
        guard !simulation.isPlanted(.forgottenFile, in: node) else { return }
        checkAsked(file, of: peer)
        note(chunks, of: file, peer)
        node.connection(peer)?.ask(chunks: chunks, of: file)
    }

    func kept(byteCount: Int, from peer: Int) {
        node.connection(peer)?.fileKept(byteCount: byteCount)
    }

    private func checkAsked(_ file: FileID, of peer: Int) {
        let isRefused = refusals.contains(Refusal(connection: peer, file: file))
        simulation.violateIfAsked(file, of: peer, isRefused: isRefused)
    }

    private func note(_ chunks: Range<Int>, of file: FileID, _ peer: Int) {
        guard let shape = shell.shape(of: file), node.connection(peer) != nil else { return }
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

    // MARK: - Time

    func fileAlarm(at due: Milliseconds?) {
        alarmDue = due
        guard let due else { return }
        node.later(due - now) { [self] in
            guard alarmDue == due else { return }
            alarmDue = nil
            shell.alarm()
        }
    }

    /// Nobody looks.
    func transferChanged(wantedCount: Int, bytesToFetch: Int) {}
}
