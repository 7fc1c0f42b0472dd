/// Bytes on their way to a socket, as the arrays they came in.
package struct SendBuffer {
    private var chunks: [[UInt8]] = []
    private var first = 0
    private var offset = 0
    /// Bytes that wait.
    package private(set) var count = 0

    /// Small messages are joined up to this size, so that each does not cost a call.
    private static let joinedBytesMax = 16 << 10

    /// Starts empty.
    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Adds bytes after all others.
    package mutating func append(_ bytes: [UInt8]) {
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
    package mutating func write(to socket: borrowing Socket) throws(SystemError) -> Int {
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

    /// Writes nothing where there is no socket any more.
    package mutating func write(to socket: borrowing Socket?) throws(SystemError) -> Int {
        switch socket {
        case .some(let socket): try write(to: socket)
        case .none: 0
        }
    }

    /// Lets go of everything.
    package mutating func removeAll() {
        drop()
        count = 0
    }

    private mutating func drop() {
        chunks.removeAll(keepingCapacity: true)
        first = 0
        offset = 0
    }
}
