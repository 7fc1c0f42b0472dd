/// What a store did with events from outside.
public struct IngestReport: Sendable {
    /// Events that were new and are durable now.
    public var storedCount = 0
    /// Events that were there already.
    public var knownCount = 0
    /// Runs whose prev or parents have not arrived; worth trying again after more has.
    public var waiting: [Run] = []
    /// Why events were refused for good, the first few; the rest of such a run is dropped too.
    public var refused: [LogError] = []
    /// Whether the team may have changed.
    public var isMembershipChanged = false
    /// The position of the last event afterwards.
    public var lastPosition: Int64 = 0

    /// Nothing done yet.
    public init() {}
}
