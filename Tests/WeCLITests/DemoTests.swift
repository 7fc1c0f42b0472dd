import Foundation
import Testing
import Weonomy

@testable import WeCLI

/// The team that comes with the program.
@Suite struct DemoTeamTests {
    @Test func everythingRefersToWhatIsThere() throws {
        let team = try #require(DemoTeam.embedded())
        let notes = DemoTeam.embeddedNotes()
        let slugs = Set(
            notes.values.joined().compactMap {
                $0.path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) }
            })
        let names = Set(team.people.map(\.name))
        #expect(slugs.count == notes.values.joined().count)
        #expect(slugs.count >= 40)
        #expect(team.people.count == 4)
        #expect(Set(team.needs.map(\.author)).isSubset(of: names))
        let needs = Set(team.needs.map(\.slug))
        #expect(team.answers.allSatisfy { needs.contains($0.need) && names.contains($0.author) })
        #expect(
            team.reactions.allSatisfy { slugs.contains($0.note) && names.contains($0.author) })
        #expect(
            team.validations.allSatisfy { slugs.contains($0.note) && names.contains($0.author) })
        for edit in team.edits {
            #expect(slugs.contains(edit.note))
            // Two laptops, or nothing competes.
            #expect(Set(edit.changes.map(\.author)).count == 2)
            #expect(edit.changes.allSatisfy { names.contains($0.author) })
        }
    }

    @Test func editsFindTheirPlace() throws {
        let team = try #require(DemoTeam.embedded())
        let files = DemoTeam.embeddedNotes().values.joined()
        for edit in team.edits {
            let file = try #require(files.first { $0.path.hasSuffix("/\(edit.note).md") })
            let text = String(decoding: file.bytes, as: UTF8.self)
            for find in edit.changes.compactMap(\.find) { #expect(text.contains(find)) }
        }
    }

    @Test func allNotesAreTakenInInTwoLanguages() {
        var languages: Set<String> = []
        for (person, files) in DemoTeam.embeddedNotes() {
            let plan = FolderImport.plan(collection: person, files: files)
            #expect(plan.notes.count == files.count)
            #expect(plan.skipped.isEmpty)
            languages.formUnion(plan.notes.compactMap(\.note.language))
        }
        #expect(languages == ["nl", "en"])
    }
}

/// Other programs, through pipes.
@Suite struct SubprocessTests {
    private let environment = ["PATH": "/usr/bin:/bin"]

    @Test func passesInputAndOutputs() async throws {
        let input = [UInt8](repeating: 65, count: 300_000)
        let words = ["/bin/sh", "-c", "cat; echo fault >&2; exit 7"]
        let process = try #require(Subprocess(words, environment: environment, input: input))
        let ending = await process.ended()
        #expect(ending.code == 7)
        #expect(ending.output == input)
        #expect(ending.error == Array("fault\n".utf8))
    }

    @Test func givesLinesWhileItRuns() async throws {
        let words = ["/bin/sh", "-c", "echo one; echo two; exec sleep 3600"]
        let process = try #require(Subprocess(words, environment: environment))
        var lines: [String] = []
        for await line in process.lines {
            lines.append(line)
            if lines.count == 2 { break }
        }
        #expect(lines == ["one", "two"])
        process.stop()
        #expect(await process.ended().code == 128 + 15)
    }

    @Test func theGroupEndsWithItsGuard() async throws {
        let group = try #require(ProcessGuard(environment: environment))
        let words = ["/bin/sh", "-c", "trap '' TERM; sleep 3600"]
        let process = try #require(
            Subprocess(words, environment: environment, group: group.group))
        group.end()
        #expect(await process.ended().code == 128 + 9)
    }

    @Test func whatIsNotThereDoesNotStart() {
        #expect(Subprocess(["/no/such/program"], environment: environment) == nil)
    }
}

/// The demo itself, with real processes.
@Suite(.serialized) struct DemoTests {
    /// The program as it was built beside these tests.
    private static let program: String? = {
        let build = Bundle.main.bundleURL.deletingLastPathComponent().path
        let own = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
            .deletingLastPathComponent().path
        return [own, build, Bundle.main.bundlePath].map { $0 + "/weonomy" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private static let corpus =
        String(
            #filePath.prefix(
                upTo: #filePath.firstRange(of: "/Tests/")?.lowerBound ?? #filePath.endIndex))
        + "/../shared/corpora/thoughtbot-til"

    private struct Outcome {
        let json: String
        let data: [String: Any]
        let folder: String
    }

    private func demo(_ words: [String]) async throws -> Outcome {
        let folder = NSTemporaryDirectory() + "weonomy-test-\(UUID().uuidString)"
        let program = try #require(Self.program)
        var environment = ProcessInfo.processInfo.environment
        environment["WEONOMY_LANG"] = "nl"
        let process = try #require(
            Subprocess(
                [program, "demo", "--json", "--keep", folder] + words, environment: environment))
        let ending = await process.ended()
        let json = String(decoding: ending.output, as: UTF8.self)
        #expect(ending.code == 0, "\(json)\(String(decoding: ending.error, as: UTF8.self))")
        #expect(try Schema.faults(in: json, schema: "demo") == [])
        let value = try JSONSerialization.jsonObject(with: Data(ending.output)) as? [String: Any]
        return Outcome(
            json: json, data: value?["data"] as? [String: Any] ?? [:], folder: folder)
    }

    private func checkOneBrain(_ outcome: Outcome, notes: Int) throws {
        let laptops = outcome.data["laptops"] as? [[String: Any]] ?? []
        #expect(laptops.count == 3)
        #expect(outcome.data["equal"] as? Bool == true)
        let digest = try #require(outcome.data["digest"] as? String)
        #expect(laptops.allSatisfy { $0["digest"] as? String == digest })
        #expect(laptops.allSatisfy { $0["shares"] as? Int == notes })
        let exported = outcome.data["exported"] as? [String: Any] ?? [:]
        #expect(exported["identical"] as? Bool == true)
        #expect(exported["notes"] as? Int ?? 0 >= notes)
    }

    @Test(.enabled(if: DemoTests.program != nil))
    func threeLaptopsBecomeOneBrain() async throws {
        let outcome = try await demo([])
        defer { try? FileManager.default.removeItem(atPath: outcome.folder) }
        let notes = DemoTeam.embeddedNotes().values.joined().count
        try checkOneBrain(outcome, notes: notes)
        #expect((outcome.data["matches"] as? [Any])?.isEmpty == false)
        #expect((outcome.data["risks"] as? [Any])?.isEmpty == false)
        let versions = outcome.data["versions"] as? [[String: Any]] ?? []
        #expect(versions.contains { $0["field"] as? String == "title" })
    }

    @Test(
        .enabled(
            if: DemoTests.program != nil && FileManager.default.fileExists(atPath: DemoTests.corpus)
        ))
    func realNotesBecomeOneBrain() async throws {
        let outcome = try await demo([Self.corpus])
        defer { try? FileManager.default.removeItem(atPath: outcome.folder) }
        try checkOneBrain(outcome, notes: 49)
    }
}
