import WeSodium

/// The start of libsodium, done once before anything that depends on it.
package enum Sodium {
    /// Whether libsodium started; `sodium_init` is 0 the first time and 1 after that.
    ///
    /// Hashing works without it, only slower, so a hash reads this and goes on either way.
    package static let ready: Bool = sodium_init() >= 0

    /// Throws when libsodium did not start: then no key may be made or used.
    package static func start() throws(KeyError) {
        guard ready else { throw .libraryUnavailable }
    }
}

/// Comparison whose time does not depend on where two values differ.
package enum ConstantTime {
    /// Whether two runs of bytes are the same; only their lengths may show in the time taken.
    package static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in unsafe equal(left, right) }
        }
    }

    /// Whether two secrets are the same.
    package static func equal(_ left: SecretBytes, _ right: SecretBytes) -> Bool {
        unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in unsafe equal(left, right) }
        }
    }

    private static func equal(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe sodium_memcmp(left.octets, right.octets, left.count) == 0
    }
}
