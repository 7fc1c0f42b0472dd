// Calls the system: Foundation moves files only where nothing is there yet, and a replica must not
// be missing for a moment in between.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Puts one file in the place of another.
enum FileSwap {
    /// Renames, so that at each moment the one or the other is there; durable on return.
    static func replace(_ path: String, with other: String) throws(BrainError) {
        guard unsafe rename(other, path) == 0 else {
            throw BrainError(.file, "\(other) could not be given the name \(path)")
        }
        sync(folderOf: path)
    }

    /// Gives a file a second name; `false` where the file system has no such thing.
    static func link(_ path: String, as other: String) -> Bool {
        #if canImport(Glibc)
            return unsafe Glibc.link(path, other) == 0
        #elseif canImport(Musl)
            return unsafe Musl.link(path, other) == 0
        #else
            return unsafe Darwin.link(path, other) == 0
        #endif
    }

    /// Makes the names of a folder durable.
    private static func sync(folderOf path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }
}
