/// Pointers as libsodium wants them: to bytes rather than to raw memory, and never null.
extension UnsafeRawBufferPointer {
    var octets: UnsafePointer<UInt8> {
        unsafe UnsafePointer(UnsafeMutableRawBufferPointer(mutating: self).octets)
    }
}

extension UnsafeMutableRawBufferPointer {
    var octets: UnsafeMutablePointer<UInt8> {
        unsafe baseAddress?.assumingMemoryBound(to: UInt8.self) ?? Nothing.octet
    }
}

/// What a pointer to no bytes points at; it is never read or written.
private enum Nothing {
    nonisolated(unsafe) static let octet = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
}
