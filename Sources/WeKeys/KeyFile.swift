// Calls the system, with KeyFolder.swift: a secret goes from `read` straight into guarded memory,
// so that no other layer ever holds a copy.
#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file with one secret in it, that only its owner can read.
public enum KeyFile {
    /// The longest content that a file may have.
    public static let byteCountMax = 4096

    /// What keeps others from a file's secret.
    public enum Protection: Sendable {
        /// The system: the file is its owner's alone, in a folder where nobody else can put
        /// another in its place.
        case permissions
        /// A passphrase: the file may lie anywhere, also on a stick whose file system knows no
        /// owners.
        case passphrase
    }

    /// Creates a file that holds `content`, mode 0600, and makes it durable; never overwrites.
    public static func write(
        _ content: SecretBytes, path: String, protection: Protection = .permissions
    ) throws(KeyError) {
        try check(content, path: path)
        let folder = try KeyFolder(of: path)
        if protection == .permissions { try folder.check() }
        let file = try folder.create(folder.name)
        do {
            try file.fill(with: content, protection: protection)
            try folder.descriptor.synchronize()
        } catch {
            // A key that may not survive must not be used, so it must not be found later either.
            folder.remove(folder.name)
            throw error
        }
    }

    /// Reads a secret; throws when anyone but the owner could have read or placed it.
    public static func read(
        path: String, protection: Protection = .permissions
    ) throws(KeyError) -> SecretBytes {
        let folder = try KeyFolder(of: path)
        if protection == .permissions { try folder.check() }
        let file = try folder.openForReading(folder.name)
        let count = try file.checkedByteCount(protection)
        return try unsafe SecretBytes(count: count) { (memory) throws(KeyError) in
            try unsafe file.read(into: memory)
        }
    }

    /// The permission bits of a file that ``read(path:protection:)`` accepts; throws as that does.
    public static func mode(path: String) throws(KeyError) -> UInt32 {
        let folder = try KeyFolder(of: path)
        try folder.check()
        let file = try folder.openForReading(folder.name)
        _ = try file.checkedByteCount(.permissions)
        return try file.mode()
    }

    /// Puts new content in the place of a file that is there, at one moment and durably.
    ///
    /// At every moment, also after a crash or a power cut, the name leads to the whole old content
    /// or the whole new one. Throws ``KeyError/FileFault/busy`` while another process does the same.
    public static func replace(_ content: SecretBytes, path: String) throws(KeyError) {
        try replace(content, path: path, after: { _ in })
    }

    /// A moment in a replacement.
    package enum Step: CaseIterable, Sendable {
        case created, written, synchronized, renamed, settled
    }

    package static func replace(
        _ content: SecretBytes, path: String, after step: (Step) -> Void
    ) throws(KeyError) {
        try check(content, path: path)
        let folder = try KeyFolder(of: path)
        try folder.check()
        try folder.lock()
        _ = try folder.openForReading(folder.name).checkedByteCount(.permissions)
        let new = folder.name + ".new"
        // What an interrupted replacement left; the lock says that nobody is writing it.
        folder.remove(new)
        do {
            let file = try folder.create(new)
            step(.created)
            try file.fill(with: content, protection: .permissions) {
                step($0 ? .synchronized : .written)
            }
            try folder.rename(new, to: folder.name)
        } catch {
            folder.remove(new)
            throw error
        }
        step(.renamed)
        try folder.descriptor.synchronize()
        step(.settled)
    }

    private static func check(_ content: SecretBytes, path: String) throws(KeyError) {
        guard content.count > 0 else { throw .file(.empty, path: path) }
        guard content.count <= byteCountMax else { throw .file(.tooLong, path: path) }
    }
}
