import WeData

// What is said of files (Protocol.md, "Files").
extension Message {
    /// Bytes that writing takes, about.
    var sizeHint: Int {
        guard case .chunk(_, _, let bytes) = self else { return 256 }
        return bytes.count + 64
    }

    func writeFile(to writer: inout Writer) {
        switch self {
        case .seek(let files, let isSettled):
            writer.bool(isSettled)
            writer.array(files.count)
            for file in files { writer.id(file) }
        case .holding(let holdings, let isAnswer):
            writer.bool(isAnswer)
            writer.array(holdings.count)
            for (file, holding) in holdings.sorted(by: { $0.key < $1.key }) {
                writer.array(2)
                writer.id(file)
                switch holding {
                case .none: writer.bool(false)
                case .all: writer.bool(true)
                case .some(let bytes): writer.bytes(bytes)
                }
            }
        case .askSegment(let file, let segment):
            writer.id(file)
            writer.int(segment)
        case .segment(let file, let segment):
            writer.id(file)
            writer.int(segment.number)
            writer.array(segment.leaves.count)
            for leaf in segment.leaves { writer.bytes(leaf) }
            writer.array(segment.proof.count)
            for node in segment.proof { writer.bytes(node) }
        case .askChunks(let file, let chunks):
            writer.id(file)
            writer.int(chunks.lowerBound)
            writer.int(chunks.count)
        case .chunk(let file, let index, let bytes):
            writer.id(file)
            writer.int(index)
            writer.bytes(bytes)
        default: break
        }
    }

    static func file(_ kind: Kind, from reader: inout Reader) throws(DecodingError) -> Message {
        switch kind {
        case .seek:
            let isSettled = try reader.bool()
            var files: [FileID] = []
            for _ in 0..<(try reader.array(countMax: SyncLimit.idsListedMax)) {
                files.append(try reader.id())
            }
            return .seek(files, isSettled: isSettled)
        case .holding: return try holding(&reader)
        case .askSegment:
            let file = try reader.id(FileID.self)
            return .askSegment(file, try segmentNumber(&reader))
        case .segment: return try segment(&reader)
        case .askChunks:
            let file = try reader.id(FileID.self)
            let first = try reader.int(in: 0...(FileShape.chunksMax - 1))
            let count = try reader.int(in: 1...FileLimit.runChunksMax)
            guard first + count <= FileShape.chunksMax else { throw reader.error(.outOfBounds) }
            return .askChunks(file, first..<(first + count))
        default:
            let file = try reader.id(FileID.self)
            let index = try reader.int(in: 0...(FileShape.chunksMax - 1))
            return .chunk(
                file, index: index, try reader.bytes(countMax: FileShape.chunkBytesMax))
        }
    }

    private static func segmentNumber(_ reader: inout Reader) throws(DecodingError) -> Int {
        try reader.int(in: 0...(FileShape.chunksMax / FileShape.segmentLeaves - 1))
    }

    private static func holding(_ reader: inout Reader) throws(DecodingError) -> Message {
        let isAnswer = try reader.bool()
        var holdings: [FileID: FileHolding] = [:]
        var last: FileID?
        for _ in 0..<(try reader.array(countMax: SyncLimit.idsListedMax)) {
            try reader.array(count: 2)
            let file = try reader.id(FileID.self)
            if let last, file <= last { throw reader.error(.keyOrder) }
            last = file
            holdings[file] = try FileHolding(from: &reader)
        }
        return .holding(holdings, isAnswer: isAnswer)
    }

    private static func segment(_ reader: inout Reader) throws(DecodingError) -> Message {
        let file = try reader.id(FileID.self)
        let number = try segmentNumber(&reader)
        var leaves: [Bytes32] = []
        for _ in 0..<(try reader.array(countMax: FileShape.segmentLeaves)) {
            leaves.append(try reader.bytes32())
        }
        var proof: [Bytes32] = []
        for _ in 0..<(try reader.array(countMax: FileSegment.proofMax)) {
            proof.append(try reader.bytes32())
        }
        return .segment(file, FileSegment(number: number, leaves: leaves, proof: proof))
    }
}

extension FileHolding {
    /// `true` for all, `false` for nothing, or the bits of the chunks.
    init(from reader: inout Reader) throws(DecodingError) {
        if reader.next == .bool {
            self = try reader.bool() ? .all : .none
        } else {
            self = .some(try reader.bytes(countMax: FileShape.chunksMax / 8))
        }
    }
}
