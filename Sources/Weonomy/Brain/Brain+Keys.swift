#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import WeData
public import WeKeys
import WeLog
import WeReplica

/// What a key file is, without its secrets.
public struct KeyStatus: Hashable, Sendable {
    /// Where it is.
    public let path: String
    /// The public key of this laptop in hexadecimal: its name in every event.
    public let device: String
    /// Whether only a passphrase opens it.
    public let isSealed: Bool
    /// The file's permission bits.
    public let mode: Int
}

extension Brain {
    /// What the key file at a place is; no passphrase is needed.
    ///
    /// Throws when the file is not as safe as it should be, or damaged.
    public static func keyStatus(_ storage: Storage) throws(BrainError) -> KeyStatus {
        try ofKeyFile(storage.key) { () throws(KeyError) in
            let content = try KeyFile.read(path: storage.key)
            let mode = Int(try KeyFile.mode(path: storage.key))
            if let heading = try SealedKeyFile.heading(of: content) {
                return KeyStatus(
                    path: storage.key, device: "\(DeviceKey(heading.subject))", isSealed: true,
                    mode: mode)
            }
            let device = try Identity(secrets: content).signing.publicKey
            return KeyStatus(
                path: storage.key, device: "\(device)", isSealed: false, mode: mode)
        }
    }

    /// Throws when the passphrase does not open the key file.
    public static func checkPassphrase(
        of storage: Storage, _ passphrase: @escaping PassphraseSource
    ) throws(BrainError) {
        _ = try Identity.read(path: storage.key, passphrase: passphrase)
    }

    /// Throws when something is at `path`, before anyone types a passphrase for it.
    package static func refuseExisting(_ path: String) throws(BrainError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw BrainError(.exists, "\(path) is there already, and a key is never overwritten")
        }
    }

    /// Seals the key file with a passphrase, changes that, or takes it off with `nil`.
    ///
    /// Whatever happens meanwhile, the file is whole and opens with the old passphrase or the new.
    ///
    /// `current` is asked only when the file is sealed.
    ///
    /// - Complexity: about a second each to open, to seal, and to try the result.
    public static func setPassphrase(
        _ new: SecretBytes?, of storage: Storage, cost: PassphraseCost = .usual,
        current: PassphraseSource?
    ) throws(BrainError) {
        let (identity, isSealed) = try Identity.read(path: storage.key, passphrase: current)
        guard isSealed || new != nil else {
            throw BrainError(.invalid, "\(storage.key) has no passphrase")
        }
        try ofKeyFile(storage.key) { () throws(KeyError) in
            try KeyFile.replace(identity.content(sealedWith: new, cost: cost), path: storage.key)
        }
    }

    /// Writes this laptop's keys and the team's secrets to a new file under a passphrase of its
    /// own.
    ///
    /// The brain itself is not in it: colleagues have that.
    ///
    /// `current` is asked only when the key file is sealed.
    public static func backUpKeys(
        of storage: Storage, to path: String, passphrase: SecretBytes,
        cost: PassphraseCost = .usual, current: PassphraseSource?
    ) throws(BrainError) {
        try refuseExisting(path)
        let (identity, isSealed) = try Identity.read(path: storage.key, passphrase: current)
        let replica = try openReplica(storage.replica, create: false, isReadOnly: true)
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        let backup = KeyBackup(
            identity: identity, wasSealed: isSealed, team: team.id, teamName: team.name,
            secrets: try secrets(of: storage))
        try ofKeyFile(path) { () throws(KeyError) in
            let content = try SealedKeyFile.sealAndTry(
                backup.encoded(), for: .backup, subject: identity.signing.publicKey.value,
                passphrase: passphrase, cost: cost)
            try KeyFile.write(content, path: path, protection: .passphrase)
        }
    }
}

extension Identity {
    /// What a key file holds: the secrets, or the secrets under a passphrase.
    func content(
        sealedWith passphrase: SecretBytes?, cost: PassphraseCost
    ) throws(KeyError) -> SecretBytes {
        guard let passphrase else { return try secrets() }
        return try SealedKeyFile.sealAndTry(
            secrets(), for: .device, subject: signing.publicKey.value, passphrase: passphrase,
            cost: cost)
    }
}

extension SealedKeyFile {
    /// Seals, and makes sure that it opens again: nobody has another copy of these secrets.
    static func sealAndTry(
        _ secret: SecretBytes, for purpose: Purpose, subject: Bytes32, passphrase: SecretBytes,
        cost: PassphraseCost
    ) throws(KeyError) -> SecretBytes {
        let content = try seal(
            secret, for: purpose, subject: subject, passphrase: passphrase, cost: cost)
        let opened = try open(content, for: purpose, passphrase: passphrase)
        guard ConstantTime.equal(opened, secret) else { throw .sealedFile(.damaged) }
        return content
    }
}
