import Foundation
import Testing
import WeData
import WeKeys

@Suite("Key files: sealed with a passphrase")
struct SealedKeyFileTests {
    private let subject = Bytes32.random()
    private let passphrase: SecretBytes
    private let secret: SecretBytes

    init() throws {
        passphrase = try SecretBytes(copying: "correct horse".utf8)
        secret = try SecretBytes(randomCount: 64)
    }

    private func sealed(_ purpose: SealedKeyFile.Purpose = .device) throws -> SecretBytes {
        try SealedKeyFile.seal(
            secret, for: purpose, subject: subject, passphrase: passphrase, cost: .least)
    }

    /// A file that was changed, with the hash at its end made right again as an attacker would.
    private func mended(_ bytes: [UInt8]) throws -> SecretBytes {
        let body = Array(bytes.dropLast(32))
        return try SecretBytes(
            copying: body + Blake2b.derive(label: "weonomy/1 key file", body).bytes)
    }

    @Test("what was sealed opens again with its passphrase, and shows no secret")
    func roundTrip() throws {
        let content = try sealed()
        #expect(content.count == secret.count + SealedKeyFile.overheadBytes)
        let opened = try SealedKeyFile.open(content, for: .device, passphrase: passphrase)
        #expect(ConstantTime.equal(opened, secret))
        let heading = try #require(try SealedKeyFile.heading(of: content))
        #expect(heading.purpose == .device && heading.subject == subject)
        #expect(heading.cost == .least)
        let (shown, hidden) = (content.revealed, secret.revealed)
        for start in 0...(shown.count - 16) {
            #expect(!hidden.starts(with: shown[start..<start + 16]))
        }
        #expect(try sealed().revealed != shown, "salt and nonce are new each time")
    }

    @Test("the format is what the documentation says, byte by byte")
    func format() throws {
        let bytes = try sealed(.backup).revealed
        #expect(bytes.starts(with: Array("weonomy".utf8) + [1, 2, 0, 0, 0, 8, 0, 0, 0, 1]))
        #expect(Array(bytes[57..<89]) == subject.bytes)
        #expect(bytes.count == 89 + 64 + 16 + 32)
        #expect(try SealedKeyFile.heading(of: secret) == nil)
    }

    @Test("a wrong passphrase is that, and nothing else")
    func wrongPassphrase() throws {
        let content = try sealed()
        for typed in ["", "correct hors", "Correct horse", "correct horse ", "x"] {
            #expect(throws: KeyError.wrongPassphrase) {
                try SealedKeyFile.open(
                    content, for: .device, passphrase: SecretBytes(copying: typed.utf8))
            }
        }
        #expect(throws: KeyError.wrongPassphrase) {
            try SealedKeyFile.open(
                content, for: .device, passphrase: SecretBytes(randomCount: 1025))
        }
        #expect(throws: KeyError.weakPassphrase) {
            try SealedKeyFile.seal(
                secret, for: .device, subject: subject,
                passphrase: SecretBytes(copying: "seven77".utf8), cost: .least)
        }
    }

    @Test("no bit can be flipped, and a file that rotted is no wrong passphrase")
    func bitFlips() throws {
        let good = try sealed().revealed
        for place in good.indices {
            for bit in 0..<8 {
                var bytes = good
                bytes[place] ^= 1 << bit
                let content = try SecretBytes(copying: bytes)
                let error = #expect(throws: KeyError.self, "\(place).\(bit)") {
                    try SealedKeyFile.open(content, for: .device, passphrase: passphrase)
                }
                let expected: KeyError =
                    switch place {
                    case 0..<7: .sealedFile(.notSealed)
                    case 7: .sealedFile(.newerVersion(bytes[7]))
                    default: .sealedFile(.damaged)
                    }
                #expect(error == expected, "\(place).\(bit)")
            }
        }
    }

    @Test("no byte can be changed by someone who mends the hash: all of it is authenticated")
    func forgery() throws {
        let good = try sealed().revealed
        for place in good.indices.dropLast(32) {
            var bytes = good
            bytes[place] ^= 0x01
            // These two change what Argon2id costs, within its bounds: 9 KiB, two passes.
            let content = try mended(bytes)
            #expect(throws: KeyError.self, "\(place)") {
                try SealedKeyFile.open(content, for: .device, passphrase: passphrase)
            }
        }
        for count in [1, 16, 33] {
            let longer = Array(good.dropLast(32)) + [UInt8](repeating: 0, count: count + 32)
            #expect(throws: KeyError.wrongPassphrase) {
                try SealedKeyFile.open(mended(longer), for: .device, passphrase: passphrase)
            }
        }
    }

    @Test("a file that was cut short is damaged at every length, and never taken for an open key")
    func truncated() throws {
        let good = try sealed().revealed
        for count in 7..<good.count {
            let content = try SecretBytes(copying: good.prefix(count))
            #expect(throws: KeyError.sealedFile(.damaged), "\(count)") {
                try SealedKeyFile.heading(of: content)
            }
        }
        for count in 0..<7 {
            #expect(try SealedKeyFile.heading(of: SecretBytes(copying: good.prefix(count))) == nil)
        }
    }

    @Test(
        "a file that asks for too much, or too little, is refused before anything is allocated",
        .timeLimit(.minutes(1)),
        arguments: [
            (64 << 20, 3), (1 << 20 | 1, 3), (0xFFFF_FFFF, 0xFFFF_FFFF), (8, 17), (8, 0), (7, 1),
            (0, 0),
        ])
    func parameterLies(memoryKiB: Int, passes: Int) throws {
        var bytes = try sealed().revealed
        for (place, shift) in zip(0..<4, [24, 16, 8, 0]) {
            bytes[9 + place] = UInt8(memoryKiB >> shift & 0xFF)
            bytes[13 + place] = UInt8(passes >> shift & 0xFF)
        }
        let content = try mended(bytes)
        let expected = KeyError.sealedFile(.tooCostly(memoryKiB: memoryKiB, passes: passes))
        #expect(throws: expected) {
            try SealedKeyFile.open(content, for: .device, passphrase: passphrase)
        }
        #expect(PassphraseCost(memoryKiB: memoryKiB, passes: passes) == nil)
    }

    @Test("the usual cost is within the bounds, and 256 MiB or more")
    func usualCost() throws {
        let usual = PassphraseCost.usual
        #expect(usual.memoryKiB >= 256 << 10 && usual.passes >= 3)
        #expect(PassphraseCost(memoryKiB: usual.memoryKiB, passes: usual.passes) == usual)
    }

    @Test("a backup is not a key file, nor the other way round")
    func purposes() throws {
        for (made, asked) in [
            (SealedKeyFile.Purpose.device, SealedKeyFile.Purpose.backup), (.backup, .device),
        ] {
            let content = try sealed(made)
            #expect(throws: KeyError.sealedFile(.otherPurpose)) {
                try SealedKeyFile.open(content, for: asked, passphrase: passphrase)
            }
        }
        #expect(throws: KeyError.sealedFile(.notSealed)) {
            try SealedKeyFile.open(secret, for: .device, passphrase: passphrase)
        }
    }

    @Test("random bytes behind the magic are refused and stop nothing")
    func garbage() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let content = try SecretBytes(copying: Array("weonomy".utf8) + bytes)
            #expect(throws: KeyError.self, "\(bytes)") {
                try SealedKeyFile.open(content, for: .device, passphrase: passphrase)
            }
        }
    }

    @Test("no error carries a secret")
    func errors() {
        let errors: [KeyError] = [
            .wrongPassphrase, .weakPassphrase, .noMemoryForPassphrase(memoryKiB: 262_144),
            .sealedFile(.damaged), .sealedFile(.tooCostly(memoryKiB: 67_108_864, passes: 3)),
        ]
        for error in errors {
            #expect(!error.description.contains("correct horse"))
            #expect(!error.description.isEmpty)
        }
    }
}
