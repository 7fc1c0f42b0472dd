// Calls the system: limits of the process are nobody else's to set.
#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import WeSodium

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

    /// Keeps other processes of this user, and programs that collect core dumps, out of this
    /// process's memory.
    ///
    /// Linux ignores the limit on core files where a program collects them (core(5)), so
    /// ``disableCoreDumps()`` alone is not enough there. It costs that no debugger of the same user
    /// can attach, and that most of `/proc/self` belongs to root; programs that are started from
    /// here are not concerned. Elsewhere it does nothing.
    public static func denyInspection() throws(KeyError) {
        guard we_set_not_dumpable() == 0 else { throw .system(errno: errno) }
    }

    /// Whether the system keeps a secret's page out of swap, as far as can be tried now.
    public static var canLockMemory: Bool {
        guard Sodium.ready, let page = unsafe sodium_malloc(32) else { return false }
        defer { unsafe sodium_free(page) }
        // `sodium_malloc` goes on without the lock, and says nothing.
        return unsafe sodium_mlock(page, 32) == 0
    }
}
