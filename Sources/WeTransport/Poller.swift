#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a descriptor waits for, or is ready for.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bytes, a connection or the end can be read.
    package static let reading = Readiness(rawValue: 1)
    /// The kernel has room, or a connect is over.
    package static let writing = Readiness(rawValue: 2)
    /// The connection is gone both ways; reported whether it was asked for or not.
    package static let failure = Readiness(rawValue: 4)
}

/// Who is told that a descriptor is ready.
package protocol DescriptorHandler: AnyObject {
    /// Called on the loop's thread, as long as it stays true.
    func ready(_ readiness: Readiness)
}

/// The descriptors of a loop, as poll(2) takes them.
struct Poller {
    private struct Watch {
        let descriptor: Int32
        let serial: UInt64
        let handler: any DescriptorHandler
    }

    private var polled: [pollfd] = []
    private var watches: [Watch] = []
    private var places: [Int32: Int] = [:]
    private var serial: UInt64 = 0

    var count: Int { watches.count }

    mutating func watch(
        _ descriptor: Int32, for interest: Readiness, handler: any DescriptorHandler
    ) {
        precondition(places[descriptor] == nil, "descriptor \(descriptor) is watched already")
        serial += 1
        places[descriptor] = watches.count
        watches.append(Watch(descriptor: descriptor, serial: serial, handler: handler))
        polled.append(pollfd())
        setInterest(of: descriptor, to: interest)
    }

    mutating func setInterest(of descriptor: Int32, to interest: Readiness) {
        guard let place = places[descriptor] else { return }
        var events: Int32 = 0
        if interest.contains(.reading) { events |= Int32(POLLIN) }
        if interest.contains(.writing) { events |= Int32(POLLOUT) }
        // A descriptor that waits for nothing is hidden: a failure would be reported forever.
        polled[place] = pollfd(
            fd: interest.isEmpty ? -1 : descriptor, events: Int16(events), revents: 0)
    }

    mutating func remove(_ descriptor: Int32) {
        guard let place = places.removeValue(forKey: descriptor) else { return }
        let last = watches.count - 1
        if place != last {
            watches[place] = watches[last]
            polled[place] = polled[last]
            places[watches[place].descriptor] = place
        }
        watches.removeLast()
        polled.removeLast()
    }

    mutating func removeAll() {
        polled = []
        watches = []
        places = [:]
    }

    /// Waits, and lists who is ready; a handler that is removed meanwhile is left out by
    /// ``handler(_:)``.
    mutating func wait(milliseconds: Int32) -> [Ready] {
        let count = unsafe poll(&polled, nfds_t(polled.count), milliseconds)
        guard count > 0 else { return [] }
        var ready: [Ready] = []
        ready.reserveCapacity(Int(count))
        for (place, entry) in polled.enumerated() where entry.revents != 0 {
            ready.append(
                Ready(
                    descriptor: entry.fd, serial: watches[place].serial,
                    readiness: Poller.readiness(Int32(entry.revents), of: Int32(entry.events))))
        }
        return ready
    }

    private static func readiness(_ events: Int32, of asked: Int32) -> Readiness {
        var result: Readiness = []
        if events & Int32(POLLIN) != 0 { result.insert(.reading) }
        if events & Int32(POLLOUT) != 0 { result.insert(.writing) }
        if events & Int32(POLLERR | POLLHUP | POLLNVAL) != 0 {
            // The next read or write tells the reason.
            result.insert(.failure)
            if asked & Int32(POLLIN) != 0 { result.insert(.reading) }
            if asked & Int32(POLLOUT) != 0 { result.insert(.writing) }
        }
        return result
    }

    struct Ready {
        let descriptor: Int32
        let serial: UInt64
        let readiness: Readiness
    }

    /// Who to tell; `nil` when the descriptor is another one by now.
    func handler(_ ready: Ready) -> (any DescriptorHandler)? {
        guard let place = places[ready.descriptor], watches[place].serial == ready.serial else {
            return nil
        }
        return watches[place].handler
    }
}
