#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import WeData
public import WeKeys
import WeLog
import WeReplica

/// A laptop's keys and its team's secrets, out of a file that ``Brain`` wrote for a bad day.
///
/// Sealed, it is the keys (64 bytes), the team's id (32), whether the key file was sealed (1), how
/// many team secrets (1), those (32 each, the newest first), and the team's name in UTF-8.
public struct KeyBackup: Sendable {
    let identity: Identity
    let team: TeamID
    let secrets: [Bytes32]
    /// Whether the key file had a passphrase; then it gets the backup's when it is put back.
    public let wasSealed: Bool
    /// The team's name when the backup was made.
    public let teamName: String

    /// The public key of the laptop in hexadecimal.
    public var device: String { "\(identity.signing.publicKey)" }
    /// The team's id in hexadecimal.
    public var teamID: String { "\(team)" }

    init(
        identity: Identity, wasSealed: Bool, team: TeamID, teamName: String, secrets: [Bytes32]
    ) {
        self.identity = identity
        self.wasSealed = wasSealed
        self.team = team
        self.teamName = teamName
        self.secrets = Array(secrets.prefix(TeamSecrets.countMax))
    }

    /// Opens a backup.
    ///
    /// `passphrase` is asked only when the file is one that a passphrase can open.
    public init(path: String, passphrase: PassphraseSource) throws(BrainError) {
        let content = try KeyBackup.reading(path) { () throws(KeyError) in
            let content = try KeyFile.read(path: path, protection: .passphrase)
            guard let heading = try SealedKeyFile.heading(of: content) else {
                throw .sealedFile(.notSealed)
            }
            guard heading.purpose == .backup else { throw .sealedFile(.otherPurpose) }
            return content
        }
        let typed = try passphrase()
        self = try KeyBackup.reading(path) { () throws(KeyError) in
            try KeyBackup(
                decoding: SealedKeyFile.open(content, for: .backup, passphrase: typed))
        }
    }

    private static func reading<Result>(
        _ path: String, _ body: () throws(KeyError) -> Result
    ) throws(BrainError) -> Result {
        do throws(KeyError) {
            return try body()
        } catch .sealedFile(let fault) {
            throw BrainError(
                .key, "\(path) \(fault)",
                hint: fault == .damaged ? "Use another copy of the backup" : "")
        } catch {
            throw BrainError(error, path: path)
        }
    }

    // MARK: - Putting back

    /// Puts the keys where none are, with an empty replica of the team, which the next sync fills.
    ///
    /// Nothing that exists is overwritten; a replica of the same team is kept. The key is written
    /// last, so that what was interrupted can be done again.
    ///
    /// `passphrase` seals the key file; `nil` leaves it to its permissions.
    public func restore(
        to storage: Brain.Storage, passphrase: SecretBytes?, cost: PassphraseCost = .usual
    ) throws(BrainError) {
        try Brain.refuseExisting(storage.key)
        let replica = try Brain.openReplica(storage.replica, create: true, isReadOnly: false)
        if let team = replica.teamID, team != self.team {
            throw BrainError(.exists, "there is another team's brain at \(storage.replica)")
        }
        try translating { () throws(ReplicaError) in
            try replica.adopt(team: team)
            try replica.checkpoint()
        }
        if !secrets.isEmpty, !FileManager.default.fileExists(atPath: storage.secrets) {
            try ofKeyFile(storage.secrets) { () throws(KeyError) in
                try TeamSecrets.save(secrets, path: storage.secrets)
            }
        }
        try ofKeyFile(storage.key) { () throws(KeyError) in
            try KeyFile.write(
                identity.content(sealedWith: passphrase, cost: cost), path: storage.key)
        }
    }

    // MARK: - Bytes

    private static let fixedBytes = Identity.secretBytes + 34
    private static let nameBytesMax = 256

    func encoded() throws(KeyError) -> SecretBytes {
        let numbers: [UInt8] = [wasSealed ? 1 : 0, UInt8(truncatingIfNeeded: secrets.count)]
        return try SecretBytes(joining: [
            identity.secrets(),
            SecretBytes(copying: team.bytes + numbers + secrets.flatMap(\.bytes)),
            SecretBytes(copying: Array(teamName.cut(toBytes: KeyBackup.nameBytesMax).utf8)),
        ])
    }

    init(decoding content: SecretBytes) throws(KeyError) {
        guard content.count >= KeyBackup.fixedBytes else { throw .sealedFile(.damaged) }
        identity = try Identity(secrets: content.part(0..<Identity.secretBytes))
        let rest = try content.part(Identity.secretBytes..<content.count)
        // The team's secrets are kept as plain values from here on, as everywhere.
        let bytes = unsafe rest.withUnsafeBytes { unsafe Array($0) }
        let count = Int(bytes[33])
        let end = 34 + 32 * count
        guard let team = Bytes32(bytes, at: 0), bytes[32] <= 1, count <= TeamSecrets.countMax,
            bytes.count >= end, bytes.count <= end + KeyBackup.nameBytesMax,
            let name = String(validating: bytes[end...], as: UTF8.self)
        else { throw .sealedFile(.damaged) }
        self.team = TeamID(team)
        wasSealed = bytes[32] == 1
        secrets = (0..<count).compactMap { Bytes32(bytes, at: 34 + 32 * $0) }
        teamName = name
    }
}
