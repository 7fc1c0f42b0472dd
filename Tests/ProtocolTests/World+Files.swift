import WeData
import WeSync

// Two files: of one chunk, and of three.
extension World {
    /// Files by the examples' names.
    var files: [String: String] {
        var examples: [String: String] = [:]
        for (name, count) in [("small", 300), ("large", 150_000)] {
            guard let shape = FileShape(byteCount: count) else { continue }
            var hasher = FileHasher(shape)
            hasher.update([UInt8](repeating: 7, count: count))
            guard let tree = hasher.finish() else { continue }
            let leaves = name == "small" ? "file-small-leaf" : "file-large-leaves"
            examples[leaves] = Hex.encode(tree.leaves.flatMap(\.bytes))
            examples["file-\(name)-id"] = tree.id.description
            if name == "large", let segment = tree.segment(0) {
                examples["file-leaves"] = Hex.encode(Message.segment(tree.id, segment).encoded)
            }
        }
        return examples
    }
}
