import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

// What a visit leaves: first the events that others lack, then what this laptop holds, so that
// nobody relies on what is not there yet.
extension CarryVisit {
    /// What goes, and to whom.
    private struct Leaving {
        var plan: BundlePlan
        let about: BundleAbout
        let logs: [LogSummary]
        let wanted: [EventID]
        /// Files that go along, the shortest first.
        let files: [FileWish]
        /// Files that this laptop wants.
        let sought: [FileID]

        /// Whether nothing goes.
        var isEmpty: Bool { plan.isEmpty && files.isEmpty }
    }

    /// Leaves what others lack; for a dry run only says what that would be.
    mutating func leave(
        isFull: Bool, isDryRun: Bool, filesMax: Int, secret: Bytes32, signingKey: SigningKey,
        onProgress: @Sendable (CarryProgress) -> Void
    ) throws(BrainError) {
        guard let roster = node.replica.currentTeam else { return }
        let others = frontiers.values.filter { roster.isActive($0.frontier.about.device) }
            .sorted { $0.frontier.about.device < $1.frontier.about.device }
        let isAll = isFull || (others.isEmpty && newcomers == 0)
        let targets: [BundleFrontier?] =
            others.map(\.frontier) + Array(repeating: nil, count: isAll ? 1 : newcomers)
        let leaving = try plan(for: targets, filesMax: filesMax)
        noteVisitors(others.map(\.frontier), leaving.plan.lackedCounts)
        if !isDryRun { try remember(others.map(\.frontier), leaving) }
        report.isFull = isAll
        report.leftFor = leftFor(leaving.plan.lackedCounts, others.map(\.frontier))
        report.leftCount = leaving.plan.eventCount
        guard !isDryRun else { return }
        clean(keeping: secret)
        var isLeft = true
        do throws(StickFault) {
            let name = BundleName.file(.bundle, of: device, secret: secret)
            if leaving.isEmpty {
                try folder.remove(name)
            } else {
                report.leftBytes = try write(leaving, name, secret, signingKey, onProgress)
            }
        } catch {
            isLeft = false
            note(writing: error)
        }
        do throws(StickFault) {
            try writeFrontier(leaving, roster, secret, signingKey)
            if isLeft { clean(keeping: secret, isDone: true) }
        } catch {
            note(writing: error)
        }
        if !isLeft {
            report.leftCount = 0
            report.leftFor = []
            report.filesLeft = CarryReport.Files()
        }
    }

    private mutating func plan(
        for targets: [BundleFrontier?], filesMax: Int
    ) throws(BrainError) -> Leaving {
        let files = try files(for: targets, bytesMax: filesMax)
        let sought = try translating { () throws(ReplicaError) in
            try node.keeper.wanted().wishes.onePerFile
        }
        return try asking { index throws(StoreFault) in
            let summary = try index.summary()
            return Leaving(
                plan: try BundlePlan(for: targets, store: index),
                about: BundleAbout(
                    device: device, wall: now.milliseconds, fingerprint: summary.fingerprint,
                    count: summary.count),
                logs: try index.logs(),
                wanted: try index.wanted(countMax: SyncLimit.idsListedMax), files: files,
                sought: sought.prefix(SyncLimit.idsListedMax).map(\.id))
        }
    }

    /// Files that are here and that others want, as many as may go, the shortest first; for who
    /// has not seen this stick, all that are here.
    private mutating func files(
        for targets: [BundleFrontier?], bytesMax: Int
    ) throws(BrainError) -> [FileWish] {
        let isForAnyone = targets.contains { $0 == nil }
        let sought = Set(targets.flatMap { $0?.files ?? [] })
        guard isForAnyone || !sought.isEmpty else { return [] }
        let references = try translating { () throws(ReplicaError) in
            try node.keeper.references()
        }
        var seen: Set<FileID> = []
        var files: [FileWish] = []
        for file in references.map(\.file) where isForAnyone || sought.contains(file.id) {
            guard seen.insert(file.id).inserted, node.keeper.store.contains(file.id),
                let shape = FileShape(byteCount: file.byteCount)
            else { continue }
            files.append(FileWish(id: file.id, shape: shape))
        }
        files.sort { ($0.shape.byteCount, $0.id) < ($1.shape.byteCount, $1.id) }
        var left = bytesMax
        var going: [FileWish] = []
        for file in files {
            let bytes = file.shape.byteCount
            if bytes <= left {
                left -= bytes
                going.append(file)
                report.filesLeft.count += 1
                report.filesLeft.byteCount += bytes
            } else {
                report.filesKept.count += 1
                report.filesKept.byteCount += bytes
            }
        }
        return going
    }

    private mutating func noteVisitors(_ frontiers: [BundleFrontier], _ lacked: [Int]) {
        report.visitors = zip(frontiers, lacked).map { frontier, count in
            CarryReport.Visitor(
                person: person(frontier.about.device),
                time: Instant(milliseconds: frontier.about.wall), lackedCount: count)
        }.sorted { $0.time > $1.time }
    }

    /// Keeps what the stick says of what others hold.
    private func remember(
        _ frontiers: [BundleFrontier], _ leaving: Leaving
    ) throws(BrainError) {
        for (frontier, lacked) in zip(frontiers, leaving.plan.lackedCounts)
        where frontier.about.device != device {
            let ahead = try asking { index throws(StoreFault) in try frontier.ahead(of: index) }
            let moment = min(frontier.about.wall, now.milliseconds)
            node.colleagues.change {
                $0.sawOnStick(
                    frontier.about.device, heldCount: max(0, leaving.about.count - lacked),
                    ahead: ahead, at: moment)
            }
        }
    }

    private func leftFor(_ lacked: [Int], _ frontiers: [BundleFrontier]) -> [PersonRef] {
        let lacking = zip(frontiers, lacked).filter { $0.1 > 0 }
            .compactMap { person($0.0.about.device) }
        var seen: Set<PersonRef> = []
        return (lacking + report.admitted).filter { seen.insert($0).inserted }
            .sorted()
    }

    // MARK: - Files

    private func write(
        _ leaving: Leaving, _ name: String, _ secret: Bytes32, _ key: SigningKey,
        _ onProgress: @Sendable (CarryProgress) -> Void
    ) throws(StickFault) -> Int {
        var plan = leaving.plan
        var parts = CarriedParts(leaving.files, node.keeper.store)
        let fileBytesTotal = leaving.files.reduce(0) { $0 + $1.shape.byteCount }
        var (done, fileBytes, count) = (0, 0, 0)
        var writer: BundleWriter
        var pending: [UInt8]
        var isEnded = false
        do throws(BundleError) {
            writer = try BundleWriter(
                .bundle, secret: secret, salt: RandomBytes.bytes(BundleWriter.saltBytes))
            pending = try writer.begin(leaving.about, by: key)
            pending += try writer.totals(events: plan.eventCount, bytes: plan.byteCount)
        } catch {
            throw .unmade
        }
        try folder.replace(name, mark: mark) { () throws(StickFault) in
            if pending.isEmpty, !isEnded {
                let window = try next(of: &plan)
                let part = window.isEmpty ? parts.next() : nil
                isEnded = window.isEmpty && part == nil
                do throws(BundleError) {
                    pending =
                        switch part {
                        case .segment(let segment, let file):
                            try writer.segment(segment, of: file)
                        case .chunk(let bytes, let index, let file):
                            try writer.chunk(bytes, index: index, of: file)
                        case nil: try isEnded ? writer.end() : writer.events(window)
                        }
                } catch {
                    throw .unmade
                }
                done += window.count
                if case .chunk(let bytes, _, _) = part { fileBytes += bytes.count }
                onProgress(
                    CarryProgress(
                        isLeaving: true, done: done, total: max(done, plan.eventCount),
                        fileBytes: fileBytes, fileBytesTotal: fileBytesTotal))
            }
            count += pending.count
            defer { pending = [] }
            return pending
        }
        return count
    }

    /// A window on a snapshot of its own: a slow stick must not hold up who reads the replica.
    private func next(of plan: inout BundlePlan) throws(StickFault) -> [StoredEvent] {
        do throws(BrainError) {
            var rest = plan
            let window = try asking { index throws(StoreFault) in try rest.next(store: index) }
            plan = rest
            return window
        } catch {
            throw .unmade
        }
    }

    private func writeFrontier(
        _ leaving: Leaving, _ roster: Team, _ secret: Bytes32, _ key: SigningKey
    ) throws(StickFault) {
        var pending: [UInt8]
        do throws(BundleError) {
            var writer = try BundleWriter(
                .frontier, secret: secret, salt: RandomBytes.bytes(BundleWriter.saltBytes),
                for: lackingSecret(roster, secret), open: open(roster),
                of: (id: team, name: roster.name))
            pending = try writer.begin(leaving.about, by: key)
            pending += try writer.frontier(
                leaving.logs, wanted: leaving.wanted, files: leaving.sought)
        } catch {
            throw .unmade
        }
        let name = BundleName.file(.frontier, of: device, secret: secret)
        try folder.replace(name, mark: mark) { () throws(StickFault) in
            defer { pending = [] }
            return pending
        }
    }

    /// Devices that have not shown on this stick that they know the secret.
    private func lackingSecret(_ roster: Team, _ secret: Bytes32) -> [ChannelKey] {
        roster.persons.values.filter { $0.role > .none }.flatMap(\.devices)
            .filter { $0.signing != device && frontiers[$0.signing]?.secret != secret }
            .sorted { $0.signing < $1.signing }.map(\.channel)
    }

    private func open(_ roster: Team) -> [BundleWriter.Open] {
        // Also those that are used: who came in by one may have yet to hear of it.
        roster.invitesTried(at: now.milliseconds)
            .map { BundleWriter.Open(psk: $0.invite.psk, invite: $0.id) }
    }

    /// Tells two processes of this laptop apart.
    private var mark: String { Hex.encode(RandomBytes.bytes(4)) }

    /// Takes away what this laptop left: of broken visits, or, when all is done, of others before.
    private func clean(keeping secret: Bytes32, isDone: Bool = false) {
        let kept = Set(
            [BundleKind.bundle, .frontier].map {
                BundleName.file($0, of: device, secret: secret)
            })
        let requests = Set(
            (node.replica.currentTeam?.invites ?? []).map {
                BundleName.file(.request, of: device, secret: $0.invite.psk)
            })
        for name in (try? folder.names()) ?? [] where !kept.contains(name) {
            let isPart = name.hasSuffix(StickName.part)
            guard isDone || isPart, isOwn(name) || requests.contains(name) else { continue }
            try? folder.remove(name)
        }
    }

    private mutating func note(writing fault: StickFault) {
        let problem: CarryProblem =
            switch fault {
            case .readOnly: .readOnly
            case .denied: .denied
            case .full: .full
            case .missing, .other, .failed, .unmade: .unwritten
            }
        if !report.problems.contains(problem) { report.problems.append(problem) }
    }
}

/// Files piece by piece, as they go onto a stick: of each its leaves, then its chunks.
struct CarriedParts {
    enum Part {
        case segment(FileSegment, of: FileID)
        case chunk([UInt8], index: Int, of: FileID)
    }

    private let store: FileStore
    private var files: ArraySlice<FileWish>
    private var segment = 0
    private var chunk = 0
    /// Chunks of all files.
    let chunkCount: Int

    init(_ files: [FileWish], _ store: FileStore) {
        self.files = files[...]
        self.store = store
        chunkCount = files.reduce(0) { $0 + $1.shape.chunkCount }
    }

    /// The next part; `nil` at the end.
    ///
    /// A file that can't be read is left out.
    mutating func next() -> Part? {
        while let file = files.first {
            let segments = file.shape.chunkCount > 1 ? file.shape.segmentCount : 0
            if segment < segments, let found = store.segment(segment, of: file.id) {
                segment += 1
                return .segment(found, of: file.id)
            }
            if segment == segments, chunk < file.shape.chunkCount,
                let bytes = store.chunk(chunk, of: file.id)
            {
                chunk += 1
                return .chunk(bytes, index: chunk - 1, of: file.id)
            }
            files.removeFirst()
            (segment, chunk) = (0, 0)
        }
        return nil
    }
}
