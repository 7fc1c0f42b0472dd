public import WeSync

/// What a meeting with one peer brought.
public struct SyncReport: Sendable {
    /// Who it was; `nil` for more than one.
    public let peer: PersonRef?
    /// Events that were new here.
    public let receivedCount: Int
    /// Events that were sent there.
    public let sentCount: Int
    /// Bytes on the wire after the handshake, in and out.
    public let wireBytesIn: Int
    /// Bytes sent after the handshake.
    public let wireBytesOut: Int
    /// How often one side waited for the other, after the handshake.
    public let roundTrips: Int
    /// Everybody who was met and has the same now.
    public let peers: [Met]

    /// One of those who were met.
    public struct Met: Sendable {
        /// Who.
        public let person: PersonRef
        /// Where.
        public let address: String
        /// What was exchanged.
        public internal(set) var progress: SyncProgress
    }
}

/// A session of this brain while it meets everybody.
struct SyncMeeting {
    var address = ""
    var device: DeviceKey?
    var person: PersonID?
    /// `nil` until both have had the same.
    var progress: SyncProgress?
}

extension SyncReport {
    /// Joins what the sessions brought that were brought to an end, by the order in which they began.
    ///
    /// Two that dial each other at once have two sessions for a moment: each device is met once.
    init(_ meetings: [SyncMeeting], names: [PersonID: String]) {
        var total = SyncProgress()
        var places: [DeviceKey: Int] = [:]
        var peers: [Met] = []
        for meeting in meetings {
            guard let progress = meeting.progress else { continue }
            total += progress
            guard let device = meeting.device, let person = meeting.person else { continue }
            if let place = places[device] {
                peers[place].progress += progress
                continue
            }
            places[device] = peers.count
            peers.append(
                Met(
                    person: PersonRef(id: person, name: names[person] ?? ""),
                    address: meeting.address, progress: progress))
        }
        self.init(
            peer: peers.count == 1 ? peers.first?.person : nil, receivedCount: total.eventsStored,
            sentCount: total.eventsSent, wireBytesIn: total.wireBytesIn,
            wireBytesOut: total.wireBytesOut, roundTrips: total.roundTrips,
            peers: peers.sorted { ($0.person.name, $0.address) < ($1.person.name, $1.address) })
    }
}
