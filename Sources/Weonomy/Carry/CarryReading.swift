import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// One file of a stick, read piece by piece.
struct CarryReading {
    /// Why reading ended early.
    enum Fault: Error {
        case stick(StickFault)
        case bundle(BundleError)
        /// It holds an event that can never be valid.
        case refused(LogError)
        /// What was read could not be stored.
        case replica(BrainError)
    }

    private var reader: BundleReader
    private var file: (any StickReading)?
    /// What opened it.
    private(set) var secret: Bytes32?

    init(_ kind: BundleKind, team: TeamID?) {
        reader = BundleReader(kind, team: team)
    }

    /// Opens a file with one of the secrets, or with the one in its box for `device`; gives which.
    mutating func open(
        _ folder: any StickFolder, _ name: String, _ secrets: [Bytes32], _ device: AgreementKey?
    ) throws(Fault) -> Bytes32 {
        try readHeading(folder, name)
        var secrets = secrets
        do throws(BundleError) {
            if let index = try? reader.unlock(secrets) {
                secret = secrets[index]
                return secrets[index]
            }
            guard let device, let found = reader.secret(for: device) else {
                throw .unknownSecret
            }
            secrets = [found]
            try reader.unlock(secrets)
            secret = found
            return found
        } catch {
            throw .bundle(error)
        }
    }

    /// Reads the heading alone, which is in the clear.
    mutating func readHeading(_ folder: any StickFolder, _ name: String) throws(Fault) {
        do throws(StickFault) { file = try folder.open(name) } catch { throw .stick(error) }
        while try !heading() {
            guard try readMore() else { throw .bundle(.truncated) }
        }
    }

    /// The team and the invitation in the heading's note for who holds this psk.
    func invited(psk: Bytes32) -> (team: TeamID, invite: EventID, teamName: String)? {
        reader.invited(psk: psk)
    }

    private mutating func heading() throws(Fault) -> Bool {
        do throws(BundleError) { return try reader.readHeading() } catch { throw .bundle(error) }
    }

    /// The next item; `nil` at the end.
    mutating func next() throws(Fault) -> BundleItem? {
        while true {
            do throws(BundleError) {
                if let item = try reader.next() { return item }
            } catch {
                throw .bundle(error)
            }
            guard try readMore() else { break }
        }
        do throws(BundleError) { try reader.finish() } catch { throw .bundle(error) }
        return nil
    }

    private mutating func readMore() throws(Fault) -> Bool {
        guard var file else { return false }
        let bytes: [UInt8]
        do throws(StickFault) { bytes = try file.next() } catch { throw .stick(error) }
        self.file = file
        reader.received(bytes)
        return !bytes.isEmpty
    }
}

/// Events on their way from bundles to the replica, as a session takes them; a dry run only counts.
struct CarryIntake {
    private let node: BrainNode
    private let isDryRun: Bool
    private let onProgress: @Sendable (CarryProgress) -> Void
    private var incoming = Incoming(remembers: false)
    private var seen: Set<EventID> = []
    private var done = 0
    private var total = 0
    private var fileBytes = 0
    /// Events that were new.
    private(set) var newCount = 0
    private(set) var tally = CarryReport.Tally()
    private var files: CarriedFiles?
    /// Files that came whole, and their bytes.
    var filesTaken: CarryReport.Files { files?.taken ?? CarryReport.Files() }
    /// Events that lack what they build on.
    var waitingCount: Int { incoming.pendingCount }

    init(
        _ node: BrainNode, isDryRun: Bool, onProgress: @escaping @Sendable (CarryProgress) -> Void
    ) {
        self.node = node
        self.isDryRun = isDryRun
        self.onProgress = onProgress
    }

    /// Takes in one item of a bundle.
    mutating func take(_ item: BundleItem) throws(CarryReading.Fault) {
        switch item {
        case .totals(let events, _): total &+= events
        case .events(let runs):
            let batch = incoming.received(runs)
            done += runs.reduce(0) { $0 + $1.events.count }
            if isDryRun { try count(batch) } else { try ingest(batch, isEnd: false) }
            tell()
        case .segment(let segment, let file):
            try withFiles { $0.take(segment, of: file) }
        case .chunk(let bytes, let index, let file):
            try withFiles { $0.take(bytes, index: index, of: file) }
            fileBytes += bytes.count
            tell()
        case .about, .logs, .wanted, .sought, .request, .end: break
        }
    }

    private func tell() {
        onProgress(
            CarryProgress(
                isLeaving: false, done: done, total: max(done, total), fileBytes: fileBytes,
                fileBytesTotal: fileBytes))
    }

    /// Tries again what waited: nothing more comes.
    mutating func finish() throws(CarryReading.Fault) {
        if !isDryRun { try ingest(incoming.retry(isEnd: true), isEnd: true) }
    }

    /// Files are wanted by what the events before them say.
    private mutating func withFiles(_ body: (inout CarriedFiles) -> Void) throws(CarryReading.Fault)
    {
        guard !isDryRun else { return }
        var files: CarriedFiles
        if let known = self.files {
            files = known
        } else {
            try ingest(incoming.retry(isEnd: true), isEnd: true)
            files = CarriedFiles(node.keeper)
        }
        body(&files)
        self.files = files
    }

    private mutating func ingest(_ batch: [Run], isEnd: Bool) throws(CarryReading.Fault) {
        var batch = batch
        while !batch.isEmpty {
            let report: IngestReport
            do throws(BrainError) {
                report = try translating { () throws(ReplicaError) in try node.take(batch) }
            } catch {
                throw .replica(error)
            }
            _ = incoming.ingested(report)
            newCount += report.storedCount
            if let reason = report.refused.first { throw .refused(reason) }
            batch = incoming.retry(isEnd: isEnd)
        }
    }

    // MARK: - Counting

    private mutating func count(_ batch: [Run]) throws(CarryReading.Fault) {
        for run in batch {
            let own: LogSummary?
            do throws(ReplicaError) {
                own = try node.replica.lend { try? $0.log(run.key) }
            } catch {
                throw .replica(BrainError(error))
            }
            for event in run.events where seen.insert(event.id).inserted {
                // What goes on behind the end of a log without forks is new without a look.
                let isAhead = own.map { $0.isPrefix && event.header.sequence > $0.sequenceMax }
                if isAhead != true, isHeld(event.id) { continue }
                newCount += 1
                tally.count(event)
            }
        }
    }

    private func isHeld(_ id: EventID) -> Bool {
        let found = try? node.replica.lend { (try? $0.events([id]))?.isEmpty }
        return found == .some(false)
    }
}

/// Files that lie on a stick, on their way here.
struct CarriedFiles {
    private let store: FileStore
    /// What is wanted, in each size that it is said to have until one of them fits.
    private var wanted: [FileID: [FileShape]]
    private var begun: Set<FileID> = []
    private(set) var taken = CarryReport.Files()

    init(_ keeper: FileKeeper) {
        store = keeper.store
        let wishes = (try? keeper.wanted().wishes) ?? []
        wanted = Dictionary(grouping: wishes, by: \.id).mapValues { $0.map(\.shape) }
    }

    mutating func take(_ segment: FileSegment, of file: FileID) {
        guard let wish = begin(file, { segment.shape(of: file, among: $0) }) else { return }
        note(try? store.waiting { () throws(FileFault) in try store.take(segment, of: wish) }, wish)
    }

    mutating func take(_ chunk: [UInt8], index: Int, of file: FileID) {
        // What has one chunk has no leaves: the chunk itself tells.
        let wish = begin(file) { shapes in
            guard shapes.count > 1 else { return shapes.first }
            let leaf = FileSegment(number: 0, leaves: [FileTree.leaf(chunk)], proof: [])
            return leaf.shape(of: file, among: shapes.filter { $0.byteCount == chunk.count })
        }
        guard let wish else { return }
        note(
            try? store.waiting { () throws(FileFault) in
                try store.take(chunk, index: index, of: wish)
            }, wish)
    }

    private mutating func begin(
        _ file: FileID, _ choose: ([FileShape]) -> FileShape?
    ) -> FileWish? {
        guard let shapes = wanted[file], let shape = choose(shapes) else { return nil }
        let wish = FileWish(id: file, shape: shape)
        guard begun.insert(file).inserted else { return wish }
        wanted[file] = [shape]
        guard (try? store.waiting({ () throws(FileFault) in try store.begin(wish) })) != nil else {
            wanted[file] = nil
            return nil
        }
        return wish
    }

    private mutating func note(_ taking: FileTaking?, _ wish: FileWish) {
        switch taking {
        case .kept(_, isComplete: true):
            taken.count += 1
            taken.byteCount += wish.shape.byteCount
            wanted[wish.id] = nil
        case .kept, .refused: break
        // What can't be kept now comes another time.
        case .failed, nil: wanted[wish.id] = nil
        }
    }
}

extension CarryReport.Tally {
    /// Counts a new event as what people would call it.
    mutating func count(_ event: Event) {
        if event.key.logClass == .membership {
            switch MembershipEvent(event)?.act {
            case .reduce(_, to: .none, _, _, _, _), .revokeDevice: removals += 1
            default: others += 1
            }
            return
        }
        let changes = event.body.flatMap { try? ContentBody(decoding: $0) }?.changes ?? []
        for change in changes {
            switch change {
            case .create(ObjectKind.share): return shares += 1
            case .create(ObjectKind.need): return needs += 1
            case .create(ObjectKind.answer): return answers += 1
            case .erase: return erasures += 1
            default: continue
            }
        }
        others += 1
    }
}
