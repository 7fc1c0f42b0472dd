import Dispatch
import Synchronization
import WeData
import WeKeys
import WeLog
import WeSync

/// The contents of files, in a folder beside the replica.
///
/// A whole file lies there under its id, as it is. One that is on its way is `ID.part`, as long as
/// it is going to be and with holes; what of it is there shows from its leaves, in `ID.leaves`, so
/// nothing else has to be kept in step with it, whatever breaks off. One that was attached and is
/// not named by an event yet is `ID.new`.
final class FileStore: FileSource {
    private let path: String
    private let queue = DispatchQueue(label: "weonomy-files")
    private let state = Mutex(State())

    private struct State {
        var folder: FileFolder?
        var parts: [FileID: Part] = [:]
        /// Whole files that were asked for last, the newest last.
        var whole: [Whole] = []
        /// Where chunks of whole files are, by the first eight bytes of their leaves; `nil` before
        /// they were looked up.
        var places: [UInt64: Place]?
    }

    /// A file on its way; its leaves and file are touched on the queue only.
    private struct Part {
        let wish: FileWish
        let file: OpenFile
        let leavesFile: OpenFile
        var leaves: [Bytes32]
        var segments: ChunkSet
        var held: ChunkSet
    }

    private struct Whole {
        let id: FileID
        let file: OpenFile
        let shape: FileShape
        var tree: FileTree?
    }

    private struct Place {
        let file: FileID
        let chunk: Int
    }

    private static let wholeMax = 8
    private static let newSecondsMax = 86_400
    /// Long chunks between two times that a file on its way is brought to the disk.
    private static let chunksPerSync = 64

    /// - Parameter path: of the folder, which is made when it is needed.
    init(path: String) { self.path = path }

    /// Runs `body` on the store's own thread, after what was handed in before.
    func onQueue(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

    /// The same for a caller on a thread of its own, who waits.
    func waiting<Value>(
        _ body: () throws(FileFault) -> Value
    ) throws(FileFault) -> Value {
        let result = queue.sync { Result { () throws(FileFault) in try body() } }
        return try result.get()
    }

    private func folder(isCreating: Bool) throws(FileFault) -> FileFolder {
        if let folder = state.withLock({ $0.folder }) { return folder }
        let folder = try FileFolder.open(path, isCreating: isCreating)
        state.withLock { $0.folder = folder }
        return folder
    }

    /// Whether there is a folder to keep something in; makes it.
    func makeFolder() -> Bool { (try? folder(isCreating: true)) != nil }

    /// Adds bytes to a small file that is kept with the others.
    func append(_ bytes: [UInt8], to name: String) throws(FileFault) {
        let file = try folder(isCreating: true).open(name, for: .writing)
        try file.write(bytes, at: file.byteCount)
        try file.sync()
    }

    // MARK: - Names

    private static func name(_ file: FileID) -> String { Base32.encode(file.bytes) }
    private static func partName(_ file: FileID) -> String { name(file) + ".part" }
    private static func leavesName(_ file: FileID) -> String { name(file) + ".leaves" }
    private static func newName(_ file: FileID) -> String { name(file) + ".new" }

    private static func id(_ name: some StringProtocol) -> FileID? {
        Base32.decode(String(name)).flatMap { FileID($0) }
    }

    // MARK: - What is here

    /// Whether all of a file is here.
    func contains(_ file: FileID) -> Bool {
        guard let folder = try? folder(isCreating: false) else { return false }
        return folder.byteCount(of: FileStore.name(file)) != nil
    }

    /// All files that are here whole.
    var wholeFiles: Set<FileID> {
        let names = (try? folder(isCreating: false).names()) ?? []
        return Set(names.compactMap { FileStore.id($0) })
    }

    /// When a name came or went last, in nanoseconds since 1970; `nil` while there is no folder.
    var changed: Int64? { (try? folder(isCreating: false))?.changed }

    /// Whether anything of a file is here.
    func holds(_ file: FileID) -> Bool {
        guard let folder = try? folder(isCreating: false) else { return false }
        return [FileStore.name(file), FileStore.partName(file), FileStore.newName(file)].contains {
            folder.byteCount(of: $0) != nil
        }
    }

    /// Bytes of a file that is on its way; `nil` where it isn't.
    func byteCount(ofPart file: FileID) -> Int? {
        let known = state.withLock { state in
            state.parts[file].map { part in
                min(part.held.count * part.wish.shape.chunkBytes, part.wish.shape.byteCount)
            }
        }
        // Another process may be fetching it.
        let folder = known == nil ? try? folder(isCreating: false) : nil
        return known ?? folder?.writtenCount(of: FileStore.partName(file))
    }

    /// Bytes that all files here take.
    func byteCount() -> Int {
        guard let folder = try? folder(isCreating: false), let names = try? folder.names() else {
            return 0
        }
        return names.reduce(0) { $0 + (folder.byteCount(of: $1) ?? 0) }
    }

    func holding(of file: FileID) -> FileHolding {
        let held = state.withLock { $0.parts[file]?.held }
        if let held { return held.count == 0 ? .none : .some(held.bytes) }
        return contains(file) ? .all : .none
    }

    func segment(_ number: Int, of file: FileID) -> FileSegment? {
        let part = state.withLock { $0.parts[file] }
        if let part {
            guard part.segments.isComplete else { return nil }
            return FileTree(part.wish.shape, leaves: part.leaves)?.segment(number)
        }
        return tree(of: file)?.segment(number)
    }

    func chunk(_ index: Int, of file: FileID) -> [UInt8]? {
        if let part = state.withLock({ $0.parts[file] }) {
            guard part.held.contains(index) else { return nil }
            return FileStore.read(part.file, part.wish.shape.bytes(ofChunk: index))
        }
        guard let whole = try? whole(file), index < whole.shape.chunkCount else { return nil }
        return FileStore.read(whole.file, whole.shape.bytes(ofChunk: index))
    }

    /// All bytes of a range, or `nil`.
    private static func read(_ file: OpenFile, _ range: Range<Int>) -> [UInt8]? {
        guard let bytes = try? file.read(range), bytes.count == range.count else { return nil }
        return bytes
    }

    /// A whole file, open.
    func reader(of file: FileID) throws(FileFault) -> (file: OpenFile, byteCount: Int) {
        let whole = try whole(file)
        return (whole.file, whole.shape.byteCount)
    }

    private func whole(_ id: FileID) throws(FileFault) -> Whole {
        if let found = state.withLock({ $0.whole.last { $0.id == id } }) { return found }
        let file = try folder(isCreating: false).open(FileStore.name(id), for: .reading)
        guard let shape = FileShape(byteCount: file.byteCount) else { throw .notAFile }
        let whole = Whole(id: id, file: file, shape: shape)
        state.withLock { state in
            if state.whole.count >= FileStore.wholeMax { state.whole.removeFirst() }
            state.whole.append(whole)
        }
        return whole
    }

    /// The leaves of a whole file, from beside it; `nil` where they are not there.
    ///
    /// What has one chunk has its leaf in itself.
    private func tree(of id: FileID) -> FileTree? {
        guard let whole = try? whole(id) else { return nil }
        if let tree = whole.tree { return tree }
        if whole.shape.chunkCount == 1 {
            return chunk(0, of: id).flatMap {
                FileTree(whole.shape, leaves: [FileTree.leaf($0)])
            }
        }
        guard let folder = try? folder(isCreating: false),
            let file = try? folder.open(FileStore.leavesName(id), for: .reading),
            let tree = FileStore.tree(whole.shape, file), tree.id == id
        else { return nil }
        state.withLock { state in
            if let index = state.whole.lastIndex(where: { $0.id == id }) {
                state.whole[index].tree = tree
            }
        }
        return tree
    }

    private static func tree(_ shape: FileShape, _ file: OpenFile) -> FileTree? {
        guard let bytes = read(file, 0..<(shape.chunkCount * 32)) else { return nil }
        return FileTree(
            shape,
            leaves: stride(from: 0, to: bytes.count, by: 32).compactMap {
                Bytes32(bytes, at: $0)
            })
    }

    // MARK: - Attaching

    /// Takes in a file that a person named; it stays `ID.new` until ``commit(_:)``.
    func attach(_ source: OpenFile) throws(FileFault) -> FileWish? {
        guard let shape = FileShape(byteCount: source.byteCount) else { throw .full }
        var place = 0
        return try attach(shape) { () throws(FileFault) in
            let bytes = try source.read(place..<(place + shape.chunkBytes))
            place += bytes.count
            return bytes
        }
    }

    /// Takes in bytes.
    func attach(_ bytes: [UInt8]) throws(FileFault) -> FileWish? {
        guard let shape = FileShape(byteCount: bytes.count) else { throw .full }
        var rest: [UInt8]? = bytes
        return try attach(shape) { () throws(FileFault) in
            defer { rest = nil }
            return rest ?? []
        }
    }

    /// Copies what `next` gives, until it gives nothing; `nil` where it was of another length.
    private func attach(
        _ shape: FileShape, _ next: () throws(FileFault) -> [UInt8]
    ) throws(FileFault) -> FileWish? {
        let folder = try folder(isCreating: true)
        let temporary = Hex.encode(RandomBytes.bytes(8)) + ".new"
        let file = try folder.open(temporary, for: .writing)
        var isNamed = false
        defer { if !isNamed { try? folder.remove(temporary) } }
        var hasher = FileHasher(shape)
        var place = 0
        while true {
            let bytes = try next()
            guard !bytes.isEmpty else { break }
            hasher.update(bytes)
            try file.write(bytes, at: place)
            if place % (FileShape.chunkBytesMax * FileStore.chunksPerSync) == 0, place > 0 {
                file.syncSoon()
            }
            place += bytes.count
        }
        guard let tree = hasher.finish() else { return nil }
        let id = tree.id
        try keep(tree, id, in: folder)
        try file.sync()
        if folder.byteCount(of: FileStore.name(id)) == nil {
            try folder.rename(temporary, to: FileStore.newName(id))
            isNamed = true
        }
        folder.sync()
        return FileWish(id: id, shape: shape)
    }

    private func keep(_ tree: FileTree, _ id: FileID, in folder: FileFolder) throws(FileFault) {
        guard tree.leaves.count > 1 else { return }
        let file = try folder.open(FileStore.leavesName(id), for: .writing)
        try file.write(tree.leaves.flatMap(\.bytes), at: 0)
        try file.sync()
    }

    /// Events name these files now: they are kept from now on.
    func commit(_ files: some Sequence<FileID>) {
        guard let folder = try? folder(isCreating: false) else { return }
        for file in files where folder.byteCount(of: FileStore.newName(file)) != nil {
            try? folder.rename(FileStore.newName(file), to: FileStore.name(file))
        }
        folder.sync()
    }

    // MARK: - Fetching

    /// Looks how much of a file is here and makes room for the rest; on the queue.
    func begin(_ wish: FileWish) throws(FileFault) -> (segments: ChunkSet, held: ChunkSet) {
        var segments = ChunkSet(chunkCount: wish.shape.segmentCount)
        var held = ChunkSet(chunkCount: wish.shape.chunkCount)
        if contains(wish.id) {
            for index in 0..<wish.shape.chunkCount { held.insert(index) }
            return (segments, held)
        }
        // What was begun in a size that was named wrongly is begun anew.
        if let part = state.withLock({ $0.parts[wish.id] }), part.wish == wish {
            return (part.segments, part.held)
        }
        let folder = try folder(isCreating: true)
        let file = try folder.open(FileStore.partName(wish.id), for: .writing)
        try file.resize(to: wish.shape.byteCount)
        let leavesFile = try folder.open(FileStore.leavesName(wish.id), for: .writing)
        var leaves = [Bytes32](repeating: .zero, count: wish.shape.chunkCount)
        if let tree = FileStore.tree(wish.shape, leavesFile), tree.id == wish.id {
            leaves = tree.leaves
            for segment in 0..<wish.shape.segmentCount { segments.insert(segment) }
        }
        let part = Part(
            wish: wish, file: file, leavesFile: leavesFile, leaves: leaves, segments: segments,
            held: held)
        state.withLock { $0.parts[wish.id] = part }
        if segments.isComplete, wish.shape.chunkCount > 1 {
            for segment in 0..<wish.shape.segmentCount { _ = try fill(segment, of: wish.id) }
            _ = try finishIfComplete(wish.id)
            held = state.withLock { $0.parts[wish.id]?.held } ?? held
            if contains(wish.id) { return try begin(wish) }
        }
        return (segments, held)
    }

    /// Proves and keeps a segment; on the queue.
    func take(_ segment: FileSegment, of wish: FileWish) throws(FileFault) -> FileTaking {
        guard segment.isPart(of: wish.id, wish.shape) else { return .refused }
        guard let part = state.withLock({ $0.parts[wish.id] }) else { return .failed }
        let chunks = wish.shape.chunks(ofSegment: segment.number)
        try part.leavesFile.write(segment.leaves.flatMap(\.bytes), at: chunks.lowerBound * 32)
        state.withLock { state in
            state.parts[wish.id]?.leaves.replaceSubrange(chunks, with: segment.leaves)
            state.parts[wish.id]?.segments.insert(segment.number)
        }
        let found = try fill(segment.number, of: wish.id)
        return .kept(found: found, isComplete: try finishIfComplete(wish.id))
    }

    /// Proves and keeps a chunk; on the queue.
    func take(
        _ chunk: [UInt8], index: Int, of wish: FileWish
    ) throws(FileFault) -> FileTaking {
        guard (0..<wish.shape.chunkCount).contains(index),
            chunk.count == wish.shape.bytes(ofChunk: index).count
        else { return .refused }
        let leaf = FileTree.leaf(chunk)
        let known = state.withLock { state -> (part: OpenFile, leaf: Bytes32, isHeld: Bool)? in
            state.parts[wish.id].map { ($0.file, $0.leaves[index], $0.held.contains(index)) }
        }
        guard let known else {
            return contains(wish.id) ? .kept(found: [], isComplete: true) : .failed
        }
        if wish.shape.chunkCount == 1 {
            guard FileTree(wish.shape, leaves: [leaf])?.id == wish.id else { return .refused }
        } else {
            guard leaf == known.leaf else { return .refused }
        }
        if !known.isHeld {
            let range = wish.shape.bytes(ofChunk: index)
            try known.part.write(chunk, at: range.lowerBound)
            if index % FileStore.chunksPerSync == 0, range.count == FileShape.chunkBytesMax {
                known.part.syncSoon()
            }
            state.withLock { _ = $0.parts[wish.id]?.held.insert(index) }
        }
        return .kept(found: [], isComplete: try finishIfComplete(wish.id))
    }

    /// Finds the chunks of a segment that are here: written before, or parts of other files.
    private func fill(_ segment: Int, of file: FileID) throws(FileFault) -> [Int] {
        guard let part = state.withLock({ $0.parts[file] }) else { return [] }
        let shape = part.wish.shape
        let places = shape.chunkCount > 1 ? places() : [:]
        var found: [Int] = []
        for chunk in shape.chunks(ofSegment: segment) where !part.held.contains(chunk) {
            let range = shape.bytes(ofChunk: chunk)
            let leaf = part.leaves[chunk]
            if let data = part.file.data(from: range.lowerBound), data < range.upperBound,
                let bytes = FileStore.read(part.file, range), FileTree.leaf(bytes) == leaf
            {
                found.append(chunk)
            } else if let place = places[leaf.word0], place.file != file,
                let bytes = self.chunk(place.chunk, of: place.file), bytes.count == range.count,
                FileTree.leaf(bytes) == leaf
            {
                try part.file.write(bytes, at: range.lowerBound)
                found.append(chunk)
            }
        }
        state.withLock { state in
            for chunk in found { state.parts[file]?.held.insert(chunk) }
        }
        return found
    }

    private func places() -> [UInt64: Place] {
        if let places = state.withLock({ $0.places }) { return places }
        var places: [UInt64: Place] = [:]
        let names = (try? folder(isCreating: false).names()) ?? []
        for name in names where name.hasSuffix(".leaves") {
            guard let id = FileStore.id(name.dropLast(7)), contains(id), let tree = tree(of: id)
            else { continue }
            for (chunk, leaf) in tree.leaves.enumerated() {
                places[leaf.word0] = Place(file: id, chunk: chunk)
            }
        }
        state.withLock { $0.places = places }
        return places
    }

    /// Gives a file whose chunks are all there its name, durably; gives whether it is whole.
    private func finishIfComplete(_ file: FileID) throws(FileFault) -> Bool {
        guard let part = state.withLock({ $0.parts[file] }) else { return contains(file) }
        guard part.held.isComplete else { return false }
        let folder = try folder(isCreating: true)
        try part.file.sync()
        if part.leaves.count > 1 {
            try part.leavesFile.sync()
        } else {
            try? folder.remove(FileStore.leavesName(file))
        }
        do throws(FileFault) {
            try folder.rename(FileStore.partName(file), to: FileStore.name(file))
        } catch {
            // Another process may have finished the same file.
            guard error == .missing, contains(file) else { throw error }
        }
        folder.sync()
        state.withLock { state in
            state.parts[file] = nil
            guard state.places != nil, part.leaves.count > 1 else { return }
            for (chunk, leaf) in part.leaves.enumerated() {
                state.places?[leaf.word0] = Place(file: file, chunk: chunk)
            }
        }
        return true
    }

    // MARK: - Letting go

    /// Takes a file away.
    func remove(_ file: FileID) {
        state.withLock { state in
            state.parts[file] = nil
            state.whole.removeAll { $0.id == file }
            state.places = nil
        }
        guard let folder = try? folder(isCreating: false) else { return }
        for name in [
            FileStore.name(file), FileStore.partName(file), FileStore.leavesName(file),
            FileStore.newName(file),
        ] {
            try? folder.remove(name)
        }
    }

    /// Takes away what was attached and never named.
    func tidy() {
        guard let folder = try? folder(isCreating: false), let names = try? folder.names() else {
            return
        }
        for name in names
        where name.hasSuffix(".new") && folder.age(of: name) ?? 0 > FileStore.newSecondsMax {
            try? folder.remove(name)
        }
    }

    /// Reads a whole file again and says whether it is what its name says; one that isn't is taken
    /// away, so that it is fetched again.
    ///
    /// - Complexity: O(bytes).
    func check(_ file: FileID) -> Bool {
        guard let whole = try? whole(file) else { return false }
        guard whole.file.id(whole.shape) != file else { return true }
        remove(file)
        return false
    }

    /// The whole files that are here.
    func files() -> [FileID] {
        let names = (try? folder(isCreating: false).names()) ?? []
        return names.compactMap { FileStore.id($0) }
    }
}

extension OpenFile {
    /// What a file of that shape is called by what it holds; `nil` where it can't be read whole, or
    /// `take`, which gets each chunk with its place, says that it ends.
    ///
    /// - Complexity: O(bytes).
    func id(_ shape: FileShape, _ take: ([UInt8], Int) -> Bool = { _, _ in true }) -> FileID? {
        var hasher = FileHasher(shape)
        for chunk in 0..<shape.chunkCount {
            let range = shape.bytes(ofChunk: chunk)
            guard let bytes = try? read(range), bytes.count == range.count,
                take(bytes, range.lowerBound)
            else { return nil }
            hasher.update(bytes)
        }
        return hasher.finish()?.id
    }
}
