public import WeData

/// Decides which chunk of which wanted file is asked of whom (Protocol.md, "Files").
///
/// A state machine over all sessions of a laptop: it is told what happens and answers with steps,
/// does no I/O and has no clock. Chunks are asked in order, from a place of this laptop's own on,
/// so that colleagues who fetch the same file have different parts to give each other. What a
/// connection may leave unanswered is bounded, and so is memory.
///
/// Items may name a file in several sizes, of which its name fits one: the first segment of leaves
/// of somebody who has the file tells which, so a wrong one keeps no file away.
public struct FileFetcher<Peer: Hashable & Comparable & Sendable>: Sendable {
    /// What the shell is to do.
    public enum Step: Hashable, Sendable {
        /// Look how much of a file is here, and call ``began(_:segments:held:now:)``.
        case begin(FileWish)
        /// Say which further files are wanted, and whether nothing of what the peer has is.
        case seek(Peer, [FileID], isSettled: Bool)
        /// Ask for a segment of leaves.
        case askSegment(Peer, FileID, Int)
        /// Ask for chunks.
        case askChunks(Peer, FileID, Range<Int>)
    }

    /// A file on its way here.
    private struct Fetch {
        let shape: FileShape
        /// Whether the store has said what is here.
        var isBegun = false
        var segments: ChunkSet
        var segmentsAsked: [Int: Peer] = [:]
        var held: ChunkSet
        /// Chunks that are held, asked or at the store: what is in none of them is asked next.
        var covered: ChunkSet
        var asked: [Int: [Peer]] = [:]
        /// Where the search for the next chunk begins.
        var cursor: Int

        init(_ shape: FileShape, cursor: Int) {
            self.shape = shape
            self.cursor = cursor
            segments = ChunkSet(chunkCount: shape.segmentCount)
            held = ChunkSet(chunkCount: shape.chunkCount)
            covered = held
        }
    }

    private struct PeerState {
        var sought: Set<FileID> = []
        var isAnswerAwaited = false
        var isSettled = false
        /// Wanted files that it has, or has a part of.
        var useful: [FileID: FileHolding] = [:]
        /// Files of which it gave something else, whatever it says of them later.
        var refused: Set<FileID> = []
        var outstandingBytes = 0
        var heardAt: Milliseconds
    }

    private var sizes = FileSizes()
    /// Who was asked for the leaves that tell which size a file has.
    private var probes: [FileID: Peer] = [:]
    private var ranks: [FileID: Int] = [:]
    /// What is to be sought: what is wanted, then what is only asked after.
    private var soughtInOrder: [FileID] = []
    private var fetches: [FileID: Fetch] = [:]
    /// Wanted files that somebody has, the most wanted last.
    private var ready: [FileID] = []
    private var setAside: Set<FileID> = []
    private var peers: [Peer: PeerState] = [:]
    private let seed: Int

    /// - Parameter seed: moves where this laptop begins in each file.
    public init(seed: Int) { self.seed = seed }

    /// Files that are wanted and not here.
    public var wantedCount: Int { sizes.named.count }

    /// The shape of a file that is wanted; `nil` for others, and while it is not known.
    public func shape(of file: FileID) -> FileShape? { sizes.shapes[file] }

    /// Bytes of chunks that are here of a file that is on its way; `nil` for others.
    public func byteCount(of file: FileID) -> Int? {
        guard let fetch = fetches[file], fetch.isBegun else { return nil }
        return min(fetch.held.count * fetch.shape.chunkBytes, fetch.shape.byteCount)
    }

    /// Bytes that are still to come of what somebody who is connected has.
    public var bytesToFetch: Int {
        var bytes = 0
        for file in ready + sizes.unsure {
            bytes += (sizes.shapes[file] ?? sizes.named[file]?.first)?.byteCount ?? 0
        }
        for fetch in fetches.values {
            let missing = fetch.held.chunkCount - fetch.held.count
            bytes += min(missing * fetch.shape.chunkBytes, fetch.shape.byteCount)
        }
        return bytes
    }

    /// When ``tick(now:)`` is due; `nil` where nothing is asked.
    public var deadline: Milliseconds? {
        peers.values.filter { $0.outstandingBytes > 0 }.map(\.heardAt).min().map {
            $0 + FileLimit.stallMilliseconds
        }
    }

    // MARK: - What is wanted

    /// Takes the whole list of files that are wanted and not here, the most wanted first, each in
    /// every size that it is said to have, and of files of which only is to be heard who has them.
    public mutating func want(
        _ wishes: [FileWish], askAfter others: [FileID] = [], now: Milliseconds
    ) -> [Step] {
        let old = sizes.shapes
        let (files, new, renamed) = sizes.take(wishes)
        ranks = Dictionary(uniqueKeysWithValues: files.enumerated().map { ($1, $0) })
        setAside = []
        soughtInOrder = files + others.filter { sizes.named[$0] == nil }
        for file in Array(fetches.keys) where sizes.shapes[file] != old[file] { drop(file) }
        ready = []
        for peer in Array(peers.keys) {
            let useful = peers[peer]?.useful.filter { sizes.named[$0.key] != nil } ?? [:]
            peers[peer]?.useful = useful
            // Who was asked after a file before it was wanted has answered already.
            peers[peer]?.sought.subtract(new)
            // Who gave what fitted none of the sizes may give what fits another one.
            for file in renamed where peers[peer]?.refused.remove(file) != nil {
                peers[peer]?.sought.remove(file)
            }
            ready += useful.keys.filter { fetches[$0] == nil }
        }
        sortReady()
        return plan(now)
    }

    private mutating func sortReady() {
        ready = Set(ready).sorted { (ranks[$0] ?? .max) > (ranks[$1] ?? .max) }
    }

    // MARK: - Colleagues

    /// A session with a peer is at rest for the first time.
    public mutating func met(_ peer: Peer, now: Milliseconds) -> [Step] {
        guard peers[peer] == nil else { return [] }
        peers[peer] = PeerState(heardAt: now)
        return plan(now)
    }

    /// A session is over.
    public mutating func lost(_ peer: Peer, now: Milliseconds) -> [Step] {
        guard peers.removeValue(forKey: peer) != nil else { return [] }
        for file in Array(fetches.keys) + Array(probes.keys) { release(file, of: peer) }
        settleReady()
        return plan(now)
    }

    /// Takes back what a peer was asked of a file and has not given.
    private mutating func release(_ file: FileID, of peer: Peer) {
        if probes[file] == peer { endProbe(file) }
        guard var fetch = fetches[file] else { return }
        for (segment, asked) in fetch.segmentsAsked where asked == peer {
            fetch.segmentsAsked[segment] = nil
            peers[peer]?.outstandingBytes -= FileShape.segmentCost
        }
        for (chunk, asked) in fetch.asked where asked.contains(peer) {
            peers[peer]?.outstandingBytes -= fetch.shape.cost(ofChunk: chunk)
            let others = asked.filter { $0 != peer }
            fetch.asked[chunk] = others.isEmpty ? nil : others
            if others.isEmpty { fetch.covered.remove(chunk) }
        }
        fetches[file] = fetch
    }

    /// Files that nobody who is connected has are not fetched for now.
    private mutating func settleReady() {
        let available = Set(peers.values.flatMap(\.useful.keys))
        ready.removeAll { !available.contains($0) }
        for (file, fetch) in fetches where !available.contains(file) && fetch.isBegun {
            fetches[file] = nil
        }
    }

    /// A peer said how much it has of files.
    public mutating func told(
        _ peer: Peer, _ holdings: [FileID: FileHolding], isAnswer: Bool, now: Milliseconds
    ) -> [Step] {
        guard peers[peer] != nil else { return [] }
        peers[peer]?.heardAt = now
        if isAnswer { peers[peer]?.isAnswerAwaited = false }
        var isLess = false
        for (file, holding) in holdings where sizes.named[file] != nil {
            if holding == .none {
                peers[peer]?.useful[file] = nil
                release(file, of: peer)
                isLess = true
            } else if peers[peer]?.refused.contains(file) == false {
                peers[peer]?.useful[file] = holding
                if fetches[file] == nil { ready.append(file) }
            }
        }
        if isLess { settleReady() }
        sortReady()
        return plan(now)
    }

    // MARK: - What the store says

    /// How much of a file is here; `held` `nil` where all of it is, or it can't be kept.
    public mutating func began(
        _ file: FileID, segments: ChunkSet, held: ChunkSet?, now: Milliseconds
    ) -> [Step] {
        guard var fetch = fetches[file], !fetch.isBegun else { return plan(now) }
        guard let held, held.chunkCount == fetch.held.chunkCount,
            segments.chunkCount == fetch.segments.chunkCount
        else { return failed(file, now: now) }
        fetch.isBegun = true
        if segments.count > 0 { sizes.prove(file) }
        fetch.segments = segments
        fetch.held = held
        fetch.covered = held
        fetches[file] = fetch
        if held.isComplete { finish(file) }
        settleReady()
        return plan(now)
    }

    /// A segment of leaves was proved and kept, and `found` chunks of it were here already.
    public mutating func took(
        segment: Int, of file: FileID, found: [Int], now: Milliseconds
    ) -> [Step] {
        guard var fetch = fetches[file] else { return plan(now) }
        sizes.prove(file)
        fetch.segments.insert(segment)
        if let peer = fetch.segmentsAsked.removeValue(forKey: segment) {
            peers[peer]?.outstandingBytes -= FileShape.segmentCost
            peers[peer]?.heardAt = now
        }
        for chunk in found {
            fetch.held.insert(chunk)
            fetch.covered.insert(chunk)
        }
        fetches[file] = fetch
        if fetch.held.isComplete { finish(file) }
        return plan(now)
    }

    /// Something came that was asked; the store has it now.
    ///
    /// Until the store says what became of it the peer is asked for no more in its place, so a slow
    /// disk slows the peer and fills no memory.
    public mutating func arrived(from peer: Peer, now: Milliseconds) {
        peers[peer]?.heardAt = now
    }

    /// What a peer was asked has been given, and the store is done with it.
    private mutating func given(_ chunk: Int, of file: FileID, by peer: Peer) {
        guard let fetch = fetches[file], let asked = fetch.asked[chunk], asked.contains(peer)
        else { return }
        peers[peer]?.outstandingBytes -= fetch.shape.cost(ofChunk: chunk)
        let others = asked.filter { $0 != peer }
        fetches[file]?.asked[chunk] = others.isEmpty ? nil : others
    }

    /// A chunk was proved and kept.
    public mutating func took(
        chunk: Int, of file: FileID, from peer: Peer, now: Milliseconds
    ) -> [Step] {
        given(chunk, of: file, by: peer)
        guard fetches[file] != nil else { return plan(now) }
        fetches[file]?.held.insert(chunk)
        fetches[file]?.covered.insert(chunk)
        if fetches[file]?.held.isComplete == true { finish(file) }
        return plan(now)
    }

    /// A chunk, or, for `nil`, a segment came that was not what was asked for.
    ///
    /// A damaged disk, or worse: that peer is not asked for the file again in this session.
    public mutating func refused(
        chunk: Int? = nil, of file: FileID, from peer: Peer, now: Milliseconds
    ) -> [Step] {
        // What nobody else was asked is free again.
        release(file, of: peer)
        if let chunk, let fetch = fetches[file], !fetch.held.contains(chunk),
            fetch.asked[chunk] == nil
        {
            fetches[file]?.covered.remove(chunk)
        }
        peers[peer]?.useful[file] = nil
        peers[peer]?.refused.insert(file)
        settleReady()
        return plan(now)
    }

    /// A file can't be kept for now: it is left alone until the next ``want(_:askAfter:now:)``.
    public mutating func failed(_ file: FileID, now: Milliseconds) -> [Step] {
        drop(file)
        setAside.insert(file)
        ready.removeAll { $0 == file }
        return plan(now)
    }

    /// The first segment came of a file that is named in several sizes; `nil` where it was not
    /// asked to learn which it has.
    ///
    /// - Complexity: O(leaves + sizes).
    public mutating func identify(
        _ segment: FileSegment, of file: FileID, from peer: Peer, now: Milliseconds
    ) -> [Step]? {
        guard segment.number == 0, probes[file] == peer else { return nil }
        endProbe(file)
        peers[peer]?.heardAt = now
        guard sizes.unsure.contains(file) else { return plan(now) }
        if sizes.identify(file, by: segment) {
            ready.append(file)
            sortReady()
        } else {
            peers[peer]?.useful[file] = nil
            peers[peer]?.refused.insert(file)
        }
        return plan(now)
    }

    private mutating func endProbe(_ file: FileID) {
        guard let peer = probes.removeValue(forKey: file) else { return }
        peers[peer]?.outstandingBytes -= FileShape.segmentCost
    }

    private mutating func finish(_ file: FileID) {
        drop(file)
        sizes.remove(file)
        ranks[file] = nil
        for peer in Array(peers.keys) { peers[peer]?.useful[file] = nil }
        ready.removeAll { $0 == file }
    }

    private mutating func drop(_ file: FileID) {
        for peer in Array(peers.keys) { release(file, of: peer) }
        fetches[file] = nil
    }

    // MARK: - Time

    /// Takes back what a peer was asked and has not given for too long.
    public mutating func tick(now: Milliseconds) -> [Step] {
        for (peer, state) in peers
        where state.outstandingBytes > 0 && now - state.heardAt >= FileLimit.stallMilliseconds {
            for file in Array(state.useful.keys) {
                release(file, of: peer)
                peers[peer]?.useful[file] = nil
            }
            peers[peer]?.heardAt = now
        }
        settleReady()
        return plan(now)
    }

    // MARK: - Planning

    private mutating func plan(_ now: Milliseconds) -> [Step] {
        var steps: [Step] = []
        while fetches.count < FileLimit.fetchesMax, let file = ready.popLast() {
            guard let shape = sizes.shapes[file], fetches[file] == nil, !setAside.contains(file)
            else { continue }
            let start = shape.chunkCount > 1 ? abs(seed % shape.chunkCount) : 0
            fetches[file] = Fetch(shape, cursor: start)
            steps.append(.begin(FileWish(id: file, shape: shape)))
        }
        let active = fetches.keys.sorted { (ranks[$0] ?? .max) < (ranks[$1] ?? .max) }
        for peer in peers.keys.sorted() {
            let before = peers[peer]?.outstandingBytes ?? 0
            probe(peer, &steps)
            for file in active { ask(peer, file, &steps) }
            for file in active where peers[peer]?.outstandingBytes == 0 {
                askAgain(peer, file, &steps)
            }
            if before == 0, peers[peer]?.outstandingBytes ?? 0 > 0 { peers[peer]?.heardAt = now }
            seek(peer, &steps)
        }
        return steps
    }

    /// Asks who has a file that is named in several sizes for its first leaves.
    private mutating func probe(_ peer: Peer, _ steps: inout [Step]) {
        for file in sizes.unsure where probes[file] == nil && !setAside.contains(file) {
            guard probes.count < FileLimit.fetchesMax, let state = peers[peer],
                state.outstandingBytes < FileLimit.outstandingBytesMax
            else { return }
            guard state.useful[file] != nil else { continue }
            probes[file] = peer
            peers[peer]?.outstandingBytes += FileShape.segmentCost
            steps.append(.askSegment(peer, file, 0))
        }
    }

    /// Asks a peer for what is lacking of a file, as far as it may be asked for more.
    private mutating func ask(_ peer: Peer, _ file: FileID, _ steps: inout [Step]) {
        guard var fetch = fetches[file], fetch.isBegun, var state = peers[peer],
            let holding = state.useful[file]
        else { return }
        var run: Range<Int>?
        func flush() {
            if let run { steps.append(.askChunks(peer, file, run)) }
        }
        var index = fetch.covered.firstMissing(from: fetch.cursor)
        var isWrapped = false
        while state.outstandingBytes < FileLimit.outstandingBytesMax {
            guard let chunk = index else {
                guard !isWrapped, fetch.cursor > 0 else { break }
                isWrapped = true
                index = fetch.covered.firstMissing(from: 0)
                continue
            }
            if isWrapped, chunk >= fetch.cursor { break }
            let segment = chunk / FileShape.segmentLeaves
            guard fetch.shape.chunkCount == 1 || fetch.segments.contains(segment) else {
                if fetch.segmentsAsked[segment] == nil {
                    fetch.segmentsAsked[segment] = peer
                    state.outstandingBytes += FileShape.segmentCost
                    steps.append(.askSegment(peer, file, segment))
                }
                index = fetch.covered.firstMissing(
                    from: fetch.shape.chunks(ofSegment: segment).upperBound)
                continue
            }
            if holding.contains(chunk) {
                fetch.covered.insert(chunk)
                fetch.asked[chunk, default: []].append(peer)
                state.outstandingBytes += fetch.shape.cost(ofChunk: chunk)
                if let last = run, last.upperBound == chunk, last.count < FileLimit.runChunksMax {
                    run = last.lowerBound..<(chunk + 1)
                } else {
                    flush()
                    run = chunk..<(chunk + 1)
                }
            }
            index = fetch.covered.firstMissing(from: chunk + 1)
        }
        flush()
        fetches[file] = fetch
        peers[peer] = state
    }

    /// The end of a file must not wait for the slowest: who has nothing else to give is asked for
    /// what another one was asked as well.
    private mutating func askAgain(_ peer: Peer, _ file: FileID, _ steps: inout [Step]) {
        guard let fetch = fetches[file], let holding = peers[peer]?.useful[file] else { return }
        for (chunk, asked) in fetch.asked.sorted(by: { $0.key > $1.key })
        where asked.count == 1 && asked != [peer] && holding.contains(chunk) {
            fetches[file]?.asked[chunk, default: []].append(peer)
            peers[peer]?.outstandingBytes += fetch.shape.cost(ofChunk: chunk)
            steps.append(.askChunks(peer, file, chunk..<(chunk + 1)))
            return
        }
    }

    private mutating func seek(_ peer: Peer, _ steps: inout [Step]) {
        guard var state = peers[peer], !state.isAnswerAwaited else { return }
        var further: [FileID] = []
        if state.sought.count < FileLimit.soughtMax {
            for file in soughtInOrder where !state.sought.contains(file) {
                further.append(file)
                if further.count == SyncLimit.idsListedMax { break }
            }
        }
        let isBusy =
            state.outstandingBytes > 0 || !further.isEmpty
            || state.useful.contains { file, holding in isLacking(file, holding) }
        guard !further.isEmpty || isBusy == state.isSettled else { return }
        state.sought.formUnion(further)
        state.isAnswerAwaited = !further.isEmpty
        let isChanged = state.isSettled == isBusy
        state.isSettled = !isBusy
        peers[peer] = state
        // That more is wanted shows when it is asked for.
        if !further.isEmpty || (isChanged && !isBusy) {
            steps.append(.seek(peer, further, isSettled: !isBusy))
        }
    }

    /// Whether a peer has something of a file that is neither here nor at the store.
    private func isLacking(_ file: FileID, _ holding: FileHolding) -> Bool {
        guard !setAside.contains(file), sizes.named[file] != nil else { return false }
        guard let fetch = fetches[file], fetch.isBegun else { return true }
        var index = fetch.held.firstMissing(from: 0)
        while let chunk = index {
            if holding.contains(chunk) { return true }
            index = fetch.held.firstMissing(from: chunk + 1)
        }
        return false
    }
}

extension FileShape {
    /// What a segment that is asked counts for.
    fileprivate static let segmentCost = segmentLeaves * 32

    /// What a chunk that is asked counts for; an empty one is waited for as well.
    fileprivate func cost(ofChunk index: Int) -> Int { max(1, bytes(ofChunk: index).count) }
}
