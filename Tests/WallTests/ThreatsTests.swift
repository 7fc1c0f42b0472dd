import Foundation
import Testing

/// Whether THREATS.md is whole and what it links to is there; and the rows that the sources
/// themselves show.
@Suite("Threats")
struct ThreatsTests {
    /// Rows of a feature that does not exist yet.
    static let withoutTest: Set<Int> = []
    static let later = "with that feature"

    struct Row {
        let number: Int
        let cells: [String]
        var tests: String { cells.last ?? "" }
        var links: [String] {
            tests.matches(of: /`([^`]+)`/).map { String($0.output.1) }
        }
    }

    static func rows() throws -> [Row] {
        let text = try String(
            contentsOf: WallTests.root.appending(path: "Tests/THREATS.md"), encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("| "), line.hasSuffix(" |") else { return nil }
            let cells = line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
            return Int(cells[0]).map { Row(number: $0, cells: Array(cells.dropFirst())) }
        }
    }

    /// What is wrong with a link `Folder/File.swift:name`, if anything.
    static func fault(of link: String) -> String? {
        let parts = link.split(separator: ":")
        guard parts.count == 2 else { return "not a path and a name" }
        let name = NSRegularExpression.escapedPattern(for: String(parts[1]))
        // A fuzz target has a package of its own; all else lies beside this folder.
        let folder = parts[0].hasPrefix("Fuzzing/") ? "" : "Tests/"
        let file = WallTests.root.appending(path: folder + parts[0])
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return "no file" }
        let pattern =
            if parts[0].hasSuffix(".py") {
                "(?m)^@case\\([^\\n]*\\)\\ndef \(name)\\("
            } else if folder.isEmpty {
                "\\bfunc \(name)\\(|\"\(name)\""
            } else {
                // Nothing but the attribute's own arguments stands between it and the function.
                "(?s)@Test\\b(?:(?!\\bfunc |@Test\\b).)*\\bfunc \(name)\\("
            }
        return text.range(of: pattern, options: .regularExpression) == nil ? "no such test" : nil
    }

    @Test("each row is there once and links to its tests, or waits for its feature")
    func rows() throws {
        let rows = try Self.rows()
        #expect(rows.map(\.number) == Array(1...74))
        for row in rows {
            #expect(row.cells.count == 3 && !row.cells.contains(""), "\(row.number)")
            let isLater = row.tests.contains(Self.later)
            let mayLack = Self.withoutTest.contains(row.number)
            #expect(!row.links.isEmpty || mayLack, "row \(row.number) has no test")
            #expect(isLater == mayLack, "row \(row.number)")
            for link in row.links {
                let fault = Self.fault(of: link)
                #expect(fault == nil, "row \(row.number): \(link): \(fault ?? "")")
            }
        }
    }

    @Test("a link to what is not there is found")
    func links() {
        #expect(Self.fault(of: "WallTests/ThreatsTests.swift:links") == nil)
        #expect(Self.fault(of: "WallTests/ThreatsTests.swift:fault") != nil, "not a test")
        #expect(Self.fault(of: "WallTests/ThreatsTests.swift:link") != nil)
        #expect(Self.fault(of: "WallTests/NoTests.swift:links") != nil)
        #expect(Self.fault(of: "Foreign/wpeer/conformance/refusals.py:strangers") == nil)
        #expect(Self.fault(of: "Foreign/wpeer/conformance/refusals.py:_round") != nil, "no case")
        #expect(Self.fault(of: "WallTests/ThreatsTests.swift") != nil)
    }

    // MARK: - Rows that the sources show

    /// Where a pattern occurs in the sources, but for comments and the files that may.
    private func places(
        _ pattern: String, in modules: Set<String>? = nil, except files: Set<String> = []
    ) -> [String] {
        WallTests.sources().flatMap { source -> [String] in
            guard modules?.contains(source.module) ?? true, !files.contains(source.path) else {
                return []
            }
            return source.text.split(separator: "\n").filter {
                !$0.drop { $0 == " " }.hasPrefix("//")
                    && $0.range(of: pattern, options: .regularExpression) != nil
            }.map { "\(source.path): \($0)" }
        }
    }

    /// The modules that are part of the product; the others drive them in tests.
    private static let product: Set<String> = [
        "WeData", "WeKeys", "WeLog", "WeSync", "WeReplica", "WeTransport", "Weonomy", "WeWeb",
        "WeCLI",
    ]

    @Test("19: nothing makes hashing predictable, neither a source nor a script nor this process")
    func hashing() throws {
        let name = "SWIFT_DETERMINISTIC_" + "HASHING"
        #expect(ProcessInfo.processInfo.environment[name] == nil)
        #expect(places(name).isEmpty)
        let folder = WallTests.root.appending(path: "dev")
        for script in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            guard
                let text = try? String(
                    contentsOf: folder.appending(path: script), encoding: .utf8)
            else { continue }
            #expect(!text.contains(name), "dev/\(script)")
        }
        let manifest = WallTests.root.appending(path: "Package.swift")
        #expect(try !String(contentsOf: manifest, encoding: .utf8).contains(name))
    }

    @Test("32: SQL is made of what stands in the sources: no value is ever put into it")
    func sql() {
        let constants = [
            #"\\\((Schema|SearchIndex|ReplicaIndex)\.\w+\)"#,
            // The names of our own tables, and one of two orders.
            #"(DROP TABLE IF EXISTS|DELETE FROM) \\\(table\)"#, #"ORDER BY \\\(order\)"#,
        ]
        let keyword = #"\b(SELECT|INSERT|UPDATE|DELETE|DROP|CREATE|PRAGMA|WHERE|VALUES|ORDER BY)\b"#
        var count = 0
        for place in places("\"[^\"]*\(keyword)[^\"]*\"", in: ["WeReplica"]) {
            count += 1
            var rest = place
            for constant in constants {
                rest = rest.replacingOccurrences(
                    of: constant, with: "", options: .regularExpression)
            }
            #expect(!rest.contains("\\("), "\(place)")
        }
        #expect(count > 60)
    }

    @Test("33: nobody's pattern is run: no regular expression, no LIKE or GLOB with a value")
    func patterns() {
        let found = places(
            #"NSRegularExpression|\bRegex\b|try Regex\(|\bREGEXP\b|\bGLOB\b|\bLIKE\s*(\?|\\\(|'%)"#)
        #expect(found.isEmpty, "\(found)")
    }

    @Test("45: the handbook says to keep the folder with the keys out of cloud backups")
    func cloudBackups() throws {
        let handbook = try String(
            contentsOf: WallTests.root.appending(path: "HANDBOOK.md"), encoding: .utf8)
        let line = try #require(
            handbook.split(separator: "\n").first { $0.contains("Cloud backups") })
        let paths = try #require(WallTests.sources().first { $0.path == "WeCLI/Paths.swift" }).text
        for folder in [".local/share", "Library/Application Support"] {
            #expect(line.contains("~/\(folder)/weonomy"), "\(folder)")
            #expect(paths.contains(folder), "\(folder)")
        }
    }

    @Test("46: only Output and what writes no one's words reach the terminal")
    func output() {
        let mayWrite: Set<String> = [
            // A blank line; a script of ours; names that are cleaned; a tar file for a pipe; a file
            // that is plain text, or for a pipe.
            "WeCLI/Demo/DemoCommand.swift", "WeCLI/Commands/CompletionCommand.swift",
            "WeCLI/Commands/ExportCommand.swift", "WeCLI/Commands/ShowFile.swift",
            "WeCLI/Output/Output.swift",
            "WeCLI/Output/Progress.swift", "WeCLI/Output/Prompt.swift",
            "WeCLI/Output/Screen.swift",
        ]
        let found =
            places(#"\bscreen\.write\("#, in: Self.product, except: mayWrite)
            + places(
                #"(?<!\w)(print|debugPrint|dump|fputs|puts|printf|NSLog)\(|FileHandle\.standard"#,
                in: Self.product)
        #expect(found.isEmpty, "\(found)")
    }

    @Test("63: secrets and tags are compared by libsodium alone")
    func comparing() {
        #expect(places(#"\bmemcmp\("#, except: ["WeKeys/Sodium.swift"]).isEmpty)
        let sodium = WallTests.sources().first { $0.path == "WeKeys/Sodium.swift" }
        #expect(sodium?.text.contains("sodium_memcmp(") == true)
        // Seals and signatures are judged in libsodium: there is no call that only makes a tag,
        // which somebody would then compare.
        #expect(
            places(#"crypto_(onetimeauth|auth)\w*\(|_detached\((?!.*verify)"#).allSatisfy {
                $0.contains("crypto_sign_detached") || $0.contains("crypto_sign_verify_detached")
            })
        #expect(places(#"(extension|class) SecretBytes.*\b(Equatable|Hashable)\b"#).isEmpty)
    }

    @Test("64: libsodium's randomness alone, and no process goes on as two")
    func randomness() {
        let random = places(
            #"SystemRandomNumberGenerator|arc4random|\brand\(|dev/u?random|UUID\(\)|getrandom|"#
                + #"\.random\(in:|(?<!Bytes32)\.random\(\)|shuffled?\(\)|randomElement\(\)"#,
            in: Self.product, except: ["WeKeys/RandomBytes.swift"])
        #expect(random.isEmpty, "\(random)")
        #expect(places(#"(?<!\w)v?fork\(\)|\bdaemon\("#, in: Self.product).isEmpty)
        let spawning = places(
            "posix_spawn", in: Self.product,
            except: ["WeCLI/Subprocess.swift", "WeCLI/Terminal.swift"])
        #expect(spawning.isEmpty, "\(spawning)")
    }

    @Test("65: nothing is fetched: two libraries of the system, and no package from outside")
    func dependencies() throws {
        let root = WallTests.root
        let manifest = try String(
            contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        #expect(manifest.matches(of: /\.systemLibrary\(/).count == 2)
        #expect(manifest.matches(of: /pkgConfig: "(sqlite3|libsodium)"/).count == 2)
        #expect(manifest.matches(of: /\.package\(|\.binaryTarget\(|\.plugin\(|url:/).isEmpty)
        #expect(
            !FileManager.default.fileExists(atPath: root.appending(path: "Package.resolved").path))
    }
}
