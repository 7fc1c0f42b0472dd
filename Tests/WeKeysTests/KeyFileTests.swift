import Foundation
import Testing
import WeKeys

@Suite("Key files")
struct KeyFileTests {
    /// A folder of its own for each test, removed afterwards.
    private final class Folder {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "/wekeys-" + UUID().uuidString
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func file(_ name: String) -> String { path + "/" + name }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test(
        "what is written is read again, and only its owner can read it", arguments: [1, 32, 4096])
    func roundTrip(count: Int) throws {
        let folder = try Folder()
        let path = folder.file("key")
        let secret = try SecretBytes(randomCount: count)
        try KeyFile.write(secret, path: path)
        #expect(try ConstantTime.equal(KeyFile.read(path: path), secret))
        #expect(try mode(path) == 0o600)
    }

    @Test("a key is never overwritten, nor written through a link")
    func exists() throws {
        let folder = try Folder()
        let path = folder.file("key")
        let secret = try SecretBytes(randomCount: 32)
        try KeyFile.write(secret, path: path)
        #expect(throws: KeyError.file(.exists, path: path)) {
            try KeyFile.write(SecretBytes(randomCount: 32), path: path)
        }
        #expect(try ConstantTime.equal(KeyFile.read(path: path), secret))
        let link = folder.file("link")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: folder.file("elsewhere"))
        #expect(throws: KeyError.file(.exists, path: link)) {
            try KeyFile.write(secret, path: link)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("elsewhere")))
    }

    @Test("a missing file, a missing folder and a folder are told apart")
    func missing() throws {
        let folder = try Folder()
        let path = folder.file("none")
        #expect(throws: KeyError.file(.missing, path: path)) { try KeyFile.read(path: path) }
        #expect(throws: KeyError.file(.notRegular, path: folder.path)) {
            try KeyFile.read(path: folder.path)
        }
        let deep = folder.file("no/such/key")
        #expect(throws: KeyError.file(.missing, path: deep)) {
            try KeyFile.write(SecretBytes(randomCount: 32), path: deep)
        }
    }

    @Test("a symbolic link is refused")
    func symbolicLink() throws {
        let folder = try Folder()
        let (path, link) = (folder.file("key"), folder.file("link"))
        try KeyFile.write(SecretBytes(randomCount: 32), path: path)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: KeyError.file(.isLink, path: link)) { try KeyFile.read(path: link) }
    }

    @Test("a file that others may touch is refused", arguments: [0o644, 0o640, 0o602, 0o610])
    func tooOpen(mode: Int) throws {
        let folder = try Folder()
        let path = folder.file("key")
        try KeyFile.write(SecretBytes(randomCount: 32), path: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        #expect(throws: KeyError.file(.tooOpen(mode: UInt32(mode)), path: path)) {
            try KeyFile.read(path: path)
        }
    }

    @Test("a file with a second name is refused")
    func hardLink() throws {
        let folder = try Folder()
        let path = folder.file("key")
        try KeyFile.write(SecretBytes(randomCount: 32), path: path)
        try FileManager.default.linkItem(atPath: path, toPath: folder.file("second"))
        #expect(throws: KeyError.file(.hardLinked, path: path)) { try KeyFile.read(path: path) }
    }

    @Test("a pipe is refused without waiting for its writer", .timeLimit(.minutes(1)))
    func pipe() throws {
        let folder = try Folder()
        let path = folder.file("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        #expect(throws: KeyError.file(.notRegular, path: path)) { try KeyFile.read(path: path) }
    }

    @Test("an empty file and one that is too long are refused, read or written")
    func lengths() throws {
        let folder = try Folder()
        for (count, fault) in [(0, KeyError.FileFault.empty), (4097, .tooLong)] {
            let path = folder.file("key\(count)")
            #expect(throws: KeyError.file(fault, path: path)) {
                try KeyFile.write(SecretBytes(randomCount: count), path: path)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            try #require(
                FileManager.default.createFile(
                    atPath: path, contents: Data(count: count),
                    attributes: [.posixPermissions: 0o600]))
            #expect(throws: KeyError.file(fault, path: path)) { try KeyFile.read(path: path) }
        }
    }

    @Test("the file of another user is refused", .enabled(if: geteuid() == 0))
    func owner() throws {
        let folder = try Folder()
        let path = folder.file("key")
        try KeyFile.write(SecretBytes(randomCount: 32), path: path)
        try #require(chown(path, 65534, 65534) == 0)
        #expect(throws: KeyError.file(.wrongOwner, path: path)) { try KeyFile.read(path: path) }
    }

    @Test("an error says what is wrong and how to mend it")
    func description() throws {
        let error = KeyError.file(.tooOpen(mode: 0o644), path: "/k")
        #expect(
            String(describing: error)
                == "key file /k is open to others (mode 644): run chmod 600 on it")
    }

    @Test("no core file is written once that is switched off")
    func coreDumps() throws {
        try ProcessHardening.disableCoreDumps()
        var limit = rlimit()
        #if canImport(Glibc)
            try #require(getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0)
        #else
            try #require(getrlimit(RLIMIT_CORE, &limit) == 0)
        #endif
        #expect(limit.rlim_cur == 0 && limit.rlim_max == 0)
    }
}
