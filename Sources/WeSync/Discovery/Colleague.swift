/// Somebody of the team whose beacons are heard.
struct Colleague: Sendable {
    /// Where one beacon came from.
    struct Place: Sendable, Equatable {
        var host: NetworkHost
        /// The UDP port it was sent from.
        var udpPort: UInt16
    }

    /// Places that are remembered: a laptop on cable and Wi-Fi has IPv4 and IPv6 on both.
    static let placesMax = 4

    let instance: UInt64
    let device: Beacon.DeviceTag
    var port: UInt16
    /// Under which secret it speaks: 0 is the newest.
    var secret: Int
    var fingerprint: UInt64
    /// Where it was heard, the latest first.
    var places: [Place] = []
    var heard: Milliseconds
    var answered: Milliseconds?
    var probed: Milliseconds?
    /// Beacons in a row with another fingerprint than this side's.
    var differences = 0

    /// When to dial; `nil` while nothing is wanted of it.
    var dialDue: Milliseconds?
    var isDialling = false
    var failures = 0
    var lastDial: Milliseconds?

    private var highest: UInt64
    /// Which of the 64 numbers up to the highest were heard.
    private var seen: UInt64 = 1

    init(_ beacon: Beacon, secret: Int, now: Milliseconds) {
        instance = beacon.instance
        device = beacon.device
        port = beacon.port
        fingerprint = beacon.fingerprint
        self.secret = secret
        heard = now
        highest = beacon.sequence
    }

    /// Whether a number was not heard before; it is from here on.
    mutating func isNew(_ sequence: UInt64) -> Bool {
        if sequence > highest {
            let step = sequence - highest
            seen = step < 64 ? seen << step | 1 : 1
            highest = sequence
            return true
        }
        let back = highest - sequence
        guard back < 64, seen & 1 << back == 0 else { return false }
        seen |= 1 << back
        return true
    }

    /// Notes where it was heard; `true` for a place that is new.
    mutating func heard(at place: Place) -> Bool {
        let index = places.firstIndex { $0.host == place.host }
        if let index { places.remove(at: index) }
        places.insert(place, at: 0)
        if places.count > Colleague.placesMax { places.removeLast() }
        return index == nil
    }

    /// Its place in the order of all: the lesser one dials.
    var order: (Beacon.DeviceTag, UInt64) { (device, instance) }
}
