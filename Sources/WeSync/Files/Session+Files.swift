public import WeData
import WeLog

/// What a session knows of files: what the peer asked and was told, and what it was asked.
struct FileExchange {
    /// Where files are; `nil` where this side keeps none.
    let source: (any FileSource)?
    /// How many files each side said in its hello that it wants.
    var ownCount = 0
    var peerCount = 0

    // What the peer wants.
    /// Files that it asked after, with how many chunks it was told of; -1 for none.
    var sought: [FileID: Int] = [:]
    /// Questions that have not been answered, in order.
    var seeks: [[FileID]] = []
    var segmentsAsked: [(file: FileID, number: Int)] = []
    var chunksAsked: [(file: FileID, chunks: Range<Int>)] = []
    var chunksAskedCount = 0
    /// What to tell it unasked, and when.
    var grown: Set<FileID> = []
    var updateTime: Milliseconds?
    var isPeerSettled = false

    // What this side wants.
    var isSettled = false
    /// What was asked and has not come, by how often: what was taken back may be asked again before
    /// the first answer is here, and then comes twice.
    var segmentsDue: [Part: Int] = [:]
    var chunksDue: [Part: Int] = [:]
    var answersDue = 0

    /// A chunk or a segment of a file.
    struct Part: Hashable {
        let file: FileID
        let index: Int
    }

    init(source: (any FileSource)?) { self.source = source }

    /// Takes one answer to what was asked; gives whether it was.
    static func take(_ part: Part, from due: inout [Part: Int]) -> Bool {
        guard let count = due[part] else { return false }
        due[part] = count > 1 ? count - 1 : nil
        return true
    }

    /// Whether something is to be sent.
    var isServing: Bool { !seeks.isEmpty || !segmentsAsked.isEmpty || !chunksAsked.isEmpty }

    /// Whether neither side wants anything of what the other has.
    var isOver: Bool {
        isSettled && isPeerSettled && !isServing && chunksDue.isEmpty && segmentsDue.isEmpty
    }
}

// Files go after everything else, a chunk at a time (Protocol.md, "Files").
extension Session {
    // MARK: - From the shell

    /// Says which further files are wanted, and whether nothing of what the peer has is.
    public mutating func seek(
        _ files: [FileID], isSettled: Bool, now: Milliseconds
    ) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            guard session.phase == .open else { return }
            session.files.isSettled = isSettled
            // Who ends as soon as both are the same is not talked to.
            guard !files.isEmpty || session.mayWantFiles else { return }
            if !files.isEmpty { session.files.answersDue += 1 }
            try session.send(.seek(files, isSettled: isSettled))
            try session.endWhenSettled()
        }
    }

    /// Asks for a segment of a file's leaves.
    public mutating func ask(
        segment: Int, of file: FileID, now: Milliseconds
    ) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            guard session.phase == .open else { return }
            session.files.segmentsDue[
                FileExchange.Part(file: file, index: segment), default: 0] += 1
            try session.send(.askSegment(file, segment))
        }
    }

    /// Asks for successive chunks of a file.
    public mutating func ask(
        chunks: Range<Int>, of file: FileID, now: Milliseconds
    ) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            guard session.phase == .open else { return }
            for chunk in chunks {
                session.files.chunksDue[
                    FileExchange.Part(file: file, index: chunk), default: 0] += 1
            }
            try session.send(.askChunks(file, chunks))
        }
    }

    /// More of a file is here, or less: a peer that seeks it is told, at once where that is all
    /// or nothing, and else before long.
    public mutating func fileChanged(_ file: FileID, now: Milliseconds) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            guard session.phase == .open, session.files.sought[file] != nil else { return }
            session.files.grown.insert(file)
            let holding = session.files.source?.holding(of: file) ?? FileHolding.none
            if holding == .all || holding == .none { return try session.tellGrown() }
            if session.files.updateTime == nil {
                session.files.updateTime = session.now + FileLimit.updateMilliseconds
            }
        }
    }

    /// A chunk that came from the peer was proved and kept: what a kill costs does not count.
    public mutating func fileKept(byteCount: Int, now: Milliseconds) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            session.progress.fileBytesReceived += byteCount
            session.actions.append(.progress(session.currentProgress))
        }
    }

    // MARK: - From the peer

    mutating func receivedFile(_ message: Message) throws(SyncError) {
        switch message {
        case .seek(let sought, let isSettled):
            files.isPeerSettled = isSettled
            guard !sought.isEmpty else { return try endWhenSettled() }
            guard files.seeks.count < 8,
                files.sought.count + sought.count <= FileLimit.soughtMax * 2
            else { throw .tooMuch("seek") }
            files.seeks.append(sought)
        case .holding(let holdings, let isAnswer):
            if isAnswer {
                guard files.answersDue > 0 else { throw .unexpectedMessage }
                files.answersDue -= 1
            }
            for (file, holding) in holdings where holding == .none {
                // What was asked of it is not going to come.
                files.chunksDue = files.chunksDue.filter { $0.key.file != file }
                files.segmentsDue = files.segmentsDue.filter { $0.key.file != file }
            }
            actions.append(.holding(holdings, isAnswer: isAnswer))
        case .askSegment(let file, let segment):
            files.isPeerSettled = false
            guard files.segmentsAsked.count < FileLimit.segmentsAskedMax else {
                throw .tooMuch("segments")
            }
            files.segmentsAsked.append((file, segment))
        case .askChunks(let file, let chunks):
            files.isPeerSettled = false
            files.chunksAskedCount += chunks.count
            guard files.chunksAskedCount <= FileLimit.chunksAskedMax else {
                throw .tooMuch("chunks")
            }
            files.chunksAsked.append((file, chunks))
        case .segment(let file, let segment):
            let part = FileExchange.Part(file: file, index: segment.number)
            guard FileExchange.take(part, from: &files.segmentsDue) else {
                throw .unexpectedMessage
            }
            actions.append(.segment(segment, of: file))
        case .chunk(let file, let index, let bytes):
            let part = FileExchange.Part(file: file, index: index)
            guard FileExchange.take(part, from: &files.chunksDue) else {
                throw .unexpectedMessage
            }
            actions.append(.chunk(bytes, index: index, of: file))
        default: throw .unexpectedMessage
        }
    }

    // MARK: - To the peer

    /// Answers one question about files; called when nothing else is to be sent.
    mutating func writeFiles() throws(SyncError) {
        if !files.seeks.isEmpty {
            let sought = files.seeks.removeFirst()
            return try tell(sought, isAnswer: true)
        }
        if !files.segmentsAsked.isEmpty {
            let (file, number) = files.segmentsAsked.removeFirst()
            guard let segment = files.source?.segment(number, of: file) else {
                return try withdraw(file)
            }
            return try send(.segment(file, segment))
        }
        guard let (file, chunks) = files.chunksAsked.first, let index = chunks.first else {
            return
        }
        files.chunksAskedCount -= 1
        if chunks.count == 1 {
            files.chunksAsked.removeFirst()
        } else {
            files.chunksAsked[0].chunks = (index + 1)..<chunks.upperBound
        }
        guard let bytes = files.source?.chunk(index, of: file) else { return try withdraw(file) }
        progress.fileBytesSent += bytes.count
        try send(.chunk(file, index: index, bytes))
    }

    /// A file is not here any more, or can't be read: what was asked of it is not going to come.
    private mutating func withdraw(_ file: FileID) throws(SyncError) {
        files.chunksAsked.removeAll { $0.file == file }
        files.chunksAskedCount = files.chunksAsked.reduce(0) { $0 + $1.chunks.count }
        files.segmentsAsked.removeAll { $0.file == file }
        if files.sought[file] != nil { files.sought[file] = -1 }
        try send(.holding([file: .none], isAnswer: false))
    }

    /// Says how much there is of files that the peer seeks, in as many messages as it takes; the
    /// last one is the answer.
    private mutating func tell(_ asked: [FileID], isAnswer: Bool) throws(SyncError) {
        var holdings: [FileID: FileHolding] = [:]
        var bytes = 0
        for file in asked {
            let holding = files.source?.holding(of: file) ?? .none
            let count = holding.count
            let told = files.sought[file]
            files.sought[file] = count
            guard isAnswer ? count >= 0 : count != told else { continue }
            holdings[file] = holding
            if case .some(let bits) = holding { bytes += bits.count }
            if bytes >= SyncLimit.windowBytes {
                try send(.holding(holdings, isAnswer: false))
                holdings = [:]
                bytes = 0
            }
        }
        if isAnswer || !holdings.isEmpty { try send(.holding(holdings, isAnswer: isAnswer)) }
    }

    /// Tells a peer that seeks a file how much more of it there is.
    mutating func tellGrown() throws(SyncError) {
        files.updateTime = nil
        let grown = files.grown.sorted()
        files.grown = []
        for start in stride(from: 0, to: grown.count, by: SyncLimit.idsListedMax) {
            try tell(
                Array(grown[start..<min(start + SyncLimit.idsListedMax, grown.count)]),
                isAnswer: false)
        }
    }

    // MARK: - The end of a session that isn't live

    /// Whether files may have to follow the events.
    var mayWantFiles: Bool {
        progress.rounds > 0 || files.ownCount > 0 || files.peerCount > 0
    }

    /// Both sides hold the same events: a session that isn't live ends when they have each other's
    /// files as well.
    mutating func settleFiles() throws(SyncError) {
        if files.source == nil, !files.isSettled, mayWantFiles {
            files.isSettled = true
            try send(.seek([], isSettled: true))
        }
        guard !isLive else { return }
        if !mayWantFiles { return try end(saying: false) }
        try endWhenSettled()
    }

    mutating func endWhenSettled() throws(SyncError) {
        guard !isLive, isEqual, phase == .open, files.isOver else { return }
        try end(saying: false)
    }
}

extension FileHolding {
    /// Chunks of it; -1 for nothing, and more than any file has for all.
    fileprivate var count: Int {
        switch self {
        case .none: -1
        case .some(let bytes): bytes.reduce(0) { $0 + $1.nonzeroBitCount }
        case .all: .max
        }
    }
}
