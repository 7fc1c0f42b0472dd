import Testing
import WeData
import WeKeys

@Suite("Signatures")
struct SignatureTests {
    private struct Signing: Decodable {
        let seed, `public`, message, signature: String
    }

    @Test(
        "keys and signatures are those of RFC 8032 and of ref10", .enabled(if: Vectors.arePresent),
        arguments: [
            ("ed25519/rfc8032_7.1.json", 5), ("ed25519/ref10_sign_input.json", 1024),
        ])
    func published(path: String, count: Int) throws {
        let cases = try Vectors.json(path, as: [Signing].self)
        #expect(cases.count == count)
        for one in cases {
            let key = try SigningKey(seed: secret(one.seed))
            let message = try hex(one.message)
            let signature = key.signRaw(message)
            #expect(try key.publicKey.bytes == hex(one.public))
            #expect(try signature.bytes == hex(one.signature))
            #expect(signature.isValidRaw(for: message, by: key.publicKey))
            #expect(!signature.isValidRaw(for: message + [0], by: key.publicKey))
        }
    }

    private struct Wycheproof: Decodable {
        struct Group: Decodable {
            struct Key: Decodable { let pk: String }
            struct Case: Decodable {
                let tcId: Int
                let msg, sig, result: String
            }
            let publicKey: Key
            let tests: [Case]
        }
        let testGroups: [Group]
    }

    @Test("each Wycheproof verdict is ours", .enabled(if: Vectors.arePresent))
    func wycheproof() throws {
        let file = try Vectors.json("ed25519/wycheproof_ed25519_test.json", as: Wycheproof.self)
        var verdicts = (valid: 0, invalid: 0)
        for group in file.testGroups {
            let key = try #require(DeviceKey(hex(group.publicKey.pk)))
            for one in group.tests {
                let message = try hex(one.msg)
                let signature = try Signature(hex(one.sig))
                let accepted = signature?.isValidRaw(for: message, by: key) ?? false
                #expect(accepted == (one.result == "valid"), "\(one.tcId)")
                if accepted { verdicts.valid += 1 } else { verdicts.invalid += 1 }
            }
        }
        #expect(verdicts.valid + verdicts.invalid == 151)
        #expect(verdicts.valid > 0 && verdicts.invalid > 0)
    }

    private struct EdgeCase: Decodable {
        let key, sig, msg: String
        let flags: [String]?
    }

    @Test(
        "of the 914 edge cases 43 verify, and 1 with a key that may be enrolled",
        .enabled(if: Vectors.arePresent))
    func edgeCases() throws {
        let cases = try Vectors.json("ed25519/cctv_ed25519vectors.json", as: [EdgeCase].self)
        #expect(cases.count == 914)
        let accepted = try cases.filter { one in
            let key = try #require(DeviceKey(hex(one.key)))
            let signature = try #require(Signature(hex(one.sig)))
            return signature.isValidRaw(for: Array(one.msg.utf8), by: key)
        }
        #expect(accepted.count == 43)
        let enrolled = try accepted.filter {
            try #require(DeviceKey(hex($0.key))).isValidForEnrolment
        }
        #expect(enrolled.count == 1)
        #expect(enrolled.first?.flags ?? [] == [])
    }

    @Test("a signature counts for one purpose, one message and one key")
    func domains() throws {
        let key = try SigningKey.generate()
        let other = try SigningKey.generate()
        let message: [UInt8] = [1, 2, 3]
        for domain in SignatureDomain.allCases {
            let signature = key.sign(message, domain: domain)
            for wanted in SignatureDomain.allCases {
                let valid = signature.isValid(for: message, domain: wanted, by: key.publicKey)
                #expect(valid == (wanted == domain))
            }
            let accepted = signature.isValid(for: [1, 2], domain: domain, by: key.publicKey)
            #expect(!accepted)
            let byOther = signature.isValid(for: message, domain: domain, by: other.publicKey)
            #expect(!byOther)
        }
    }

    @Test("what is signed is the label, a zero byte and the message")
    func labels() throws {
        let key = try SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
        let labels: [SignatureDomain: String] = [
            .event: "weonomy/1 event", .device: "weonomy/1 device", .join: "weonomy/1 join",
            .channel: "weonomy/1 channel", .council: "weonomy/1 council",
            .bundle: "weonomy/1 bundle",
        ]
        #expect(labels.count == SignatureDomain.allCases.count)
        for (domain, label) in labels {
            let message: [UInt8] = [9, 0, 9]
            let signed = Array(label.utf8) + [0] + message
            let signature = key.sign(message, domain: domain)
            #expect(signature == key.signRaw(signed))
            let fromSpan = key.sign(message.span, domain: domain)
            #expect(fromSpan == signature)
            let verified = signature.isValid(
                for: message.span, domain: domain, by: key.publicKey)
            #expect(verified)
        }
    }

    @Test("an empty message can be signed")
    func empty() throws {
        let key = try SigningKey.generate()
        let signature = key.sign([], domain: .event)
        #expect(signature.isValid(for: [], domain: .event, by: key.publicKey))
        #expect(!signature.isValid(for: [0], domain: .event, by: key.publicKey))
    }

    @Test("a signature has 64 bytes and keeps them")
    func bytes() throws {
        let bytes = (0..<64).map(UInt8.init)
        let signature = try #require(Signature(bytes))
        #expect(signature.bytes == bytes)
        #expect(signature.withBytes { Array($0) } == bytes)
        #expect(Signature(bytes.dropLast()) == nil)
        #expect(Signature(bytes + [0]) == nil)
        #expect(Signature([255] + bytes, at: 1) == signature)
        #expect(Signature(bytes, at: 1) == nil)
        #expect(Signature(bytes, at: -1) == nil)
    }

    @Test("a key comes back from its seed, and only from 32 bytes")
    func seeds() throws {
        let key = try SigningKey.generate()
        let again = try SigningKey(seed: key.seed())
        #expect(again.publicKey == key.publicKey)
        #expect(try SigningKey.generate().publicKey != key.publicKey)
        #expect(throws: KeyError.wrongLength(expected: 32, got: 31)) {
            try SigningKey(seed: SecretBytes(randomCount: 31))
        }
    }

    @Test("a key of small order, off the curve or of mixed order may not be enrolled")
    func enrolment() throws {
        #expect(try SigningKey.generate().publicKey.isValidForEnrolment)
        #expect(!DeviceKey(.zero).isValidForEnrolment)
        let one = try #require(DeviceKey([1] + [UInt8](repeating: 0, count: 31)))
        #expect(!one.isValidForEnrolment)
        let notCanonical = try #require(DeviceKey([UInt8](repeating: 255, count: 32)))
        #expect(!notCanonical.isValidForEnrolment)
    }
}
