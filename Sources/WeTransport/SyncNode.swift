public import WeData
public import WeLog
public import WeSync

/// What connections ask of the replica that they sync: implemented over a store of events.
///
/// The synchronous functions are called on the engine's thread and hold up all connections while
/// they run.
public protocol SyncNode: AnyObject, Sendable {
    /// How the store is asked.
    associatedtype Index: LogIndex

    /// Who this side is and what it knows of its team, for a connection that begins now.
    func configuration(role: SessionRole) throws(StoreFault) -> SessionConfiguration

    /// The same for a dial under another than the newest of the team's secrets: 1 is the one
    /// before it.
    func configuration(role: SessionRole, secret: Int) throws(StoreFault) -> SessionConfiguration

    /// The team's secrets for beacons, the newest first; none where nothing is announced.
    func beaconSecrets() -> [Bytes32]

    /// Lets `body` ask the store.
    func withIndex<Result>(_ body: (Index) -> Result) throws(StoreFault) -> Result

    /// Stores authentic events on the store's own thread, batches in the order handed in, and
    /// calls `completion` once, from any thread.
    func ingest(
        _ runs: [Run], from device: DeviceKey?,
        completion: @escaping @Sendable (Swift.Result<IngestReport, StoreFault>) -> Void)

    /// The team as the stored events make it; `nil` before it is known.
    func roster() -> Team?

    /// Decides on a request to join and writes the admission; calls `completion` once, from any
    /// thread, with the admission or why there is none, and the team afterwards.
    func admit(
        _ request: JoinRequest, invite: EventID,
        completion: @escaping @Sendable (EventID?, String, Team?) -> Void)

    /// Writes down a further device of this side's person; calls `completion` once, from any thread,
    /// with the event or why there is none, and the team afterwards.
    func enrol(
        _ device: Device, completion: @escaping @Sendable (EventID?, String, Team?) -> Void)

    /// This side was taken in: team and secrets are to be kept. Where they cannot be, the session
    /// ends, since the invitation's code still works.
    func welcomed(team: TeamID, admission: EventID, secrets: [Bytes32]) throws(StoreFault)

    /// The other side of a connection is who it says.
    func recognised(device: DeviceKey, person: PersonID, connection: ConnectionID)

    /// Where files are; `nil` where this side keeps none, and then none of the following is called.
    var files: (any FileSource)? { get }

    /// Calls `completion` once, from any thread, with the files that are wanted and not here, the
    /// most wanted first, and with those of which only is to be heard who has them.
    func wantedFiles(completion: @escaping @Sendable ([FileWish], [FileID]) -> Void)

    /// Looks how much of a file is here: calls `completion` once, from any thread, with its
    /// segments of leaves and its chunks, or with no chunks at all where it can't be kept.
    func beginFile(
        _ file: FileWish, completion: @escaping @Sendable (ChunkSet, ChunkSet?) -> Void)

    /// Proves and keeps a segment of a file's leaves; calls `completion` once, from any thread.
    func take(
        _ segment: FileSegment, of file: FileWish,
        completion: @escaping @Sendable (FileTaking) -> Void)

    /// Proves and keeps a chunk of a file; calls `completion` once, from any thread.
    func take(
        _ chunk: [UInt8], index: Int, of file: FileWish,
        completion: @escaping @Sendable (FileTaking) -> Void)

    /// A device said how much it has of files.
    func heard(_ holdings: [FileID: FileHolding], from device: DeviceKey)

    /// A device and this side hold the same events now.
    func synced(with device: DeviceKey)

    /// What is known of other laptops, the latest met first, for who is met.
    func newsOfOthers() -> [ColleagueNews]

    /// A device said what it knows of other laptops.
    func heard(_ news: [ColleagueNews], from device: DeviceKey)
}

extension SyncNode {
    /// The newest secret is the only one.
    public func configuration(
        role: SessionRole, secret: Int
    ) throws(StoreFault) -> SessionConfiguration {
        try configuration(role: role)
    }

    /// Nothing is announced.
    public func beaconSecrets() -> [Bytes32] { [] }

    /// This side keeps no files.
    public var files: (any FileSource)? { nil }

    /// None.
    public func wantedFiles(completion: @escaping @Sendable ([FileWish], [FileID]) -> Void) {
        completion([], [])
    }

    /// None can be kept.
    public func beginFile(
        _ file: FileWish, completion: @escaping @Sendable (ChunkSet, ChunkSet?) -> Void
    ) {
        completion(ChunkSet(chunkCount: file.shape.segmentCount), nil)
    }

    /// None can be kept.
    public func take(
        _ segment: FileSegment, of file: FileWish,
        completion: @escaping @Sendable (FileTaking) -> Void
    ) {
        completion(.failed)
    }

    /// None can be kept.
    public func take(
        _ chunk: [UInt8], index: Int, of file: FileWish,
        completion: @escaping @Sendable (FileTaking) -> Void
    ) {
        completion(.failed)
    }

    /// Nothing comes of it.
    public func heard(_ holdings: [FileID: FileHolding], from device: DeviceKey) {}

    /// Nothing comes of it.
    public func synced(with device: DeviceKey) {}

    /// Nothing is known.
    public func newsOfOthers() -> [ColleagueNews] { [] }

    /// Nothing comes of it.
    public func heard(_ news: [ColleagueNews], from device: DeviceKey) {}
}

/// Names a connection for as long as the engine runs; numbers are never used again.
public struct ConnectionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Rises from 1.
    public let number: UInt64

    init(_ number: UInt64) { self.number = number }

    /// The older one first.
    public static func < (left: ConnectionID, right: ConnectionID) -> Bool {
        left.number < right.number
    }

    /// `connection 7`.
    public var description: String { "connection \(number)" }
}
