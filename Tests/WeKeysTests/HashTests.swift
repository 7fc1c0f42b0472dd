import Testing
import WeData
import WeKeys

@Suite("Hashes")
struct HashTests {
    @Test("BLAKE2b-512 is that of the published answers", .enabled(if: Vectors.arePresent))
    func wide() throws {
        let cases = try Vectors.blocks("kdf/blake2b_512_kat.txt").filter { $0["MD"] != nil }
        #expect(cases.count == 7)
        for one in cases {
            let bits = try #require(one["Len"].flatMap { Int($0) })
            // A message of no bytes is written as 00, with its length beside it.
            let message = Array(try hex(one["Msg"]).prefix(bits / 8))
            #expect(try Blake2b.hash512(message) == hex(one["MD"]))
            var hasher = Blake2bHasher.wide()
            for byte in message { hasher.update([byte]) }
            let streamed = hasher.finishWide()
            #expect(try streamed == hex(one["MD"]))
        }
    }

    @Test("BLAKE2b-256 of nothing, abc and 600 bytes, from Python's hashlib")
    func narrow() throws {
        let answers: [([UInt8], String)] = [
            ([], "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
            (Array("abc".utf8), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
            (
                (0..<600).map { UInt8(truncatingIfNeeded: $0) },
                "6492e8b7e8ad7bf6b89553c45a458eb4b0704dd09b643e800bdc991dcf923d5a"
            ),
        ]
        for (message, answer) in answers {
            let expected = try #require(try Bytes32(hex(answer)))
            #expect(Blake2b.hash(message) == expected)
            let fromSpan = Blake2b.hash(message.span)
            #expect(fromSpan == expected)
            let half = message.count / 2
            let joined = Blake2b.hash(
                message.span.extracting(0..<half), message.span.extracting(half..<message.count))
            #expect(joined == expected)
            #expect(
                Blake2b.hash(parts: Array(message[..<half]), [], Array(message[half...]))
                    == expected)
        }
    }

    @Test("a label is hashed before the parts, with a zero byte between")
    func labels() throws {
        let derived = Blake2b.derive(label: "weonomy/1 test", [1, 2], [3])
        #expect(derived == Blake2b.hash(Array("weonomy/1 test".utf8) + [0, 1, 2, 3]))
        #expect(derived != Blake2b.derive(label: "weonomy/1 tes", Array("t".utf8) + [0, 1, 2, 3]))
        let bytes: [UInt8] = [1, 2, 3]
        let fromSpan = Blake2b.derive(label: "weonomy/1 test", bytes.span)
        #expect(fromSpan == derived)
        let fromSecret = try Blake2b.derive(
            label: "weonomy/1 test", secret: SecretBytes(copying: [1]), [2], [3])
        #expect(fromSecret.revealed == derived.bytes)
    }

    private struct Keyed: Decodable {
        struct Tag: Decodable { let key, data, tag: String }
        struct Expansion: Decodable {
            let ck, ikm: String
            let n: Int
            let out: [String]
        }
        let hmac_blake2b_512: [Tag]
        let noise_hkdf_blake2b: [Expansion]
    }

    @Test("HMAC-BLAKE2b-512 is that of Python's hmac", .enabled(if: Vectors.arePresent))
    func hmac() throws {
        let file = try Vectors.json("kdf/hmac_hkdf_blake2b_generated.json", as: Keyed.self)
        #expect(file.hmac_blake2b_512.count == 70)
        for one in file.hmac_blake2b_512 {
            let tag = try Hmac.blake2b512(key: hex(one.key), data: hex(one.data))
            #expect(try tag == hex(one.tag))
        }
    }

    @Test("the HKDF of Noise has two or three outputs", .enabled(if: Vectors.arePresent))
    func hkdf() throws {
        let file = try Vectors.json("kdf/hmac_hkdf_blake2b_generated.json", as: Keyed.self)
        #expect(file.noise_hkdf_blake2b.count == 10)
        for one in file.noise_hkdf_blake2b {
            let whole = try NoiseHKDF.expand(
                chainingKey: secret(one.ck), input: hex(one.ikm),
                lengths: Array(repeating: 64, count: one.n))
            #expect(try whole.map(\.revealed) == one.out.map { try hex($0) })
            let cut = try NoiseHKDF.expand(
                chainingKey: secret(one.ck), input: secret(one.ikm),
                lengths: Array(repeating: 32, count: one.n))
            #expect(try cut.map(\.revealed) == one.out.map { Array(try hex($0).prefix(32)) })
        }
        #expect(Set(file.noise_hkdf_blake2b.map(\.n)) == [2, 3])
    }
}
