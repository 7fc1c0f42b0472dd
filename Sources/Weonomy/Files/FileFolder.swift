// Calls the system: Foundation can neither read a part of a file nor refuse to follow a link nor
// say when a file is durable, and a session reads chunks while it holds up all others.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Dispatch
import Synchronization

/// Why something about a file could not be done.
enum FileFault: Error, Hashable {
    /// There is no such file.
    case missing
    /// It is no plain file.
    case notAFile
    /// No room is left.
    case full
    /// It may not be.
    case denied
    /// The system's number for anything else.
    case failed(Int32)

    fileprivate init(_ code: Int32) {
        switch code {
        case ENOENT: self = .missing
        case ENOTDIR, ELOOP, EISDIR, EEXIST: self = .notAFile
        case ENOSPC, EDQUOT, EFBIG: self = .full
        case EACCES, EPERM, EROFS: self = .denied
        default: self = .failed(code)
        }
    }
}

/// A file that is open, and closes itself.
final class OpenFile: Sendable {
    private let descriptor: Int32
    private let isSyncing = Atomic<Bool>(false)

    fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Opens a plain file that a person named; links are followed, as that person expects.
    static func open(_ path: String) throws(FileFault) -> OpenFile {
        try plain { openSystem(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0) }
    }

    /// Makes a file that a person named; one that is there already is left alone.
    static func create(_ path: String) throws(FileFault) -> OpenFile {
        try plain { openSystem(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) }
    }

    fileprivate static func plain(_ open: () -> Int32) throws(FileFault) -> OpenFile {
        var opened: Int32
        repeat { opened = open() } while opened < 0 && errno == EINTR
        guard opened >= 0 else { throw FileFault(errno) }
        let file = OpenFile(opened)
        var status = stat()
        guard unsafe fstat(opened, &status) == 0 else { throw FileFault(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        return file
    }

    /// How long it is.
    var byteCount: Int {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The bytes of a range; fewer where the file ends before.
    func read(_ range: Range<Int>) throws(FileFault) -> [UInt8] {
        var fault: FileFault?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            filled = 0
            while filled < range.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let count = unsafe pread(
                    descriptor, rest.baseAddress, range.count - filled,
                    off_t(range.lowerBound + filled))
                if count < 0, errno == EINTR { continue }
                if count < 0 { fault = FileFault(errno) }
                guard count > 0 else { return }
                filled += count
            }
        }
        if let fault { throw fault }
        return bytes
    }

    /// Writes bytes at a place.
    func write(_ bytes: [UInt8], at place: Int) throws(FileFault) {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]).baseAddress,
                    buffer.count - start, off_t(place + start))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFault(count < 0 ? errno : EIO) }
            start += count
        }
    }

    /// Brings what was written to the disk, as far as nobody does so: what that costs is then not
    /// paid at the end, by who waits.
    func syncSoon() {
        guard !isSyncing.exchange(true, ordering: .acquiring) else { return }
        OpenFile.syncer.async { [self] in
            _ = fsync(descriptor)
            isSyncing.store(false, ordering: .releasing)
        }
    }

    private static let syncer = DispatchQueue(
        label: "weonomy-files-sync", qos: .utility, attributes: .concurrent)

    /// Makes it as long as that, with a hole for what was not written.
    func resize(to byteCount: Int) throws(FileFault) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw FileFault(errno) }
    }

    /// Waits until what was written is durable.
    func sync() throws(FileFault) {
        guard fsync(descriptor) == 0 else { throw FileFault(errno) }
    }

    /// Where the next bytes lie that were written, from a place on; `nil` where only a hole is left.
    func data(from place: Int) -> Int? {
        #if canImport(Darwin)
            let found = lseek(descriptor, off_t(place), SEEK_DATA)
        #else
            let found = lseek(descriptor, off_t(place), 3)
        #endif
        if found < 0, errno == ENXIO { return nil }
        // A file system that knows no holes has bytes everywhere.
        return found < 0 ? place : Int(found)
    }
}

/// The same as `open`, which is also the name of a method here.
private func openSystem(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    unsafe open(path, flags, mode)
}

/// A folder that only its owner sees, held open: names in it are never paths.
final class FileFolder: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Opens a folder, or makes it; follows no link in its last part.
    static func open(_ path: String, isCreating: Bool) throws(FileFault) -> FileFolder {
        if isCreating, unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw FileFault(errno) }
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
        var opened: Int32
        repeat { opened = openSystem(path, flags, 0) } while opened < 0 && errno == EINTR
        guard opened >= 0 else { throw FileFault(errno) }
        return FileFolder(opened)
    }

    /// What a file is to be opened for.
    enum Purpose {
        /// It is there.
        case reading
        /// It is there, or made.
        case writing
    }

    func open(_ name: String, for purpose: Purpose) throws(FileFault) -> OpenFile {
        let flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        return try OpenFile.plain {
            switch purpose {
            case .reading: unsafe openat(descriptor, name, flags | O_RDONLY)
            case .writing: unsafe openat(descriptor, name, flags | O_RDWR | O_CREAT, 0o600)
            }
        }
    }

    /// How long a plain file is; `nil` where there is none.
    func byteCount(of name: String) -> Int? {
        var status = stat()
        guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Int(status.st_size)
    }

    /// How much of a file with holes was written, about; `nil` where there is none.
    func writtenCount(of name: String) -> Int? {
        var status = stat()
        guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            return nil
        }
        return min(Int(status.st_size), Int(status.st_blocks) * 512)
    }

    /// How long ago a file was written, in seconds; `nil` where there is none.
    func age(of name: String) -> Int? {
        var status = stat()
        guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            return nil
        }
        return time(nil) - status.modified.tv_sec
    }

    /// When a name came or went last, in nanoseconds since 1970.
    var changed: Int64? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        return Int64(status.modified.tv_sec) &* 1_000_000_000 &+ Int64(status.modified.tv_nsec)
    }

    /// Gives a file another name, in the place of what had it.
    func rename(_ name: String, to other: String) throws(FileFault) {
        guard unsafe renameat(descriptor, name, descriptor, other) == 0 else {
            throw FileFault(errno)
        }
    }

    /// Makes the names durable.
    func sync() { _ = fsync(descriptor) }

    /// Takes a file away; one that is not there is no fault.
    func remove(_ name: String) throws(FileFault) {
        guard unsafe unlinkat(descriptor, name, 0) != 0, errno != ENOENT else { return }
        throw FileFault(errno)
    }

    /// All names but those of the folder itself and the one around it, sorted.
    func names() throws(FileFault) -> [String] {
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw FileFault(errno) }
        guard let listing = unsafe fdopendir(copy) else {
            let fault = FileFault(errno)
            _ = close(copy)
            throw fault
        }
        defer { _ = unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(validatingCString: $0)
                }
            }
            if let name, name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

extension stat {
    /// When a file was written, or a name in a folder came or went.
    fileprivate var modified: timespec {
        #if canImport(Darwin)
            st_mtimespec
        #else
            st_mtim
        #endif
    }
}
