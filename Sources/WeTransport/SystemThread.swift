#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Threads by number, since each system has another type for them.
enum SystemThread {
    /// Enough for everything here, and the same on every system.
    private static let stackBytes = 2 << 20

    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread, which is to be joined or detached.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) -> UInt {
        let start = unsafe Unmanaged.passRetained(Start(body))
        var thread = pthread_t.none
        let code = unsafe withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) {
            let attributes = $0.baseAddress
            guard let attributes = unsafe attributes else { return ENOMEM }
            _ = unsafe pthread_attr_init(attributes)
            defer { _ = unsafe pthread_attr_destroy(attributes) }
            _ = unsafe pthread_attr_setstacksize(attributes, stackBytes)
            return unsafe pthread_create(
                &thread, attributes,
                { context in
                    #if !canImport(Darwin)
                        guard let context = unsafe context else { return nil }
                    #endif
                    unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                }, start.toOpaque())
        }
        guard code == 0 else {
            unsafe start.release()
            throw SystemError(call: "pthread_create", code: code)
        }
        return number(thread)
    }

    #if canImport(Glibc)
        private static func number(_ thread: pthread_t) -> UInt { UInt(thread) }

        /// The caller's.
        static var current: UInt { number(pthread_self()) }

        /// Waits until a thread has ended.
        static func join(_ thread: UInt) { _ = pthread_join(pthread_t(thread), nil) }

        /// Lets a thread end without being waited for.
        static func detach(_ thread: UInt) { _ = pthread_detach(pthread_t(thread)) }
    #else
        private static func number(_ thread: pthread_t?) -> UInt {
            unsafe UInt(bitPattern: thread)
        }

        /// The caller's.
        static var current: UInt { unsafe number(pthread_self()) }

        /// Waits until a thread has ended.
        static func join(_ thread: UInt) {
            if let thread = unsafe pthread_t(bitPattern: thread) {
                _ = unsafe pthread_join(thread, nil)
            }
        }

        /// Lets a thread end without being waited for.
        static func detach(_ thread: UInt) {
            if let thread = unsafe pthread_t(bitPattern: thread) {
                _ = unsafe pthread_detach(thread)
            }
        }
    #endif

    /// Names the caller's thread, for `top -H` and crash reports.
    static func nameCurrent(_ name: String) {
        #if canImport(Darwin)
            _ = unsafe pthread_setname_np(name)
        #else
            let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            var bytes = Array(name.utf8)
            _ = unsafe write(file, &bytes, bytes.count)
            _ = close(file)
        #endif
    }
}

#if canImport(Glibc)
    extension pthread_t {
        fileprivate static var none: pthread_t { 0 }
    }
#else
    extension pthread_t {
        fileprivate static var none: pthread_t? { unsafe nil }
    }
#endif
