public import WeData
import WeKeys

/// A membership event as the fold needs it.
public struct MembershipEvent: Sendable {
    /// The event.
    public let id: EventID
    /// Who signed it.
    public let device: DeviceKey
    /// Its log.
    public let log: UInt64
    /// The event before it in its log.
    public let previous: EventID?
    /// What its author had seen.
    public let parents: [EventID]
    /// Orders concurrent events, with the id.
    public let lamport: Int
    /// The author's clock, in milliseconds; for display only.
    public let wall: Int64
    /// What it does.
    public let act: MembershipAct

    /// Decodes a stored membership event; `nil` for what cannot be one.
    public init?(_ event: Event) {
        guard event.key.logClass == .membership, let body = event.body,
            let act = MembershipAct(ofBody: body)
        else { return nil }
        id = event.id
        device = event.key.device
        log = event.key.log
        previous = event.header.previous
        parents = event.header.parents
        lamport = event.header.lamport
        wall = event.header.wall
        self.act = act
    }

    /// Joins the parts.
    package init(
        id: EventID, device: DeviceKey, log: UInt64, previous: EventID?, parents: [EventID],
        lamport: Int, wall: Int64 = 0, act: MembershipAct
    ) {
        self.id = id
        self.device = device
        self.log = log
        self.previous = previous
        self.parents = parents
        self.lamport = lamport
        self.wall = wall
        self.act = act
    }
}
