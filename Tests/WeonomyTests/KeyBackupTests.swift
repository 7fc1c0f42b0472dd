import Foundation
import Testing
import WeKeys

@testable import Weonomy

@Suite("Keys: passphrase and backup")
struct KeyBackupTests {
    private final class Folder {
        let path = NSTemporaryDirectory() + "weonomy-keys-" + UUID().uuidString

        init() throws {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func storage(_ name: String) -> Brain.Storage {
            Brain.Storage(beside: path + "/" + name)
        }
    }

    private func secret(_ text: String) throws -> SecretBytes {
        try SecretBytes(copying: text.utf8)
    }

    private func code(_ body: () async throws -> Void) async -> BrainError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? BrainError)?.code
        }
    }

    @Test("a passphrase is asked when the file is sealed, and only then")
    func asked() async throws {
        let folder = try Folder()
        let storage = folder.storage("anna")
        let me = try Brain.found(storage, as: "Anna", team: "Noord").me
        nonisolated(unsafe) var count = 0
        let right = try secret("correct horse")
        let ask: PassphraseSource = { () throws(BrainError) in
            count += 1
            return right
        }
        #expect(try await Brain.open(storage, passphrase: ask).me == me)
        #expect(count == 0)
        #expect(try !Brain.keyStatus(storage).isSealed)
        try Brain.setPassphrase(right, of: storage, cost: .least, current: ask)
        #expect(count == 0)
        let status = try Brain.keyStatus(storage)
        #expect(status.isSealed && status.mode == 0o600)
        #expect(try await Brain.open(storage, passphrase: ask).me == me)
        #expect(count == 1)
        #expect(await code { _ = try await Brain.open(storage) } == .passphraseNeeded)
        let wrong = try secret("wrong horse")
        #expect(
            await code {
                _ = try await Brain.open(storage, passphrase: { () throws(BrainError) in wrong })
            } == .wrongPassphrase)
        #expect(
            await code {
                _ = try await Brain.open(
                    storage,
                    passphrase: { () throws(BrainError) in
                        throw BrainError(.failed, "nobody there")
                    })
            } == .failed)
        try Brain.setPassphrase(nil, of: storage, current: ask)
        #expect(try await Brain.open(storage).me == me)
        #expect(await code { try Brain.setPassphrase(nil, of: storage, current: ask) } == .invalid)
        #expect(
            await code {
                try Brain.setPassphrase(try secret("short"), of: storage, current: ask)
            } == .invalid)
        #expect(try await Brain.open(storage).me == me)
    }

    @Test("a key file that was cut or changed at any byte is never taken for another key")
    func damaged() async throws {
        let folder = try Folder()
        let storage = folder.storage("anna")
        _ = try Brain.found(storage, as: "Anna", team: "Noord")
        let right = try secret("correct horse")
        try Brain.setPassphrase(right, of: storage, cost: .least, current: nil)
        let good = try Data(contentsOf: URL(filePath: storage.key))
        func tried(_ bytes: Data) async throws -> BrainError.Code? {
            let file = try FileHandle(forWritingTo: URL(filePath: storage.key))
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: bytes)
            try file.close()
            return await code {
                _ = try await Brain.open(storage, passphrase: { () throws(BrainError) in right })
            }
        }
        for place in good.indices {
            var bytes = good
            bytes[place] ^= 0x40
            #expect(try await tried(bytes) == .key, "\(place)")
        }
        for count in good.indices {
            #expect(try await tried(good.prefix(count)) == .key, "\(count)")
        }
        #expect(try await tried(good) == nil)
    }

    @Test(
        "a backup brings the same keys, secrets and team to another place",
        arguments: [true, false])
    func backup(isSealed: Bool) async throws {
        let folder = try Folder()
        let (anna, other) = (folder.storage("anna"), folder.storage("other"))
        let brain = try Brain.found(anna, as: "Anna", team: "Noord")
        let (mine, backups) = try (secret("correct horse"), secret("backup horse"))
        if isSealed { try Brain.setPassphrase(mine, of: anna, cost: .least, current: nil) }
        let file = folder.path + "/backup"
        func backUp() throws {
            try Brain.backUpKeys(of: anna, to: file, passphrase: backups, cost: .least) {
                () throws(BrainError) in mine
            }
        }
        try backUp()
        #expect(await code { try backUp() } == .exists)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(
            await code {
                _ = try KeyBackup(path: file, passphrase: { () throws(BrainError) in mine })
            } == .wrongPassphrase)
        #expect(
            await code {
                _ = try KeyBackup(path: anna.key) { () throws(BrainError) in
                    Issue.record("no passphrase can open this")
                    return mine
                }
            } == .key)
        let backup = try KeyBackup(path: file, passphrase: { () throws(BrainError) in backups })
        #expect(backup.wasSealed == isSealed && backup.teamName == "Noord")
        #expect(backup.teamID == brain.team?.id && backup.secrets == brain.node.secrets)
        try backup.restore(to: other, passphrase: isSealed ? backups : nil, cost: .least)
        #expect(try Brain.keyStatus(other).isSealed == isSealed)
        #expect(try Brain.keyStatus(other).device == Brain.keyStatus(anna).device)
        let restored = try await Brain.open(other, passphrase: { () throws(BrainError) in backups })
        #expect(restored.me.id == brain.me.id && restored.team == nil)
        #expect(restored.node.secrets == brain.node.secrets)
    }

    @Test("nothing that is there is overwritten, and what was interrupted can be done again")
    func restoredTwice() async throws {
        let folder = try Folder()
        let (anna, eve, new) = (
            folder.storage("anna"), folder.storage("eve"), folder.storage("new")
        )
        let me = try Brain.found(anna, as: "Anna", team: "Noord").me
        _ = try Brain.found(eve, as: "Eve", team: "Zuid")
        let passphrase = try secret("backup horse")
        let file = folder.path + "/backup"
        try Brain.backUpKeys(
            of: anna, to: file, passphrase: passphrase, cost: .least, current: nil)
        let backup = try KeyBackup(path: file, passphrase: { () throws(BrainError) in passphrase })
        for there in [anna, eve] {
            let before = try Data(contentsOf: URL(filePath: there.key))
            #expect(await code { try backup.restore(to: there, passphrase: nil) } == .exists)
            #expect(try Data(contentsOf: URL(filePath: there.key)) == before)
        }
        // A brain of another team without its key is not taken over.
        try FileManager.default.removeItem(atPath: eve.key)
        #expect(await code { try backup.restore(to: eve, passphrase: nil) } == .exists)
        #expect(!FileManager.default.fileExists(atPath: eve.key))
        // A replica of the same team that lost its key is kept as it is.
        try FileManager.default.removeItem(atPath: anna.key)
        try backup.restore(to: anna, passphrase: nil)
        let restored = try await Brain.open(anna)
        #expect(restored.me == me && restored.team?.members.count == 1)
        // Interrupted before the key was written, which comes last.
        try backup.restore(to: new, passphrase: nil)
        try FileManager.default.removeItem(atPath: new.key)
        try backup.restore(to: new, passphrase: nil)
        #expect(try await Brain.open(new).me.id == me.id)
        try FileManager.default.removeItem(atPath: new.key)
        try FileManager.default.removeItem(atPath: new.secrets)
        try backup.restore(to: new, passphrase: nil)
        #expect(try await Brain.open(new).node.secrets == backup.secrets)
    }

    @Test("what a backup holds is refused when it is cut short or makes no sense")
    func decoding() throws {
        let team = TeamID(Bytes32.random())
        let secrets = [Bytes32.random(), Bytes32.random()]
        let backup = KeyBackup(
            identity: try Identity(), wasSealed: true, team: team, teamName: "Noord é",
            secrets: secrets)
        let good = try backup.encoded().withUnsafeBytes { Array($0) }
        let read = try KeyBackup(decoding: SecretBytes(copying: good))
        #expect(read.secrets == secrets && read.team == team && read.teamName == "Noord é")
        #expect(read.wasSealed && read.device == backup.device)
        let name = "Noord é".utf8.count
        for count in 0..<(good.count - name) {
            #expect(throws: KeyError.self, "\(count)") {
                try KeyBackup(decoding: SecretBytes(copying: good.prefix(count)))
            }
        }
        for (place, byte) in [(96, 2), (97, 5), (97, 255), (good.count - 1, 0xFF)] as [(Int, UInt8)]
        {
            var bytes = good
            bytes[place] = byte
            #expect(throws: KeyError.sealedFile(.damaged), "\(place)") {
                try KeyBackup(decoding: SecretBytes(copying: bytes))
            }
        }
        let long = good + [UInt8](repeating: 0x61, count: 300)
        #expect(throws: KeyError.sealedFile(.damaged)) {
            try KeyBackup(decoding: SecretBytes(copying: long))
        }
    }
}
