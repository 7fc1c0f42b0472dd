public import WeData

/// What a ``FileShell`` obeys through: sessions, the files of this laptop, and time.
///
/// All of it, and every answer, happens in one thread. Answers come later, never at once.
public protocol FileHost: AnyObject {
    /// A connection, by a number of the host's.
    associatedtype Peer: Hashable & Comparable & Sendable

    /// The time, from any beginning.
    var now: Milliseconds { get }

    // MARK: - Files

    /// Which files are wanted and not here, and after which others is only to be asked.
    func wantedFiles(_ answer: @escaping ([FileWish], [FileID]) -> Void)

    /// What of a wanted file is here: its segments of leaves and its chunks; `nil` for a file that
    /// can't be kept.
    func begin(_ wish: FileWish, _ answer: @escaping (ChunkSet, ChunkSet?) -> Void)

    /// Keeps a segment of leaves that a peer gave, if it is right.
    func take(
        _ segment: FileSegment, of wish: FileWish, from peer: Peer,
        _ answer: @escaping (FileTaking) -> Void)

    /// Keeps a chunk that a peer gave, if it is right.
    func take(
        _ chunk: [UInt8], index: Int, of wish: FileWish, from peer: Peer,
        _ answer: @escaping (FileTaking) -> Void)

    /// More of a file is here than a moment ago, to be told to who asked for it.
    func fileChanged(_ file: FileID)

    // MARK: - Sessions

    /// Whether a connection is still there; what is asked of one that is not goes nowhere.
    func isConnected(_ peer: Peer) -> Bool

    /// Says which further files are wanted; see ``Session/seek(_:isSettled:now:)``.
    func seek(_ files: [FileID], isSettled: Bool, of peer: Peer)

    /// Asks for a segment of leaves.
    func ask(segment: Int, of file: FileID, from peer: Peer)

    /// Asks for chunks.
    func ask(chunks: Range<Int>, of file: FileID, from peer: Peer)

    /// A chunk of so many bytes that a peer gave was kept.
    func kept(byteCount: Int, from peer: Peer)

    // MARK: - Time

    /// Calls ``FileShell/alarm()`` at a time, and no more at the one of before; `nil` for never.
    func fileAlarm(at due: Milliseconds?)

    /// How much there is to fetch may have changed.
    func transferChanged(wantedCount: Int, bytesToFetch: Int)
}

/// What became of a part of a file.
public enum FileTaking: Sendable {
    /// It is kept; so are the `found` chunks, which were here already in other files, and with
    /// them all of the file where it is complete.
    case kept(found: [Int], isComplete: Bool)
    /// It is not what was asked for.
    case refused
    /// It could not be kept.
    case failed
}
