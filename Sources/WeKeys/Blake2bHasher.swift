public import WeData
import WeSodium

/// BLAKE2b fed piece by piece; it is used up by asking for the hash.
@safe
public struct Blake2bHasher: ~Copyable {
    /// The state of libsodium, wiped when dropped because a secret may have gone through it.
    private let state: OpaquePointer
    /// What was allocated, in which the state lies.
    private let memory: OpaquePointer
    private let outputByteCount: Int

    /// Starts a hash of 32 bytes.
    public init() { self.init(outputByteCount: 32) }

    /// Starts a hash of 32 bytes with `label` and a zero byte, as `Blake2b.derive(label:_:)` does.
    public init(label: String) {
        self.init(outputByteCount: 32)
        var bytes = Array(label.utf8)
        bytes.append(0)
        update(bytes)
    }

    /// Starts a hash of 64 bytes, the HASHLEN of Noise (Noise 12.8).
    package static func wide() -> Blake2bHasher { Blake2bHasher(outputByteCount: 64) }

    private init(outputByteCount: Int) {
        _ = Sodium.ready
        // On the heap because Swift has no type for a field of 64-byte alignment, which is looked
        // for in a little more memory: aligned memory costs the allocator more than the hash.
        let size = crypto_generichash_blake2b_statebytes() + Blake2bHasher.alignment
        let start = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        unsafe memory = OpaquePointer(start)
        unsafe state = OpaquePointer(start.alignedUp(toMultipleOf: Blake2bHasher.alignment))
        self.outputByteCount = outputByteCount
        _ = unsafe crypto_generichash_blake2b_init(state, nil, 0, outputByteCount)
    }

    deinit {
        unsafe sodium_memzero(
            UnsafeMutableRawPointer(state), crypto_generichash_blake2b_statebytes())
        unsafe UnsafeMutableRawPointer(memory).deallocate()
    }

    /// Of libsodium's state.
    private static let alignment = 64

    /// Adds `bytes` to what is hashed.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Adds `bytes` to what is hashed.
    public mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Adds a secret to what is hashed.
    public mutating func update(_ secret: SecretBytes) {
        unsafe secret.withUnsafeBytes { unsafe update($0) }
    }

    /// Adds `bytes` to what is hashed.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        _ = unsafe crypto_generichash_blake2b_update(state, bytes.octets, UInt64(bytes.count))
    }

    /// The hash of everything added.
    public consuming func finish() -> Bytes32 {
        unsafe Bytes32.filled { unsafe finish(into: $0) }
    }

    /// The hash of everything added, as the secret it is when a secret went in.
    package consuming func finishSecret() throws(KeyError) -> SecretBytes {
        try unsafe SecretBytes(count: outputByteCount) { (memory) throws(KeyError) in
            unsafe finish(into: memory)
        }
    }

    /// The 64 bytes of a hash started with ``wide()``.
    package consuming func finishWide() -> [UInt8] {
        let count = outputByteCount
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            unsafe finish(into: UnsafeMutableRawBufferPointer(buffer))
            written = count
        }
    }

    /// Writes the hash to `output`, which holds as many bytes as were asked for.
    borrowing func finish(into output: UnsafeMutableRawBufferPointer) {
        _ = unsafe crypto_generichash_blake2b_final(state, output.octets, outputByteCount)
    }
}
