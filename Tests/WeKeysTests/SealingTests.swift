import Testing
import WeData
import WeKeys

@Suite("Sealing")
struct SealingTests {
    private struct Wycheproof: Decodable {
        struct Group: Decodable {
            struct Case: Decodable {
                let tcId: Int
                let key, iv, aad, msg, ct, tag, result: String
            }
            let tests: [Case]
        }
        let testGroups: [Group]
    }

    @Test("each Wycheproof verdict on ChaCha20-Poly1305 is ours", .enabled(if: Vectors.arePresent))
    func chacha() throws {
        let file = try Vectors.json(
            "aead/wycheproof_chacha20_poly1305_test.json", as: Wycheproof.self)
        var (opened, refused, wrongNonce) = (0, 0, 0)
        for one in file.testGroups.flatMap(\.tests) {
            guard let nonce = Nonce96(try hex(one.iv)) else {
                #expect(one.result == "invalid")
                wrongNonce += 1
                continue
            }
            let (key, ad) = (try secret(one.key), try hex(one.aad))
            let (plain, sealed) = (try hex(one.msg), try hex(one.ct + one.tag))
            if one.result == "valid" {
                let found = try allWays(sealed, ad, nonce, key)
                #expect(found == plain, "\(one.tcId)")
                var made: [UInt8] = [1, 2]
                try ChaCha20Poly1305.seal(
                    plain.span, appendingTo: &made, ad: ad, nonce: nonce, key: key)
                #expect(made == [1, 2] + sealed, "\(one.tcId)")
                var inPlace = [3] + plain
                try ChaCha20Poly1305.seal(
                    inPlace: &inPlace, from: 1, ad: ad, nonce: nonce, key: key)
                #expect(inPlace == [3] + sealed, "\(one.tcId)")
                opened += 1
            } else {
                #expect(throws: KeyError.notAuthentic, "\(one.tcId)") {
                    try allWays(sealed, ad, nonce, key)
                }
                refused += 1
            }
        }
        #expect(opened + refused == 316 && wrongNonce == 9)
        #expect(opened > 0 && refused > 0)
    }

    /// Opens in both ways, which must agree.
    private func allWays(
        _ sealed: [UInt8], _ ad: [UInt8], _ nonce: Nonce96, _ key: SecretBytes
    ) throws -> [UInt8] {
        var frame = [7] + sealed + [8]
        let inPlace = Result {
            try ChaCha20Poly1305.open(
                inPlace: &frame, 1..<(sealed.count + 1), ad: ad, nonce: nonce, key: key)
        }
        var appended: [UInt8] = [9]
        do {
            try ChaCha20Poly1305.open(
                sealed.span, appendingTo: &appended, ad: ad, nonce: nonce, key: key)
        } catch {
            #expect(appended == [9])
            #expect(throws: KeyError.notAuthentic) { try inPlace.get() }
            throw error
        }
        let range = try inPlace.get()
        #expect(frame.first == 7 && frame.last == 8)
        #expect([9] + frame[range] == appended)
        return Array(frame[range])
    }

    @Test("each OpenSSL case of ChaCha20-Poly1305 is ours", .enabled(if: Vectors.arePresent))
    func openssl() throws {
        let cases = try Vectors.blocks("aead/chacha20poly1305_openssl.txt")
            .filter { $0["Key"] != nil }
        #expect(cases.count == 5)
        #expect(cases.count { $0["Result"] != nil } == 1)
        for one in cases {
            let nonce = try #require(try Nonce96(hex(one["IV"])))
            let (key, ad) = (try secret(one["Key"]), try hex(one["AAD"]))
            let sealed = try hex(one["Ciphertext"]) + hex(one["Tag"])
            if one["Result"] == nil {
                #expect(try allWays(sealed, ad, nonce, key) == hex(one["Plaintext"]))
            } else {
                #expect(throws: KeyError.notAuthentic) { try allWays(sealed, ad, nonce, key) }
            }
        }
    }

    @Test("each Wycheproof verdict on XChaCha20-Poly1305 is ours", .enabled(if: Vectors.arePresent))
    func xchacha() throws {
        let file = try Vectors.json(
            "aead/wycheproof_xchacha20_poly1305_test.json", as: Wycheproof.self)
        var (opened, refused, wrongNonce) = (0, 0, 0)
        for one in file.testGroups.flatMap(\.tests) {
            let (key, nonce, ad) = (try secret(one.key), try hex(one.iv), try hex(one.aad))
            let (plain, sealed) = (try hex(one.msg), try hex(one.ct + one.tag))
            func open() throws -> [UInt8] {
                try XChaCha20Poly1305.open(sealed, ad: ad, nonce: nonce, key: key)
            }
            if nonce.count != XChaCha20Poly1305.nonceBytes {
                #expect(throws: KeyError.wrongLength(expected: 24, got: nonce.count)) {
                    try open()
                }
                wrongNonce += 1
            } else if one.result == "valid" {
                #expect(try open() == plain, "\(one.tcId)")
                let made = try XChaCha20Poly1305.seal(plain, ad: ad, nonce: nonce, key: key)
                #expect(made == sealed, "\(one.tcId)")
                opened += 1
            } else {
                #expect(throws: KeyError.notAuthentic, "\(one.tcId)") { try open() }
                refused += 1
            }
        }
        #expect(opened + refused == 306 && wrongNonce == 9)
        #expect(opened > 0 && refused > 0)
    }

    @Test("a message shorter than its tag, or a range outside the buffer, is refused")
    func short() throws {
        let key = try SecretBytes(randomCount: 32)
        let nonce = Nonce96(counter: 0)
        var frame = [UInt8](repeating: 0, count: 20)
        for range in [0..<0, 0..<15, 5..<20, 4..<21, 4..<100] {
            #expect(throws: KeyError.notAuthentic) {
                try ChaCha20Poly1305.open(inPlace: &frame, range, nonce: nonce, key: key)
            }
        }
        #expect(throws: KeyError.wrongLength(expected: 21, got: 20)) {
            try ChaCha20Poly1305.seal(inPlace: &frame, from: 21, nonce: nonce, key: key)
        }
        #expect(throws: KeyError.notAuthentic) {
            try XChaCha20Poly1305.open(
                [1, 2], nonce: [UInt8](repeating: 0, count: 24), key: key)
        }
        #expect(throws: KeyError.wrongLength(expected: 32, got: 64)) {
            try ChaCha20Poly1305.seal(
                inPlace: &frame, from: 0, nonce: nonce, key: SecretBytes(randomCount: 64))
        }
    }

    @Test("a counter is four zero bytes and then little-endian")
    func nonces() throws {
        let counted = Nonce96(counter: 0x0102_0304_0506_0708)
        #expect(counted == Nonce96([0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1]))
        #expect(counted != Nonce96([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(Nonce96([UInt8](repeating: 0, count: 11)) == nil)
    }
}
