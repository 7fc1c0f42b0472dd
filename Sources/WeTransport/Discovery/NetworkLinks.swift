package import WeSync

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The interfaces of this machine as they are now.
package enum NetworkLinks {
    private struct Entry {
        let name: String
        var addresses: [NetworkLink.Address] = []
    }

    /// Those that are up and connected, by number; loopback is not one, and a tunnel, which has no
    /// neighbours, is one only if asked for.
    package static func current(withTunnels: Bool = false) -> [NetworkLink] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { return [] }
        defer { unsafe freeifaddrs(first) }
        var found: [UInt32: Entry] = [:]
        var next = unsafe first
        while let entry = unsafe next?.pointee {
            unsafe next = entry.ifa_next
            guard unsafe isUsable(Int32(truncatingIfNeeded: entry.ifa_flags), withTunnels),
                let name = unsafe entry.ifa_name, let pointer = unsafe entry.ifa_addr,
                let mask = unsafe entry.ifa_netmask,
                let address = unsafe SocketAddress(UnsafePointer(pointer))
            else { continue }
            let index = unsafe if_nametoindex(name)
            guard index > 0 else { continue }
            let bits = unsafe prefixBits(mask, isIPv6: address.isIPv6)
            let text = unsafe String(cString: name)
            found[index, default: Entry(name: text)].addresses.append(
                NetworkLink.Address(octets: address.octets, prefixBits: bits))
        }
        return found.map {
            NetworkLink(index: $0.key, name: $0.value.name, addresses: $0.value.addresses)
        }.sorted { $0.index < $1.index }
    }

    private static func isUsable(_ flags: Int32, _ withTunnels: Bool) -> Bool {
        func has(_ flag: some BinaryInteger) -> Bool {
            flags & Int32(truncatingIfNeeded: flag) != 0
        }
        return has(IFF_UP) && has(IFF_RUNNING) && !has(IFF_LOOPBACK)
            && (withTunnels || !has(IFF_POINTOPOINT))
    }

    /// The ones at the start of a mask, whose family may be left out by the system.
    private static func prefixBits(_ mask: UnsafePointer<sockaddr>, isIPv6: Bool) -> Int {
        let raw = unsafe UnsafeRawPointer(mask)
        let octets: [UInt8]
        if isIPv6 {
            let address = unsafe raw.loadUnaligned(as: sockaddr_in6.self)
            octets = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe Array($0) }
        } else {
            let address = unsafe raw.loadUnaligned(as: sockaddr_in.self)
            octets = unsafe withUnsafeBytes(of: address.sin_addr) { unsafe Array($0) }
        }
        var bits = 0
        for octet in octets {
            bits += (~octet).leadingZeroBitCount
            if octet != 0xff { break }
        }
        return bits
    }
}

extension BoundAddress {
    /// What colleagues type to dial it, `host:port`: where it is bound to all interfaces, each number
    /// of IPv4 that this machine has on the networks and tunnels around.
    public var dialled: [String] {
        guard host == "::" || host == "0.0.0.0" else { return [description] }
        return NetworkLinks.current(withTunnels: true).flatMap(\.addresses).compactMap { address in
            guard address.octets.count == 4 else { return nil }
            let place = NetworkHost(octets: address.octets)
            return place.isLinkLocal ? nil : SocketAddress(place, port: port).description
        }
    }
}

extension NetworkLink.Address {
    /// The address of all on this IPv4 network; `nil` where there is none.
    var broadcast: [UInt8]? {
        guard octets.count == 4, (1...30).contains(prefixBits) else { return nil }
        return octets.enumerated().map { index, octet in
            let bits = min(max(prefixBits - 8 * index, 0), 8)
            return bits == 8 ? octet : octet | 0xff >> UInt8(bits)
        }
    }
}

/// Tells when interfaces or addresses change; what changed is for the reader to look up.
///
/// On Linux the kernel says so (rtnetlink); elsewhere whoever uses this looks from time to time.
final class LinkWatch: DescriptorHandler {
    private let loop: EventLoop
    private let descriptor: Int32
    private let changed: () -> Void
    private var buffer = [UInt8](repeating: 0, count: 8_192)

    /// `nil` where the system does not tell.
    init?(loop: EventLoop, changed: @escaping () -> Void) {
        #if os(Linux)
            let descriptor = LinkWatch.open()
            guard descriptor >= 0 else { return nil }
            self.loop = loop
            self.descriptor = descriptor
            self.changed = changed
            loop.watch(descriptor, for: .reading, handler: self)
        #else
            return nil
        #endif
    }

    #if os(Linux)
        /// The socket of netlink(7) for changes of links and of IPv4 and IPv6 addresses.
        private static func open() -> Int32 {
            #if canImport(Glibc)
                let kind = Int32(SOCK_RAW.rawValue)
            #else
                let kind = SOCK_RAW
            #endif
            let routing: Int32 = 0
            let descriptor = socket(AF_NETLINK, kind, routing)
            guard descriptor >= 0 else { return -1 }
            // struct sockaddr_nl: family, padding, process (the kernel chooses), groups: RTMGRP_LINK,
            // RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR.
            let groups: UInt32 = 0x1 | 0x10 | 0x100
            var address: (UInt16, UInt16, UInt32, UInt32) = (UInt16(AF_NETLINK), 0, 0, groups)
            let bound = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, socklen_t(12))
                }
            }
            do throws(SystemError) {
                guard bound == 0 else { throw .last("bind") }
                try Descriptor.prepare(descriptor)
                return descriptor
            } catch {
                _ = close(descriptor)
                return -1
            }
        }
    #endif

    func ready(_ readiness: Readiness) {
        // A full queue is news as well.
        while unsafe recv(descriptor, &buffer, buffer.count, 0) > 0 {}
        changed()
    }

    /// Stops for good.
    func stop() {
        loop.unwatch(descriptor)
        _ = close(descriptor)
    }
}
