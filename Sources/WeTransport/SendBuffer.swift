/// Bytes on their way to a socket, as the arrays they came in.
struct SendBuffer {
    private var chunks: [[UInt8]] = []
    private var first = 0
    private var offset = 0
    /// Bytes that wait.
    private(set) var count = 0

    /// Small messages are joined up to this size, so that each does not cost a call.
    private static let joinedBytesMax = 16 << 10

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        if let last = chunks.indices.last, last >= first,
            chunks[last].count + bytes.count <= SendBuffer.joinedBytesMax
        {
            chunks[last] += bytes
        } else {
            chunks.append(bytes)
        }
    }

    /// Writes until the socket takes no more; says how many bytes it took.
    mutating func write(to socket: borrowing Socket) throws(SystemError) -> Int {
        var total = 0
        while first < chunks.count {
            let written = try socket.write(chunks[first], from: offset)
            guard written > 0 else { break }
            total += written
            count -= written
            offset += written
            guard offset == chunks[first].count else { continue }
            chunks[first] = []
            first += 1
            offset = 0
        }
        if first == chunks.count { drop() }
        return total
    }

    /// Lets go of everything.
    mutating func removeAll() {
        drop()
        count = 0
    }

    private mutating func drop() {
        chunks.removeAll(keepingCapacity: true)
        first = 0
        offset = 0
    }
}
