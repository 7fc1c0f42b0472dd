/// Cuts what a browser sends into requests (RFC 9112), as strictly as the RFC allows.
///
/// It gives `nil` for "need more", throws for "never valid", and takes in no more than its limits
/// before it says so. After a throw nothing else can be read: where a next request would begin is
/// unknown. How the bytes were split never matters.
struct HTTPParser: Sendable {
    private let limits: WebLimits
    private var buffer: [UInt8] = []
    /// Where the bytes begin that have not been understood yet.
    private var start = 0
    /// Up to where no line ends.
    private var scanned = 0
    private var line: HTTPRequestLine?
    private var fields = HTTPFields()
    private var headerBytes = 0

    /// Starts before the first request.
    init(limits: WebLimits = WebLimits()) { self.limits = limits }

    /// Bytes that were taken in and not understood yet.
    var bufferedCount: Int { buffer.count - start }

    /// Whether nothing of a next request has come.
    var isBetweenRequests: Bool { bufferedCount == 0 && line == nil }

    /// Takes in what has arrived.
    mutating func append(_ bytes: some Collection<UInt8>) {
        // Dropped once they are the larger part: each byte is moved a bounded number of times.
        if start > buffer.count / 2 {
            buffer = Array(buffer[start...])
            scanned -= start
            start = 0
        }
        buffer += bytes
    }

    /// The next request up to its body.
    mutating func nextHead() throws(WebRefusal) -> HTTPHead? {
        if line == nil {
            // Anything else, as a TLS greeting, need not be waited for.
            if bufferedCount > 0, !(0x41...0x5a ~= buffer[start]) { throw .badRequest }
            let max = limits.requestLineBytesMax
            guard let range = try nextLine(max, .longTarget) else { return nil }
            line = try HTTPRequestLine(buffer[range], limits: limits)
        }
        while let line {
            let max = limits.headerBytesMax - headerBytes
            guard let range = try nextLine(max, .headersTooLarge) else { return nil }
            headerBytes += range.count + 2
            if range.isEmpty {
                let head = try HTTPHead(line, fields, limits: limits)
                (self.line, fields, headerBytes) = (nil, HTTPFields(), 0)
                return head
            }
            guard fields.lines.count < limits.headerCountMax else { throw .headersTooLarge }
            try fields.add(buffer[range])
        }
        return nil
    }

    /// The next line without its end, of at most `max` bytes with it.
    private mutating func nextLine(
        _ max: Int, _ refusal: WebRefusal
    ) throws(WebRefusal) -> Range<Int>? {
        guard let end = buffer[scanned...].firstIndex(of: 0x0a) else {
            scanned = buffer.count
            guard bufferedCount < max else { throw refusal }
            return nil
        }
        let range = start..<end
        guard range.count < max else { throw refusal }
        guard let last = range.last, buffer[last] == 0x0d else { throw .badRequest }
        start = end + 1
        scanned = start
        return range.lowerBound..<last
    }

    /// As much of a body as is there, and no more than `countMax` bytes.
    mutating func nextPiece(_ countMax: Int) -> [UInt8] {
        let count = min(countMax, bufferedCount)
        guard let piece = nextBody(count) else { return [] }
        return piece
    }

    /// The body, once all its bytes are there.
    mutating func nextBody(_ count: Int) -> [UInt8]? {
        guard bufferedCount >= count else { return nil }
        let body = Array(buffer[start..<(start + count)])
        start += count
        scanned = start
        return body
    }
}
