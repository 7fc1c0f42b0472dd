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

    @Test(
        "a folder in which others could put another file is refused, read or written",
        arguments: [0o777, 0o770, 0o720, 0o702])
    func folderTooOpen(mode: Int) throws {
        let folder = try Folder()
        let path = folder.file("key")
        let secret = try SecretBytes(randomCount: 32)
        try KeyFile.write(secret, path: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path)
        let fault = KeyError.FileFault.folderTooOpen(mode: UInt32(mode))
        #expect(throws: KeyError.file(fault, path: path)) { try KeyFile.read(path: path) }
        #expect(throws: KeyError.file(fault, path: path)) {
            try KeyFile.replace(secret, path: path)
        }
        let other = folder.file("other")
        #expect(throws: KeyError.file(fault, path: other)) {
            try KeyFile.write(secret, path: other)
        }
        #expect(!FileManager.default.fileExists(atPath: other))
        for safe in [0o700, 0o755, 0o1777] {
            try FileManager.default.setAttributes(
                [.posixPermissions: safe], ofItemAtPath: folder.path)
            #expect(throws: Never.self) { try KeyFile.read(path: path) }
        }
    }

    @Test("the folder of another user is refused", .enabled(if: geteuid() == 0))
    func folderOwner() throws {
        let folder = try Folder()
        let path = folder.file("key")
        try KeyFile.write(SecretBytes(randomCount: 32), path: path)
        try #require(chown(folder.path, 65534, 65534) == 0)
        #expect(throws: KeyError.file(.folderOfAnother, path: path)) {
            try KeyFile.read(path: path)
        }
    }

    @Test("what a passphrase protects may lie open, but is no link, pipe or folder")
    func protectedByPassphrase() throws {
        let folder = try Folder()
        let (path, link, pipe) = (folder.file("key"), folder.file("link"), folder.file("pipe"))
        let secret = try SecretBytes(randomCount: 200)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        try KeyFile.write(secret, path: path, protection: .passphrase)
        #expect(try mode(path) == 0o600)
        #expect(throws: KeyError.file(.exists, path: path)) {
            try KeyFile.write(secret, path: path, protection: .passphrase)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let read = try KeyFile.read(path: path, protection: .passphrase)
        #expect(ConstantTime.equal(read, secret))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try #require(mkfifo(pipe, 0o600) == 0)
        for wrong in [link, pipe, folder.path] {
            #expect(throws: KeyError.self, "\(wrong)") {
                try KeyFile.read(path: wrong, protection: .passphrase)
            }
        }
    }

    // MARK: - Replacing

    @Test("at every step of a replacement a crash leaves the old content or the new one, whole")
    func interruptedReplacement() throws {
        let folder = try Folder()
        let path = folder.file("key")
        let (old, new) = try (SecretBytes(randomCount: 64), SecretBytes(randomCount: 185))
        try KeyFile.write(old, path: path)
        var steps: [KeyFile.Step] = []
        try KeyFile.replace(new, path: path) { step in
            steps.append(step)
            // What a crash at this moment would leave to find.
            let crashed = folder.path + "-\(step)"
            defer { try? FileManager.default.removeItem(atPath: crashed) }
            do {
                try FileManager.default.copyItem(atPath: folder.path, toPath: crashed)
                let isRenamed = step == .renamed || step == .settled
                let found = try KeyFile.read(path: crashed + "/key")
                #expect(ConstantTime.equal(found, isRenamed ? new : old), "\(step)")
                try KeyFile.replace(new, path: crashed + "/key")
                let again = try KeyFile.read(path: crashed + "/key")
                #expect(ConstantTime.equal(again, new), "\(step)")
                let names = try FileManager.default.contentsOfDirectory(atPath: crashed)
                #expect(names == ["key"], "\(step)")
            } catch {
                Issue.record("\(step): \(error)")
            }
        }
        #expect(steps == KeyFile.Step.allCases)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["key"])
        #expect(try mode(path) == 0o600)
    }

    @Test("only one process replaces a file at a time")
    func replacedTwice() throws {
        let folder = try Folder()
        let path = folder.file("key")
        let (old, new) = try (SecretBytes(randomCount: 64), SecretBytes(randomCount: 64))
        try KeyFile.write(old, path: path)
        var isRefused = false
        try KeyFile.replace(new, path: path) { step in
            guard step == .created else { return }
            isRefused =
                #expect(throws: KeyError.file(.busy, path: path)) {
                    try KeyFile.replace(old, path: path)
                } != nil
        }
        #expect(isRefused)
        #expect(try ConstantTime.equal(KeyFile.read(path: path), new))
    }

    @Test("what is missing, a link or open to others is not replaced")
    func replacedUnsafely() throws {
        let folder = try Folder()
        let (path, link) = (folder.file("key"), folder.file("link"))
        let secret = try SecretBytes(randomCount: 64)
        #expect(throws: KeyError.file(.missing, path: path)) {
            try KeyFile.replace(secret, path: path)
        }
        try KeyFile.write(secret, path: path)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: KeyError.file(.isLink, path: link)) {
            try KeyFile.replace(secret, path: link)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: KeyError.file(.tooOpen(mode: 0o644), path: path)) {
            try KeyFile.replace(secret, path: path)
        }
        #expect(throws: KeyError.file(.empty, path: path)) {
            try KeyFile.replace(SecretBytes(copying: []), path: path)
        }
    }

    // MARK: - Memory

    #if os(Linux)
        @Test("the page of a secret is left out of core dumps")
        func dontDump() throws {
            let secret = try SecretBytes(randomCount: 32)
            let address = secret.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
            let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
            var bytes = Data()
            while let part = try file.read(upToCount: 4_096), !part.isEmpty { bytes += part }
            let maps = String(decoding: bytes, as: UTF8.self)
            var isInside = false
            var flags: Substring?
            for line in maps.split(separator: "\n") {
                let bounds = line.prefix { $0 != " " }.split(separator: "-")
                    .compactMap { UInt($0, radix: 16) }
                if bounds.count == 2 { isInside = bounds[0] <= address && address < bounds[1] }
                if isInside, line.hasPrefix("VmFlags:") { flags = line }
            }
            #expect(try #require(flags).split(separator: " ").contains("dd"))
        }
    #endif

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
