#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The real terminal, and the few other things that only the operating system knows.
struct Terminal: Screen {
    func write(_ text: String, to stream: Stream) {
        var text = text
        text.withUTF8 { bytes in
            guard Terminal.write(UnsafeRawBufferPointer(bytes), to: stream.rawValue) else {
                // Whoever read along has gone (`| head`): nothing is left to tell anyone.
                Terminal.exit(errno == EPIPE ? .ok : .failure)
            }
        }
    }

    func write(_ bytes: [UInt8], to stream: Stream) {
        guard bytes.withUnsafeBytes({ Terminal.write($0, to: stream.rawValue) }) else {
            Terminal.exit(errno == EPIPE ? .ok : .failure)
        }
    }

    func isTerminal(_ stream: Stream) -> Bool {
        isatty(stream.rawValue) == 1
    }

    var size: (columns: Int, rows: Int)? {
        for stream: Int32 in [1, 2, 0] {
            var window = winsize()
            guard ioctl(stream, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { continue }
            return (Int(window.ws_col), Int(window.ws_row))
        }
        return nil
    }

    func readLine() -> String? {
        Swift.readLine(strippingNewline: true)
    }

    func readAll(bytesMax: Int) -> [UInt8]? {
        Terminal.read(0, bytesMax: bytesMax)
    }

    func ticks() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Seconds east of Greenwich here at a moment, in milliseconds since 1970.
    static func offset(at moment: Int64) -> Int {
        var seconds = time_t(moment / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return 0 }
        return Int(parts.tm_gmtoff)
    }
}

// MARK: - Bytes

extension Terminal {
    static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            #if canImport(Darwin)
                let count = Darwin.write(file, part.baseAddress, part.count)
            #elseif canImport(Musl)
                let count = Musl.write(file, part.baseAddress, part.count)
            #else
                let count = Glibc.write(file, part.baseAddress, part.count)
            #endif
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// All that a file gives, or nil when it fails or gives more than `bytesMax`.
    private static func read(_ file: Int32, bytesMax: Int) -> [UInt8]? {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            #if canImport(Darwin)
                let count = Darwin.read(file, &chunk, chunk.count)
            #elseif canImport(Musl)
                let count = Musl.read(file, &chunk, chunk.count)
            #else
                let count = Glibc.read(file, &chunk, chunk.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return result }
            result += chunk[..<count]
            guard result.count <= bytesMax else { return nil }
        }
    }

    /// A file's bytes, or nil when it can't be read or holds more than `bytesMax`.
    static func contents(of path: String, bytesMax: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return read(file, bytesMax: bytesMax)
    }

    /// Makes a new file, mode 0600, never through a link; false when that fails.
    static func create(_ path: String, bytes: [UInt8]) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        return bytes.withUnsafeBytes { write($0, to: file) }
    }

    /// Makes a folder that only its owner may open, with a name nobody could foresee.
    static func makePrivateFolder(in parent: String) -> String? {
        var template = Array("\(parent)/weonomy-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        return template.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) }
        }
    }

    /// Removes a private folder and the files in it.
    static func remove(folder: String, files: [String]) {
        for file in files { unlink("\(folder)/\(file)") }
        rmdir(folder)
    }
}

// MARK: - Signals and other programs

extension Terminal {
    static func exit(_ code: ExitCode) -> Never {
        #if canImport(Darwin)
            Darwin.exit(code.rawValue)
        #elseif canImport(Musl)
            Musl.exit(code.rawValue)
        #else
            Glibc.exit(code.rawValue)
        #endif
    }

    /// Ctrl-C ends at once: everything that was acknowledged is already on disk.
    static func installSignals() {
        signal(SIGINT) { _ in
            // Shows the cursor's line as free; nothing else is safe to do here.
            _exit(ExitCode.interrupted.rawValue)
        }
        // A peer or a pipe that goes away is an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    func page(_ text: String, command: String, environment: [String: String]) -> Bool {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return false }
        let (reading, writing) = (ends[0], ends[1])
        // Else the pager would keep its own input open and never see the end.
        _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
        let words = ["/bin/sh", "-c", command]
        let child = Terminal.spawn(words, input: reading, environment: environment)
        close(reading)
        guard let child else {
            close(writing)
            return false
        }
        var text = text
        let wholly = text.withUTF8 { Terminal.write(UnsafeRawBufferPointer($0), to: writing) }
        close(writing)
        // 127: the shell found no such program, so nothing was shown.
        let status = Terminal.wait(child)
        return wholly ? status != 127 : true
    }

    func edit(_ path: String, command: String) -> Int32? {
        // As git does: the command may hold arguments, the path may hold anything.
        let words = ["/bin/sh", "-c", "\(command) \"$@\"", command, path]
        return Terminal.spawn(words, input: nil, environment: [:]).map(Terminal.wait)
    }

    private static func spawn(
        _ words: [String], input: Int32?, environment: [String: String]
    ) -> pid_t? {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) }
        // The child gets the default reaction to signals that this process ignores.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let settings = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var arguments = words.map { strdup($0) } + [nil]
        var variables = settings.map { strdup("\($0)=\($1)") } + [nil]
        defer { for string in arguments + variables { free(string) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, words[0], &actions, &attributes, &arguments, &variables)
        return result == 0 ? child : nil
    }

    /// Waits without taking Ctrl-C away from the program that has the screen.
    private static func wait(_ child: pid_t) -> Int32 {
        let previous = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, previous) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}
