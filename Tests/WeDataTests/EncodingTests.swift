import Foundation
import Testing
import WeData

/// The folder of shared vectors beside the project; tests that need it are skipped without it.
enum Shared {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared")

    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: path).path)
    }

    static func json<T: Decodable>(_ path: String, as: T.Type) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(contentsOf: folder.appending(path: path)))
    }
}

private struct HexVector: Decodable {
    let hex: String
}

@Suite("Canonical CBOR")
struct EncodingTests {
    static func decode(_ hex: String) -> Result<Value, DecodingError> {
        let bytes = Hex.decode(hex) ?? []
        do throws(DecodingError) {
            return .success(try Value(decoding: bytes))
        } catch {
            return .failure(error)
        }
    }

    /// Both ways through the reader must agree, and what is accepted must come out as it was.
    static func check(_ hex: String) -> Bool {
        let bytes = Hex.decode(hex) ?? []
        var skipper = Reader(bytes)
        let skipped: Bool
        do throws(DecodingError) {
            try skipper.skip()
            try skipper.finish()
            skipped = true
        } catch {
            skipped = false
        }
        switch decode(hex) {
        case .success(let value):
            #expect(skipped, "skip refused \(hex)")
            #expect(value.encoded == bytes, "not the same bytes: \(hex)")
            return true
        case .failure:
            #expect(!skipped, "skip accepted \(hex)")
            return false
        }
    }

    @Test("every strict vector to refuse is refused", .enabled(if: Shared.has("vectors/cbor")))
    func refuses() throws {
        let vectors = try Shared.json(
            "vectors/cbor/strict_profile_reject.json", as: [HexVector].self)
        #expect(vectors.count == 193)
        for vector in vectors { #expect(!Self.check(vector.hex), "accepted \(vector.hex)") }
    }

    @Test("every strict vector to accept is accepted", .enabled(if: Shared.has("vectors/cbor")))
    func accepts() throws {
        let vectors = try Shared.json(
            "vectors/cbor/strict_profile_accept.json", as: [HexVector].self)
        #expect(vectors.count == 53)
        for vector in vectors { #expect(Self.check(vector.hex), "refused \(vector.hex)") }
    }

    @Test(
        "what isn't well-formed is refused", .enabled(if: Shared.has("vectors/cbor")),
        arguments: [
            ("rfc8949_appendix_f_not_well_formed", 94), ("cborwg_rfc8949_bad", nil),
            ("dcbor_invalid", 37),
        ] as [(String, Int?)])
    func notWellFormed(name: String, count: Int?) throws {
        let vectors = try Shared.json("vectors/cbor/\(name).json", as: [HexVector].self)
        #expect(vectors.count >= (count ?? 1))
        for vector in vectors where name != "dcbor_invalid" || !Self.isOutsideDCBOROnly(vector.hex)
        {
            #expect(!Self.check(vector.hex), "accepted \(vector.hex)")
        }
    }

    /// dCBOR also refuses text that isn't NFC, which this profile keeps as it is.
    static func isOutsideDCBOROnly(_ hex: String) -> Bool {
        guard case .success(.text) = decode(hex) else { return false }
        return true
    }

    private struct AppendixA: Decodable {
        let hex: String
        let roundtrip: Bool
    }

    @Test(
        "of RFC 8949's examples the profile takes what it allows",
        .enabled(if: Shared.has("vectors/cbor")))
    func appendixA() throws {
        let vectors = try Shared.json(
            "vectors/cbor/rfc8949_appendix_a.json", as: [AppendixA].self)
        let taken = vectors.filter { Self.check($0.hex) }
        #expect(vectors.count == 82)
        #expect(!taken.contains { !$0.roundtrip })
        #expect(taken.count == 35)
    }

    @Test(
        "of dCBOR's valid examples integers, text and containers are taken",
        .enabled(if: Shared.has("vectors/cbor")))
    func dcborValid() throws {
        let vectors = try Shared.json("vectors/cbor/dcbor_valid.json", as: [HexVector].self)
        #expect(vectors.count == 40)
        for vector in vectors {
            let first = Hex.decode(vector.hex)?.first ?? 0
            let forbidden = first >= 0xc0 && ![0xf4, 0xf5, 0xf6].contains(first)
            let wide = vector.hex.hasPrefix("1bff") || vector.hex.hasPrefix("3bff")
            if !forbidden && !wide && !vector.hex.contains("f9") {
                #expect(Self.check(vector.hex), "refused \(vector.hex)")
            }
        }
    }

    @Test("seventeen containers are too deep, and a hundred thousand cost no more")
    func depth() throws {
        for count in [16, 17, 100_000] {
            for open: [UInt8] in [[0x81], [0xA1, 0x00]] {
                let bytes = Array(repeatElement(open, count: count).joined()) + [0x00]
                let isTaken = Self.check(Hex.encode(bytes))
                #expect(isTaken == (count == 16), "\(count)")
                guard count > 16 else { continue }
                do throws(DecodingError) {
                    _ = try Value(decoding: bytes)
                } catch {
                    #expect(error.reason == .tooDeep)
                }
            }
        }
    }

    @Test(
        "a length that the bytes do not bear out is refused before anything is made for it",
        arguments: [0x40, 0x60, 0x80, 0xA0] as [UInt8])
    func lies(major: UInt8) throws {
        // 2^24, 2^40, 2^63 and 2^64 - 1 bytes, items or pairs, of which two are there.
        for length: [UInt8] in [
            [0x1A, 1, 0, 0, 0], [0x1B, 0, 0, 1, 0, 0, 0, 0, 0],
            [0x1B, 0x80, 0, 0, 0, 0, 0, 0, 0], [0x1B] + [UInt8](repeating: 0xFF, count: 8),
        ] {
            let bytes = [major | length[0]] + length.dropFirst() + [0x00, 0x00]
            #expect(!Self.check(Hex.encode(bytes)), "\(major) \(length)")
        }
    }

    @Test("no cut or flipped byte of a valid item traps", arguments: 0..<8)
    func mutations(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<400 {
            var bytes = Self.random(depth: 0, &generator).encoded
            switch generator.next() % 3 {
            case 0: bytes.removeLast(min(bytes.count, 1 + Int(generator.next() % 4)))
            case 1:
                let at = Int(generator.next() % UInt64(bytes.count))
                bytes[at] = UInt8(truncatingIfNeeded: generator.next())
            default: bytes.append(UInt8(truncatingIfNeeded: generator.next()))
            }
            _ = Self.check(Hex.encode(bytes))
        }
    }

    @Test("every value comes back as it went in", arguments: 0..<8)
    func roundTrip(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let value = Self.random(depth: 0, &generator)
            #expect((try? Value(decoding: value.encoded)) == value, "seed \(seed)")
        }
    }

    static func random(depth: Int, _ generator: inout SplitMix64) -> Value {
        switch generator.next() % (depth < 4 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(generator.next() % 2 == 0)
        case 2:
            let shift = generator.next() % 64
            return .int(Int64(bitPattern: generator.next()) >> Int64(shift))
        case 3:
            return .bytes((0..<(generator.next() % 40)).map { UInt8(truncatingIfNeeded: $0) })
        case 4: return .text(String("añ語🙂xyz".prefix(Int(generator.next() % 8))))
        case 5:
            let count = generator.next() % 30
            return .array((0..<count).map { _ in random(depth: depth + 1, &generator) })
        default:
            var map: [String: Value] = [:]
            for _ in 0..<(generator.next() % 6) {
                map[String(generator.next() % 1_000)] = random(depth: depth + 1, &generator)
            }
            return Value(map: map)
        }
    }
}

/// The one generator of tests: a seed gives the same numbers everywhere (Steele et al., 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
