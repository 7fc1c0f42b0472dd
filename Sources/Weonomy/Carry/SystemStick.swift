// Calls the system: Foundation can neither refuse to follow a link nor say when a file is durable,
// and a stick may hold anything and be pulled out at any moment.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A team's folder on a real stick, held open.
///
/// Whoever uses the stick may write there, as far as its file system knows of users: all is sealed,
/// and who has the stick in hand can take it all away in any case.
final class SystemStick: StickFolder {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Opens a folder of names inside of `path`; `nil` where it is not there and not to be made.
    static func open(
        _ path: String, _ names: [String], isCreating: Bool
    ) throws(StickFault) -> SystemStick? {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        var current = try descriptor { openSystem(path, flags) }
        for name in names {
            let parent = current
            defer { _ = close(parent) }
            if isCreating {
                if unsafe mkdirat(parent, name, 0o777) == 0 {
                    // A mask of this user's must not keep colleagues out; FAT knows no modes.
                    _ = unsafe fchmodat(parent, name, 0o1777, 0)
                } else if errno != EEXIST {
                    throw fault(errno)
                }
            }
            do throws(StickFault) {
                current = try descriptor { unsafe openat(parent, name, flags | O_NOFOLLOW) }
            } catch {
                guard error == .missing, !isCreating else { throw error }
                return nil
            }
        }
        return SystemStick(current)
    }

    func names() throws(StickFault) -> [String] {
        let copy = try SystemStick.descriptor {
            unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard let listing = unsafe fdopendir(copy) else {
            let fault = SystemStick.fault(errno)
            _ = close(copy)
            throw fault
        }
        defer { _ = unsafe closedir(listing) }
        var names: [String] = []
        while names.count < SystemStick.namesMax, let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(validatingCString: $0)
                }
            }
            if let name, name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// More than a team of a thousand leaves there.
    private static let namesMax = 50_000

    func open(_ name: String) throws(StickFault) -> any StickReading {
        // Without O_NONBLOCK, opening a pipe would wait for someone to write to it.
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let file = SystemFile(
            try SystemStick.descriptor { unsafe openat(descriptor, name, flags) })
        var status = stat()
        guard unsafe fstat(file.descriptor, &status) == 0 else {
            throw SystemStick.fault(errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .other }
        return file
    }

    func create(_ name: String) throws(StickFault) -> any StickWriting {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = SystemFile(
            try SystemStick.descriptor { unsafe openat(descriptor, name, flags, 0o644) })
        _ = fchmod(file.descriptor, 0o644)
        return file
    }

    func rename(_ name: String, to other: String) throws(StickFault) {
        try SystemStick.check(unsafe renameat(descriptor, name, descriptor, other))
        // A file system that can't sync a folder has done what it can.
        _ = fsync(descriptor)
    }

    func remove(_ name: String) throws(StickFault) {
        guard unsafe unlinkat(descriptor, name, 0) != 0, errno != ENOENT else { return }
        throw SystemStick.fault(errno)
    }

    // MARK: - Faults

    fileprivate static func check(_ result: Int32) throws(StickFault) {
        guard result == 0 else { throw fault(errno) }
    }

    private static func descriptor(_ open: () -> Int32) throws(StickFault) -> Int32 {
        var opened: Int32
        repeat { opened = open() } while opened < 0 && errno == EINTR
        guard opened >= 0 else { throw fault(errno) }
        return opened
    }

    fileprivate static func fault(_ code: Int32) -> StickFault {
        switch code {
        case ENOENT: .missing
        case ENOTDIR, ELOOP, EISDIR, EEXIST: .other
        case EROFS: .readOnly
        case ENOSPC, EDQUOT, EFBIG: .full
        case EACCES, EPERM: .denied
        default: .failed(code)
        }
    }
}

/// The same as `open`, which is also the name of a method here.
private func openSystem(_ path: String, _ flags: Int32) -> Int32 { unsafe open(path, flags) }

/// An open file that closes itself.
private final class SystemFile: StickReading, StickWriting {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    private static let chunkBytes = 262_144

    func next() throws(StickFault) -> [UInt8] {
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: SystemFile.chunkBytes) {
            (buffer, filled) in
            repeat {
                count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        guard count >= 0 else { throw SystemStick.fault(errno) }
        return bytes
    }

    func append(_ bytes: [UInt8]) throws(StickFault) {
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(
                    descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]).baseAddress,
                    buffer.count - start)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw SystemStick.fault(written < 0 ? errno : EIO) }
            start += written
        }
    }

    func finish() throws(StickFault) {
        try SystemStick.check(fsync(descriptor))
    }
}
