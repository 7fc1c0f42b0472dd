import Foundation
import Testing

/// The architecture as a test: what each module may import, read from the sources themselves.
@Suite("Walls")
struct WallTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The modules of the toolchain and the system that each module may use beside our own.
    static let foundation: Set<String> = ["FoundationEssentials", "Foundation"]
    static let system: Set<String> = ["Glibc", "Musl", "Darwin"]

    static let table: [String: Set<String>] = [
        "WeData": [],
        "WeKeys": ["WeData", "WeSodium", "Synchronization"],
        "WeLog": ["WeData", "WeKeys"],
        "WeSync": ["WeData", "WeKeys", "WeLog"],
        "WeReplica": ["WeData", "WeLog", "WeSQLite", "Dispatch", "Synchronization"],
        "WeTransport": Set(["WeData", "WeKeys", "WeLog", "WeSync", "Dispatch", "Synchronization"])
            .union(system),
        "Weonomy": Set([
            "WeData", "WeKeys", "WeLog", "WeSync", "WeReplica", "WeTransport", "Dispatch",
            "Synchronization",
        ]).union(foundation),
        "WeWeb": ["Weonomy", "WeTransport", "Dispatch", "Synchronization"],
        "WeSimulator": [
            "WeData", "WeKeys", "WeLog", "WeSync", "WeReplica", "WeSQLite", "Synchronization",
        ],
        "simulate": Set(["WeKeys", "WeSimulator"]).union(foundation),
        "SimulateDisk": Set(["WeSimulator"]).union(system),
        "WeCLI": Set(["Weonomy", "WeWeb", "Dispatch", "Synchronization"]).union(foundation),
    ]

    /// Files that may also call the system: each has its reason in its first lines.
    static let systemFiles: Set<String> = [
        "WeKeys/KeyFile.swift", "WeKeys/KeyFolder.swift", "WeKeys/ProcessHardening.swift",
        "WeCLI/Terminal.swift", "WeCLI/Terminal+Secret.swift", "WeCLI/Terminal+System.swift",
        "WeCLI/Subprocess.swift", "Weonomy/Brain/FileSwap.swift",
        "Weonomy/Carry/SystemStick.swift", "Weonomy/Files/FileFolder.swift",
    ]

    struct Source {
        let module: String
        let path: String
        let text: String

        var imports: Set<String> {
            Set(
                text.split(separator: "\n").compactMap { line in
                    let words = line.split(separator: " ").drop {
                        [
                            "public", "package", "internal", "private", "@_exported",
                            "@preconcurrency",
                        ]
                        .contains($0)
                    }
                    guard words.first == "import", words.count > 1 else { return nil }
                    let name =
                        ["struct", "class", "enum", "func", "protocol"].contains(
                            words.dropFirst().first ?? "")
                        ? words.dropFirst(2).first : words.dropFirst().first
                    return name.map { String($0.prefix { $0 != "." }) }
                })
        }
    }

    static func sources() -> [Source] {
        let folder = root.appending(path: "Sources")
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap {
            $0 as? String
        }
        return (paths ?? []).filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            guard let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8)
            else { return nil }
            return Source(module: String(path.prefix { $0 != "/" }), path: path, text: text)
        }
    }

    @Test("each module imports only what lies below it")
    func imports() {
        let sources = Self.sources()
        #expect(sources.count > 80)
        for source in sources {
            guard var allowed = Self.table[source.module] else {
                Issue.record("\(source.module) has no row in the table")
                continue
            }
            if Self.systemFiles.contains(source.path) { allowed.formUnion(Self.system) }
            let extra = source.imports.subtracting(allowed)
            #expect(extra.isEmpty, "\(source.path) imports \(extra.sorted())")
        }
    }

    @Test("nothing that sees outside bytes can be made to trap by a shortcut")
    func shortcuts() {
        let banned = ["try!", "fatalError(", "as! ", "unowned(unsafe)"]
        for source in Self.sources() {
            for word in banned where source.text.contains(word) {
                Issue.record("\(source.path) uses \(word)")
            }
        }
    }

    @Test("the manifest's modules are the table's")
    func manifest() throws {
        let manifest = try String(
            contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        for module in Self.table.keys { #expect(manifest.contains("\"\(module)\"")) }
        #expect(!manifest.contains("unsafeFlags"))
        #expect(!manifest.contains(".package("))
    }

    @Test("no text that is committed names a machine, a host or how it was made")
    func words() throws {
        let paths =
            FileManager.default.enumerator(atPath: Self.root.path)?
            .compactMap { $0 as? String } ?? []
        let kept = paths.filter { path in
            !path.hasPrefix(".build") && !path.contains("/.build") && !path.hasPrefix(".git/")
                && [".swift", ".md", ".json", ".sh", "/setup", "/check", "/run", ".txt", ".py"]
                    .contains { path.hasSuffix($0) }
        }
        #expect(kept.count > 100)
        let banned = ["/wo" + "rk/", "/ro" + "ot/", "TO" + "DO", "FIX" + "ME"]
        for path in kept {
            let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
            for word in banned where text.contains(word) {
                Issue.record("\(path) contains \(word)")
            }
        }
    }

    @Test("no file of Sources is longer than a reader can hold")
    func lengths() {
        for source in Self.sources() {
            let count = source.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(count <= 520, "\(source.path) has \(count) lines")
        }
    }

    private static func holdsSwift(_ folder: URL) -> Bool {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return files?.contains { ($0 as? URL)?.pathExtension == "swift" } ?? false
    }

    @Test("every folder of sources and tests is a target, so none is left out of a build")
    func everyFolderIsATarget() throws {
        let manifest = try String(
            contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        for folder in ["Sources", "Tests", "Examples"] {
            let path = Self.root.appending(path: folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: path.path)
            where Self.holdsSwift(path.appending(path: name)) {
                #expect(manifest.contains("\"\(name)\""), "\(folder)/\(name)")
            }
        }
    }
}
