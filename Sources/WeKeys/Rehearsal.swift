import Synchronization
import WeData

/// What a process that plays many laptops at once, with keys worth nothing, may spare itself.
///
/// Signatures that were made or verified in it count without being verified again, the second of
/// two who agree on a secret takes what the first computed, and keys need no guard pages. What is
/// valid stays the same: a signature is known by its key and every byte that was signed, a secret
/// by both public keys. No program for people begins one.
package enum Rehearsal {
    private static let isOn = Atomic(false)
    private static let signatures = Mutex(Memory())
    private static let keys = Mutex(Memory())
    private static let agreements = Mutex<[Set<ChannelKey>: Bytes32]>([:])

    /// From here on this process rehearses.
    package static func begin() { isOn.store(true, ordering: .relaxed) }

    /// Whether keys that live on are kept between guard pages.
    static var hasGuardPages: Bool { !isOn.load(ordering: .relaxed) }

    /// Whether a signature is valid, which is asked of `verify` where it isn't known.
    static func isValid(
        _ signature: Signature, of message: UnsafeRawBufferPointer, by key: DeviceKey,
        _ verify: () -> Bool
    ) -> Bool {
        guard isOn.load(ordering: .relaxed) else { return verify() }
        return signatures.knows(unsafe hash(signature, message, key), verify)
    }

    /// Whether a team may admit a key, likewise.
    static func isEnrollable(_ key: DeviceKey, _ verify: () -> Bool) -> Bool {
        guard isOn.load(ordering: .relaxed) else { return verify() }
        return keys.knows(key.value, verify)
    }

    /// Notes a signature that was made here.
    static func made(
        _ signature: Signature, of message: UnsafeRawBufferPointer, by key: DeviceKey
    ) {
        guard isOn.load(ordering: .relaxed) else { return }
        let hash = unsafe hash(signature, message, key)
        signatures.withLock { $0.insert(hash) }
    }

    /// Writes the secret that the holder of the other key computed before; gives whether it did.
    static func agreed(
        _ own: ChannelKey, _ other: ChannelKey, into memory: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard isOn.load(ordering: .relaxed),
            let secret = agreements.withLock({ $0.removeValue(forKey: [own, other]) })
        else { return false }
        unsafe secret.withBytes { unsafe memory.copyMemory(from: $0) }
        return true
    }

    /// Keeps a secret for the holder of the other key.
    static func agree(
        _ own: ChannelKey, _ other: ChannelKey, on memory: UnsafeRawBufferPointer
    ) {
        guard isOn.load(ordering: .relaxed) else { return }
        let secret = unsafe Bytes32.filled { unsafe $0.copyMemory(from: memory) }
        agreements.withLock {
            if $0.count >= Memory.countMax { $0 = [:] }
            $0[[own, other]] = secret
        }
    }

    /// One hash over who signed what, and the signature.
    static func hash(
        _ signature: Signature, _ message: UnsafeRawBufferPointer, _ key: DeviceKey
    ) -> Bytes32 {
        var hasher = Blake2bHasher()
        unsafe key.value.withBytes { unsafe hasher.update($0) }
        unsafe signature.withBytes { unsafe hasher.update($0) }
        unsafe hasher.update(message)
        return hasher.finish()
    }
}

extension Mutex<Rehearsal.Memory> {
    /// Whether something was found right, now or before; what wasn't is asked again.
    fileprivate func knows(_ hash: Bytes32, _ verify: () -> Bool) -> Bool {
        if withLock({ $0.contains(hash) }) { return true }
        guard verify() else { return false }
        withLock { $0.insert(hash) }
        return true
    }
}

extension Rehearsal {
    /// What was found right last, at most twice ``countMax``.
    struct Memory {
        static let countMax = 32_768
        private var newer: Set<Bytes32> = []
        private var older: Set<Bytes32> = []

        func contains(_ hash: Bytes32) -> Bool { newer.contains(hash) || older.contains(hash) }

        mutating func insert(_ hash: Bytes32) {
            if newer.count >= Memory.countMax {
                older = newer
                newer = []
            }
            newer.insert(hash)
        }
    }
}
