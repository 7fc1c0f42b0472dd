public import WeData
public import WeLog

/// What one laptop knows of another one of the team that it met (Protocol.md, "Hearing of others").
///
/// A hint and nothing more: who is at an address shows in the handshake, and what somebody holds
/// when they are met.
public struct ColleagueNews: Hashable, Sendable {
    /// A log of which the device holds more than who tells.
    public struct Ahead: Hashable, Sendable {
        /// The log.
        public let key: LogKey
        /// How many of its events the device holds.
        public let eventCount: Int

        /// Joins the parts.
        public init(key: LogKey, eventCount: Int) {
            self.key = key
            self.eventCount = eventCount
        }
    }

    /// Whose device it is about.
    public let device: DeviceKey
    /// When it was met, or saw the stick, in milliseconds since 1970 by the clock of who tells.
    public let met: Int64
    /// How many of the events of who tells it held then.
    public let heldCount: Int
    /// What it holds beside those, at most ``logsMax``, by rising key.
    public let ahead: [Ahead]
    /// Where it answered, `host:port` in numbers, the latest first; at most ``addressesMax``.
    public let addresses: [String]

    /// Devices in one message.
    public static let devicesMax = 64
    /// Logs of one device.
    public static let logsMax = 16
    /// Addresses of one device.
    public static let addressesMax = 4
    /// The longest address: one of IPv6 in brackets, with a port.
    static let addressBytesMax = 64

    /// Joins the parts; what is beyond the limits is left out.
    public init(
        device: DeviceKey, met: Int64, heldCount: Int, ahead: [Ahead] = [],
        addresses: [String] = []
    ) {
        self.device = device
        self.met = met
        self.heldCount = max(0, heldCount)
        self.ahead = Array(ahead.sorted { $0.key < $1.key }.prefix(ColleagueNews.logsMax))
        self.addresses = Array(
            addresses.filter { (1...ColleagueNews.addressBytesMax).contains($0.utf8.count) }
                .prefix(ColleagueNews.addressesMax))
    }
}

// MARK: - Telling

extension Session {
    /// Tells the peer of other laptops, the latest met first; a peer that goes at once is told
    /// nothing.
    public mutating func tell(_ news: [ColleagueNews], now: Milliseconds) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            guard session.phase == .open, session.isLive || session.mayWantFiles else { return }
            let known = session.peerHello?.device
            let others = news.filter { $0.device != known }.prefix(ColleagueNews.devicesMax)
            guard !others.isEmpty else { return }
            try session.send(.news(others.sorted { $0.device < $1.device }))
        }
    }
}

// MARK: - Encoding

extension ColleagueNews {
    static func write(_ news: [ColleagueNews], to writer: inout Writer) {
        writer.array(news.count)
        for one in news {
            writer.array(5)
            writer.id(one.device)
            writer.int(one.met)
            writer.int(one.heldCount)
            writer.array(one.ahead.count)
            for log in one.ahead {
                writer.array(2)
                writer.bytes(log.key.bytes)
                writer.int(log.eventCount)
            }
            writer.array(one.addresses.count)
            for address in one.addresses { writer.text(address) }
        }
    }

    static func list(from reader: inout Reader) throws(DecodingError) -> [ColleagueNews] {
        var news: [ColleagueNews] = []
        for _ in 0..<(try reader.array(countMax: devicesMax)) {
            let one = try ColleagueNews(from: &reader)
            if let last = news.last, one.device <= last.device { throw reader.error(.keyOrder) }
            news.append(one)
        }
        return news
    }

    private init(from reader: inout Reader) throws(DecodingError) {
        try reader.array(count: 5)
        device = try reader.id()
        met = try reader.int()
        heldCount = try reader.int(in: 0...(Int.max / 4))
        var ahead: [Ahead] = []
        for _ in 0..<(try reader.array(countMax: ColleagueNews.logsMax)) {
            try reader.array(count: 2)
            let key = try LogKey(from: &reader)
            if let last = ahead.last, key <= last.key { throw reader.error(.keyOrder) }
            ahead.append(Ahead(key: key, eventCount: try reader.int(in: 1...(Int.max / 4))))
        }
        self.ahead = ahead
        var addresses: [String] = []
        for _ in 0..<(try reader.array(countMax: ColleagueNews.addressesMax)) {
            let address = try reader.text(countMax: ColleagueNews.addressBytesMax)
            guard !address.isEmpty else { throw reader.error(.outOfBounds) }
            addresses.append(address)
        }
        self.addresses = addresses
    }
}
