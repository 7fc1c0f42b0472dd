import WeSync

/// Sends beacons to all on every link, and takes in those of others: IPv4 broadcast and an IPv6
/// group, since each is filtered somewhere.
final class BeaconSockets {
    private let loop: EventLoop
    private let port: UInt16
    private var sockets: [Channel] = []
    private var links: [NetworkLink] = []
    /// Why nothing can be heard, where that is so.
    private(set) var failure: TransportError?

    /// Datagrams taken at once before others get their turn.
    private static let burstMax = 64

    /// One socket, for one family.
    private final class Channel: DescriptorHandler {
        let socket: DatagramSocket
        let isIPv6: Bool
        private let take: ([UInt8], SocketAddress) -> Void
        /// One byte more than a beacon: a longer datagram is no beacon.
        private var buffer = [UInt8](repeating: 0, count: Beacon.datagramBytes + 1)

        init(
            _ socket: consuming DatagramSocket, isIPv6: Bool,
            take: @escaping ([UInt8], SocketAddress) -> Void
        ) {
            self.socket = socket
            self.isIPv6 = isIPv6
            self.take = take
        }

        func ready(_ readiness: Readiness) {
            for _ in 0..<BeaconSockets.burstMax {
                // An error of something sent before, such as "nobody listens there": read on.
                guard let result = try? socket.receive(into: &buffer) else { return }
                take(Array(buffer[..<min(result.count, buffer.count)]), result.from)
            }
        }
    }

    init(loop: EventLoop, port: UInt16, received: @escaping ([UInt8], SocketAddress) -> Void) {
        self.loop = loop
        self.port = port
        for address in [SocketAddress.allIPv4(port: port), .all(port: port)] {
            do throws(SystemError) {
                let socket = try DatagramSocket.bound(to: address)
                let channel = Channel(socket, isIPv6: address.isIPv6, take: received)
                loop.watch(channel.socket.descriptor, for: .reading, handler: channel)
                sockets.append(channel)
            } catch {
                failure = error.named(address.description)
            }
        }
        // One family is enough: many machines have no IPv6.
        if !sockets.isEmpty { failure = nil }
    }

    /// The links that beacons go to from now on.
    func use(_ links: [NetworkLink]) {
        self.links = links
        for channel in sockets where channel.isIPv6 {
            for link in links {
                // A link without IPv6 has IPv4.
                try? channel.socket.join(group: DiscoveryLimit.group, link: link.index)
            }
        }
    }

    /// Sends to all on every link; a link that does not take it may be on its way up or down.
    func announce(_ bytes: [UInt8]) {
        for channel in sockets {
            for link in links {
                for address in destinations(link, isIPv6: channel.isIPv6) {
                    try? channel.socket.send(bytes, to: address)
                }
            }
        }
    }

    private func destinations(_ link: NetworkLink, isIPv6: Bool) -> [SocketAddress] {
        if isIPv6 {
            guard link.addresses.contains(where: { $0.octets.count == 16 }) else { return [] }
            let group = NetworkHost(octets: DiscoveryLimit.group, scope: link.index)
            return [SocketAddress(group, port: port)]
        }
        return Set(link.addresses.compactMap(\.broadcast)).map {
            SocketAddress(NetworkHost(octets: $0), port: port)
        }
    }

    /// Sends to one host.
    func send(_ bytes: [UInt8], to address: SocketAddress) {
        for channel in sockets where channel.isIPv6 == address.isIPv6 {
            try? channel.socket.send(bytes, to: address)
        }
    }

    func stop() {
        for channel in sockets { loop.unwatch(channel.socket.descriptor) }
        sockets = []
    }
}
