/// An address of IPv4 or IPv6 as it stands in packets.
package struct NetworkHost: Hashable, Sendable {
    /// Four bytes or sixteen.
    package let octets: [UInt8]
    /// The interface of an address that every link has (fe80::/10); 0 for another.
    package let scope: UInt32

    /// Joins the parts.
    package init(octets: [UInt8], scope: UInt32 = 0) {
        self.octets = octets
        self.scope = scope
    }

    /// Whether it means something on its own link only.
    package var isLinkLocal: Bool {
        octets.count == 16
            ? octets[0] == 0xfe && octets[1] & 0xc0 == 0x80
            : octets.count == 4 && octets[0] == 169 && octets[1] == 254
    }
}

/// An interface that is up, with its addresses.
package struct NetworkLink: Hashable, Sendable {
    /// An address with the length of its network's prefix.
    package struct Address: Hashable, Sendable {
        /// Four bytes or sixteen.
        package let octets: [UInt8]
        /// Bits that all on this link have in common.
        package let prefixBits: Int

        /// Joins the parts.
        package init(octets: [UInt8], prefixBits: Int) {
            self.octets = octets
            self.prefixBits = prefixBits
        }

        /// Whether another address is of the same network.
        func holds(_ other: [UInt8]) -> Bool {
            guard other.count == octets.count, prefixBits > 0 else { return false }
            for (index, pair) in zip(octets, other).enumerated() {
                let bits = prefixBits - 8 * index
                guard bits > 0 else { return true }
                let mask: UInt8 = bits >= 8 ? 0xff : 0xff << UInt8(8 - bits)
                guard pair.0 & mask == pair.1 & mask else { return false }
            }
            return true
        }
    }

    /// Its number.
    package let index: UInt32
    /// What it is called.
    package let name: String
    /// Its addresses.
    package let addresses: [Address]

    /// Joins the parts.
    package init(index: UInt32, name: String, addresses: [Address]) {
        self.index = index
        self.name = name
        self.addresses = addresses
    }

    /// The addresses of IPv4 where another laptop may be, in order: of each network at most 254.
    package var neighbours: [NetworkHost] {
        addresses.flatMap { address -> [NetworkHost] in
            let bits = max(address.prefixBits, DiscoveryLimit.probedPrefixBitsMin)
            let octets = address.octets
            // Addresses that laptops give themselves lie anywhere among 65,000.
            guard octets.count == 4, bits <= 30, !NetworkHost(octets: octets).isLinkLocal
            else { return [] }
            let others: UInt8 = 0xff >> UInt8(bits - 24)
            let first = octets[3] & ~others
            // The first is the network itself, and the last everybody.
            return (1..<others).map { NetworkHost(octets: octets[..<3] + [first | $0]) }
                .filter { $0.octets != octets }
        }
    }

    /// Whether a host is on this link itself, with no router between.
    package func reaches(_ host: NetworkHost) -> Bool {
        if host.octets.count == 16, host.isLinkLocal { return host.scope == index }
        return addresses.contains { $0.holds(host.octets) }
    }
}
