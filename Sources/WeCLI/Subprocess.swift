import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Another program that was started, with pipes on its input and outputs.
///
/// A thread of its own passes the bytes, so that waiting for it holds up nothing else.
final class Subprocess: Sendable {
    /// How a program ended, and what it wrote.
    struct Ending: Sendable {
        /// What it exited with, or 128 and the signal that ended it.
        let code: Int32
        let output: [UInt8]
        let error: [UInt8]
    }

    let id: pid_t
    /// Its standard output by lines, while it runs.
    let lines: AsyncStream<String>
    private let ending: AsyncStream<Ending>
    private let hasEnded: Mutex<Bool>

    /// Starts a program; nil when the system refuses.
    ///
    /// - Parameters:
    ///   - words: the path of the program, and its arguments.
    ///   - input: what it reads; then its input ends.
    ///   - group: a process group to join; by itself a new one, which it leads.
    init?(
        _ words: [String], environment: [String: String], input: [UInt8] = [],
        group: pid_t = 0
    ) {
        guard let pipes = Pipes() else { return nil }
        guard
            let child = Subprocess.spawn(
                words, environment, pipes.child, group: group)
        else {
            pipes.closeAll()
            return nil
        }
        pipes.closeChild()
        id = child
        let (lines, addLine) = AsyncStream.makeStream(of: String.self)
        let (ending, end) = AsyncStream.makeStream(of: Ending.self)
        self.lines = lines
        self.ending = ending
        hasEnded = Mutex(false)
        let relay = Relay(pipes: pipes, input: input) { addLine.yield($0) }
        let isStarted = Subprocess.inThread { [self] in
            let texts = relay.run()
            addLine.finish()
            end.yield(Ending(code: reap(), output: texts.output, error: texts.error))
            end.finish()
        }
        guard isStarted else {
            pipes.closeAll()
            kill(child, SIGKILL)
            _ = reap()
            return nil
        }
    }

    /// Waits until it has ended; only one may wait.
    func ended() async -> Ending {
        for await ending in ending { return ending }
        return Ending(code: 128 + SIGKILL, output: [], error: [])
    }

    /// Asks it to end, or makes it.
    func stop(_ isForced: Bool = false) {
        // Not after it was waited for: the number may be another program's by then.
        hasEnded.withLock { if !$0 { _ = kill(id, isForced ? SIGKILL : SIGTERM) } }
    }

    private func reap() -> Int32 {
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        var status: Int32 = 0
        hasEnded.withLock { hasEnded in
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            hasEnded = true
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}

// MARK: - Starting

extension Subprocess {
    /// The path of the program that runs now.
    static func ownPath() -> String? {
        #if canImport(Darwin)
            var count: UInt32 = 0
            _NSGetExecutablePath(nil, &count)
            var path = [CChar](repeating: 0, count: Int(count))
            guard _NSGetExecutablePath(&path, &count) == 0 else { return nil }
        #else
            var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            guard readlink("/proc/self/exe", &path, Int(PATH_MAX)) > 0 else {
                return CommandLine.arguments.first
            }
        #endif
        return String(
            decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Between making a pipe and closing it to other programs, none may start.
    fileprivate static let starting = Mutex(())

    fileprivate static func spawn(
        _ words: [String], _ environment: [String: String], _ ends: [Int32], group: pid_t
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
        for (stream, end) in ends.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, end, Int32(stream))
        }
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // A thread of Dispatch blocks signals, and a child would inherit that for good.
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setpgroup(&attributes, group)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for string in arguments + variables { free(string) } }
        var child: pid_t = 0
        let result = starting.withLock { _ in
            posix_spawn(&child, words[0], &actions, &attributes, &arguments, &variables)
        }
        return result == 0 ? child : nil
    }

    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func inThread(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        let code = pthread_create(
            &thread, nil,
            { context in
                #if !canImport(Darwin)
                    guard let context else { return nil }
                #endif
                pthread_detach(pthread_self())
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        if code != 0 { work.release() }
        return code == 0
    }
}

// MARK: - Pipes

extension Subprocess {
    /// Three pipes; no other program that is started meanwhile gets hold of them.
    fileprivate struct Pipes: Sendable {
        /// What the child reads and writes: its input, output and errors.
        let child: [Int32]
        /// The other ends.
        let own: [Int32]

        init?() {
            var ends: [[Int32]] = []
            for _ in 0..<3 {
                var pair: [Int32] = [0, 0]
                guard Pipes.open(&pair) else {
                    for end in ends.joined() { close(end) }
                    return nil
                }
                ends.append(pair)
            }
            child = [ends[0][0], ends[1][1], ends[2][1]]
            own = [ends[0][1], ends[1][0], ends[2][0]]
            _ = fcntl(own[0], F_SETFL, O_NONBLOCK)
        }

        func closeChild() { for end in child { close(end) } }
        func closeAll() { for end in child + own { close(end) } }

        /// A pipe whose ends no program inherits that is started by another thread meanwhile.
        private static func open(_ pair: inout [Int32]) -> Bool {
            Subprocess.starting.withLock { _ in
                guard pipe(&pair) == 0 else { return false }
                for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
                return true
            }
        }
    }

    /// Feeds the input and collects the outputs, until both outputs have ended.
    fileprivate struct Relay: Sendable {
        let pipes: Pipes
        let input: [UInt8]
        let addLine: @Sendable (String) -> Void

        func run() -> (output: [UInt8], error: [UInt8]) {
            var texts: [[UInt8]] = [[], []]
            var files = pipes.own
            var rest = input[...]
            var lineStart = 0
            if rest.isEmpty { Relay.close(&files[0]) }
            // `poll` passes over a number below 0.
            while files[1] >= 0 || files[2] >= 0 {
                var asked = files.enumerated().map {
                    pollfd(
                        fd: $1, events: Int16($0 == 0 ? POLLOUT : POLLIN), revents: 0)
                }
                guard poll(&asked, nfds_t(asked.count), -1) >= 0 || errno == EINTR else { break }
                if asked[0].revents != 0 {
                    feed(&rest, to: files[0])
                    if rest.isEmpty { Relay.close(&files[0]) }
                }
                for index in 1...2 where asked[index].revents != 0 {
                    if !Relay.take(from: files[index], into: &texts[index - 1]) {
                        Relay.close(&files[index])
                    }
                }
                while let end = texts[0][lineStart...].firstIndex(of: 0x0A) {
                    addLine(String(decoding: texts[0][lineStart..<end], as: UTF8.self))
                    lineStart = end + 1
                }
            }
            for index in files.indices { Relay.close(&files[index]) }
            return (texts[0], texts[1])
        }

        /// Writes what the pipe takes; a reader that has gone gets no more.
        private func feed(_ rest: inout ArraySlice<UInt8>, to file: Int32) {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EAGAIN, errno != EINTR {
                rest = []
            }
        }

        private static func take(from file: Int32, into text: inout [UInt8]) -> Bool {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = read(file, &chunk, chunk.count)
            guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN) }
            text += chunk[..<count]
            return true
        }

        private static func close(_ file: inout Int32) {
            guard file >= 0 else { return }
            #if canImport(Darwin)
                Darwin.close(file)
            #elseif canImport(Musl)
                Musl.close(file)
            #else
                Glibc.close(file)
            #endif
            file = -1
        }
    }
}

// MARK: - Ending together

/// Ends a group of programs when this one ends, in whichever way, even by `kill -9`.
///
/// A shell waits for the end of a pipe that only this process holds open; the system closes it
/// for a process that is no more.
final class ProcessGuard: Sendable {
    private let shell: pid_t
    private let hold: Int32

    /// The group that the programs are to join.
    var group: pid_t { shell }

    init?(environment: [String: String]) {
        guard let pipes = Subprocess.Pipes() else { return nil }
        let words = ["/bin/sh", "-c", "trap '' INT TERM HUP; read _; kill -KILL 0"]
        let child = Subprocess.spawn(words, environment, pipes.child, group: 0)
        pipes.closeChild()
        close(pipes.own[1])
        close(pipes.own[2])
        guard let child else {
            close(pipes.own[0])
            return nil
        }
        shell = child
        hold = pipes.own[0]
    }

    /// Ends whatever still runs.
    func end() {
        close(hold)
        var status: Int32 = 0
        while waitpid(shell, &status, 0) < 0, errno == EINTR {}
    }
}
