import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// What is held back on its way to the store, and when it goes on.
@Suite("Events on their way to the store")
struct IncomingTests {
    /// Successive events of one log, of which some are signed by nobody.
    private func chain(
        _ author: Laptop, _ count: Int, garbled: Set<Int> = [], bytes: Int = 8
    ) throws -> [Event] {
        var events: [Event] = []
        let introduction = try need(author.store.introduction(of: author.key.publicKey))
        for index in 0..<count {
            let body = ContentBody(
                salt: author.random.bytes(16),
                changes: [.set(field: "f", value: .bytes([UInt8](repeating: 1, count: bytes)))]
            ).encoded
            let made = author.event(
                body, in: author.contentLog, after: events.last, object: nil,
                parents: events.isEmpty ? [introduction] : [])
            let signature =
                garbled.contains(index)
                ? try need(Signature(author.random.bytes(64))) : made.signature
            events.append(Event(header: made.header, signature: signature, body: body))
        }
        return events
    }

    private func run(_ events: ArraySlice<Event>) throws -> Run {
        Run(key: try need(events.first).key, events: Array(events))
    }

    private func ids(_ runs: [Run]) -> [[EventID]] { runs.map { $0.events.map(\.id) } }

    @Test("what no valid signature follows goes nowhere; the one that follows makes it good")
    func tails() throws {
        let (anna, _) = try pair(seed: 140)
        let events = try chain(anna, 4, garbled: [1, 2])
        var incoming = Incoming(remembers: false)
        #expect(ids(incoming.received([try run(events[0...1])])) == [[events[0].id]])
        #expect(incoming.received([try run(events[2...2])]).isEmpty)
        let held = incoming.pendingBytes
        #expect(held == events[1...2].reduce(0) { $0 + Run.byteCount(of: $1) })
        #expect(
            ids(incoming.received([try run(events[3...3])])) == [events[1...].map(\.id)])
        let left = incoming.pendingBytes
        #expect(left == 0)
    }

    @Test("another branch of a fork makes no tail good")
    func otherBranch() throws {
        let (anna, _) = try pair(seed: 141)
        let events = try chain(anna, 2, garbled: [1])
        let other = try chain(anna, 3)
        var incoming = Incoming(remembers: false)
        _ = incoming.received([try run(events[...])])
        #expect(ids(incoming.received([try run(other[2...2])])) == [[other[2].id]])
    }

    private func report(stored: Int = 0, waiting: [Run] = []) -> IngestReport {
        var report = IngestReport()
        report.storedCount = stored
        report.waiting = waiting
        return report
    }

    @Test("what waits for something that nobody has keeps nobody from rest")
    func drained() throws {
        let (anna, _) = try pair(seed: 142)
        let late = try run(chain(anna, 2)[1...])
        var incoming = Incoming(remembers: false)
        _ = incoming.received([late])
        #expect(!incoming.isDrained)
        _ = incoming.ingested(report(waiting: [late]))
        #expect(incoming.isDrained)
        #expect(incoming.retry(isEnd: true).isEmpty)
        _ = incoming.received([try run(chain(anna, 1)[...])])
        _ = incoming.ingested(report(stored: 1))
        #expect(!incoming.isDrained, "something new came: it is worth another try")
        #expect(ids(incoming.retry(isEnd: true)) == ids([late]))
        _ = incoming.ingested(report(waiting: [late]))
        #expect(incoming.isDrained)
    }

    @Test("a large pool is tried again when much has come, or nothing more is to come")
    func retries() throws {
        let (anna, _) = try pair(seed: 143)
        let events = try chain(anna, 82)
        let pool = try run(events[2...])
        for isEnd in [true, false] {
            var incoming = Incoming(remembers: false)
            _ = incoming.received([pool])
            _ = incoming.ingested(report(waiting: [pool]))
            for stored in 1...10 {
                _ = incoming.received([try run(events[...0])])
                _ = incoming.ingested(report(stored: 1))
                let isTried = !incoming.retry(isEnd: isEnd).isEmpty
                #expect(isTried == (isEnd || stored == 10))
                if isTried { break }
            }
        }
    }

    @Test("what waits for its past is dropped before what waits for a signature, the oldest first")
    func dropped() throws {
        let (anna, _) = try pair(seed: 144)
        var incoming = Incoming(remembers: false)
        let tail = try chain(anna, 2, garbled: [0])
        #expect(incoming.received([try run(tail[...0])]).isEmpty)
        let runs = try (0..<12).map { _ in try run(chain(anna, 2, bytes: 999_000)[1...]) }
        for waiting in runs {
            _ = incoming.received([waiting])
            _ = incoming.ingested(report(stored: 1, waiting: [waiting]))
            let bytes = incoming.pendingBytes
            #expect(bytes <= SyncLimit.pendingBytesMax)
        }
        #expect(ids(incoming.retry(isEnd: true)) == ids(Array(runs.suffix(8))))
        #expect(ids(incoming.received([try run(tail[1...])])) == [tail.map(\.id)])
    }

    @Test("only a session that pushes remembers what came, until it has passed it")
    func known() throws {
        let (anna, _) = try pair(seed: 145)
        let events = try chain(anna, 3)
        for isLive in [true, false] {
            var incoming = Incoming(remembers: isLive)
            _ = incoming.received([try run(events[...])])
            let known = incoming.known
            #expect(known == (isLive ? Set(events.map(\.id)) : []))
            _ = incoming.ingested(report(stored: 3))
            incoming.passed()
            let left = incoming.known
            #expect(left.isEmpty)
        }
    }

    @Test("an answer of the store that nothing asked for changes nothing")
    func unasked() throws {
        var incoming = Incoming(remembers: true)
        let isAsked = incoming.ingested(report(stored: 5))
        #expect(!isAsked)
        #expect(incoming.isDrained)
        let (anna, ben) = try pair(seed: 146, events: 3)
        let meeting = try Meeting(anna, ben, seed: 146, isLive: true).start().run()
        let actions = meeting.initiator.session.ingested(
            report(stored: 5), store: anna.store, now: meeting.now)
        #expect(actions.isEmpty)
        let stored = meeting.initiator.session.progress.eventsStored
        #expect(stored == 0)
    }
}
