import WeData
import WeLog
import WeSync

// What hostile members do with files.
extension StepKind {
    /// Whether it is a lie about files that costs the liar that file, and not the session.
    var isFileLie: Bool {
        switch self {
        case .wrongChunk, .wrongLeaves, .falseHolding, .stallChunks, .askUnnamed: true
        default: false
        }
    }
}

extension HostilePeer {
    /// Begins with questions and answers that nobody waits for.
    func attackFiles() {
        let unnamed = FileID(random.bytes32())
        let named = random.pick(simulation.contents.keys.sorted()) ?? unnamed
        switch kind {
        case .askUnnamed:
            send(.seek([unnamed, named].sorted(), isSettled: false))
            for file in [unnamed, named] {
                send(.askSegment(file, random.below(3)))
                send(.askChunks(file, random.below(9)..<(9 + random.below(50))))
            }
        case .unaskedChunk:
            send(
                random.chance(50)
                    ? .chunk(named, index: 0, random.bytes(random.below(500)))
                    : .segment(named, FileSegment(number: 0, leaves: [], proof: [])))
        case .floodAsks:
            switch random.below(3) {
            case 0:
                for _ in 0..<20 {
                    let files = (0..<200).map { _ in FileID(random.bytes32()) }
                    send(.seek(files, isSettled: false))
                }
            case 1: for _ in 0..<100 { send(.askChunks(named, 0..<64)) }
            default: for _ in 0..<300 { send(.askSegment(named, 0)) }
            }
        default:
            if random.chance(75) { nameOwn() }
            send(.seek([], isSettled: true))
        }
    }

    /// Writes an item with a file that nobody else can have, so that it is this one that is asked.
    private func nameOwn() {
        let isLong = random.chance(50) && simulation.plan.rate.lowerBound > 1_000
        let bytes = random.bytes(random.within(isLong ? 70_000...200_000 : 1...2_000))
        guard let content = FileContent(bytes), var forged = ForgedEvents(node, random: random)
        else { return }
        let value = SimulatedFileHost.value([content.wish])
        let run = forged.chain(
            1, [.create(kind: "share"), .set(field: Simulation.filesField, value: value)])
        random = forged.random
        guard let event = run.events.first else { return }
        simulation.contents[content.id] = content
        simulation.fileItems.append(ObjectID(event.id.value))
        send(.events([run]))
    }

    /// Answers what the other side wants of files, with lies.
    func answerFiles(_ message: Message) {
        switch message {
        case .seek(let files, _) where !files.isEmpty:
            var holdings: [FileID: FileHolding] = [:]
            for file in files where kind != .askUnnamed {
                holdings[file] =
                    kind == .falseHolding && random.chance(60)
                    ? .some(random.bytes(random.below(20))) : .all
            }
            send(.holding(holdings, isAnswer: true))
        case .askSegment(let file, let number): answer(segment: number, of: file)
        case .askChunks(let file, let chunks): answer(chunks: chunks, of: file)
        default: break
        }
    }

    private func answer(segment number: Int, of file: FileID) {
        guard let content = simulation.contents[file], kind != .falseHolding,
            let segment = content.tree.segment(number)
        else { return send(.holding([file: .none], isAnswer: false)) }
        guard kind == .wrongLeaves else { return send(.segment(file, segment)) }
        var (leaves, proof) = (segment.leaves, segment.proof)
        switch random.below(3) {
        case 0: leaves[random.below(leaves.count)] = random.bytes32()
        case 1: proof.append(random.bytes32())
        default: leaves.append(random.bytes32())
        }
        send(.segment(file, FileSegment(number: number, leaves: leaves, proof: proof)))
        goOn(after: file)
    }

    private func answer(chunks: Range<Int>, of file: FileID) {
        guard let content = simulation.contents[file], kind != .falseHolding else {
            if random.chance(60) { send(.holding([file: .none], isAnswer: false)) }
            return
        }
        for index in chunks {
            guard let chunk = content.chunk(index) else { continue }
            if kind == .stallChunks, index > chunks.lowerBound || random.chance(50) { return }
            let isLie = kind == .wrongChunk || kind == .wrongLeaves
            send(.chunk(file, index: index, isLie ? wrong(chunk) : chunk))
        }
        if kind == .wrongChunk { goOn(after: file) }
    }

    /// Not the bytes of a chunk, or not as many.
    private func wrong(_ chunk: [UInt8]) -> [UInt8] {
        var bytes = chunk
        switch random.below(4) {
        case 0: bytes.append(0)
        case 1 where !bytes.isEmpty: bytes.removeLast()
        default:
            guard !bytes.isEmpty else { return [1] }
            bytes[random.below(bytes.count)] ^= 0x40
        }
        return bytes
    }

    /// Says again that it has what it lied about, and something that is true.
    private func goOn(after file: FileID) {
        if random.chance(70) { send(.holding([file: .all], isAnswer: false)) }
        guard random.chance(30), var forged = ForgedEvents(node, random: random) else { return }
        send(.events([forged.chain(1)]))
        random = forged.random
    }
}
