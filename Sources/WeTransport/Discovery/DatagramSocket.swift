#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A UDP socket that never blocks, is closed on `exec`, and is closed when dropped.
@safe
package struct DatagramSocket: ~Copyable {
    /// The file descriptor, for registration with a loop only.
    package let descriptor: Int32

    private init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Listens on an address, which other programs of this laptop may listen on too: a laptop may
    /// hold several teams.
    package static func bound(to address: SocketAddress) throws(SystemError) -> DatagramSocket {
        #if canImport(Glibc)
            let kind = Int32(SOCK_DGRAM.rawValue)
        #else
            let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw .last("socket") }
        let socket = DatagramSocket(owning: descriptor)
        try Descriptor.prepare(descriptor)
        try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
        try socket.set(SOL_SOCKET, SO_REUSEPORT, 1)
        // Fifty laptops that start at once speak faster than a busy one listens.
        try socket.set(SOL_SOCKET, SO_RCVBUF, 1 << 20)
        if address.isIPv6 {
            try socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1)
            // What is for this link must not be routed to another.
            try socket.set(Int32(IPPROTO_IPV6), IPV6_MULTICAST_HOPS, 1)
        } else {
            try socket.set(SOL_SOCKET, SO_BROADCAST, 1)
        }
        let bound = unsafe address.withPointer { unsafe bind(socket.descriptor, $0, $1) }
        guard bound == 0 else { throw .last("bind") }
        return socket
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) throws(SystemError) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(descriptor, level, option, &value, size) == 0 else {
            throw .last("setsockopt")
        }
    }

    /// Takes part in an IPv6 group on one link; to do so again is no fault.
    package func join(group: [UInt8], link: UInt32) throws(SystemError) {
        var request = ipv6_mreq()
        request.ipv6mr_interface = link
        unsafe withUnsafeMutableBytes(of: &request.ipv6mr_multiaddr) { target in
            for (index, byte) in group.prefix(16).enumerated() { unsafe target[index] = byte }
        }
        let size = socklen_t(MemoryLayout<ipv6_mreq>.size)
        let level = Int32(IPPROTO_IPV6)
        guard unsafe setsockopt(descriptor, level, IPV6_JOIN_GROUP, &request, size) == 0 else {
            if errno == EADDRINUSE { return }
            throw .last("setsockopt")
        }
    }

    /// Sends a datagram; what there is no room or no way for is lost, as on the network.
    package func send(_ bytes: [UInt8], to address: SocketAddress) throws(SystemError) {
        let sent = unsafe address.withPointer { pointer, length in
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe sendto(descriptor, buffer.baseAddress, buffer.count, 0, pointer, length)
            }
        }
        guard sent < 0 else { return }
        let error = SystemError.last("sendto")
        if error.isTemporary { return }
        throw error
    }

    /// Takes the next datagram, cut to what `buffer` holds; `nil` when none waits.
    package func receive(
        into buffer: inout [UInt8]
    ) throws(SystemError) -> (count: Int, from: SocketAddress)? {
        var count = 0
        let source = unsafe SocketAddress.filled { address, length in
            count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recvfrom(descriptor, $0.baseAddress, $0.count, 0, address, length)
            }
            return count < 0 ? -1 : 0
        }
        guard count >= 0 else {
            let error = SystemError.last("recvfrom")
            if error.isTemporary { return nil }
            throw error
        }
        guard let source else { return (0, .allIPv4(port: 0)) }
        return (count, source)
    }

    /// This side's address.
    package var localAddress: SocketAddress? {
        unsafe SocketAddress.filled { unsafe getsockname(descriptor, $0, $1) }
    }
}
