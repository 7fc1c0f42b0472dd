public import WeData
public import WeSync

/// An address where somebody may be found.
public struct KnownAddress: Sendable, Hashable {
    /// `host:port`.
    public let address: String
    /// Whose device answered there last.
    public let device: DeviceKey?

    /// Joins the parts.
    public init(address: String, device: DeviceKey? = nil) {
        self.address = address
        self.device = device
    }
}

/// How an engine finds peers.
public struct DiscoveryPlan: Sendable {
    /// This side's device.
    public let device: DeviceKey
    /// Where this side listens.
    public let port: UInt16
    /// To whom it sends beacons.
    public let announcing: Announcing
    /// What to dial beside what beacons say.
    public let addresses: [KnownAddress]
    /// The UDP port of the beacons; another one only in tests.
    package var udpPort = DiscoveryLimit.port

    /// Joins the parts.
    public init(
        device: DeviceKey, port: UInt16, announcing: Announcing = .broadcast,
        addresses: [KnownAddress] = []
    ) {
        self.device = device
        self.port = port
        self.announcing = announcing
        self.addresses = addresses
    }
}

/// How discovery stands.
public struct DiscoveryStatus: Sendable {
    /// A colleague whose beacon was heard.
    public struct Sighting: Sendable, Hashable {
        /// The first eight bytes of the device's key.
        public let device: UInt64
        /// `host:port`, where it listens.
        public let address: String
        /// Whether the address means something on this link only.
        public let isLinkLocal: Bool

        init(_ sighting: Discovery.Sighting) {
            device = sighting.device
            address = SocketAddress(sighting.host, port: sighting.port).dialled
            isLinkLocal = sighting.host.isLinkLocal
        }

        /// Whether it is of this device.
        public func isOf(_ device: DeviceKey) -> Bool { device.value.word0 == self.device }
    }

    /// Beacons and what else came in.
    package let counts: Discovery.Counts
    /// Who was heard.
    public let sightings: [Sighting]
    /// The interfaces.
    package let links: [NetworkLink]
    /// Why no beacon can be heard, where that is so.
    public let failure: TransportError?

    /// Beacons sent.
    public var sentCount: Int { counts.sent }
    /// Own beacons that came back.
    public var heardOwnCount: Int { counts.heardOwn }
    /// Beacons of colleagues.
    public var heardCount: Int { counts.heard }
    /// Datagrams that are no beacons of this team and hour.
    public var foreignCount: Int { counts.foreign }
    /// What the interfaces are called.
    public var linkNames: [String] { links.map(\.name) }
}

extension SocketAddress {
    /// The address for one that a beacon came from.
    init(_ host: NetworkHost, port: UInt16) {
        self.init(octets: host.octets, port: port, scope: host.scope)
    }

    /// The parts that the state machine knows.
    var networkHost: (host: NetworkHost, port: UInt16) {
        let host = NetworkHost(octets: octets, scope: scope)
        // The system tells a scope for every address of IPv6; only local ones have one.
        let isLocal = host.isLinkLocal && octets.count == 16
        return (isLocal ? host : NetworkHost(octets: octets), port)
    }

    /// `host:port` in a form that can be dialled: with the interface, where one is needed.
    var dialled: String {
        scope == 0
            ? description : PeerAddress(host: "\(host)%\(scope)", port: port).description
    }
}
