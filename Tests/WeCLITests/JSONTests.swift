import Foundation
import Testing

@testable import WeCLI

@Suite("JSON")
struct JSONTests {
    @Test(
        "any text arrives as it was, and disturbs nothing on the way",
        arguments: [
            "", "plain", "\"quotes\" \\ / back", "\u{0}\u{1B}[31m\u{7F}\u{9B}",
            "line\u{2028}\u{2029}",
            "\u{202E}turn", "naïve 日本 👩‍👩‍👧 𝄞", "\r\n\t", "\u{FEFF}",
        ])
    func roundTrip(text: String) throws {
        let value: JSONValue = ["a": .string(text), "b": [1, true, nil, -3], "c": .double(1.5)]
        let json = value.text
        #expect(json.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0 ~= $0.value) })
        #expect(!json.contains("\u{2028}") && !json.contains("\u{202E}"))
        let read = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect((read?["a"] as? String)?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        #expect((read?["c"] as? Double) == 1.5)
    }

    @Test("keys keep their order")
    func order() {
        let value: JSONValue = ["z": 1, "a": 2]
        #expect(value.with("m", 3).text == "{\"z\":1,\"a\":2,\"m\":3}")
        #expect(JSONValue(moment: 1_810_291_320_042).text == "\"2027-05-14T10:42:00.042Z\"")
        #expect(JSONValue.double(.nan).text == "null")
    }

    @Test("every command has a schema, and every schema is JSON")
    func schemas() throws {
        for command in CommandTable.commands where !command.isHidden {
            #expect(throws: Never.self, "\(command.name)") { try Schema.named(command.name) }
        }
        for name in ["common", "envelope", "error"] { _ = try Schema.named(name) }
    }

    @Test("answers and errors are what their schemas say")
    func answers() async throws {
        for words in [["version"], ["help"], ["help", "share"], ["completion", "bash"]] {
            let screen = RecordedScreen()
            #expect(await Program.run(words + ["--json"], environment: [:], screen: screen) == .ok)
            #expect(try Schema.faults(in: screen.output, schema: words[0]) == [])
            #expect(screen.error.isEmpty)
        }
        let screen = RecordedScreen()
        _ = await Program.run(["shaer", "--json"], environment: [:], screen: screen)
        #expect(try Schema.faults(in: screen.output, schema: "error") == [])
        #expect(try Schema.faults(in: "{\"ok\":true}", schema: "version").count == 2)
    }
}
