#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An address of IPv4 or IPv6 with a port, as the system takes it.
@safe
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four bytes or sixteen.
    package let octets: [UInt8]
    /// The TCP port; 0 lets the system choose.
    package let port: UInt16
    /// Which interface an address of the local link is on.
    package let scope: UInt32

    /// Every address of this machine, by IPv6, which takes IPv4 too.
    package static func all(port: UInt16) -> SocketAddress {
        SocketAddress(octets: [UInt8](repeating: 0, count: 16), port: port, scope: 0)
    }

    /// Every address of this machine where there is no IPv6.
    package static func allIPv4(port: UInt16) -> SocketAddress {
        SocketAddress(octets: [0, 0, 0, 0], port: port, scope: 0)
    }

    /// This machine's own address, by which it is not reached from outside.
    package static func loopback(port: UInt16) -> SocketAddress {
        SocketAddress(octets: [127, 0, 0, 1], port: port, scope: 0)
    }

    /// The same in IPv6.
    package static func loopbackIPv6(port: UInt16) -> SocketAddress {
        let octets = [UInt8](repeating: 0, count: 15) + [1]
        return SocketAddress(octets: octets, port: port, scope: 0)
    }

    init(octets: [UInt8], port: UInt16, scope: UInt32) {
        // An IPv4 caller of a socket that takes both shows up inside IPv6: one name for one machine.
        let isMapped = octets.count == 16 && octets.starts(with: SocketAddress.mappedPrefix)
        self.octets = isMapped ? Array(octets.suffix(4)) : octets
        self.port = port
        self.scope = scope
    }

    /// How an address of IPv4 begins inside IPv6 (RFC 4291, 2.5.5.2).
    static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

    /// The bytes of an address in numbers, four or sixteen; `nil` for a name.
    static func octets(of host: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var octets = [UInt8](repeating: 0, count: count)
            let isRead = unsafe octets.withUnsafeMutableBytes { buffer in
                unsafe inet_pton(family, host, buffer.baseAddress) == 1
            }
            if isRead { return octets }
        }
        return nil
    }

    /// Whether it is of IPv6.
    package var isIPv6: Bool { octets.count == 16 }

    var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }

    /// Whom limits count together: an IPv4 machine, or a network of 2^64 IPv6 addresses, which one
    /// machine can have all to itself.
    package var limitKey: [UInt8] { isIPv6 ? Array(octets.prefix(8)) : octets }

    /// Whether a ``limitKey`` is of this machine itself.
    static func isLoopback(limitKey: [UInt8]) -> Bool {
        limitKey.count == 4
            ? limitKey[0] == 127 : limitKey.count == 8 && limitKey.allSatisfy { $0 == 0 }
    }

    /// The address without its port.
    package var host: String {
        unsafe octets.withUnsafeBytes { octets in
            unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
                let result = unsafe inet_ntop(
                    family, octets.baseAddress, text.baseAddress, socklen_t(text.count))
                guard let result = unsafe result else { return "?" }
                return unsafe String(cString: result)
            }
        }
    }

    /// `host:port`.
    package var description: String { PeerAddress(host: host, port: port).description }

    // MARK: - The system's form

    /// Calls `body` with the address as the system wants it.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        if isIPv6 {
            var address = sockaddr_in6()
            #if canImport(Darwin)
                address.sin6_len = UInt8(MemoryLayout<sockaddr_in6>.size)
            #endif
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_scope_id = scope
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                unsafe $0.copyBytes(from: octets)
            }
            return unsafe SocketAddress.withPointer(to: &address, body)
        }
        var address = sockaddr_in()
        #if canImport(Darwin)
            address.sin_len = UInt8(MemoryLayout<sockaddr_in>.size)
        #endif
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: octets) }
        return unsafe SocketAddress.withPointer(to: &address, body)
    }

    private static func withPointer<Form, Result>(
        to address: inout Form, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Form>.size))
            }
        }
    }

    /// Lets `body` fill in an address; `nil` for failure or another family.
    static func filled(
        by body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe body(address, &length) == 0 else { return nil }
                return unsafe SocketAddress(UnsafePointer(address))
            }
        }
    }

    /// Reads the system's form, which is as long as its family says.
    init?(_ pointer: UnsafePointer<sockaddr>) {
        let raw = unsafe UnsafeRawPointer(pointer)
        switch Int32(unsafe pointer.pointee.sa_family) {
        case AF_INET:
            let address = unsafe raw.loadUnaligned(as: sockaddr_in.self)
            let octets = unsafe withUnsafeBytes(of: address.sin_addr) { unsafe Array($0) }
            self.init(octets: octets, port: UInt16(bigEndian: address.sin_port), scope: 0)
        case AF_INET6:
            let address = unsafe raw.loadUnaligned(as: sockaddr_in6.self)
            let octets = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe Array($0) }
            self.init(
                octets: octets, port: UInt16(bigEndian: address.sin6_port),
                scope: address.sin6_scope_id)
        default:
            return nil
        }
    }

    // MARK: - Names

    /// All addresses of a name.
    ///
    /// Blocks for as long as the name service takes: never call it on a loop.
    package static func resolve(
        _ address: PeerAddress
    ) throws(TransportError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        #if canImport(Glibc)
            unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            unsafe hints.ai_socktype = SOCK_STREAM
        #endif
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(address.host, String(address.port), &hints, &list)
        guard result == 0 else {
            throw .cannotResolve(
                address.description, reason: unsafe String(cString: gai_strerror(result)))
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let pointer = unsafe entry.pointee.ai_addr,
                let one = unsafe SocketAddress(UnsafePointer(pointer)), !found.contains(one)
            {
                found.append(one)
            }
            unsafe next = entry.pointee.ai_next
        }
        guard !found.isEmpty else {
            throw .cannotResolve(address.description, reason: "it has no address of IPv4 or IPv6")
        }
        return found
    }
}
