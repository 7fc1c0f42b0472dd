import WeSodium

/// Bytes that must not leak: kept outside the heap, between guard pages, and wiped when dropped.
///
/// The memory is kept out of swap and core dumps where the system's limit on locked memory allows
/// it; past that limit libsodium goes on without the lock. What lives only for the length of a
/// handshake is wiped but not guarded, because guard pages cost more than the key agreement
/// itself, and a stranger decides how many handshakes there are. The bytes never change after
/// initialisation, so a secret can be shared, and they are only ever lent to a closure:
/// an `Array` or `String` of them would leave copies that nobody wipes.
@safe
public final class SecretBytes: @unchecked Sendable {
    // Sendable because the memory is written before `init` returns and read-only from then on.
    private let memory: UnsafeMutableRawBufferPointer
    private let isGuarded: Bool

    /// The number of bytes.
    public let count: Int

    /// Makes a secret of `count` bytes that `filling` writes; they start as zeros.
    package init(
        count: Int, isGuarded: Bool = true,
        filling: (UnsafeMutableRawBufferPointer) throws(KeyError) -> Void
    ) throws(KeyError) {
        try Sodium.start()
        guard count >= 0 else { throw .wrongLength(expected: 0, got: count) }
        let isGuarded = isGuarded && Rehearsal.hasGuardPages
        let bytes = max(count, 1)
        let allocated =
            unsafe isGuarded
            ? sodium_malloc(bytes)
            : UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 8)
        guard let start = unsafe allocated else { throw .noLockedMemory }
        unsafe memory = UnsafeMutableRawBufferPointer(start: start, count: count)
        self.count = count
        self.isGuarded = isGuarded
        unsafe sodium_memzero(start, bytes)
        try unsafe filling(memory)
        // Where the system cannot protect pages, the secret is only less guarded.
        if isGuarded { _ = unsafe sodium_mprotect_readonly(start) }
    }

    deinit {
        guard let start = unsafe memory.baseAddress else { return }
        if isGuarded {
            // Wipes, unlocks and unmaps, and stops the process when a guard byte was overwritten.
            unsafe sodium_free(start)
        } else {
            unsafe sodium_memzero(start, count)
            unsafe start.deallocate()
        }
    }

    /// Makes a secret of `count` random bytes.
    public convenience init(randomCount count: Int) throws(KeyError) {
        try unsafe self.init(count: count) { (memory) throws(KeyError) in
            if let start = memory.baseAddress { unsafe randombytes_buf(start, memory.count) }
        }
    }

    /// Copies `bytes`; the original cannot be wiped from here, so use this for tests and for
    /// secrets that a person typed.
    public convenience init(copying bytes: some Collection<UInt8>) throws(KeyError) {
        try self.init(copying: bytes, isGuarded: true)
    }

    /// Copies `bytes`, guarded or only wiped.
    package convenience init(
        copying bytes: some Collection<UInt8>, isGuarded: Bool
    ) throws(KeyError) {
        try unsafe self.init(count: bytes.count, isGuarded: isGuarded) {
            (memory) throws(KeyError) in
            let isCopied: Void? = bytes.withContiguousStorageIfAvailable {
                unsafe memory.copyBytes(from: $0)
            }
            guard isCopied == nil else { return }
            var place = 0
            for byte in bytes where place < memory.count {
                unsafe memory[place] = byte
                place += 1
            }
        }
    }

    /// Joins secrets, one after the other.
    public convenience init(joining parts: [SecretBytes]) throws(KeyError) {
        let total = parts.reduce(0) { $0 + $1.count }
        try unsafe self.init(count: total) { (memory) throws(KeyError) in
            var place = 0
            for part in parts {
                unsafe part.withUnsafeBytes { bytes in
                    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[place...])
                        .copyMemory(from: bytes)
                }
                place += part.count
            }
        }
    }

    /// Copies a stretch into a secret of its own; throws when it reaches outside.
    public func part(_ range: Range<Int>) throws(KeyError) -> SecretBytes {
        try part(range, isGuarded: true)
    }

    /// Copies a stretch into a secret of its own, guarded or only wiped.
    package func part(_ range: Range<Int>, isGuarded: Bool) throws(KeyError) -> SecretBytes {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw .wrongLength(expected: range.upperBound, got: count)
        }
        return try unsafe SecretBytes(count: range.count, isGuarded: isGuarded) {
            (memory) throws(KeyError) in
            unsafe memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: self.memory[range]))
        }
    }

    /// Lends the bytes to `body`, which must not keep the pointer or copy what it points at.
    public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(memory))
    }
}
