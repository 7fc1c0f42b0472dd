import WeData

/// In which sizes files that are wanted are named, and which of them each has.
///
/// A file's name fits one of them, and its leaves show which (Protocol.md, "Files").
struct FileSizes: Sendable {
    /// What is wanted, in each size that it is said to have.
    private(set) var named: [FileID: [FileShape]] = [:]
    /// The shape of what is wanted: the only one that is named, or the one that fits.
    private(set) var shapes: [FileID: FileShape] = [:]
    /// Files of whose sizes none is known to fit, the most wanted first.
    private(set) var unsure: [FileID] = []
    private var proved: Set<FileID> = []

    /// Takes the whole list of what is wanted, each in every size, the most wanted first.
    ///
    /// Gives the files in that order, those that were not wanted before, and those that are named
    /// in other sizes than before while none is known to fit.
    mutating func take(
        _ wishes: [FileWish]
    ) -> (files: [FileID], new: [FileID], renamed: [FileID]) {
        let (oldNamed, oldShapes) = (named, shapes)
        var files: [FileID] = []
        named = [:]
        for wish in wishes {
            guard let sizes = named[wish.id] else {
                named[wish.id] = [wish.shape]
                files.append(wish.id)
                continue
            }
            if sizes.count < FileLimit.sizesMax, !sizes.contains(wish.shape) {
                named[wish.id]?.append(wish.shape)
            }
        }
        proved = proved.filter { file in
            oldShapes[file].map { named[file]?.contains($0) ?? false } ?? false
        }
        shapes = [:]
        for (file, sizes) in named {
            shapes[file] =
                proved.contains(file) ? oldShapes[file] : sizes.count == 1 ? sizes.first : nil
        }
        unsure = files.filter { shapes[$0] == nil }
        let renamed = files.filter { file in
            guard let old = oldNamed[file], !proved.contains(file) else { return false }
            return Set(old) != Set(named[file] ?? [])
        }
        return (files, files.filter { oldNamed[$0] == nil }, renamed)
    }

    /// Leaves of the file have shown that its shape is the right one.
    mutating func prove(_ file: FileID) { proved.insert(file) }

    /// Finds the shape of a file by leaves of it; `false` where they fit none that is named.
    ///
    /// - Complexity: O(leaves + sizes).
    mutating func identify(_ file: FileID, by segment: FileSegment) -> Bool {
        guard let shape = segment.shape(of: file, among: named[file] ?? []) else { return false }
        shapes[file] = shape
        proved.insert(file)
        unsure.removeAll { $0 == file }
        return true
    }

    /// A file is not wanted any more.
    mutating func remove(_ file: FileID) {
        named[file] = nil
        shapes[file] = nil
        proved.remove(file)
        unsure.removeAll { $0 == file }
    }
}
