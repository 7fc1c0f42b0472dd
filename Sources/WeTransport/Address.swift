/// Where a peer listens, as a person writes it: `192.168.1.7:7431`, `[::1]:7431` or `host`.
public struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name, or a number of IPv4 or IPv6 without brackets.
    public let host: String
    /// The TCP port.
    public let port: UInt16

    /// The port where nothing else is said.
    public static let defaultPort: UInt16 = 7431
    /// The longest host: the longest name that the DNS can hold.
    private static let hostBytesMax = 253

    /// Joins the parts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `[host]:port` or `host`; a bare IPv6 number needs no brackets.
    public init(_ text: String) throws(TransportError) {
        let (host, port) = try PeerAddress.split(text)
        guard !host.isEmpty else { throw .badAddress(text, reason: "it names no host") }
        guard host.utf8.count <= PeerAddress.hostBytesMax,
            !host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f || $0 == 0x5b || $0 == 0x5d })
        else { throw .badAddress(text, reason: "that is no host name") }
        self.host = String(host)
        guard let port else {
            self.port = PeerAddress.defaultPort
            return
        }
        guard port.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt16(port), number > 0
        else { throw .badAddress(text, reason: "a port is a number from 1 to 65535") }
        self.port = number
    }

    private static func split(
        _ text: String
    ) throws(TransportError) -> (host: Substring, port: Substring?) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw .badAddress(text, reason: "the bracket is not closed")
            }
            let host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (host, nil) }
            guard rest.hasPrefix(":") else {
                throw .badAddress(text, reason: "after the bracket comes :port")
            }
            return (host, rest.dropFirst())
        }
        guard let colon = text.firstIndex(of: ":") else { return (text[...], nil) }
        let rest = text[text.index(after: colon)...]
        if rest.contains(":") { return (text[...], nil) }
        return (text[..<colon], rest)
    }

    /// Whether the host is a number by which one machine can be dialled from others: no name, not
    /// this machine itself, no group, and no address that means something on one link alone.
    public var isRoutable: Bool {
        guard let octets = SocketAddress.octets(of: host) else { return false }
        if octets.count == 4 {
            // RFC 6890: this network, loopback, the local link, groups and what is reserved.
            return octets[0] != 0 && octets[0] != 127 && octets[0] < 224
                && !(octets[0] == 169 && octets[1] == 254)
        }
        let isHigh = octets.prefix(12).contains { $0 != 0 }
        let isLocal = octets[0] == 0xfe && octets[1] & 0xc0 == 0x80
        return isHigh && octets[0] != 0xff && !isLocal
            && !octets.starts(with: SocketAddress.mappedPrefix)
    }

    /// `host:port`, with brackets around an IPv6 number.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
