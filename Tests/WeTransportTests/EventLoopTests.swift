import Synchronization
import Testing
import WeTransport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Event loop")
struct EventLoopTests {
    /// Collects numbers from any thread.
    final class Trace: Sendable {
        private let numbers = Mutex<[Int]>([])
        var all: [Int] { numbers.withLock { $0 } }
        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    /// Calls back when its descriptor is ready.
    final class Probe: DescriptorHandler {
        let body: (Readiness) -> Void
        init(_ body: @escaping (Readiness) -> Void) { self.body = body }
        func ready(_ readiness: Readiness) { body(readiness) }
    }

    @Test("tasks run on the loop's thread in the order handed in")
    func tasksInOrder() async throws {
        let loop = try EventLoop(name: "test")
        let trace = Trace()
        for number in 0..<1_000 {
            loop.execute { if loop.isInLoop { trace.add(number) } }
        }
        await loop.stop()
        #expect(trace.all == Array(0..<1_000))
        #expect(!loop.isInLoop)
    }

    @Test("every task of many threads runs, even while the loop is being stopped")
    func wakeUps() async throws {
        let loop = try EventLoop(name: "test")
        let trace = Trace()
        let accepted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<2_000).count { number in loop.execute { trace.add(number) } }
                }
            }
            return await group.reduce(0, +)
        }
        await loop.stop()
        #expect(accepted == 8_000)
        #expect(trace.all.count == accepted)
        #expect(!loop.execute { trace.add(-1) })
    }

    @Test("timers go off by when they are due, and not when taken back")
    func timers() async throws {
        let loop = try EventLoop(name: "test")
        let trace = Trace()
        try await within {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                loop.execute {
                    let now = loop.now
                    _ = loop.schedule(at: now + 30) {
                        trace.add(3)
                        done.resume()
                    }
                    _ = loop.schedule(at: now + 10) { trace.add(1) }
                    let taken = loop.schedule(at: now + 15) { trace.add(-1) }
                    _ = loop.schedule(at: now + 20) { trace.add(2) }
                    _ = loop.schedule(at: now - 5) {
                        trace.add(0)
                        loop.cancel(taken)
                    }
                }
            }
        }
        await loop.stop()
        #expect(trace.all == [0, 1, 2, 3])
    }

    @Test("a handler hears of what it asked for, and of nothing while it asks for nothing")
    func readiness() async throws {
        let loop = try EventLoop(name: "test")
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        let heard = try await within {
            await withCheckedContinuation { (done: CheckedContinuation<Int, Never>) in
                loop.execute {
                    var count = 0
                    let probe = Probe { readiness in
                        guard readiness.contains(.reading) else { return }
                        count += 1
                        if count == 1 {
                            // The byte stays unread and the pipe is closed: still no more calls.
                            loop.setInterest(of: reader, to: [])
                            close(writer)
                            _ = loop.schedule(at: loop.now + 30) {
                                loop.unwatch(reader)
                                done.resume(returning: count)
                            }
                        }
                    }
                    loop.watch(reader, for: .reading, handler: probe)
                }
                write(writer, [1], 1)
            }
        }
        await loop.stop()
        close(reader)
        #expect(heard == 1)
    }

    @Test("stopping twice at once waits for the same end")
    func stopTwice() async throws {
        let loop = try EventLoop(name: "test")
        async let first: Void = loop.stop()
        async let second: Void = loop.stop()
        _ = await (first, second)
        #expect(!loop.execute {})
    }
}
