/// How a file of some length is cut into chunks, and its leaves into segments (Protocol.md,
/// "Files").
public struct FileShape: Hashable, Sendable {
    /// The longest file.
    public static let byteCountMax = 1 << 38
    /// A chunk of a file of up to ``smallBytesMax``.
    public static let smallChunkBytes = 1 << 16
    /// A chunk of a longer one, and so of any file at most.
    public static let chunkBytesMax = 1 << 20
    /// The longest file that is cut into small chunks.
    public static let smallBytesMax = 1 << 26
    /// Leaves of one segment: what one message carries.
    public static let segmentLeaves = 1_024
    /// Chunks of the longest file.
    public static let chunksMax = byteCountMax / chunkBytesMax

    /// The file's length.
    public let byteCount: Int

    /// A file of `byteCount` bytes; `nil` for a length that no file has.
    public init?(byteCount: Int) {
        guard (0...FileShape.byteCountMax).contains(byteCount) else { return nil }
        self.byteCount = byteCount
    }

    /// Bytes of each chunk but the last.
    public var chunkBytes: Int {
        byteCount > FileShape.smallBytesMax ? FileShape.chunkBytesMax : FileShape.smallChunkBytes
    }

    /// How many chunks; an empty file has one, which is empty.
    public var chunkCount: Int { max(1, (byteCount + chunkBytes - 1) / chunkBytes) }

    /// How many segments of leaves.
    public var segmentCount: Int {
        (chunkCount + FileShape.segmentLeaves - 1) / FileShape.segmentLeaves
    }

    /// Where a chunk lies in the file; empty for a chunk that there is not.
    public func bytes(ofChunk index: Int) -> Range<Int> {
        guard (0..<chunkCount).contains(index) else { return 0..<0 }
        return (index * chunkBytes)..<min(byteCount, (index + 1) * chunkBytes)
    }

    /// Which chunks a segment's leaves are of; empty for a segment that there is not.
    public func chunks(ofSegment segment: Int) -> Range<Int> {
        guard (0..<segmentCount).contains(segment) else { return 0..<0 }
        let first = segment * FileShape.segmentLeaves
        return first..<min(chunkCount, first + FileShape.segmentLeaves)
    }
}
