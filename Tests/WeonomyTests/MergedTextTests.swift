import Foundation
import Testing
import WeData
import Weonomy

@Suite("Texts that merge")
struct MergedTextTests {
    /// Two laptops of one team, and an item that both have.
    private func pair(_ body: String) async throws -> (anna: Brain, bram: Brain, item: Item) {
        let anna = try Brain.found(nil, as: "Anna", team: "Noord")
        let code = try await anna.invite().code
        let address = try await anna.listen(host: "127.0.0.1", port: 0)
        let (bram, _) = try await Brain.join(
            nil, as: "Bram", code: code, at: address.description)
        let item = try await anna.share(.howto, title: "Backups", body: body)
        _ = try await bram.sync(with: .tcp(address.description))
        return (anna, bram, try await bram.item(item.id))
    }

    private func meet(_ anna: Brain, _ bram: Brain) async throws {
        let address = try await anna.listen(host: "127.0.0.1", port: 0)
        _ = try await bram.sync(with: .tcp(address.description))
        #expect(try await anna.digest() == bram.digest())
    }

    @Test("two who edit apart both find their words, and it is known whose they are")
    func apart() async throws {
        let (anna, bram, item) = try await pair("Stop the server.\nCopy the files.\n")
        try await anna.edit(item.id, body: "Stop the server and tell Dewi.\nCopy the files.\n")
        try await bram.edit(item.id, body: "Stop the server.\nCopy the files twice.\n")
        try await meet(anna, bram)
        let merged = "Stop the server and tell Dewi.\nCopy the files twice.\n"
        #expect(try await anna.item(item.id).body == merged)
        #expect(try await anna.item(item.id).isConflict == false)
        let blame = try await bram.blame(item.id)
        #expect(blame.map(\.text).joined() == merged)
        #expect(blame.filter { $0.author.name == "Bram" }.map(\.text) == [" twice"])
    }

    @Test("who had an editor open for long undoes nothing that others wrote meanwhile")
    func slowEditor() async throws {
        let (anna, bram, seen) = try await pair("One.\nTwo.\nThree.\n")
        try await anna.edit(
            seen.id, title: "Backups, twice", body: "One and a half.\nTwo.\nThree.\n")
        try await meet(anna, bram)
        try await bram.edit(seen.id, body: "One.\nTwo.\nThree.\nFour.\n", saw: seen)
        let item = try await bram.item(seen.id)
        #expect(item.body == "One and a half.\nTwo.\nThree.\nFour.\n")
        #expect(item.title == "Backups, twice")
    }

    @Test("typing is grouped into one event, and what others wrote comes out as hunks")
    func live() async throws {
        let (anna, bram, item) = try await pair("cat")
        let text = try await bram.liveText(of: item.id)
        for (place, letter) in " sat".enumerated() {
            try await text.insert(String(letter), at: 3 + place)
        }
        try await text.delete(0..<1)
        try await text.insert("b", at: 0)
        try await anna.edit(item.id, body: "caat")
        let before = try await bram.history(item.id).count
        #expect(try await text.save().isEmpty)
        #expect(try await bram.history(item.id).count == before + 1)
        #expect(await text.text == "bat sat")
        try await meet(anna, bram)
        let effect = try await text.save()
        #expect(TextHunk.apply(effect, to: "bat sat") == "baat sat")
        #expect(await text.text == "baat sat")
        #expect(try await bram.history(item.id).count == before + 2)
        #expect(try await anna.item(item.id).body == "baat sat")
    }

    @Test("more heads than an event may name are joined before the next edit")
    func manyHeads() async throws {
        let (anna, _, seen) = try await pair("x")
        for number in 0..<40 {
            try await anna.edit(seen.id, body: "x\(number)", saw: seen)
        }
        let item = try await anna.item(seen.id)
        let digits = (0..<40).reduce(0) { $0 + String($1).count }
        #expect(item.body.count == 1 + digits)
        try await anna.edit(seen.id, body: item.body + "!")
        #expect(try await anna.item(seen.id).body == item.body + "!")
    }
}
