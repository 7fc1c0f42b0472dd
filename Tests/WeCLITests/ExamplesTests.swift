import Foundation
import Testing

@testable import WeCLI

@Suite struct ExamplesTests {
    /// Runs an example as it was built beside these tests; gives what it printed.
    private func run(_ name: String) async throws -> String {
        let folder = try #require(Laptop.program?.dropLast("weonomy".count))
        let process = try #require(
            Subprocess([folder + name], environment: ["PATH": "/usr/bin:/bin"]))
        let ending = await process.ended()
        #expect(ending.code == 0, "\(String(decoding: ending.error, as: UTF8.self))")
        return String(decoding: ending.output, as: UTF8.self)
    }

    @Test("the first steps end with a brain")
    func firstSteps() async throws {
        let output = try await run("FirstSteps")
        #expect(output.hasPrefix("How do I spread Elixir knowledge? · WAL over NFS · "))
    }

    @Test("three who pack apart end with one list")
    func packingList() async throws {
        let lines = try await run("PackingList").split(separator: "\n")
        #expect(lines.last == "the same list on every phone")
        #expect(lines.contains { $0.contains("Sam's car") && $0.contains("Tom's attic") })
    }

    @Test("two nodes in one process end the same")
    func twoNodes() async throws {
        #expect(try await run("TwoNodes").contains("one brain"))
    }

    @Test("README's first lines are those of an example that is built")
    func readme() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let example = try String(
            contentsOf: root.appending(path: "Examples/FirstSteps/main.swift"), encoding: .utf8)
        let code = try #require(page.components(separatedBy: "```swift\n").last)
        let lines = code.components(separatedBy: "```")[0].split(separator: "\n")
        #expect(lines.count > 5)
        for line in lines { #expect(example.contains(line), "\(line)") }
    }
}
