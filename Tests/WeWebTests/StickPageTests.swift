import Foundation
import Testing

@testable import WeWeb
@testable import Weonomy

/// The form that does what `weonomy carry` does.
@Suite("The page and a stick")
struct StickPageTests {
    private func site(_ brain: Brain) -> WeWeb.Site {
        WeWeb.Site(brain, language: .english, clock: { brain.now() }, offset: { _ in 0 })
    }

    private func post(
        _ site: WeWeb.Site, _ fields: [(name: String, value: String)]
    ) async -> (status: Int, html: String) {
        let response = await site.respond(
            to: WebRequest(method: .post, path: "/sync/carry", form: WebForm(fields)))
        guard case .bytes(let bytes) = response.body else { return (response.status, "") }
        return (response.status, String(decoding: bytes, as: UTF8.self))
    }

    @Test("a visit by the form leaves files, and the page says what it did")
    func carry() async throws {
        let brain = try Brain.found(nil, as: "Anna", team: "Noord")
        let path = NSTemporaryDirectory() + "weonomy-stick-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let site = site(brain)
        let looked = await post(site, [("folder", path), ("dry-run", "1")])
        #expect(looked.status == 200 && looked.html.contains("Nothing was written anywhere."))
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
        let made = await post(site, [("folder", path)])
        #expect(made.html.contains("Left all 1 change for whoever comes."))
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["Weonomy"])
    }

    @Test("a folder that is not there, or not given from the top, is said on the page")
    func wrong() async throws {
        let site = site(try Brain.found(nil, as: "Anna", team: "Noord"))
        for folder in ["usb", "", "/nowhere/<b>"] {
            let answer = await post(site, [("folder", folder)])
            #expect(answer.status >= 400 && !answer.html.contains("<b>"), "\(folder)")
        }
    }

    @Test("a wall screen has no such form")
    func readOnly() async throws {
        let site = site(try Brain.found(nil, as: "Anna", team: "Noord"))
        for isReadOnly in [false, true] {
            let response = await site.respond(
                to: WebRequest(path: "/sync", csrfToken: "t", isReadOnly: isReadOnly))
            guard case .bytes(let bytes) = response.body else { continue }
            let html = String(decoding: bytes, as: UTF8.self)
            #expect(html.contains("/sync/carry") == !isReadOnly)
        }
    }
}
