import Testing
import WeTransport

@testable import WeWeb
@testable import Weonomy

/// Files on the pages: tiles, downloads, uploads, what waits for what, and the policy.
@Suite("Pages of files")
struct FilePagesTests {
    private static func send(
        _ desk: Desk, _ fields: [(name: String, value: String)], files: [WebFile] = []
    ) async -> (location: String?, html: String) {
        let response = await desk.site.respond(
            to: WebRequest(method: .post, path: "/new", form: WebForm(fields), files: files))
        guard case .bytes(let bytes) = response.body else { return (nil, "") }
        return (
            response.headers.first { $0.name == "Location" }?.value,
            String(decoding: bytes, as: UTF8.self)
        )
    }

    private static func download(_ desk: Desk, _ path: String) async -> (WebResponse, [UInt8]) {
        let response = await desk.site.respond(to: WebRequest(path: path))
        guard case .pieces(let pieces) = response.body else { return (response, []) }
        var bytes: [UInt8] = []
        while case let next = await pieces.read(bytes.count), !next.isEmpty { bytes += next }
        #expect(bytes.count == pieces.byteCount)
        return (response, bytes)
    }

    @Test("what is uploaded goes with the share, shows as a tile, and comes down again")
    func upload() async throws {
        let desk = Desk(try Brain.found(nil, as: "Anna", team: "T"))
        let form = try await desk.get("/new").html
        #expect(form.contains("enctype=\"multipart/form-data\""))
        #expect(form.contains("type=\"file\" name=\"file\" multiple"))
        let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0) }
        let sent = await Self.send(
            desk,
            [("kind", "experience"), ("title", "Plan"), ("body", "x"), ("licence", "CC0 <1>")],
            files: [
                WebFile(name: "../<b>plan\u{202E}.pdf", bytes: bytes),
                WebFile(name: "C:\\x\\<i>empty.txt", bytes: []),
            ])
        let place = try #require(sent.location)
        let page = try await desk.get(place).html
        #expect(page.contains("<h3>b-plan.pdf</h3>"), "what turns is shown as it is saved")
        #expect(page.contains("<h3>&lt;i&gt;empty.txt</h3>") && !page.contains("<i>empty"))
        #expect(page.contains("CC0 &lt;1&gt;"))
        #expect(page.contains("Nobody else has said to have it."))
        let short = String(place.dropFirst(3))
        let (response, down) = await Self.download(desk, "/file/\(short)/1")
        #expect(down == bytes && response.contentType == "application/octet-stream")
        #expect(
            response.headers.first?.value == "attachment; filename*=UTF-8''b-plan.pdf"
                && response.headers.last?.value == "sandbox")
        #expect(await Self.download(desk, "/file/\(short)/2").1.isEmpty)
        for path in [
            "/file/\(short)/0", "/file/\(short)/3", "/file/\(short)/-1", "/file/\(short)/x",
            "/file/zzzz/1", "/file", "/file/\(short)", "/file/\(short)/1/2",
        ] {
            #expect(try await desk.get(path).status == 404, "\(path)")
        }
        // The wall screen shows and gives, and takes nothing.
        let wall = try await desk.get(place, isReadOnly: true).html
        #expect(wall.contains("/file/\(short)/1\"") && !wall.contains("file-free"))
    }

    @Test("a form that asks once more keeps the files that it has")
    func keptFiles() async throws {
        let desk = Desk(try Brain.found(nil, as: "Anna", team: "T"))
        let asked = await Self.send(
            desk, [("kind", "insight"), ("title", " "), ("body", "x"), ("licence", "CC0")],
            files: [WebFile(name: "a b.txt", bytes: [1, 2])])
        #expect(asked.location == nil && asked.html.contains("a b.txt"))
        let hidden = try #require(
            asked.html.firstMatch(of: /name="attached" value="([^"]+)"/)?.1)
        // What is no longer here must not be named: nobody could ever fetch it.
        let other = String(repeating: "ab", count: 32) + " 3 c.txt"
        let late = await Self.send(
            desk, [("kind", "insight"), ("title", "Now"), ("attached", other)])
        #expect(late.location == nil && late.html.contains("choose c.txt once more"))
        #expect(try await desk.brain.allItems().isEmpty)
        let sent = await Self.send(
            desk,
            [
                ("kind", "insight"), ("title", "Now"), ("attached", String(hidden)),
                ("licence", "CC0"), ("attached", "junk"), ("attached", "00 1 x"),
            ])
        let place = try #require(sent.location)
        let item = try await desk.brain.item(try await desk.brain.resolve("\(place.dropFirst(3))"))
        #expect(item.files.map(\.name) == ["a b.txt"])
        #expect(item.files.first?.licence == "CC0")
        #expect(await Self.download(desk, "/file/\(item.shortID)/1").1 == [1, 2])
    }

    @Test("a file that is with others is fetched by a button, let go of by another, and used again")
    func between() async throws {
        let desks = try await Desk.team()
        let (anna, bram) = (desks[0], desks[1])
        try await bram.brain.setFilePolicy(.opened)
        let file = try await anna.brain.attach([UInt8](repeating: 1, count: 90_000), name: "a.bin")
        let share = try await anna.brain.share(
            .howto, title: "With a file", topics: ["git"], files: [file])
        try await Desk.meet(anna, bram)
        let path = "/s/\(share.shortID)"
        var page = try await bram.get(path).html
        #expect(page.contains("with others") && page.contains("Get it"))
        #expect(page.contains("Also with Anna"))
        let wall = try await bram.get(path, isReadOnly: true).html
        #expect(wall.contains("with others") && !wall.contains("file-get"))
        #expect(!wall.contains("reuses="))
        let away = await bram.site.respond(to: WebRequest(path: "/file/\(share.shortID)/1"))
        #expect(away.status == 303)
        #expect(try await bram.brain.files().first?.state == .left, "to look fetches nothing")
        #expect(
            await bram.post(path + "/file-get", ["number": "1"]).location == path + "#files")
        page = try await bram.get(path).html
        #expect(page.contains("comes as soon as you meet Anna"))
        #expect(!page.contains("Get it"))
        let waits = try await bram.get("/sync").html
        #expect(waits.contains("Files to come") && waits.contains("a.bin</a>"))
        #expect(waits.contains("0 B of 90 KB"))
        try await Desk.meet(anna, bram)
        // A page is kept for a second, and no event says that a file came.
        page = try await Desk(bram.brain).get(path).html
        #expect(page.contains("/file/\(share.shortID)/1\"") && page.contains("Let go of it"))
        #expect(page.contains("Also with Anna (told "))
        #expect(await bram.post(path + "/file-free", ["number": "1"]).location != nil)
        #expect(try await bram.brain.files().first?.state == .left)
        #expect(await bram.post(path + "/file-get", ["number": "7"]).status == 404)

        let begun = try await bram.get("/new?reuses=\(share.shortID)&topics=git").html
        #expect(begun.contains("With a file</a>") && begun.contains("Its files go along: a.bin"))
        let sent = await Self.send(
            bram,
            [("kind", "insight"), ("title", "Mine"), ("reuses", share.shortID), ("sure", "1")])
        let mine = try await bram.get(try #require(sent.location)).html
        #expect(mine.contains("Uses again:") && mine.contains("a.bin</h3>"))
        let first = try await bram.get(path).html
        #expect(first.contains("Used again in") && first.contains(">Mine</a>"))
        #expect(try await bram.get("/new?reuses=zzzz").status == 404)
    }

    @Test("which files come is chosen on the settings page")
    func policy() async throws {
        let desk = Desk(try Brain.found(nil, as: "Anna", team: "T"))
        #expect(try await desk.get("/settings").html.contains("value=\"50000000\" selected"))
        #expect(
            await desk.post("/settings/files", ["policy": "opened"]).location == "/settings#files")
        #expect(await desk.brain.filePolicy() == .opened)
        #expect(await desk.post("/settings/files", ["policy": "some"]).status == 404)
        try await desk.brain.setFilePolicy(.upTo(7_000))
        #expect(try await desk.get("/settings").html.contains("value=\"7000\" selected"))
        let wall = try await desk.get("/settings", isReadOnly: true).html
        #expect(!wall.contains("/settings/files") && wall.contains("Files of up to 7.0 KB"))
    }

    @Test("how long the rest takes is told by what came since the last look")
    func pace() {
        let pace = FilePace()
        func left(_ come: Int, _ moment: Int64, all: Int = 1_000) -> Int? {
            pace.secondsLeft(come: come, of: all, at: Instant(milliseconds: moment))
        }
        #expect(left(0, 0) == nil)
        #expect(left(100, 500) == nil, "too soon to tell")
        #expect(left(200, 2_000) == 8)
        #expect(left(200, 4_000) == nil, "nothing came")
        #expect(left(500, 6_000, all: 2_000) == nil, "other files")
        #expect(left(900, 500_000, all: 2_000) == nil, "too long ago")
    }
}
