package import WeData
package import WeKeys
import WeLog

/// What a carried file is (Protocol.md, "Carried files").
public enum BundleKind: Int, Sendable {
    /// Events for others.
    case bundle
    /// What a laptop holds and lacks.
    case frontier
    /// A newcomer asks to be taken in.
    case request
}

/// Limits of carried files (Protocol.md, "Constants and limits").
public enum BundleLimit {
    /// The longest heading, in bytes: boxes for all devices that a team may have.
    public static let headerBytesMax = 2_097_152
    /// Boxes in one heading: devices that may have missed the newest secret.
    public static let boxesMax = 16_000
    /// Notes for newcomers in one heading.
    public static let notesMax = 32
    /// Logs in one frontier.
    public static let logsMax = 65_536

    static let saltBytes = 16
    static let tagBytes = 8
    static let boxBytes = 32 + SealedBox.overheadBytes
    static let noteBytesMax = 2_048
}

/// The beginning of a carried file: in the clear, and saying nothing to who holds no secret.
package struct BundleHeader {
    package let kind: BundleKind
    /// Random, so that two files of one secret have nothing in common.
    package let salt: [UInt8]
    /// Tells who knows the secret which one it is.
    package let secretTag: [UInt8]
    /// The secret, sealed to devices that may not know it yet; it does not show to which.
    package let boxes: [[UInt8]]
    /// `invited`, sealed under the psk of each open invitation.
    package let notes: [[UInt8]]

    static let magic = Array("wecarry".utf8)
    static let version: UInt8 = 1
    /// Magic, version, and how long the rest is.
    static let prefixBytes = magic.count + 1 + 4

    package init(
        kind: BundleKind, salt: [UInt8], secret: Bytes32, boxes: [[UInt8]] = [],
        notes: [[UInt8]] = []
    ) {
        self.kind = kind
        self.salt = salt
        secretTag = BundleHeader.tag(of: secret, salt)
        self.boxes = boxes
        self.notes = notes
    }

    // MARK: - Keys

    private static func tag(of secret: Bytes32, _ salt: [UInt8]) -> [UInt8] {
        Array(
            Blake2b.derive(label: "weonomy/1 bundle secret", secret.bytes, salt).bytes
                .prefix(BundleLimit.tagBytes))
    }

    /// Whether the records are sealed under this secret.
    package func fits(_ secret: Bytes32) -> Bool { BundleHeader.tag(of: secret, salt) == secretTag }

    func key(_ secret: Bytes32) throws(BundleError) -> SecretBytes {
        do throws(KeyError) {
            let key = Blake2b.derive(label: "weonomy/1 bundle key", secret.bytes, salt)
            return try SecretBytes(copying: key.bytes)
        } catch {
            throw .keys
        }
    }

    /// The secret in the box that was sealed to this device; `nil` where there is none.
    ///
    /// - Complexity: an X25519 agreement for each box.
    package func secret(for device: AgreementKey) -> Bytes32? {
        for box in boxes {
            guard let opened = try? SealedBox.open(box, with: device) else { continue }
            let bytes = unsafe opened.withUnsafeBytes { bytes in unsafe Array(bytes) }
            if let secret = Bytes32(bytes), fits(secret) { return secret }
        }
        return nil
    }

    // MARK: - Notes

    private static func noteKey(_ psk: Bytes32, _ salt: [UInt8]) throws(KeyError) -> SecretBytes {
        try SecretBytes(
            copying: Blake2b.derive(label: "weonomy/1 bundle note", psk.bytes, salt).bytes)
    }

    // The key is of one invitation and one file, so that it seals once.
    private static let noteNonce = [UInt8](repeating: 0, count: XChaCha20Poly1305.nonceBytes)

    /// Tells who holds an invitation which one it is, and of which team.
    static func note(
        _ message: Message, psk: Bytes32, salt: [UInt8]
    ) throws(KeyError) -> [UInt8] {
        try XChaCha20Poly1305.seal(
            message.encoded, nonce: noteNonce, key: noteKey(psk, salt))
    }

    /// The team and the invitation of a note for who holds this psk; `nil` where there is none.
    package func invited(
        psk: Bytes32
    ) -> (team: TeamID, invite: EventID, teamName: String)? {
        guard let key = try? BundleHeader.noteKey(psk, salt) else { return nil }
        for note in notes {
            guard
                let bytes = try? XChaCha20Poly1305.open(
                    note, nonce: BundleHeader.noteNonce, key: key),
                case .invited(let team, let invite, let name)? = try? Message(
                    decoding: bytes, team: nil)
            else { continue }
            return (team, invite, name)
        }
        return nil
    }
}

// MARK: - Encoding

extension BundleHeader {
    /// The bytes before the first record.
    var encoded: [UInt8] {
        var writer = Writer(capacity: 64 + boxes.count * (BundleLimit.boxBytes + 2))
        writer.array(5)
        writer.int(kind.rawValue)
        writer.bytes(salt)
        writer.bytes(secretTag)
        writer.array(boxes.count)
        for box in boxes { writer.bytes(box) }
        writer.array(notes.count)
        for note in notes { writer.bytes(note) }
        let content = writer.take()
        return BundleHeader.magic + [BundleHeader.version]
            + BundleRecord.bigEndian(UInt32(truncatingIfNeeded: content.count)) + content
    }

    /// Reads what stands behind the prefix.
    init(decoding bytes: [UInt8], in range: Range<Int>) throws(BundleError) {
        do throws(DecodingError) {
            var reader = Reader(bytes, in: range)
            try reader.array(count: 5)
            guard let kind = BundleKind(rawValue: try reader.int(in: 0...2)) else {
                throw reader.error(.outOfBounds)
            }
            self.kind = kind
            salt = try BundleHeader.bytes(&reader, BundleLimit.saltBytes)
            secretTag = try BundleHeader.bytes(&reader, BundleLimit.tagBytes)
            var boxes: [[UInt8]] = []
            for _ in 0..<(try reader.array(countMax: BundleLimit.boxesMax)) {
                boxes.append(try BundleHeader.bytes(&reader, BundleLimit.boxBytes))
            }
            var notes: [[UInt8]] = []
            for _ in 0..<(try reader.array(countMax: BundleLimit.notesMax)) {
                notes.append(try reader.bytes(countMax: BundleLimit.noteBytesMax))
            }
            self.boxes = boxes
            self.notes = notes
            try reader.finish()
        } catch {
            throw .badMessage(error)
        }
    }

    private static func bytes(
        _ reader: inout Reader, _ count: Int
    ) throws(DecodingError) -> [UInt8] {
        let bytes = try reader.bytes(countMax: count)
        guard bytes.count == count else { throw reader.error(.outOfBounds) }
        return bytes
    }
}

/// How records follow each other: a length of four bytes, whose greatest bit marks the last one,
/// and what was sealed.
enum BundleRecord {
    static let lengthBytes = 4
    static let lastBit: UInt32 = 1 << 31
    static let bytesMax = SyncLimit.messageBytesMax + XChaCha20Poly1305.tagBytes

    /// Names the record's place, so that none can be moved, dropped or taken for the last.
    static func nonce(_ number: UInt64, isLast: Bool) -> [UInt8] {
        [UInt8](repeating: 0, count: 15) + [isLast ? 1 : 0] + number.bigEndianBytes
    }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
    }

    static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
