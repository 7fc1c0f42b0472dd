// Calls the system for KeyFile.swift.
#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The folder of a key file, held open so that nobody can put another in its place meanwhile.
struct KeyFolder: ~Copyable {
    let descriptor: Descriptor
    /// The file's name in the folder.
    let name: String
    /// The file's path, for errors.
    private let path: String

    init(of path: String) throws(KeyError) {
        var parent = "."
        var name = path[...]
        if let slash = path.lastIndex(of: "/") {
            parent = slash == path.startIndex ? "/" : String(path[..<slash])
            name = path[path.index(after: slash)...]
        }
        self.name = String(name)
        self.path = path
        descriptor = try Descriptor(naming: path) {
            unsafe open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
    }

    /// Throws when others could put another file in place of this one.
    borrowing func check() throws(KeyError) {
        let status = try descriptor.status()
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .file(.folderOfAnother, path: path)
        }
        let mode = UInt32(status.st_mode) & 0o7777
        // In a sticky folder, such as /tmp, others cannot rename what is not theirs.
        guard mode & 0o022 == 0 || mode & 0o1000 != 0 else {
            throw .file(.folderTooOpen(mode: mode), path: path)
        }
    }

    /// Keeps other processes from replacing a file of this folder until this value is gone.
    borrowing func lock() throws(KeyError) {
        var result: Int32
        repeat {
            result = flock(descriptor.number, LOCK_EX | LOCK_NB)
        } while result != 0
            && errno == EINTR
        guard result != 0 else { return }
        throw .file(errno == EWOULDBLOCK ? .busy : .system(errno: errno), path: path)
    }

    borrowing func openForReading(_ name: String) throws(KeyError) -> Descriptor {
        // Without O_NONBLOCK, opening a pipe would wait for someone to write to it.
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        return try Descriptor(naming: path) { unsafe openat(descriptor.number, name, flags) }
    }

    /// Creates a file of mode 0600; never overwrites or follows a link.
    borrowing func create(_ name: String) throws(KeyError) -> Descriptor {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        return try Descriptor(naming: path) { unsafe openat(descriptor.number, name, flags, 0o600) }
    }

    borrowing func remove(_ name: String) {
        _ = unsafe unlinkat(descriptor.number, name, 0)
    }

    borrowing func rename(_ old: String, to new: String) throws(KeyError) {
        try descriptor.check(unsafe renameat(descriptor.number, old, descriptor.number, new))
    }
}

/// An open file that closes itself, and whose errors name the key file.
struct Descriptor: ~Copyable {
    let number: Int32
    let path: String

    init(naming path: String, _ open: () -> Int32) throws(KeyError) {
        var opened: Int32
        repeat { opened = open() } while opened < 0 && errno == EINTR
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

    borrowing func status() throws(KeyError) -> stat {
        var status = stat()
        try unsafe check(fstat(number, &status))
        return status
    }

    borrowing func mode() throws(KeyError) -> UInt32 { UInt32(try status().st_mode) & 0o7777 }

    /// The file's size, once everything else about it is as it should be.
    borrowing func checkedByteCount(_ protection: KeyFile.Protection) throws(KeyError) -> Int {
        let status = try status()
        func refuse(_ fault: KeyError.FileFault) -> KeyError { .file(fault, path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw refuse(.notRegular) }
        if protection == .permissions {
            guard status.st_uid == geteuid() else { throw refuse(.wrongOwner) }
            let mode = UInt32(status.st_mode) & 0o7777
            guard mode & 0o077 == 0 else { throw refuse(.tooOpen(mode: mode)) }
            guard status.st_nlink == 1 else { throw refuse(.hardLinked) }
        }
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

    /// Writes all of `content` to a new file and makes it durable.
    ///
    /// - Parameter step: told after the writing (`false`) and when it is durable (`true`).
    borrowing func fill(
        with content: SecretBytes, protection: KeyFile.Protection,
        step: (_ isDurable: Bool) -> Void = { _ in }
    ) throws(KeyError) {
        // The umask can only have taken bits away, even the owner's. A file system without modes
        // refuses this, which matters where they are the protection.
        let result = fchmod(number, 0o600)
        if protection == .permissions { try check(result) }
        try write(content)
        step(false)
        try synchronize()
        step(true)
    }

    private borrowing func write(_ secret: SecretBytes) throws(KeyError) {
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
        let result = fsync(number)
        #if canImport(Darwin)
            try check(result)
        #else
            // Some file systems of sticks cannot sync a folder, and say so.
            guard result == 0 || errno == EINVAL else {
                throw .file(.system(errno: errno), path: path)
            }
        #endif
    }
}
