package import WeSync

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The two clocks that this module may read; everything below it is told the time.
package enum SystemClock {
    /// Never goes back; for deadlines.
    package static func monotonic() -> Milliseconds { milliseconds(CLOCK_MONOTONIC) }

    /// Milliseconds since 1970; for display.
    package static func wall() -> Int64 { milliseconds(CLOCK_REALTIME) }

    /// How long this machine slept since it started; for differences only.
    static func asleep() -> Milliseconds {
        #if canImport(Darwin)
            milliseconds(CLOCK_MONOTONIC) - milliseconds(CLOCK_UPTIME_RAW)
        #else
            milliseconds(CLOCK_BOOTTIME) - milliseconds(CLOCK_MONOTONIC)
        #endif
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000 &+ Int64(time.tv_nsec) / 1_000_000
    }
}

/// Names a timer, so that it can be taken back.
package struct TimerID: Hashable, Sendable {
    let number: UInt64
}

/// Actions by when they are due, the next one last.
///
/// There are about as many as connections, so a sorted array is the fastest heap.
struct Timers {
    private struct Entry {
        let due: Milliseconds
        let id: TimerID
        let action: () -> Void
    }

    private var entries: [Entry] = []
    private var number: UInt64 = 0

    /// When the first one is due.
    var next: Milliseconds? { entries.last?.due }

    /// Adds one; of two that are due at the same time, the one added first goes first.
    mutating func add(due: Milliseconds, _ action: @escaping () -> Void) -> TimerID {
        number += 1
        let entry = Entry(due: due, id: TimerID(number: number), action: action)
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].due >= due { low = middle + 1 } else { high = middle }
        }
        // Later ones stand before earlier ones; among equals the newer stands before the older.
        while low > 0, entries[low - 1].due == due { low -= 1 }
        entries.insert(entry, at: low)
        return entry.id
    }

    /// Takes one back; does nothing when it has gone off.
    mutating func remove(_ id: TimerID) {
        if let index = entries.lastIndex(where: { $0.id == id }) { entries.remove(at: index) }
    }

    /// Takes out the next one that is due.
    mutating func popDue(_ now: Milliseconds) -> (() -> Void)? {
        guard let last = entries.last, last.due <= now else { return nil }
        return entries.removeLast().action
    }
}
