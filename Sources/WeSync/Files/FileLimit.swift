/// Limits of fetching (Protocol.md, "Constants and limits").
public enum FileLimit {
    /// Files that are fetched at once.
    public static let fetchesMax = 32
    /// Sizes in which one file may be named: of more, the first ones count.
    public static let sizesMax = 1_024
    /// Bytes of chunks asked of one peer and not come yet; one more chunk is asked below it.
    public static let outstandingBytesMax = 4 << 20
    /// Chunks asked in one message.
    public static let runChunksMax = 64
    /// Chunks that a peer may have asked for and not got.
    public static let chunksAskedMax = 4_096
    /// Segments of leaves, likewise.
    public static let segmentsAskedMax = 256
    /// Files that a peer may ask after in one session.
    public static let soughtMax = 65_536
    /// A peer that gave nothing of what it was asked for so long is not asked for it any more.
    public static let stallMilliseconds: Milliseconds = 30_000
    /// Between two times that a peer is told how much more there is of a file that it seeks.
    static let updateMilliseconds: Milliseconds = 1_000
}
