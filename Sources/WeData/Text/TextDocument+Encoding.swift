/// The form of a whole document: four bytes of name, a version, the size of the columns, the
/// columns packed, and a CRC-32C of all before it.
///
/// The columns are, each number packed in as few bytes as it needs: the text as it is, where it is kept; the
/// agents; the stretches of names; the runs with their parents; the kinds and lengths of the
/// operations; their positions; deletions without effect; the text that was ever inserted.
extension TextDocument {
    private static let magic: [UInt8] = [0x57, 0x65, 0x54, 0x78]
    private static let formatVersion: UInt8 = 1
    /// The greatest document that is read unless the caller says otherwise, in bytes unpacked.
    public static let decodedBytesMax = 1 << 28

    /// All of the document, history included.
    ///
    /// - Parameter cachesText: whether the text is kept beside the history, so that whoever opens
    ///   it need not replay; costs about a fifth of the size.
    /// - Complexity: O(history).
    public func encoded(cachesText: Bool = true) -> [UInt8] {
        var columns: [UInt8] = [cachesText ? 1 : 0]
        var seams: [Int] = []
        if cachesText {
            PackedBytes.append(counted: merge.rope.utf8, to: &columns)
            seams.append(columns.count)
        }
        log.write(to: &columns, seams: &seams)
        merge.writeLosses(to: &columns)
        seams.append(columns.count)
        columns.append(contentsOf: log.operations.text[log.operations.textStart...])
        var bytes = Self.magic + [Self.formatVersion]
        PackedBytes.append(columns.count, to: &bytes)
        bytes.append(contentsOf: Compression.pack(columns, seams: seams))
        let checksum = Checksum.crc32c(bytes[...])
        for shift in [24, 16, 8, 0] {
            bytes.append(UInt8(truncatingIfNeeded: checksum >> UInt32(shift)))
        }
        return bytes
    }

    /// Reads a document, or says why the bytes are none.
    ///
    /// Without replay the kept text is taken as it stands: right for a file of one's own. Bytes
    /// from someone else should be replayed, for only then the text is sure to be the history's.
    ///
    /// - Parameters:
    ///   - bytes: What ``encoded(cachesText:)`` gave.
    ///   - replays: Whether the text is made from the history although it was kept.
    ///   - bytesMax: The most bytes that the columns may take unpacked.
    /// - Complexity: O(size); with replay, that of the merge as well.
    public init(
        encoded bytes: [UInt8], replays: Bool = false, bytesMax: Int = decodedBytesMax
    ) throws(DecodingError) {
        var reader = PackedReader(bytes, to: max(0, bytes.count - 4))
        guard bytes.starts(with: Self.magic) else { throw reader.error(.unexpectedType) }
        reader.offset = Self.magic.count
        guard try reader.byte() == Self.formatVersion else { throw reader.error(.outOfBounds) }
        var checksum: UInt32 = 0
        for byte in bytes.suffix(4) { checksum = checksum << 8 | UInt32(byte) }
        guard Checksum.crc32c(bytes.dropLast(4)) == checksum else {
            throw reader.error(.outOfBounds)
        }
        let count = try reader.number(max: max(0, bytesMax))
        let packed = try reader.range(reader.bytesLeft)
        let columns = try Compression.unpack(bytes, in: packed, count: count)
        try self.init(columns: columns, replays: replays)
    }

    private init(columns: [UInt8], replays: Bool) throws(DecodingError) {
        self.init()
        var reader = PackedReader(columns)
        let hasText = try reader.number(max: 1) == 1
        let text = hasText ? try reader.range(try reader.count()) : 0..<0
        guard UTF8Check.isValid(columns, in: text) else { throw reader.error(.invalidText) }
        log = try TextLog(from: &reader)
        let losses = try TextMerge.losses(from: &reader, eventCount: log.graph.count)
        try log.finish(from: &reader)
        if hasText, !replays {
            guard merge.load(columns, text, losses: losses, log) else {
                throw reader.error(.outOfBounds)
            }
        } else {
            var effects: [TextEffect] = []
            merge.advance(log, effects: &effects, isRecording: false)
        }
    }
}

extension TextMerge {
    func writeLosses(to bytes: inout [UInt8]) {
        PackedBytes.append(losses.count, to: &bytes)
        var last = 0
        for loss in losses {
            PackedBytes.append(loss.start - last, to: &bytes)
            PackedBytes.append(loss.end - loss.start, to: &bytes)
            last = loss.end
        }
    }

    static func losses(
        from reader: inout PackedReader, eventCount: Int
    ) throws(DecodingError) -> [Range<Int>] {
        var losses: [Range<Int>] = []
        var last = 0
        for _ in 0..<(try reader.count()) {
            let start = last + (try reader.number(max: eventCount - last))
            let end = start + (try reader.number(max: eventCount - start))
            losses.append(start..<end)
            last = end
        }
        return losses
    }

    /// Takes a text as the result of all of a log; `false` where its length can't be that.
    mutating func load(
        _ bytes: [UInt8], _ range: Range<Int>, losses: [Range<Int>], _ log: TextLog
    ) -> Bool {
        for loss in losses where !loss.isEmpty { lose(loss) }
        rope.load(bytes, range)
        merged = log.graph.count
        return rope.total.scalars == length(after: merged, log)
    }
}
