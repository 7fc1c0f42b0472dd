import Dispatch
import Synchronization
import Testing
import Weonomy

@testable import WeWeb

@Suite("Web events")
struct WebEventTests {
    /// Streams that are fed by a test, in the order they were asked for.
    final class Feeds: Sendable {
        private let open = Mutex<[AsyncStream<WebEvent>.Continuation]>([])
        let (opened, ended) = (Signal(), Signal())

        func next() -> WebResponse {
            let (stream, continuation) = AsyncStream<WebEvent>.makeStream()
            continuation.onTermination = { [ended] _ in ended.raise() }
            open.withLock { $0.append(continuation) }
            opened.raise()
            return .events(stream)
        }

        func yield(_ event: WebEvent) {
            for feed in open.withLock({ $0 }) { feed.yield(event) }
        }

        func finish() {
            for feed in open.withLock({ $0 }) { feed.finish() }
        }
    }

    private func site(
        _ feeds: Feeds, limits: WebLimits = WebLimits()
    ) async throws -> (Site, cookie: String) {
        let site = try await Site(limits: limits) { request in
            request.path == "/events" ? feeds.next() : .html("token=\(request.csrfToken)")
        }
        return (site, try await site.enter().cookie)
    }

    @Test("ten tabs are told at once, and told the end")
    func delivery() async throws {
        let feeds = Feeds()
        let (site, cookie) = try await site(feeds)
        let text = site.get("/events", cookie)
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await site.visit { client in
                        try client.send(text)
                        let head = try client.head()
                        guard head["content-type"] == "text/event-stream; charset=utf-8" else {
                            return []
                        }
                        var chunks: [String] = []
                        while chunks.count < 3 { chunks.append(try client.event()) }
                        return chunks
                    }
                }
            }
            for _ in 0..<10 { await feeds.opened.wait() }
            feeds.yield(WebEvent(id: "1", name: "changed", data: "é"))
            feeds.yield(WebEvent(data: "two\nlines"))
            feeds.finish()
            for try await chunks in group {
                #expect(
                    chunks == [
                        "id: 1\nevent: changed\ndata: é\n\n", "data: two\ndata: lines\n\n", "",
                    ])
            }
        }
        await site.server.stop()
    }

    @Test("a browser that comes back says what it had")
    func lastEventID() async throws {
        let feeds = Feeds()
        let (site, cookie) = try await site(feeds)
        let text = site.get("/events", "\(cookie)Last-Event-ID: 41\r\n")
        let status = try await site.visit { client in
            try client.send(text)
            return try client.head().status
        }
        #expect(status == 200 && site.handler.requests.last?.lastEventID == "41")
        await site.server.stop()
    }

    @Test("when the browser goes, the stream is let go of, though nothing happens")
    func gone() async throws {
        let feeds = Feeds()
        let (site, cookie) = try await site(feeds)
        let text = site.get("/events", cookie)
        _ = try await site.visit { client in
            try client.send(text)
            return try client.head()
        }
        await feeds.ended.wait()
        await site.server.stop()
    }

    @Test("when the server stops, streams end properly")
    func stopped() async throws {
        let feeds = Feeds()
        let (site, cookie) = try await site(feeds)
        let text = site.get("/events", cookie)
        async let last = site.visit { client in
            try client.send(text)
            _ = try client.head()
            return try client.event()
        }
        await feeds.opened.wait()
        // What was said before still comes.
        feeds.yield(WebEvent(data: "x"))
        #expect(try await last == "data: x\n\n")
        await site.server.stop()
        await feeds.ended.wait()
    }

    @Test("a browser that does not read is cut, and nothing piles up for it")
    func unread() async throws {
        let feeds = Feeds()
        let (site, cookie) = try await site(feeds)
        let text = site.get("/events", cookie)
        let event = WebEvent(data: String(repeating: "x", count: 100_000))
        try await site.visit { client in
            try client.send(text)
            _ = try client.head()
            // More than the system keeps for both sides.
            for _ in 0..<200 { feeds.yield(event) }
            let isCut = DispatchSemaphore(value: 0)
            Task {
                await feeds.ended.wait()
                isCut.signal()
            }
            isCut.wait()
        }
        await site.server.stop()
    }

    @Test("a sign of life is sent while nothing happens")
    func comments() async throws {
        var limits = WebLimits()
        limits.commentMilliseconds = 10
        let (site, cookie) = try await site(Feeds(), limits: limits)
        let text = site.get("/events", cookie)
        let chunks = try await site.visit { client in
            try client.send(text)
            _ = try client.head()
            return [try client.chunk(), try client.chunk()]
        }
        #expect(chunks == [":\n\n", ":\n\n"])
        await site.server.stop()
    }

    @Test("a stream too many is refused, and there is room again when one has ended")
    func streamsMax() async throws {
        var limits = WebLimits()
        limits.streamsMax = 1
        let feeds = Feeds()
        let (site, cookie) = try await site(feeds, limits: limits)
        let text = site.get("/events", cookie)
        let statuses = try await blocking { [port = site.port] in
            let first = try Client(port: port)
            try first.send(text)
            let second = try Client(port: port)
            let status = try first.head().status
            try second.send(text)
            return [status, try second.head().status]
        }
        #expect(statuses == [200, 503])
        // Of the refused one, and of the first, whose browser went.
        for _ in 0..<2 { await feeds.ended.wait() }
        let again = try await site.visit { client in
            try client.send(text)
            return try client.head().status
        }
        #expect(again == 200)
        await site.server.stop()
    }
}
