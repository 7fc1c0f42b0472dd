import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// Windows of events that go out.
@Suite("Events that go out")
struct StreamTests {
    /// Starts a log of its own for a laptop and writes so many events of a size into it.
    private func write(_ laptop: Laptop, _ count: Int, bytes: Int) throws {
        laptop.contentLog = LogKey(
            logClass: .content, device: laptop.key.publicKey, log: laptop.random.next())
        let introduction = try need(laptop.store.introduction(of: laptop.key.publicKey))
        for _ in 0..<count {
            let last = laptop.store.last(of: laptop.contentLog)
            let body = ContentBody(
                salt: laptop.random.bytes(16),
                changes: [.set(field: "f", value: .bytes([UInt8](repeating: 1, count: bytes)))]
            ).encoded
            laptop.store.add(
                laptop.event(
                    body, in: laptop.contentLog, after: last, object: nil,
                    parents: last == nil ? [introduction] : []))
        }
    }

    /// All content of a store.
    private func stream(_ store: MemoryStore) throws -> EventStream {
        var stream = EventStream(positionMax: try store.lastPosition())
        for log in try store.logs() where log.key.logClass == .content {
            try stream.add(log, from: 0, store: store)
        }
        return stream
    }

    private func windows(_ stream: inout EventStream, _ store: MemoryStore) throws
        -> [[StoredEvent]]
    {
        var windows: [[StoredEvent]] = []
        while windows.count < 1_000 {
            let window = try stream.next(store: store)
            guard !window.isEmpty else { break }
            windows.append(window)
        }
        return windows
    }

    @Test("however many and large the events are, windows are bounded, in order and complete")
    func bounded() throws {
        let (anna, _) = try pair(seed: 150)
        for _ in 0..<14 { try write(anna, 1, bytes: 400_000) }
        try write(anna, 100, bytes: 20_000)
        try write(anna, 2_500, bytes: 1)
        try write(anna, 1, bytes: 1_000_000)
        let store = anna.store
        var stream = try stream(store)
        let windows = try windows(&stream, store)
        for window in windows {
            let bytes = window.reduce(0) { $0 + Run.byteCount(of: $1.event) }
            #expect(window.count == 1 || bytes <= SyncLimit.windowBytes)
            #expect(window.count <= SyncLimit.windowEvents)
        }
        let sent = windows.joined().map(\.position)
        #expect(sent == sent.sorted())
        let content = store.events.filter { $0.key.logClass == .content }.map(\.id)
        #expect(windows.joined().map(\.event.id) == content)
        #expect(stream.isEmpty)
    }

    @Test("what came after the stream's beginning is left to live push")
    func later() throws {
        let (anna, _) = try pair(seed: 151)
        try write(anna, 3, bytes: 1)
        var stream = EventStream(positionMax: try anna.store.lastPosition())
        try write(anna, 3, bytes: 1)
        for log in try anna.store.logs() where log.key.logClass == .content {
            try stream.add(log, from: 0, store: anna.store)
        }
        #expect(try windows(&stream, anna.store).map(\.count) == [3])
    }

    @Test("what a damaged store lost keeps nothing else from going")
    func lost() throws {
        let (anna, _) = try pair(seed: 152)
        for _ in 0..<3 { try write(anna, 5, bytes: 1) }
        let store = anna.store
        let content = store.events.filter { $0.key.logClass == .content }
        var stream = EventStream(positionMax: try store.lastPosition())
        let logs = try store.logs().filter { $0.key.logClass == .content }
        for log in logs.dropLast() { try stream.add(log, from: 0, store: store) }
        let singles = content.filter { $0.key == logs.last?.key }.map(\.id)
        try stream.add(singles, store: store)
        // A whole log, and all single events.
        store.lost = Set(content.filter { $0.key == logs[0].key }.map(\.id) + singles)
        let windows = try windows(&stream, store)
        #expect(
            windows.joined().map(\.event.id)
                == content.filter { $0.key == logs[1].key }.map(\.id))
        #expect(stream.isEmpty)
    }
}
