#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file with one secret in it, that only its owner can read.
///
/// This is the one file of the module that speaks to the operating system: a secret goes from
/// `read` straight into guarded memory, so that no other layer ever holds a copy.
public enum KeyFile {
    /// The longest secret that a file may hold.
    public static let byteCountMax = 4096

    /// Creates a file that holds `secret`, mode 0600, and makes it durable; never overwrites.
    public static func write(_ secret: SecretBytes, path: String) throws(KeyError) {
        guard secret.count > 0 else { throw .file(.empty, path: path) }
        guard secret.count <= byteCountMax else { throw .file(.tooLong, path: path) }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try Descriptor(path, flags: flags)
        do {
            // The umask can only have taken bits away, even the owner's.
            try file.check(fchmod(file.number, 0o600))
            try file.write(secret)
            try file.synchronize()
            try Descriptor(parent(of: path), flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                .synchronize()
        } catch {
            // A key that may not survive must not be used, so it must not be found later either.
            unsafe unlink(path)
            throw error
        }
    }

    /// Reads a secret; throws when anyone but the owner could have read or placed it.
    public static func read(path: String) throws(KeyError) -> SecretBytes {
        // Without O_NONBLOCK, opening a pipe would wait for someone to write to it.
        let file = try Descriptor(path, flags: O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        let count = try file.checkedByteCount()
        return try unsafe SecretBytes(count: count) { (memory) throws(KeyError) in
            try unsafe file.read(into: memory)
        }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Settings of the whole process that keep secrets inside it.
public enum ProcessHardening {
    /// Makes sure that a crash writes no core file, in which every secret would lie open.
    public static func disableCoreDumps() throws(KeyError) {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
            let result = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        #else
            let result = unsafe setrlimit(RLIMIT_CORE, &limit)
        #endif
        guard result == 0 else { throw .system(errno: errno) }
    }
}

// MARK: - Descriptor

/// An open file that closes itself, and whose errors name the file.
private struct Descriptor: ~Copyable {
    let number: Int32
    let path: String

    init(_ path: String, flags: Int32) throws(KeyError) {
        var opened: Int32
        repeat { opened = unsafe open(path, flags, 0o600) } while opened < 0 && errno == EINTR
        guard opened >= 0 else { throw .file(Descriptor.fault(errno), path: path) }
        number = opened
        self.path = path
    }

    deinit { close(number) }

    private static func fault(_ code: Int32) -> KeyError.FileFault {
        switch code {
        case EEXIST: .exists
        case ENOENT: .missing
        case ELOOP: .isLink
        default: .system(errno: code)
        }
    }

    borrowing func check(_ result: Int32) throws(KeyError) {
        guard result == 0 else { throw .file(.system(errno: errno), path: path) }
    }

    /// The file's size, once everything else about it is as it should be.
    borrowing func checkedByteCount() throws(KeyError) -> Int {
        var status = stat()
        try unsafe check(fstat(number, &status))
        func refuse(_ fault: KeyError.FileFault) -> KeyError { .file(fault, path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw refuse(.notRegular) }
        guard status.st_uid == geteuid() else { throw refuse(.wrongOwner) }
        let mode = UInt32(status.st_mode) & 0o7777
        guard mode & 0o077 == 0 else { throw refuse(.tooOpen(mode: mode)) }
        guard status.st_nlink == 1 else { throw refuse(.hardLinked) }
        guard status.st_size > 0 else { throw refuse(.empty) }
        guard status.st_size <= KeyFile.byteCountMax else { throw refuse(.tooLong) }
        return Int(status.st_size)
    }

    /// Fills `memory`; a file that turns out shorter than `fstat` said was changed meanwhile.
    borrowing func read(into memory: UnsafeMutableRawBufferPointer) throws(KeyError) {
        var place = 0
        while place < memory.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[place...])
            #if canImport(Darwin)
                let count = unsafe Darwin.read(number, rest.baseAddress, rest.count)
            #elseif canImport(Musl)
                let count = unsafe Musl.read(number, rest.baseAddress, rest.count)
            #else
                let count = unsafe Glibc.read(number, rest.baseAddress, rest.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .file(.system(errno: count < 0 ? errno : EIO), path: path)
            }
            place += count
        }
    }

    borrowing func write(_ secret: SecretBytes) throws(KeyError) {
        try unsafe secret.withUnsafeBytes { (bytes) throws(KeyError) in
            var place = 0
            while place < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[place...])
                #if canImport(Darwin)
                    let count = unsafe Darwin.write(number, rest.baseAddress, rest.count)
                #elseif canImport(Musl)
                    let count = unsafe Musl.write(number, rest.baseAddress, rest.count)
                #else
                    let count = unsafe Glibc.write(number, rest.baseAddress, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw .file(.system(errno: errno), path: path) }
                place += count
            }
        }
    }

    borrowing func synchronize() throws(KeyError) {
        #if canImport(Darwin)
            // On Darwin, fsync does not reach the disk's own cache.
            if fcntl(number, F_FULLFSYNC) == 0 { return }
        #endif
        try check(fsync(number))
    }
}
