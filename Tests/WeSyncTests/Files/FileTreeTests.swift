import Testing
import WeData
import WeKeys

@testable import WeSync

/// Chunks, leaves and names of files.
@Suite("File trees")
struct FileTreeTests {
    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }

    private static func tree(_ bytes: [UInt8]) throws -> FileTree {
        let shape = try #require(FileShape(byteCount: bytes.count))
        var hasher = FileHasher(shape)
        hasher.update(bytes)
        let tree = hasher.finish()
        return try #require(tree)
    }

    @Test(
        "a file's chunks cover it, each byte once",
        arguments: [
            0, 1, 65_535, 65_536, 65_537, 1 << 20, 1 << 26, 1 << 26 + 1, 1 << 30, 1 << 38,
        ])
    func shapes(byteCount: Int) throws {
        let shape = try #require(FileShape(byteCount: byteCount))
        #expect(shape.chunkBytes == (byteCount > 1 << 26 ? 1 << 20 : 1 << 16))
        var end = 0
        for chunk in [0, 1, shape.chunkCount / 2, shape.chunkCount - 1]
        where chunk < shape.chunkCount {
            let range = shape.bytes(ofChunk: chunk)
            #expect(range.lowerBound == chunk * shape.chunkBytes)
            #expect(range.count == shape.chunkBytes || chunk == shape.chunkCount - 1)
            end = range.upperBound
        }
        #expect(end == byteCount)
        #expect(shape.bytes(ofChunk: shape.chunkCount).isEmpty)
        #expect(shape.bytes(ofChunk: -1).isEmpty)
        let segments = (0..<shape.segmentCount).map { shape.chunks(ofSegment: $0) }
        #expect(segments.first?.lowerBound == 0 && segments.last?.upperBound == shape.chunkCount)
        #expect(shape.chunks(ofSegment: shape.segmentCount).isEmpty)
    }

    @Test("no file is longer than the longest, or shorter than nothing")
    func bounds() {
        #expect(FileShape(byteCount: FileShape.byteCountMax + 1) == nil)
        #expect(FileShape(byteCount: -1) == nil)
        #expect(FileShape(byteCount: .max) == nil)
    }

    @Test("the same bytes have the same name, in whatever pieces they come")
    func pieces() throws {
        let bytes = Self.bytes(300_000)
        let whole = try Self.tree(bytes)
        let shape = try #require(FileShape(byteCount: bytes.count))
        for size in [1_000, 65_536, 65_537, 299_999] {
            var hasher = FileHasher(shape)
            for start in stride(from: 0, to: bytes.count, by: size) {
                hasher.update(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            let tree = hasher.finish()
            #expect(tree?.id == whole.id)
        }
        var short = FileHasher(shape)
        short.update(Array(bytes.dropLast()))
        let shorter = short.finish()
        #expect(shorter == nil, "another length than was said")
    }

    @Test("one byte, one more byte, and another length give other names")
    func names() throws {
        let bytes = Self.bytes(70_000)
        var changed = bytes
        changed[69_999] ^= 1
        let names = [bytes, changed, bytes + [0], Array(bytes.dropLast()), []]
        #expect(Set(try names.map { try Self.tree($0).id }).count == names.count)
    }

    @Test(
        "each segment proves itself, and no other does",
        arguments: [1, 2, 3, 1_023, 1_024, 1_025, 2_048, 2_049, 5_000, 9_999])
    func proofs(chunks: Int) throws {
        // Of a long file, whose leaves may be anything here.
        let shape = try #require(FileShape(byteCount: max(1, chunks) * (1 << 20) + 1 << 26))
        let leaves = (0..<shape.chunkCount).map {
            Blake2b.hash(UInt64($0 + chunks).bigEndianBytes)
        }
        let tree = try #require(FileTree(shape, leaves: leaves))
        for number in 0..<shape.segmentCount {
            let segment = try #require(tree.segment(number))
            #expect(segment.isPart(of: tree.id, shape))
            #expect(segment.proof.count <= FileSegment.proofMax)
            var leaf = segment.leaves
            leaf[leaf.count / 2] = .zero
            #expect(
                !FileSegment(number: number, leaves: leaf, proof: segment.proof)
                    .isPart(of: tree.id, shape))
            if !segment.proof.isEmpty {
                #expect(
                    !FileSegment(
                        number: number, leaves: segment.leaves,
                        proof: Array(segment.proof.dropLast())
                    ).isPart(of: tree.id, shape))
                #expect(
                    !FileSegment(
                        number: (number + 1) % shape.segmentCount, leaves: segment.leaves,
                        proof: segment.proof
                    ).isPart(of: tree.id, shape))
            }
            #expect(
                !FileSegment(
                    number: number, leaves: segment.leaves, proof: segment.proof + [.zero]
                ).isPart(of: tree.id, shape))
        }
        #expect(tree.segment(shape.segmentCount) == nil)
    }

    @Test(
        "leaves tell which of many sizes a file has, and none where none fits",
        arguments: [0, 1, 65_536, 65_537, 70_000_000, 3 << 30])
    func severalSizes(byteCount: Int) throws {
        let shape = try #require(FileShape(byteCount: byteCount))
        let leaves = (0..<shape.chunkCount).map { Blake2b.hash(UInt64($0).bigEndianBytes) }
        let tree = try #require(FileTree(shape, leaves: leaves))
        let others = (1...500).flatMap { [byteCount + $0, byteCount - $0, byteCount * 2 + $0] }
            .compactMap { FileShape(byteCount: $0) }
        for number in Set([0, shape.segmentCount - 1]) {
            let segment = try #require(tree.segment(number))
            #expect(segment.shape(of: tree.id, among: others + [shape]) == shape)
            #expect(segment.shape(of: tree.id, among: others) == nil)
        }
    }

    @Test("the tree is that of RFC 6962")
    func root() throws {
        // Five leaves: ((0 1) (2 3)) 4.
        let bytes = Self.bytes(5 * 65_536)
        let leaves = (0..<5).map {
            Blake2b.derive(
                label: "weonomy/1 chunk", Array(bytes[($0 * 65_536)..<(($0 + 1) * 65_536)]))
        }
        func node(_ left: Bytes32, _ right: Bytes32) -> Bytes32 {
            Blake2b.derive(label: "weonomy/1 chunks", left.bytes, right.bytes)
        }
        let root = node(
            node(node(leaves[0], leaves[1]), node(leaves[2], leaves[3])), leaves[4])
        let name = Blake2b.derive(
            label: "weonomy/1 file", UInt64(bytes.count).bigEndianBytes, root.bytes)
        #expect(try Self.tree(bytes).id == FileID(name))
    }

    @Test("a set of chunks counts, finds what is missing, and refuses bits behind its end")
    func chunkSets() throws {
        var set = ChunkSet(chunkCount: 19)
        #expect(set.firstMissing(from: 0) == 0 && !set.isComplete)
        for index in 0..<19 where index != 11 { set.insert(index) }
        let again = set.insert(3)
        #expect(!again && set.count == 18)
        #expect(set.firstMissing(from: 0) == 11 && set.firstMissing(from: 12) == nil)
        #expect(ChunkSet(bytes: set.bytes, chunkCount: 19) == set)
        #expect(ChunkSet(bytes: set.bytes, chunkCount: 17) == nil)
        #expect(ChunkSet(bytes: set.bytes + [0], chunkCount: 19) == nil)
        set.remove(0)
        #expect(set.count == 17 && !set.contains(0) && !set.contains(-1) && !set.contains(19))
        #expect(ChunkSet(chunkCount: 0).isComplete)
    }
}
