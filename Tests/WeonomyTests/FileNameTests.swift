import Foundation
import Testing
import WeData

@testable import Weonomy

/// What colleagues call their files never decides where bytes land.
@Suite("Names of files")
struct FileNameTests {
    private static let parts = [
        "..", "/", "\\", "C:", "con", "NUL", "com¹", ".txt", ".md", "\0", "\u{202E}", "\u{200B}",
        " ", ".", "ß", "SS", "e\u{301}", "é", ".ssh", "a", "A", "\n", "\u{1B}[2J", "🇳🇱", "|",
        "*", "%2e%2e", "~", "-", "$(id)", "'", "\"", String(repeating: "x", count: 300),
        String(repeating: "\u{301}", count: 150), ".tar.gz", "日本",
    ]
    private static let known = [
        "../x", "..\\..\\x", "C:\\x", "con.txt", "a\0b", ".ssh", "x\u{202E}gpj.exe", "x.", "x ",
        "x. .", "", "...", "/etc/passwd", "aux", "LPT9.tar.gz", "nul .txt", "a/b.txt", "\u{FEFF}",
    ]

    private static func isSafe(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= FileName.bytesMax, name != ".", name != ".." else {
            return false
        }
        let bad = name.unicodeScalars.contains {
            "[]#^|\\/:*?\"<>".unicodeScalars.contains($0) || $0.value < 32 || $0.value == 127
                || $0 == "\u{202E}" || $0 == "\u{200B}"
        }
        let stem = name.prefix { $0 != "." }.trimmed.lowercased()
        return !bad && !name.hasPrefix(".") && !name.hasSuffix(".") && !name.hasSuffix(" ")
            && !["con", "prn", "aux", "nul", "com¹", "lpt9"].contains(stem)
    }

    @Test("no name leads out of a folder, hides itself, or is a device on some system")
    func safe() throws {
        var random = Seeded(state: .random(in: 0 ... .max))
        let seed = random.state
        let folder = try TemporaryFolder()
        for turn in 0..<3_000 {
            let name =
                turn < Self.known.count
                ? Self.known[turn]
                : (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    Self.parts.randomElement(using: &random) ?? ""
                }.joined()
            let safe = FileName.file(name)
            #expect(Self.isSafe(safe), "seed \(seed): \(name.debugDescription) as \(safe)")
            guard turn < 200 else { continue }
            try folder.write("x", at: safe)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1,
                "seed \(seed): \(name.debugDescription)")
            try FileManager.default.removeItem(atPath: "\(folder.path)/\(safe)")
        }
    }

    @Test("a name keeps the ending by which programs know it, however long it is")
    func ending() {
        #expect(FileName.file("plan.pdf") == "plan.pdf")
        #expect(FileName.file(String(repeating: "x", count: 400) + ".sqlite").hasSuffix("x.sqlite"))
        #expect(FileName.file("con.txt") == "_con.txt")
        #expect(FileName.file("..") == "file" && FileName.file("\u{202E}") == "file")
    }

    @Test("in an export no two files share a path on any system, and each item finds its own")
    func exported() throws {
        var random = Seeded(state: .random(in: 0 ... .max))
        let seed = random.state
        let names = Self.known + ["A.png", "a.PNG", "a.png", "\u{E9}.png", "e\u{301}.png"]
        let items = (0..<120).map { number in
            Item(
                id: object(number), kind: .share, title: "\(number)", author: anna, created: june,
                files: (0..<3).compactMap { _ in
                    let name = names.randomElement(using: &random) ?? ""
                    let id = [UInt8](repeating: UInt8.random(in: 0..<9, using: &random), count: 32)
                    return FileID(id).map { FileInfo(name: name, byteCount: 1, id: $0) }
                })
        }
        let files = VaultFiles(items) { _ in true }
        let folded = files.list.map { FileName.folded($0.path) }
        #expect(Set(folded).count == folded.count, "seed \(seed)")
        for (path, _) in files.list {
            let name = path.dropFirst("files/".count)
            #expect(path.hasPrefix("files/") && Self.isSafe(String(name)), "seed \(seed): \(path)")
        }
        for file in items.flatMap(\.files) {
            let link = try #require(files.link(to: file), "seed \(seed)")
            let path = try #require(link.removingPercentEncoding)
            let target = files.list.first { "../" + $0.path == path }
            #expect(target?.file.id == file.id, "seed \(seed): \(link)")
        }
    }
}
