public import WeData

/// Obeys what ``FileFetcher`` decides: hands what is asked to sessions, and what came to who keeps
/// it.
///
/// The same piece runs over sockets and in the simulator; what differs is its ``FileHost``.
public final class FileShell<Host: FileHost> {
    private unowned let host: Host
    private var fetcher: FileFetcher<Host.Peer>
    /// Connections that came to rest for the first time and wait for the list of what is wanted.
    private var resting: [Host.Peer] = []
    private var isAsking = false
    private var isAgain = false
    /// When the host was told to wake this up.
    private var armed: Milliseconds?
    /// When files that could not be kept are tried again.
    private var retryAt: Milliseconds?

    /// How long a file that could not be kept is left alone.
    private static var retryMilliseconds: Milliseconds { 60_000 }

    /// - Parameters:
    ///   - host: what it obeys through; it outlives the shell.
    ///   - seed: moves where this laptop begins in each file.
    public init(_ host: Host, seed: Int) {
        self.host = host
        fetcher = FileFetcher(seed: seed)
    }

    /// The shape of a file that is wanted; `nil` for others, and while it is not known.
    public func shape(of file: FileID) -> FileShape? { fetcher.shape(of: file) }

    // MARK: - What happens

    /// A session has come to rest for the first time.
    public func rested(_ peer: Host.Peer) {
        resting.append(peer)
        wantsChanged()
    }

    /// A session is over.
    public func ended(_ peer: Host.Peer) {
        resting.removeAll { $0 == peer }
        obey(fetcher.lost(peer, now: host.now))
    }

    /// What is wanted may be something else now.
    public func wantsChanged() {
        guard !isAsking else { return isAgain = true }
        isAsking = true
        isAgain = false
        // Who comes to rest later may have brought what changes the answer.
        let rested = resting
        resting = []
        host.wantedFiles { [weak self] in self?.wants($0, $1, rested) }
    }

    private func wants(_ wishes: [FileWish], _ others: [FileID], _ rested: [Host.Peer]) {
        isAsking = false
        obey(fetcher.want(wishes, askAfter: others, now: host.now))
        for peer in rested where host.isConnected(peer) {
            obey(fetcher.met(peer, now: host.now))
        }
        if isAgain { wantsChanged() }
    }

    /// A peer said how much it has of files.
    public func told(_ peer: Host.Peer, _ holdings: [FileID: FileHolding], isAnswer: Bool) {
        obey(fetcher.told(peer, holdings, isAnswer: isAnswer, now: host.now))
    }

    /// A segment of leaves came.
    public func received(_ segment: FileSegment, of file: FileID, from peer: Host.Peer) {
        if let steps = fetcher.identify(segment, of: file, from: peer, now: host.now) {
            return obey(steps)
        }
        guard let wish = wish(file) else { return }
        host.take(segment, of: wish, from: peer) { [weak self] taking in
            self?.took(segment: segment.number, of: file, peer, taking)
        }
    }

    private func took(
        segment: Int, of file: FileID, _ peer: Host.Peer, _ taking: FileTaking
    ) {
        switch taking {
        case .kept(let found, _):
            host.fileChanged(file)
            obey(fetcher.took(segment: segment, of: file, found: found, now: host.now))
        case .refused:
            obey(fetcher.refused(of: file, from: peer, now: host.now))
        case .failed:
            setAside(file)
        }
    }

    /// A chunk came.
    public func received(
        _ chunk: [UInt8], index: Int, of file: FileID, from peer: Host.Peer
    ) {
        fetcher.arrived(from: peer, now: host.now)
        guard let wish = wish(file) else { return obey(fetcher.tick(now: host.now)) }
        host.take(chunk, index: index, of: wish, from: peer) { [weak self] taking in
            self?.took(chunk: index, of: wish, peer, taking)
        }
    }

    private func took(chunk: Int, of wish: FileWish, _ peer: Host.Peer, _ taking: FileTaking) {
        let file = wish.id
        switch taking {
        case .kept:
            host.kept(byteCount: wish.shape.bytes(ofChunk: chunk).count, from: peer)
            // Before it is said that nothing more is wanted, which may be the end of the session.
            host.fileChanged(file)
            obey(fetcher.took(chunk: chunk, of: file, from: peer, now: host.now))
        case .refused:
            obey(fetcher.refused(chunk: chunk, of: file, from: peer, now: host.now))
        case .failed:
            setAside(file)
        }
    }

    private func wish(_ file: FileID) -> FileWish? {
        fetcher.shape(of: file).map { FileWish(id: file, shape: $0) }
    }

    /// A full disk costs the file its turn, not the session: events go on.
    private func setAside(_ file: FileID) {
        if retryAt == nil { retryAt = host.now + FileShell.retryMilliseconds }
        obey(fetcher.failed(file, now: host.now))
    }

    // MARK: - Obeying

    private func obey(_ steps: [FileFetcher<Host.Peer>.Step]) {
        for step in steps {
            switch step {
            case .begin(let wish):
                host.begin(wish) { [weak self] in self?.began(wish, $0, $1) }
            case .seek(let peer, let files, let isSettled):
                host.seek(files, isSettled: isSettled, of: peer)
            case .askSegment(let peer, let file, let segment):
                host.ask(segment: segment, of: file, from: peer)
            case .askChunks(let peer, let file, let chunks):
                host.ask(chunks: chunks, of: file, from: peer)
            }
        }
        host.transferChanged(
            wantedCount: fetcher.wantedCount, bytesToFetch: fetcher.bytesToFetch)
        arm()
    }

    private func began(_ wish: FileWish, _ segments: ChunkSet, _ held: ChunkSet?) {
        if held == nil {
            setAside(wish.id)
        } else {
            obey(fetcher.began(wish.id, segments: segments, held: held, now: host.now))
        }
    }

    // MARK: - Time

    private func arm() {
        let due = [fetcher.deadline, retryAt].compactMap(\.self).min()
        // What is early is set again when it comes.
        if let armed, let due, armed <= due { return }
        guard armed != nil || due != nil else { return }
        armed = due.map { max($0, host.now + 1) }
        host.fileAlarm(at: armed)
    }

    /// The time that the host was told has come.
    public func alarm() {
        armed = nil
        if let retryAt, retryAt <= host.now {
            self.retryAt = nil
            wantsChanged()
        }
        obey(fetcher.tick(now: host.now))
    }

    /// Nothing is asked any more.
    public func stop() {
        armed = nil
        host.fileAlarm(at: nil)
    }
}
