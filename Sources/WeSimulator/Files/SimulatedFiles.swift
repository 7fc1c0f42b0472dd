import WeData
import WeKeys
import WeSync

/// A file's bytes and the tree over them.
struct FileContent {
    let bytes: [UInt8]
    let tree: FileTree
    let id: FileID

    var shape: FileShape { tree.shape }
    var wish: FileWish { FileWish(id: id, shape: shape) }

    /// `nil` for more bytes than a file has.
    init?(_ bytes: [UInt8]) {
        guard let shape = FileShape(byteCount: bytes.count) else { return nil }
        var hasher = FileHasher(shape)
        hasher.update(bytes)
        guard let tree = hasher.finish() else { return nil }
        (self.bytes, self.tree, id) = (bytes, tree, tree.id)
    }

    /// Bytes that a disk has damaged under the name of what they were.
    init(damaged bytes: [UInt8], of other: FileContent) {
        (self.bytes, tree, id) = (bytes, other.tree, other.id)
    }

    /// The bytes of a chunk; `nil` for one that there is not.
    func chunk(_ index: Int) -> [UInt8]? {
        guard index < shape.chunkCount else { return nil }
        return Array(bytes[shape.bytes(ofChunk: index)])
    }

    /// Whether these are the bytes that the name says.
    var isSound: Bool { FileContent(bytes)?.id == id }
}

/// The files of one node, in memory: what a store beside a replica does, and what a crash leaves.
///
/// `@unchecked Sendable`: a simulation runs in one thread.
final class SimulatedFiles: FileSource, @unchecked Sendable {
    /// A file on its way.
    private struct Part {
        let shape: FileShape
        var leaves: [Bytes32]
        var segments: ChunkSet
        var held: ChunkSet
        /// What lies in the file, proved or not.
        var chunks: [Int: [UInt8]] = [:]

        init(_ shape: FileShape) {
            self.shape = shape
            leaves = [Bytes32](repeating: .zero, count: shape.chunkCount)
            segments = ChunkSet(chunkCount: shape.segmentCount)
            held = ChunkSet(chunkCount: shape.chunkCount)
        }
    }

    /// Files that are here whole.
    private(set) var whole: [FileID: FileContent] = [:]
    private var parts: [FileID: Part] = [:]
    /// What a process that ended left of files on their way.
    private var left: [FileID: Part] = [:]
    /// Nothing more can be kept.
    var isFull = false

    /// Whether anything is on its way.
    var hasParts: Bool { !parts.isEmpty }

    /// The files of which something is here.
    var files: Set<FileID> { Set(whole.keys).union(parts.keys).union(left.keys) }

    // MARK: - What is here

    func holding(of file: FileID) -> FileHolding {
        if let held = parts[file]?.held { return held.count == 0 ? .none : .some(held.bytes) }
        return whole[file] == nil ? .none : .all
    }

    func segment(_ number: Int, of file: FileID) -> FileSegment? {
        guard let part = parts[file] else { return whole[file]?.tree.segment(number) }
        guard part.segments.isComplete else { return nil }
        return FileTree(part.shape, leaves: part.leaves)?.segment(number)
    }

    func chunk(_ index: Int, of file: FileID) -> [UInt8]? {
        guard let part = parts[file] else { return whole[file]?.chunk(index) }
        return part.held.contains(index) ? part.chunks[index] : nil
    }

    /// Whether every chunk that is held of files on their way is what their names say, as far as
    /// `content` knows them.
    func areParts(of content: [FileID: FileContent]) -> Bool {
        parts.allSatisfy { file, part in
            (0..<part.shape.chunkCount).allSatisfy {
                !part.held.contains($0) || part.chunks[$0] == content[file]?.chunk($0)
            }
        }
    }

    // MARK: - Taking in

    /// Takes in a file that a person attached.
    func attach(_ content: FileContent) {
        whole[content.id] = content
        parts[content.id] = nil
        left[content.id] = nil
    }

    /// Looks how much of a file is here and makes room for the rest; `nil` where it can't be kept.
    func begin(_ wish: FileWish) -> (segments: ChunkSet, held: ChunkSet)? {
        if let part = parts[wish.id], part.shape == wish.shape {
            return (part.segments, part.held)
        }
        if whole[wish.id] != nil {
            var all = ChunkSet(chunkCount: wish.shape.chunkCount)
            for index in 0..<wish.shape.chunkCount { all.insert(index) }
            return (ChunkSet(chunkCount: wish.shape.segmentCount), all)
        }
        guard !isFull else { return nil }
        parts[wish.id] = resumed(wish)
        _ = finishIfComplete(wish.id)
        guard let part = parts[wish.id] else { return begin(wish) }
        return (part.segments, part.held)
    }

    /// What a process before this one left is looked at again: nothing says what of it is right.
    private func resumed(_ wish: FileWish) -> Part {
        var part = Part(wish.shape)
        guard let old = left.removeValue(forKey: wish.id), old.shape == wish.shape,
            part.shape.chunkCount > 1,
            FileTree(wish.shape, leaves: old.leaves)?.id == wish.id
        else { return part }
        part.leaves = old.leaves
        part.chunks = old.chunks
        for segment in 0..<wish.shape.segmentCount {
            part.segments.insert(segment)
            _ = fill(&part, segment, of: wish.id)
        }
        return part
    }

    /// Finds the chunks of a segment that are here: written before, or parts of other files.
    private func fill(_ part: inout Part, _ segment: Int, of file: FileID) -> [Int] {
        var found: [Int] = []
        for chunk in part.shape.chunks(ofSegment: segment) where !part.held.contains(chunk) {
            let leaf = part.leaves[chunk]
            if let bytes = part.chunks[chunk], FileTree.leaf(bytes) == leaf {
                part.held.insert(chunk)
                found.append(chunk)
            } else if let bytes = chunkElsewhere(leaf), FileTree.leaf(bytes) == leaf {
                part.chunks[chunk] = bytes
                part.held.insert(chunk)
                found.append(chunk)
            }
        }
        return found
    }

    private func chunkElsewhere(_ leaf: Bytes32) -> [UInt8]? {
        for content in whole.values {
            if let index = content.tree.leaves.firstIndex(of: leaf) { return content.chunk(index) }
        }
        return nil
    }

    /// Proves and keeps a segment.
    func take(_ segment: FileSegment, of wish: FileWish) -> FileTaking {
        guard segment.isPart(of: wish.id, wish.shape) else { return .refused }
        guard !isFull, var part = parts[wish.id], part.shape == wish.shape else { return .failed }
        part.leaves.replaceSubrange(
            wish.shape.chunks(ofSegment: segment.number), with: segment.leaves)
        part.segments.insert(segment.number)
        let found = fill(&part, segment.number, of: wish.id)
        parts[wish.id] = part
        return .kept(found: found, isComplete: finishIfComplete(wish.id))
    }

    /// Proves and keeps a chunk.
    func take(_ chunk: [UInt8], index: Int, of wish: FileWish) -> FileTaking {
        guard (0..<wish.shape.chunkCount).contains(index),
            chunk.count == wish.shape.bytes(ofChunk: index).count
        else { return .refused }
        guard !isFull, let part = parts[wish.id], part.shape == wish.shape else {
            return whole[wish.id] == nil ? .failed : .kept(found: [], isComplete: true)
        }
        let leaf = FileTree.leaf(chunk)
        if wish.shape.chunkCount == 1 {
            guard FileTree(wish.shape, leaves: [leaf])?.id == wish.id else { return .refused }
        } else {
            guard leaf == part.leaves[index] else { return .refused }
        }
        parts[wish.id]?.chunks[index] = chunk
        parts[wish.id]?.held.insert(index)
        return .kept(found: [], isComplete: finishIfComplete(wish.id))
    }

    private func finishIfComplete(_ file: FileID) -> Bool {
        guard let part = parts[file] else { return whole[file] != nil }
        guard part.held.isComplete else { return false }
        let bytes = (0..<part.shape.chunkCount).flatMap { part.chunks[$0] ?? [] }
        let tree = FileTree(part.shape, leaves: part.leaves)
        // The one leaf of a short file is not kept beside it.
        guard let content = FileContent(bytes),
            part.shape.chunkCount == 1 || content.tree.leaves == tree?.leaves
        else { return false }
        parts[file] = nil
        whole[file] = content
        return true
    }

    // MARK: - Letting go, and bad days

    /// Takes a file away.
    func remove(_ file: FileID) {
        whole[file] = nil
        parts[file] = nil
        left[file] = nil
    }

    /// The process ends; gives how many chunks were lost or torn, which only happens to what was
    /// not brought to the disk before the power went.
    func end(losingPower random: inout SimulatedRandom, isPowerLost: Bool) -> Int {
        var lost = 0
        for file in parts.keys.sorted() {
            guard var part = parts[file] else { continue }
            if isPowerLost {
                for index in part.chunks.keys.sorted() {
                    switch random.below(4) {
                    case 0, 1: part.chunks[index] = nil
                    case 2:
                        let bytes = part.chunks[index] ?? []
                        let kept = bytes.prefix(random.below(bytes.count))
                        part.chunks[index] =
                            kept + [UInt8](repeating: 0, count: bytes.count - kept.count)
                    default: continue
                    }
                    lost += 1
                }
                if random.chance(50) {
                    part.leaves = [Bytes32](repeating: .zero, count: part.shape.chunkCount)
                }
            }
            part.held = ChunkSet(chunkCount: part.shape.chunkCount)
            left[file] = part
        }
        parts = [:]
        return lost
    }

    /// The same files for a copy of the laptop.
    func copy() -> SimulatedFiles {
        let copy = SimulatedFiles()
        (copy.whole, copy.left) = (whole, left.merging(parts) { _, newer in newer })
        return copy
    }

    /// A bit of a file that is here turns over; gives whether there was one.
    func rot(_ random: inout SimulatedRandom, _ file: FileID? = nil) -> Bool {
        let candidates = whole.values.filter { !$0.bytes.isEmpty }.map(\.id).sorted()
        guard let id = file ?? random.pick(candidates), let content = whole[id] else {
            return false
        }
        var bytes = content.bytes
        bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        whole[id] = FileContent(damaged: bytes, of: content)
        return true
    }

    /// Reads all files again and takes those away that are damaged, so that they are fetched again;
    /// gives whether there were any.
    func check() -> Bool {
        let damaged = whole.filter { !$0.value.isSound }.keys
        for file in damaged { remove(file) }
        return !damaged.isEmpty
    }
}
