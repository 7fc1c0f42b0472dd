import FuzzDriver
import WeData
import WeSync

/// Two files that every side of a fuzzed session keeps: one whole, and one in part.
final class FuzzFiles: FileSource {
    static let shared = FuzzFiles()

    private let whole: FileTree
    private let part: FileTree
    private let held: ChunkSet

    private init() {
        func tree(_ count: Int) -> FileTree {
            guard let shape = FileShape(byteCount: count) else { fail("no shape") }
            var hasher = FileHasher(shape)
            hasher.update([UInt8](repeating: 7, count: count))
            guard let tree = hasher.finish() else { fail("no tree") }
            return tree
        }
        whole = tree(300)
        part = tree(150_000)
        var held = ChunkSet(chunkCount: part.shape.chunkCount)
        held.insert(1)
        self.held = held
    }

    func holding(of file: FileID) -> FileHolding {
        file == whole.id ? .all : file == part.id ? .some(held.bytes) : .none
    }

    func segment(_ number: Int, of file: FileID) -> FileSegment? {
        file == whole.id ? whole.segment(number) : file == part.id ? part.segment(number) : nil
    }

    func chunk(_ index: Int, of file: FileID) -> [UInt8]? {
        guard file == whole.id || (file == part.id && held.contains(index)) else { return nil }
        let shape = file == whole.id ? whole.shape : part.shape
        return [UInt8](repeating: 7, count: shape.bytes(ofChunk: index).count)
    }
}
