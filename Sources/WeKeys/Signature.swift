package import WeData

/// An Ed25519 signature.
public struct Signature: Hashable, Sendable {
    /// The two halves, R and S (RFC 8032 5.1.6).
    package let first, second: Bytes32

    package init(first: Bytes32, second: Bytes32) {
        self.first = first
        self.second = second
    }

    /// Takes exactly 64 bytes; `nil` for any other count.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 64 else { return nil }
        self.init(bytes, at: 0)
    }

    /// Takes exactly 64 bytes; `nil` for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 64, let first = Bytes32(bytes.prefix(32)),
            let second = Bytes32(bytes.suffix(32))
        else { return nil }
        self.init(first: first, second: second)
    }

    /// Reads 64 bytes of `bytes` from `offset`; `nil` when fewer are left.
    package init?(_ bytes: [UInt8], at offset: Int) {
        guard offset >= 0, bytes.count >= 64, offset <= bytes.count - 64,
            let first = Bytes32(bytes, at: offset), let second = Bytes32(bytes, at: offset + 32)
        else { return nil }
        self.init(first: first, second: second)
    }

    /// The 64 bytes.
    public var bytes: [UInt8] { first.bytes + second.bytes }

    /// Calls `body` with the 64 bytes in memory, without an allocation.
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var words = (
            first.word0.bigEndian, first.word1.bigEndian,
            first.word2.bigEndian, first.word3.bigEndian,
            second.word0.bigEndian, second.word1.bigEndian,
            second.word2.bigEndian, second.word3.bigEndian
        )
        return try unsafe withUnsafeBytes(of: &words, body)
    }
}

/// What a signature is for; a signature made for one purpose is worth nothing for another.
///
/// The bytes that are signed are the label in UTF-8, a zero byte, and the message.
public enum SignatureDomain: String, CaseIterable, Sendable {
    /// The header of an event.
    case event = "weonomy/1 event"
    /// A device's consent to belong to a person.
    case device = "weonomy/1 device"
    /// A newcomer's request to join a team.
    case join = "weonomy/1 join"
    /// The handshake hash of a channel.
    case channel = "weonomy/1 channel"
    /// A decision of the recovery council.
    case council = "weonomy/1 council"
    /// Who wrote a carried file, and what they held.
    case bundle = "weonomy/1 bundle"

    /// Calls `body` with the bytes that are signed for `message`.
    func withSignedBytes<Result>(
        _ message: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let label = rawValue.utf8
        let count = label.count + 1 + message.count
        return unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { buffer in
            var place = 0
            for byte in label {
                unsafe buffer[place] = byte
                place += 1
            }
            unsafe buffer[place] = 0
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[(place + 1)...])
                .copyMemory(from: message)
            return unsafe body(UnsafeRawBufferPointer(buffer))
        }
    }
}
