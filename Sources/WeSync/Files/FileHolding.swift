public import WeData

/// Which chunks of something there are: one bit for each.
public struct ChunkSet: Hashable, Sendable {
    /// The bits, eight to a byte, the first chunk in the most significant; the rest of the last
    /// byte is zero.
    public private(set) var bytes: [UInt8]
    /// Chunks that the set may hold.
    public let chunkCount: Int
    /// Chunks that it holds.
    public private(set) var count: Int

    /// None of `chunkCount` chunks.
    public init(chunkCount: Int) {
        self.chunkCount = max(0, chunkCount)
        bytes = [UInt8](repeating: 0, count: (self.chunkCount + 7) / 8)
        count = 0
    }

    /// Reads what ``bytes`` gives; `nil` where it is of another length, or sets a bit behind the
    /// last.
    public init?(bytes: [UInt8], chunkCount: Int) {
        guard chunkCount >= 0, bytes.count == (chunkCount + 7) / 8 else { return nil }
        let spare = bytes.count * 8 - chunkCount
        guard (bytes.last ?? 0) & ((1 << spare) - 1) == 0 else { return nil }
        self.bytes = bytes
        self.chunkCount = chunkCount
        count = bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Whether all are in it.
    public var isComplete: Bool { count == chunkCount }

    /// Whether a chunk is in it.
    public func contains(_ index: Int) -> Bool {
        guard index >= 0, index < chunkCount else { return false }
        return bytes[index >> 3] & (0x80 >> UInt8(index & 7)) != 0
    }

    /// Takes a chunk in; gives whether it was not in it.
    @discardableResult
    public mutating func insert(_ index: Int) -> Bool {
        guard index >= 0, index < chunkCount, !contains(index) else { return false }
        bytes[index >> 3] |= 0x80 >> UInt8(index & 7)
        count += 1
        return true
    }

    /// Takes a chunk out.
    public mutating func remove(_ index: Int) {
        guard contains(index) else { return }
        bytes[index >> 3] &= ~(0x80 >> UInt8(index & 7))
        count -= 1
    }

    /// The first chunk from `start` on that is not in it; `nil` where all are.
    ///
    /// - Complexity: O(chunks / 8).
    public func firstMissing(from start: Int) -> Int? {
        var index = max(0, start)
        while index < chunkCount {
            if index & 7 == 0, bytes[index >> 3] == 0xff {
                index += 8
            } else if contains(index) {
                index += 1
            } else {
                return index
            }
        }
        return nil
    }
}

/// How much of a file a laptop has.
public enum FileHolding: Hashable, Sendable {
    /// Nothing.
    case none
    /// These chunks; the bits of a ``ChunkSet``.
    case some([UInt8])
    /// All of it.
    case all

    /// Whether a chunk is among them.
    func contains(_ index: Int) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .some(let bytes):
            index >= 0 && index >> 3 < bytes.count
                && bytes[index >> 3] & (0x80 >> UInt8(index & 7)) != 0
        }
    }
}

/// A file and how long it is said to be: what an item's text says of it.
public struct FileWish: Hashable, Sendable {
    /// Which file.
    public let id: FileID
    /// Its shape.
    public let shape: FileShape

    /// Joins the parts.
    public init(id: FileID, shape: FileShape) {
        self.id = id
        self.shape = shape
    }
}

/// What sessions read from the files that are here; called on their thread, so it must not take
/// long.
public protocol FileSource: AnyObject, Sendable {
    /// How much of a file there is.
    func holding(of file: FileID) -> FileHolding

    /// A segment of its leaves; `nil` where it isn't here.
    func segment(_ number: Int, of file: FileID) -> FileSegment?

    /// A chunk; `nil` where it isn't here, or can't be read.
    func chunk(_ index: Int, of file: FileID) -> [UInt8]?
}
