import Weonomy
import FoundationEssentials
import Testing

@testable import WeCLI

@Suite("Where things are kept")
struct PathsTests {
    @Test(
        "the first that is said wins",
        arguments: [
            ("/x", ["WEONOMY_HOME": "/y"], false, "/x"),
            (nil, ["WEONOMY_HOME": "/y", "XDG_DATA_HOME": "/z"], true, "/y"),
            (nil, ["XDG_DATA_HOME": "/z", "HOME": "/h"], true, "/z/weonomy"),
            (nil, ["XDG_DATA_HOME": "relative", "HOME": "/h"], false, "/h/.local/share/weonomy"),
            (nil, ["HOME": "/h"], false, "/h/.local/share/weonomy"),
            (nil, ["HOME": "/h"], true, "/h/Library/Application Support/weonomy"),
        ] as [(String?, [String: String], Bool, String)])
    func places(option: String?, environment: [String: String], mac: Bool, data: String) throws {
        let paths = try Paths(option: option, environment: environment, isDarwin: mac)
        #expect(paths.data == data)
        #expect(paths.team(slug: "noord").key == data + "/noord/identity.key")
    }

    @Test("a team's name becomes a safe folder name")
    func slugs() {
        #expect(Paths.slug("Team Noord") == "team-noord")
        #expect(Paths.slug("../../etc/passwd") == "etc-passwd")
        #expect(Paths.slug("Café 9\u{0}") == "café-9")
        #expect(Paths.slug("…") == "team")
        #expect(Paths.slug(String(repeating: "日", count: 300)).utf8.count <= 180)
    }

    @Test("the only team is meant; of several, one must be named")
    func teams() throws {
        let folder = TemporaryPath.file("teams")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let paths = try Paths(option: folder, environment: [:], isDarwin: false)
        func code(_ team: String?) -> String? {
            do throws(Failure) {
                return try paths.existing(team: team).folder
            } catch {
                return "\(error.code.rawValue)"
            }
        }
        func make(_ slug: String) throws {
            let team = paths.team(slug: slug)
            try FileManager.default.createDirectory(
                atPath: team.folder, withIntermediateDirectories: true)
            _ = FileManager.default.createFile(atPath: team.replica, contents: nil)
        }
        #expect(code(nil) == "10")
        try make("noord")
        #expect(code(nil) == folder + "/noord")
        #expect(code("Noord") == folder + "/noord")
        #expect(code("Zuid") == "10")
        try make("zuid")
        #expect(code(nil) == "2")
        #expect(code("Zuid") == folder + "/zuid")
    }

    @Test("the editor's text comes back without the help, or not at all")
    func editor() throws {
        #expect(Editor.strip(Editor.template("body", help: "help")).trimmed == "body")
        #expect(Editor.strip("no help here") == "no help here")
        let screen = ScriptedTerminal()
        func edit(_ command: String) throws(Failure) -> String? {
            try Editor(screen: screen, environment: ["EDITOR": command], isAllowed: true)
                .edit("", help: "Write below.")
        }
        #expect(try edit("true") == nil)
        #expect(try edit("printf 'Hello\\n' >>") == "Hello")
        #expect(try edit(": >") == nil)
        #expect(throws: Failure.self) { try edit("false") }
        #expect(throws: Failure.self) { try edit("printf '\\377' >>") }
        #expect(throws: Failure.self) { try edit("no-such-editor-anywhere") }
    }
}

/// A keyboard that is there, with real programs behind it.
struct ScriptedTerminal: Screen {
    private let terminal = Terminal()
    var size: (columns: Int, rows: Int)? { nil }
    func write(_ text: String, to stream: WeCLI.Stream) {}
    func isTerminal(_ stream: WeCLI.Stream) -> Bool { true }
    func readLine() -> String? { nil }
    func readAll(bytesMax: Int) -> [UInt8]? { nil }
    func page(_ text: String, command: String, environment: [String: String]) -> Bool { false }
    func edit(_ path: String, command: String) -> Int32? {
        terminal.edit(path, command: command)
    }
    func ticks() -> Int64 { 0 }
    func now() -> Int64 { 0 }
}
