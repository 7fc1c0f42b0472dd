import WeData
import WeKeys
import WeSync

/// Obeys what ``FileFetcher`` decides: hands what is asked to sessions and what came to the node.
///
/// Lives on the engine's loop.
final class FileShell<Node: SyncNode> {
    private unowned let engine: Engine<Node>
    private var fetcher: FileFetcher<ConnectionID>
    /// Connections that came to rest for the first time and wait for the list of what is wanted.
    private var resting: [ConnectionID] = []
    private var isAsking = false
    private var isAgain = false
    private var timer: (id: TimerID, due: Milliseconds)?
    private var retry: TimerID?

    /// How long a file that could not be kept is left alone.
    private static var retryMilliseconds: Milliseconds { 60_000 }

    init(_ engine: Engine<Node>) {
        self.engine = engine
        fetcher = FileFetcher(seed: Int(UInt64(bigEndianBytes: RandomBytes.bytes(4))))
    }

    // MARK: - What happens

    /// A session has come to rest for the first time.
    func rested(_ connection: ConnectionID) {
        resting.append(connection)
        wantsChanged()
    }

    /// A session is over.
    func ended(_ connection: ConnectionID) {
        resting.removeAll { $0 == connection }
        obey(fetcher.lost(connection, now: engine.loop.now))
    }

    /// What is wanted may be something else now.
    func wantsChanged() {
        guard engine.node.files != nil else { return }
        guard !isAsking else { return isAgain = true }
        isAsking = true
        isAgain = false
        // Who comes to rest later may have brought what changes the answer.
        let rested = resting
        resting = []
        let bound = LoopBound(self, on: engine.loop)
        engine.node.wantedFiles { [loop = engine.loop] wishes, others in
            loop.execute { bound.value.wants(wishes, others, rested) }
        }
    }

    private func wants(_ wishes: [FileWish], _ others: [FileID], _ rested: [ConnectionID]) {
        isAsking = false
        obey(fetcher.want(wishes, askAfter: others, now: engine.loop.now))
        for connection in rested where engine.connection(connection) != nil {
            obey(fetcher.met(connection, now: engine.loop.now))
        }
        if isAgain { wantsChanged() }
    }

    /// A peer said how much it has of files.
    func told(
        _ connection: PeerConnection<Node>, _ holdings: [FileID: FileHolding], isAnswer: Bool
    ) {
        if let device = connection.status.device { engine.node.heard(holdings, from: device) }
        obey(
            fetcher.told(connection.id, holdings, isAnswer: isAnswer, now: engine.loop.now))
    }

    /// A segment of leaves came.
    func received(_ segment: FileSegment, of file: FileID, from connection: ConnectionID) {
        let now = engine.loop.now
        if let steps = fetcher.identify(segment, of: file, from: connection, now: now) {
            return obey(steps)
        }
        guard let wish = wish(file) else { return }
        let bound = LoopBound(self, on: engine.loop)
        engine.node.take(segment, of: wish) { [loop = engine.loop] taking in
            loop.execute { bound.value.took(segment: segment.number, of: file, connection, taking) }
        }
    }

    private func took(
        segment: Int, of file: FileID, _ connection: ConnectionID, _ taking: FileTaking
    ) {
        switch taking {
        case .kept(let found, _):
            engine.fileChanged(file)
            obey(fetcher.took(segment: segment, of: file, found: found, now: engine.loop.now))
        case .refused:
            obey(fetcher.refused(of: file, from: connection, now: engine.loop.now))
        case .failed:
            setAside(file)
        }
    }

    /// A chunk came.
    func received(
        _ chunk: [UInt8], index: Int, of file: FileID, from connection: ConnectionID
    ) {
        fetcher.arrived(from: connection, now: engine.loop.now)
        guard let wish = wish(file) else { return obey(fetcher.tick(now: engine.loop.now)) }
        let bound = LoopBound(self, on: engine.loop)
        engine.node.take(chunk, index: index, of: wish) { [loop = engine.loop] taking in
            loop.execute { bound.value.took(chunk: index, of: file, connection, taking) }
        }
    }

    private func took(
        chunk: Int, of file: FileID, _ connection: ConnectionID, _ taking: FileTaking
    ) {
        let now = engine.loop.now
        switch taking {
        case .kept:
            let byteCount = fetcher.shape(of: file)?.bytes(ofChunk: chunk).count ?? 0
            engine.connection(connection)?.fileKept(byteCount: byteCount)
            // Before it is said that nothing more is wanted, which may be the end of the session.
            engine.fileChanged(file)
            obey(fetcher.took(chunk: chunk, of: file, from: connection, now: now))
        case .refused:
            obey(fetcher.refused(chunk: chunk, of: file, from: connection, now: now))
        case .failed:
            setAside(file)
        }
    }

    private func wish(_ file: FileID) -> FileWish? {
        fetcher.shape(of: file).map { FileWish(id: file, shape: $0) }
    }

    /// A full disk costs the file its turn, not the session: events go on.
    private func setAside(_ file: FileID) {
        obey(fetcher.failed(file, now: engine.loop.now))
        guard retry == nil else { return }
        retry = engine.loop.schedule(at: engine.loop.now + FileShell.retryMilliseconds) {
            [weak self] in
            self?.retry = nil
            self?.wantsChanged()
        }
    }

    // MARK: - Obeying

    private func obey(_ steps: [FileFetcher<ConnectionID>.Step]) {
        for step in steps {
            switch step {
            case .begin(let wish): begin(wish)
            case .seek(let peer, let files, let isSettled):
                engine.connection(peer)?.seek(files, isSettled: isSettled)
            case .askSegment(let peer, let file, let segment):
                engine.connection(peer)?.ask(segment: segment, of: file)
            case .askChunks(let peer, let file, let chunks):
                engine.connection(peer)?.ask(chunks: chunks, of: file)
            }
        }
        engine.board.publish(
            FileTransfer(
                wantedCount: fetcher.wantedCount, bytesToFetch: fetcher.bytesToFetch))
        arm()
    }

    private func begin(_ wish: FileWish) {
        let bound = LoopBound(self, on: engine.loop)
        engine.node.beginFile(wish) { [loop = engine.loop] segments, held in
            loop.execute { bound.value.began(wish, segments, held) }
        }
    }

    private func began(_ wish: FileWish, _ segments: ChunkSet, _ held: ChunkSet?) {
        let now = engine.loop.now
        if held == nil {
            setAside(wish.id)
        } else {
            obey(fetcher.began(wish.id, segments: segments, held: held, now: now))
        }
    }

    private func arm() {
        let due = fetcher.deadline
        if let timer, let due, timer.due <= due { return }
        if let timer { engine.loop.cancel(timer.id) }
        timer = nil
        guard let due else { return }
        let id = engine.loop.schedule(at: max(due, engine.loop.now + 1)) { [weak self] in
            guard let self else { return }
            timer = nil
            obey(fetcher.tick(now: engine.loop.now))
        }
        timer = (id, due)
    }

    /// Nothing is asked any more.
    func stop() {
        if let timer { engine.loop.cancel(timer.id) }
        if let retry { engine.loop.cancel(retry) }
        timer = nil
        retry = nil
    }
}
