import WeSodium

/// HMAC over BLAKE2b-512 (RFC 2104, block of 128 bytes), which is not BLAKE2b with a key.
package enum Hmac {
    static let blockBytes = 128

    /// The tag of 64 bytes of `data` under `key`.
    package static func blake2b512(key: [UInt8], data: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            unsafe key.withUnsafeBytes { key in
                unsafe data.withUnsafeBytes { data in
                    unsafe tag(
                        key: key, data, UnsafeRawBufferPointer(start: nil, count: 0),
                        into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
            count = 64
        }
    }

    /// Writes the tag of `first` followed by `second` to `output`, which holds 64 bytes.
    static func tag(
        key: UnsafeRawBufferPointer, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) {
        unsafe withUnsafeTemporaryAllocation(byteCount: blockBytes, alignment: 8) { block in
            defer { unsafe wipe(block) }
            unsafe fill(block, from: key)
            unsafe xor(block, 0x36)
            var inner = Blake2bHasher.wide()
            unsafe inner.update(UnsafeRawBufferPointer(block))
            unsafe inner.update(first)
            unsafe inner.update(second)
            unsafe inner.finish(into: output)
            unsafe xor(block, 0x36 ^ 0x5c)
            var outer = Blake2bHasher.wide()
            unsafe outer.update(UnsafeRawBufferPointer(block))
            unsafe outer.update(UnsafeRawBufferPointer(output))
            unsafe outer.finish(into: output)
        }
    }

    /// A key longer than the block is hashed first; a shorter one is padded with zeros.
    private static func fill(
        _ block: UnsafeMutableRawBufferPointer, from key: UnsafeRawBufferPointer
    ) {
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0)
        if key.count > blockBytes {
            unsafe Blake2b.oneShot(key, into: UnsafeMutableRawBufferPointer(rebasing: block[..<64]))
        } else {
            unsafe block.copyMemory(from: key)
        }
    }

    private static func xor(_ block: UnsafeMutableRawBufferPointer, _ pad: UInt8) {
        for index in block.indices { unsafe block[index] ^= pad }
    }

    private static func wipe(_ block: UnsafeMutableRawBufferPointer) {
        if let start = block.baseAddress { unsafe sodium_memzero(start, block.count) }
    }
}

/// HKDF as Noise defines it (Noise 4.3): HMAC-BLAKE2b-512 with two or three outputs.
package enum NoiseHKDF {
    /// Derives one secret per entry of `lengths`: two or three, each of at most 64 bytes.
    ///
    /// Noise truncates a cipher key to 32 bytes when HASHLEN is 64 (Noise 5.2), so the lengths are
    /// `[64, 32]` for MixKey, `[64, 64, 32]` for MixKeyAndHash and `[32, 32]` for Split; only what
    /// Split gives lives long enough to be guarded.
    package static func expand(
        chainingKey: SecretBytes, input: SecretBytes, lengths: [Int], isGuarded: Bool = false
    ) throws(KeyError) -> [SecretBytes] {
        guard lengths.count <= 3, lengths.allSatisfy({ (0...64).contains($0) }) else {
            throw .wrongLength(expected: 64, got: lengths.max() ?? 0)
        }
        let blocks = try unsafe SecretBytes(count: 4 * 64, isGuarded: false) {
            (memory) throws(KeyError) in
            unsafe chainingKey.withUnsafeBytes { key in
                unsafe input.withUnsafeBytes { input in
                    unsafe fill(memory, key: key, input: input, count: lengths.count)
                }
            }
        }
        var outputs: [SecretBytes] = []
        for (index, length) in lengths.enumerated() {
            let start = 64 * (index + 1)
            outputs.append(try blocks.part(start..<(start + length), isGuarded: isGuarded))
        }
        return outputs
    }

    /// Derives from bytes that are not secret: an ephemeral public key, or none at all in Split.
    package static func expand(
        chainingKey: SecretBytes, input: [UInt8], lengths: [Int], isGuarded: Bool = false
    ) throws(KeyError) -> [SecretBytes] {
        try expand(
            chainingKey: chainingKey, input: SecretBytes(copying: input, isGuarded: false),
            lengths: lengths, isGuarded: isGuarded)
    }

    /// Writes the extracted key, then each output: HMAC(extracted, previous output ‖ its number).
    private static func fill(
        _ memory: UnsafeMutableRawBufferPointer, key: UnsafeRawBufferPointer,
        input: UnsafeRawBufferPointer, count: Int
    ) {
        func block(_ index: Int) -> UnsafeMutableRawBufferPointer {
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[(64 * index)..<(64 * index + 64)])
        }
        let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        unsafe Hmac.tag(key: key, input, nothing, into: block(0))
        let extracted = unsafe UnsafeRawBufferPointer(block(0))
        for index in 1..<(count + 1) {
            unsafe withUnsafeBytes(of: UInt8(index)) { number in
                let previous =
                    unsafe index == 1 ? nothing : UnsafeRawBufferPointer(block(index - 1))
                unsafe Hmac.tag(key: extracted, previous, number, into: block(index))
            }
        }
    }
}
