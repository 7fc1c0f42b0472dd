public import WeData
public import WeKeys

/// What an inviter hands over: enough to knock, to prove it, and to know the team again.
///
/// As text it is 42 characters in groups, without look-alikes, with a checksum against typing
/// errors (Protocol.md, "Identity and keys").
public struct Invitation: Sendable {
    /// Whom it lets in.
    public enum Purpose: Sendable, Hashable {
        /// Someone new, by any member.
        case newcomer
        /// A further device of the person whose device made it, by that device alone.
        case device
        /// Nobody: its key is one of the recovery council's, printed and kept.
        case recovery

        fileprivate var prefix: String {
            switch self {
            case .newcomer: "we"
            case .device: "wd"
            case .recovery: "wr"
            }
        }
        fileprivate var word: String {
            switch self {
            case .newcomer: "invite"
            case .device: "pair"
            case .recovery: "recovery"
            }
        }
    }

    /// Whom it lets in.
    public let purpose: Purpose
    /// Sixteen random bytes; everything secret follows from them.
    public let seed: [UInt8]
    /// The first eight bytes of the team's id.
    public let teamPrefix: [UInt8]

    /// Bytes of the seed.
    public static let seedBytes = 16
    private static let prefixBytes = 8
    private static let checkBytes = 3

    /// Makes an invitation for a team from random bytes.
    public init?(team: TeamID, seed: [UInt8], purpose: Purpose = .newcomer) {
        guard seed.count == Invitation.seedBytes else { return nil }
        self.purpose = purpose
        self.seed = seed
        teamPrefix = Array(team.bytes.prefix(Invitation.prefixBytes))
    }

    /// Reads a code as people type it: case, spaces and hyphens do not matter.
    public init?(code: String) {
        let symbols = code.lowercased().filter { !$0.isWhitespace && $0 != "-" }
        let total = Invitation.seedBytes + Invitation.prefixBytes + Invitation.checkBytes
        guard
            let purpose = [Purpose.newcomer, .device, .recovery].first(where: {
                symbols.hasPrefix($0.prefix)
            }),
            let bytes = Base32.decode(String(symbols.dropFirst(2))),
            bytes.count == total
        else { return nil }
        let content = Array(bytes.dropLast(Invitation.checkBytes))
        guard Invitation.check(content, purpose) == Array(bytes.suffix(Invitation.checkBytes))
        else { return nil }
        self.purpose = purpose
        seed = Array(content.prefix(Invitation.seedBytes))
        teamPrefix = Array(content.suffix(Invitation.prefixBytes))
    }

    /// The code to hand over.
    public var code: String {
        let content = seed + teamPrefix
        let symbols = Array(
            purpose.prefix + Base32.encode(content + Invitation.check(content, purpose)))
        return stride(from: 0, to: symbols.count, by: 6).map {
            String(symbols[$0..<min($0 + 6, symbols.count)])
        }.joined(separator: "-")
    }

    private static func check(_ content: [UInt8], _ purpose: Purpose) -> [UInt8] {
        Array(
            Blake2b.derive(label: "weonomy/1 \(purpose.word) code", content).bytes
                .prefix(checkBytes))
    }

    /// Signs the joiner's proof, or a council's decision.
    public func key() throws(KeyError) -> SigningKey {
        let seed = Blake2b.derive(label: "weonomy/1 \(purpose.word) key", seed)
        return try SigningKey(seed: try SecretBytes(copying: seed.bytes))
    }

    /// Opens the channel to any member.
    public var psk: Bytes32 { Blake2b.derive(label: "weonomy/1 \(purpose.word) psk", seed) }
}

/// Base 32 without the look-alikes i, l, o and u (the digits of Crockford's proposal).
public enum Base32 {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// Five bits a character, the last one filled with zero bits.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        encode(Array(bytes))
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> UInt32(bits)) & 31])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes; `nil` for another character or for filling that isn't zero.
    public static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 5, buffer & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return bytes
    }
}
