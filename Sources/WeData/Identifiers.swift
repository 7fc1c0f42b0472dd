/// Thirty-two bytes held in four machine words: a hash, a key or a secret-free identifier.
///
/// Order is the order of the bytes.
public struct Bytes32: Hashable, Comparable, Sendable {
    /// The bytes, eight per word, most significant first.
    @usableFromInline package let word0, word1, word2, word3: UInt64

    /// Thirty-two zero bytes.
    public static let zero = Bytes32(word0: 0, word1: 0, word2: 0, word3: 0)

    @inlinable
    package init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// Takes exactly 32 bytes; `nil` for any other count.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.init(bytes, at: 0)
    }

    /// Takes exactly 32 bytes; `nil` for any other count.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var index = 0
        for byte in bytes {
            let value = UInt64(byte)
            switch index >> 3 {
            case 0: words.0 = words.0 << 8 | value
            case 1: words.1 = words.1 << 8 | value
            case 2: words.2 = words.2 << 8 | value
            default: words.3 = words.3 << 8 | value
            }
            index += 1
        }
        self.init(word0: words.0, word1: words.1, word2: words.2, word3: words.3)
    }

    /// Reads 32 bytes of `bytes` from `offset`; `nil` when fewer are left.
    package init?(_ bytes: [UInt8], at offset: Int) {
        guard offset >= 0, bytes.count >= 32, offset <= bytes.count - 32 else { return nil }
        self = unsafe bytes.withUnsafeBytes { buffer in
            func word(_ at: Int) -> UInt64 {
                unsafe buffer.loadUnaligned(fromByteOffset: offset + at, as: UInt64.self).bigEndian
            }
            return Bytes32(word0: word(0), word1: word(8), word2: word(16), word3: word(24))
        }
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        unsafe withBytes { bytes in unsafe [UInt8](bytes) }
    }

    /// Calls `body` with the 32 bytes in memory, without an allocation.
    @inlinable
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var words = (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
        return try unsafe withUnsafeBytes(of: &words, body)
    }

    /// Orders by what it holds, the first difference first.
    public static func < (left: Bytes32, right: Bytes32) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }

    /// Adds modulo 2^256, the bytes read as one big-endian number (Protocol.md, "Fingerprints").
    public static func &+ (left: Bytes32, right: Bytes32) -> Bytes32 {
        let (sum3, carry3) = left.word3.addingReportingOverflow(right.word3)
        let (sum2, carry2) = Bytes32.add(left.word2, right.word2, carry3)
        let (sum1, carry1) = Bytes32.add(left.word1, right.word1, carry2)
        let (sum0, _) = Bytes32.add(left.word0, right.word0, carry1)
        return Bytes32(word0: sum0, word1: sum1, word2: sum2, word3: sum3)
    }

    /// Subtracts modulo 2^256: the inverse of `&+`.
    public static func &- (left: Bytes32, right: Bytes32) -> Bytes32 {
        let negated = Bytes32(
            word0: ~right.word0, word1: ~right.word1, word2: ~right.word2, word3: ~right.word3)
        return left &+ negated &+ Bytes32(word0: 0, word1: 0, word2: 0, word3: 1)
    }

    private static func add(_ left: UInt64, _ right: UInt64, _ carry: Bool) -> (UInt64, Bool) {
        let (partial, overflow) = left.addingReportingOverflow(right)
        let (sum, again) = partial.addingReportingOverflow(carry ? 1 : 0)
        return (sum, overflow || again)
    }
}

/// A name of 32 bytes with a meaning of its own, so that no two kinds can be confused.
public protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 32 bytes that are the identifier.
    var value: Bytes32 { get }

    /// Wraps 32 bytes.
    init(_ value: Bytes32)
}

extension Identifier {
    /// Takes exactly 32 bytes; `nil` for any other count.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard let value = Bytes32(bytes) else { return nil }
        self.init(value)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { value.bytes }

    /// Orders by what it holds, the first difference first.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }

    /// Sixty-four hexadecimal digits.
    public var description: String { Hex.encode(bytes) }
}

/// An event: BLAKE2b-256 of its header and signature (Protocol.md, "Events").
public struct EventID: Identifier {
    /// The 32 bytes.
    public let value: Bytes32
    /// Wraps the value.
    @inlinable
    public init(_ value: Bytes32) { self.value = value }
}

/// An object: the event that created it, or the person whose profile it is.
public struct ObjectID: Identifier {
    /// The 32 bytes.
    public let value: Bytes32
    /// Wraps the value.
    @inlinable
    public init(_ value: Bytes32) { self.value = value }
}

/// A team: its genesis event.
public struct TeamID: Identifier {
    /// The 32 bytes.
    public let value: Bytes32
    /// Wraps the value.
    @inlinable
    public init(_ value: Bytes32) { self.value = value }
}

/// A person: a hash of the first device key (Protocol.md, "Persons and devices").
public struct PersonID: Identifier {
    /// The 32 bytes.
    public let value: Bytes32
    /// Wraps the value.
    @inlinable
    public init(_ value: Bytes32) { self.value = value }
}

/// A device's Ed25519 public key, which is also its name.
public struct DeviceKey: Identifier {
    /// The 32 bytes.
    public let value: Bytes32
    /// Wraps the value.
    @inlinable
    public init(_ value: Bytes32) { self.value = value }
}

/// A device's X25519 public key for the channel.
public struct ChannelKey: Identifier {
    /// The 32 bytes.
    public let value: Bytes32
    /// Wraps the value.
    @inlinable
    public init(_ value: Bytes32) { self.value = value }
}

/// A BLAKE2b-256 digest of bytes that are not an event.
public struct Digest: Identifier {
    /// The 32 bytes.
    public let value: Bytes32
    /// Wraps the value.
    @inlinable
    public init(_ value: Bytes32) { self.value = value }
}

/// A file: a hash of its length and the root of its tree (Protocol.md, "Files").
public struct FileID: Identifier {
    /// The 32 bytes.
    public let value: Bytes32
    /// Wraps the value.
    @inlinable
    public init(_ value: Bytes32) { self.value = value }
}
