public import WeData
import WeSodium

/// BLAKE2b without a key (RFC 7693): 32 bytes for identifiers, 64 for the Noise channel.
public enum Blake2b {
    /// Hashes `bytes` to 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> Bytes32 {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    /// Hashes `bytes` to 32 bytes.
    public static func hash(_ bytes: Span<UInt8>) -> Bytes32 {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    /// Hashes `bytes` to 32 bytes, without an allocation.
    package static func hash(_ bytes: UnsafeRawBufferPointer) -> Bytes32 {
        _ = Sodium.ready
        return unsafe Bytes32.filled { unsafe oneShot(bytes, into: $0) }
    }

    /// Hashes `first` and `second` as if they were one, without joining them.
    public static func hash(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Bytes32 {
        var hasher = Blake2bHasher()
        hasher.update(first)
        hasher.update(second)
        return hasher.finish()
    }

    /// Hashes `parts` as if they were one, without joining them.
    public static func hash(parts: [UInt8]...) -> Bytes32 {
        var hasher = Blake2bHasher()
        for part in parts { hasher.update(part) }
        return hasher.finish()
    }

    /// Hashes `bytes` to 64 bytes.
    package static func hash512(_ bytes: [UInt8]) -> [UInt8] {
        _ = Sodium.ready
        return unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            unsafe bytes.withUnsafeBytes {
                unsafe oneShot($0, into: UnsafeMutableRawBufferPointer(buffer))
            }
            count = 64
        }
    }

    /// Hashes `bytes` to as many bytes as `output` holds.
    ///
    /// The return value of libsodium is not looked at: it is not 0 only for an output of no bytes
    /// or more than 64, which no caller has.
    static func oneShot(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) {
        _ = unsafe crypto_generichash_blake2b(
            output.octets, output.count, bytes.octets, UInt64(bytes.count), nil, 0)
    }
}

// MARK: - Labels

extension Blake2b {
    /// Hashes `label`, a zero byte and `parts`, so that hashes made for one purpose cannot be
    /// taken for those of another.
    public static func derive(label: String, _ parts: [UInt8]...) -> Bytes32 {
        var hasher = Blake2bHasher(label: label)
        for part in parts { hasher.update(part) }
        return hasher.finish()
    }

    /// Hashes `label`, a zero byte and `bytes`.
    public static func derive(label: String, _ bytes: Span<UInt8>) -> Bytes32 {
        var hasher = Blake2bHasher(label: label)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// Derives a secret of 32 bytes from another one, as ``derive(label:_:)-(_,[UInt8]...)`` does
    /// from bytes that may be seen.
    public static func derive(
        label: String, secret: SecretBytes, _ parts: [UInt8]...
    ) throws(KeyError) -> SecretBytes {
        var hasher = Blake2bHasher(label: label)
        hasher.update(secret)
        for part in parts { hasher.update(part) }
        return try hasher.finishSecret()
    }
}

extension Bytes32 {
    /// Makes a value from 32 bytes that `body` writes into memory on the stack.
    package static func filled(_ body: (UnsafeMutableRawBufferPointer) -> Void) -> Bytes32 {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        unsafe withUnsafeMutableBytes(of: &words) { unsafe body($0) }
        return Bytes32(
            word0: words.0.bigEndian, word1: words.1.bigEndian,
            word2: words.2.bigEndian, word3: words.3.bigEndian)
    }
}
