import Testing
import WeData
import WeKeys

@Suite("Key agreement and sealed boxes")
struct AgreementTests {
    private struct Wycheproof: Decodable {
        struct Group: Decodable {
            struct Case: Decodable {
                let tcId: Int
                let `public`, `private`, shared: String
                let flags: [String]
            }
            let tests: [Case]
        }
        let testGroups: [Group]
    }

    @Test(
        "487 Wycheproof agreements are equal and 31 of low order are refused",
        .enabled(if: Vectors.arePresent))
    func wycheproof() throws {
        let file = try Vectors.json("x25519/wycheproof_x25519_test.json", as: Wycheproof.self)
        var (equal, refused) = (0, 0)
        for one in file.testGroups.flatMap(\.tests) {
            let key = try AgreementKey(secret: secret(one.private))
            let other = try #require(ChannelKey(hex(one.public)))
            if one.flags.contains("ZeroSharedSecret") {
                #expect(throws: KeyError.lowOrderKey, "\(one.tcId)") { try key.agree(with: other) }
                refused += 1
            } else {
                #expect(try key.agree(with: other).revealed == hex(one.shared), "\(one.tcId)")
                equal += 1
            }
        }
        #expect((equal, refused) == (487, 31))
    }

    @Test("agreements are those of RFC 7748", .enabled(if: Vectors.arePresent))
    func rfc7748() throws {
        let blocks = try Vectors.blocks("x25519/rfc7748.txt")
        let cases = blocks.filter { $0["OUTPUT_U"] != nil }
        #expect(cases.count == 3)
        for one in cases {
            let key = try AgreementKey(secret: secret(one["INPUT_SCALAR"]))
            let other = try #require(ChannelKey(hex(one["INPUT_U"])))
            #expect(try key.agree(with: other).revealed == hex(one["OUTPUT_U"]))
        }
    }

    @Test("two keys agree, and a third one does not")
    func agree() throws {
        let (one, two) = (try AgreementKey.generate(), try AgreementKey.generate())
        let shared = try one.agree(with: two.publicKey)
        #expect(ConstantTime.equal(shared, try two.agree(with: one.publicKey)))
        let third = try AgreementKey.generate()
        #expect(!ConstantTime.equal(shared, try third.agree(with: one.publicKey)))
        #expect(try AgreementKey(secret: one.secret).publicKey == one.publicKey)
        #expect(throws: KeyError.wrongLength(expected: 32, got: 33)) {
            try AgreementKey(secret: SecretBytes(randomCount: 33))
        }
    }

    @Test("a box opens for its device only, and only unchanged")
    func boxes() throws {
        let (key, other) = (try AgreementKey.generate(), try AgreementKey.generate())
        let content = try SecretBytes(randomCount: 32)
        let box = try SealedBox.seal(content, to: key.publicKey)
        #expect(box.count == 32 + SealedBox.overheadBytes)
        #expect(try ConstantTime.equal(SealedBox.open(box, with: key), content))
        #expect(throws: KeyError.notAuthentic) { try SealedBox.open(box, with: other) }
        for place in [0, 31, 32, 47, 48, box.count - 1] {
            var changed = box
            changed[place] ^= 1
            #expect(throws: KeyError.notAuthentic) { try SealedBox.open(changed, with: key) }
        }
        for count in [0, 47, 48, 79] {
            #expect(throws: KeyError.notAuthentic) {
                try SealedBox.open(Array(box.prefix(count)), with: key)
            }
        }
        #expect(try SealedBox.seal(content, to: key.publicKey) != box)
    }

    @Test("an empty secret fits in a box")
    func emptyBox() throws {
        let key = try AgreementKey.generate()
        let box = try SealedBox.seal(SecretBytes(copying: []), to: key.publicKey)
        #expect(try SealedBox.open(box, with: key).count == 0)
    }

    @Test("no box is made for a key of low order")
    func lowOrder() throws {
        #expect(throws: KeyError.lowOrderKey) {
            try SealedBox.seal(SecretBytes(randomCount: 32), to: ChannelKey(.zero))
        }
    }
}
