#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Synchronization

/// Ctrl-C or a polite kill, as something to wait for.
///
/// From its making on the two signals no longer end the process by themselves.
struct StopSignal: Sendable {
    private static let pipeEnd = Atomic<Int32>(-1)
    private let stream: AsyncStream<Void>

    init() {
        var ends: [Int32] = [0, 0]
        let (stream, news) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        StopSignal.pipeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                // Of all that could be done here only this is safe.
                var byte: UInt8 = 0
                _ = write(StopSignal.pipeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
            }
        }
        let reading = ends[0]
        _ = SystemThread.start {
            var byte: UInt8 = 0
            while read(reading, &byte, 1) < 0, errno == EINTR {}
            // A second Ctrl-C is meant at once.
            signal(SIGINT, SIG_DFL)
            news.yield()
            news.finish()
        }
    }

    /// Returns when the process was asked to end.
    func wait() async {
        for await _ in stream { return }
    }
}

/// A thread that may wait for the system without holding up anything else.
enum SystemThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts one; false when the system refuses.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
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

extension Terminal {
    /// What this machine is called, without its domain.
    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "laptop" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let short = String(decoding: bytes, as: UTF8.self).prefix { $0 != "." }
        return short.isEmpty ? "laptop" : String(short)
    }
}

/// A file that one process at a time holds; the system lets go of it however the process ends.
final class LockedFile: Sendable {
    private let descriptor: Int32

    /// `nil` when another process holds it, or it can't be made.
    init?(_ path: String) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Whether a process holds it now.
    static func isLocked(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}

extension Terminal {
    /// Writes a file that only its owner may read; `false` when it can't.
    static func writePrivate(_ text: String, to path: String) -> Bool {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var text = text
        return text.withUTF8 { Terminal.write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// This process's number.
    static var processNumber: Int32 { getpid() }

    /// Whether this process has all powers over the machine.
    static var isRoot: Bool { geteuid() == 0 }
}
