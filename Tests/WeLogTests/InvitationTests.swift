import Testing
import WeData
import WeKeys
import WeLog

/// What is handed over to who joins (Protocol.md, "Identity and keys").
@Suite("Invitation codes")
struct InvitationTests {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")

    private func invitation(_ seed: UInt64) throws -> Invitation {
        var random = Seeded(seed)
        let team = TeamID(random.bytes32())
        return try need(Invitation(team: team, seed: random.bytes(Invitation.seedBytes)))
    }

    @Test("a code gives back its invitation", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        let made = try invitation(seed)
        let read = try #require(Invitation(code: made.code))
        #expect(read.seed == made.seed && read.teamPrefix == made.teamPrefix)
        #expect(read.psk == made.psk)
        #expect(try read.key().publicKey == made.key().publicKey)
        #expect(made.code.hasPrefix("we"))
        #expect(made.code.split(separator: "-").allSatisfy { $0.count <= 6 })
    }

    @Test("case, spaces and hyphens do not matter", arguments: 0..<5 as Range<UInt64>)
    func typing(seed: UInt64) throws {
        let made = try invitation(seed)
        let plain = made.code.filter { $0 != "-" }
        let written = [
            made.code.uppercased(), plain, "  \(made.code)\n", plain.map { "\($0) " }.joined(),
            made.code.replacing("-", with: " - "), "-" + made.code + "--", "W" + plain.dropFirst(),
            made.code.replacing("-", with: "\u{A0}"),
        ]
        for code in written { #expect(Invitation(code: code)?.seed == made.seed, "\(code)") }
    }

    @Test("one wrong character is found, whichever and wherever", arguments: 0..<3 as Range<UInt64>)
    func oneWrong(seed: UInt64) throws {
        let made = try invitation(seed)
        let code = Array(made.code.filter { $0 != "-" })
        for place in code.indices {
            for digit in Self.digits + ["i", "l", "o", "u", "!", "é"] where digit != code[place] {
                var wrong = code
                wrong[place] = digit
                #expect(Invitation(code: String(wrong)) == nil, "\(place) \(digit)")
            }
        }
    }

    @Test("two that changed places, one too many, one too few", arguments: 0..<3 as Range<UInt64>)
    func typingErrors(seed: UInt64) throws {
        let made = try invitation(seed)
        let code = Array(made.code.filter { $0 != "-" })
        for place in code.indices.dropFirst() {
            var swapped = code
            swapped.swapAt(place - 1, place)
            #expect(swapped == code || Invitation(code: String(swapped)) == nil, "\(place)")
            var short = code
            short.remove(at: place)
            #expect(Invitation(code: String(short)) == nil, "\(place)")
            var long = code
            long.insert("0", at: place)
            #expect(Invitation(code: String(long)) == nil, "\(place)")
        }
        for text in ["", "we", "we1", String(repeating: "we0", count: 10_000), "we-\u{0}", "🙂"] {
            #expect(Invitation(code: text) == nil)
        }
    }

    @Test("a seed of another length makes none")
    func seeds() {
        for count in [0, 15, 17, 32] {
            let seed = [UInt8](repeating: 1, count: count)
            #expect(Invitation(team: TeamID(.zero), seed: seed) == nil)
        }
    }

    @Test("base 32 gives back its bytes and refuses filling that isn't zero")
    func base32() {
        var random = Seeded(1)
        for count in 0..<40 {
            let bytes = random.bytes(count)
            let text = Base32.encode(bytes)
            #expect(Base32.decode(text) == bytes)
            let spare = text.utf8.count * 5 - count * 8
            guard spare > 0, let last = text.last, let value = Self.digits.firstIndex(of: last)
            else { continue }
            #expect(Base32.decode(text.dropLast() + String(Self.digits[value + 1])) == nil)
        }
        #expect(Base32.decode("0") == nil && Base32.decode("000") == nil)
        #expect(Base32.decode("A0") == nil, "upper case is the reader's to lower")
    }
}
