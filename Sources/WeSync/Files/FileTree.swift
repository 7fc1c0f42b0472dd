public import WeData
import WeKeys

/// The hashes of a file's chunks, and what makes them one name (Protocol.md, "Files").
///
/// The tree is that of RFC 6962: a node of n leaves parts them at the greatest power of two below
/// n. Leaf, node and file have labels of their own, so none can be taken for another.
public struct FileTree: Sendable {
    /// The file's shape.
    public let shape: FileShape
    /// One hash for each chunk.
    public let leaves: [Bytes32]

    /// `nil` unless there is one leaf for each chunk.
    public init?(_ shape: FileShape, leaves: [Bytes32]) {
        guard leaves.count == shape.chunkCount else { return nil }
        self.shape = shape
        self.leaves = leaves
    }

    /// The hash of a chunk.
    public static func leaf(_ chunk: Span<UInt8>) -> Bytes32 {
        Blake2b.derive(label: "weonomy/1 chunk", chunk)
    }

    /// The hash of a chunk.
    public static func leaf(_ chunk: [UInt8]) -> Bytes32 { leaf(chunk.span) }

    /// The file's name.
    ///
    /// - Complexity: O(leaves).
    public var id: FileID {
        FileTree.id(shape, root: FileTree.root(leaves[...]))
    }

    /// The leaves of one segment with what proves them; `nil` for a segment that there is not.
    ///
    /// - Complexity: O(leaves).
    public func segment(_ segment: Int) -> FileSegment? {
        let chunks = shape.chunks(ofSegment: segment)
        guard !chunks.isEmpty else { return nil }
        var proof: [Bytes32] = []
        FileTree.proof(of: chunks, in: 0..<shape.chunkCount, leaves, &proof)
        return FileSegment(number: segment, leaves: Array(leaves[chunks]), proof: proof)
    }

    // MARK: - Hashing

    fileprivate static func id(_ shape: FileShape, root: Bytes32) -> FileID {
        FileID(
            Blake2b.derive(
                label: "weonomy/1 file", UInt64(shape.byteCount).bigEndianBytes, root.bytes))
    }

    fileprivate static func node(_ left: Bytes32, _ right: Bytes32) -> Bytes32 {
        Blake2b.derive(label: "weonomy/1 chunks", left.bytes, right.bytes)
    }

    /// The greatest power of two below a count of 2 or more.
    fileprivate static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The root over leaves, of which there is one at least.
    fileprivate static func root(_ leaves: ArraySlice<Bytes32>) -> Bytes32 {
        guard leaves.count > 1 else { return leaves.first ?? .zero }
        let middle = leaves.startIndex + split(leaves.count)
        return node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    private static func proof(
        of part: Range<Int>, in all: Range<Int>, _ leaves: [Bytes32], _ proof: inout [Bytes32]
    ) {
        guard all != part, all.count > 1 else { return }
        let middle = all.lowerBound + split(all.count)
        if part.lowerBound < middle {
            self.proof(of: part, in: all.lowerBound..<middle, leaves, &proof)
            proof.append(root(leaves[middle..<all.upperBound]))
        } else {
            self.proof(of: part, in: middle..<all.upperBound, leaves, &proof)
            proof.append(root(leaves[all.lowerBound..<middle]))
        }
    }
}

/// Successive leaves of a file and the nodes that lead from them to its name.
public struct FileSegment: Hashable, Sendable {
    /// Nodes that a proof has at most: the depth of the longest file's tree above a segment.
    static let proofMax = 8

    /// Which segment.
    public let number: Int
    /// The hashes of its chunks.
    public let leaves: [Bytes32]
    /// The other halves on the way up, the nearest first.
    public let proof: [Bytes32]

    /// Joins the parts.
    public init(number: Int, leaves: [Bytes32], proof: [Bytes32]) {
        self.number = number
        self.leaves = leaves
        self.proof = proof
    }

    /// Whether these are the leaves of that file.
    ///
    /// - Complexity: O(leaves).
    public func isPart(of file: FileID, _ shape: FileShape) -> Bool {
        self.shape(of: file, among: [shape]) != nil
    }

    /// Which of several shapes a file has whose leaves these are, as its name binds its length;
    /// `nil` for none.
    ///
    /// - Complexity: O(leaves + shapes).
    public func shape(of file: FileID, among shapes: [FileShape]) -> FileShape? {
        var own: Bytes32?
        return shapes.first { shape in
            let chunks = shape.chunks(ofSegment: number)
            guard !chunks.isEmpty, leaves.count == chunks.count else { return false }
            let part = own ?? FileTree.root(leaves[...])
            own = part
            var rest = proof[...]
            let root = root(in: 0..<shape.chunkCount, part, of: chunks, &rest)
            return rest.isEmpty && root.map { FileTree.id(shape, root: $0) } == file
        }
    }

    private func root(
        in all: Range<Int>, _ own: Bytes32, of part: Range<Int>,
        _ rest: inout ArraySlice<Bytes32>
    ) -> Bytes32? {
        if all == part { return own }
        guard all.count > 1 else { return nil }
        let middle = all.lowerBound + FileTree.split(all.count)
        let isLeft = part.lowerBound < middle
        let half = isLeft ? all.lowerBound..<middle : middle..<all.upperBound
        guard let inner = root(in: half, own, of: part, &rest), let other = rest.popFirst() else {
            return nil
        }
        return isLeft ? FileTree.node(inner, other) : FileTree.node(other, inner)
    }
}

/// Makes a file's tree from its bytes, in any pieces.
public struct FileHasher: ~Copyable {
    private let shape: FileShape
    private var leaves: [Bytes32] = []
    private var chunk: [UInt8] = []
    private var byteCount = 0

    /// Starts with a file of that shape.
    public init(_ shape: FileShape) { self.shape = shape }

    /// Takes the next bytes.
    public mutating func update(_ bytes: [UInt8]) {
        byteCount = byteCount.addingReportingOverflow(bytes.count).partialValue
        if chunk.isEmpty, bytes.count == shape.chunkBytes {
            return leaves.append(FileTree.leaf(bytes))
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(shape.chunkBytes - chunk.count)
            chunk += part
            rest = rest.dropFirst(part.count)
            if chunk.count == shape.chunkBytes { close() }
        }
    }

    private mutating func close() {
        leaves.append(FileTree.leaf(chunk))
        chunk.removeAll(keepingCapacity: true)
    }

    /// The tree; `nil` when the bytes were not as many as the shape says.
    public consuming func finish() -> FileTree? {
        if !chunk.isEmpty || leaves.isEmpty { close() }
        guard byteCount == shape.byteCount else { return nil }
        return FileTree(shape, leaves: leaves)
    }
}
