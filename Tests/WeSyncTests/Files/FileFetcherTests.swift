import Testing
import WeData
import WeKeys

@testable import WeSync

/// Who is asked for what, over simulated colleagues who are slow, lose what they have, lie and go.
@Suite("Fetching files")
struct FileFetcherTests {
    private typealias Fetcher = FileFetcher<Int>

    /// A colleague: answers after a while, in order.
    private struct Colleague {
        var holdings: [FileID: FileHolding]
        var queue: [(due: Milliseconds, Answer)] = []
        var pace: Milliseconds = 1
        var isSettled = false
        var askedBytes = 0
        var given = 0
    }

    private enum Answer {
        case holding([FileID: FileHolding])
        case segment(FileID, Int)
        case chunk(FileID, Int)
    }

    private static func wish(_ number: Int, chunks: Int) -> FileWish {
        let shape = FileShape(byteCount: chunks == 0 ? 0 : chunks * 65_536 - 3)!
        return FileWish(id: FileID(Blake2b.hash(UInt64(number).bigEndianBytes)), shape: shape)
    }

    /// Runs one laptop with its colleagues until nothing moves.
    private final class World {
        var fetcher: Fetcher
        var colleagues: [Int: Colleague] = [:]
        var now: Milliseconds = 0
        var held: [FileID: ChunkSet] = [:]
        var segments: [FileID: ChunkSet] = [:]
        var shapes: [FileID: FileShape] = [:]
        var chunksTaken: [FileID: [Int: Int]] = [:]
        var done: Set<FileID> = []
        var outstandingMax = 0
        var liars: Set<Int> = []
        var random: Seeded

        init(seed: UInt64) {
            random = Seeded(seed)
            fetcher = Fetcher(seed: Int(seed % 1_000))
        }

        func want(_ wishes: [FileWish]) {
            for wish in wishes { shapes[wish.id] = wish.shape }
            obey(fetcher.want(wishes.filter { !done.contains($0.id) }, now: now))
        }

        func meet(_ peer: Int, _ colleague: Colleague) {
            colleagues[peer] = colleague
            obey(fetcher.met(peer, now: now))
        }

        func lose(_ peer: Int) {
            colleagues[peer] = nil
            obey(fetcher.lost(peer, now: now))
        }

        func obey(_ steps: [Fetcher.Step]) {
            for step in steps {
                switch step {
                case .begin(let wish):
                    let chunks = held[wish.id] ?? ChunkSet(chunkCount: wish.shape.chunkCount)
                    let known = segments[wish.id] ?? ChunkSet(chunkCount: wish.shape.segmentCount)
                    held[wish.id] = chunks
                    segments[wish.id] = known
                    obey(fetcher.began(wish.id, segments: known, held: chunks, now: now))
                case .seek(let peer, let files, let isSettled):
                    guard colleagues[peer] != nil else { continue }
                    colleagues[peer]?.isSettled = isSettled
                    guard !files.isEmpty else { continue }
                    let known = colleagues[peer]?.holdings ?? [:]
                    let told = files.reduce(into: [FileID: FileHolding]()) { told, file in
                        if let holding = known[file] { told[file] = holding }
                    }
                    answer(peer, .holding(told))
                case .askSegment(let peer, let file, let segment):
                    answer(peer, .segment(file, segment))
                case .askChunks(let peer, let file, let chunks):
                    for chunk in chunks {
                        colleagues[peer]?.askedBytes +=
                            shapes[file]?.bytes(ofChunk: chunk).count ?? 0
                        answer(peer, .chunk(file, chunk))
                    }
                    outstandingMax = max(outstandingMax, colleagues[peer]?.askedBytes ?? 0)
                }
            }
        }

        private func answer(_ peer: Int, _ answer: Answer) {
            guard let colleague = colleagues[peer] else { return }
            let last = colleague.queue.last?.due ?? now
            let due =
                max(last, now) + colleague.pace
                + Milliseconds(Int.random(in: 0...2, using: &random))
            colleagues[peer]?.queue.append((due, answer))
        }

        /// A colleague does not have a file any more: what was asked of it does not come.
        func forget(_ file: FileID, at peer: Int) {
            colleagues[peer]?.holdings[file] = nil
            var queue: [(due: Milliseconds, Answer)] = []
            for (due, answer) in colleagues[peer]?.queue ?? [] {
                switch answer {
                case .chunk(let asked, let chunk) where asked == file:
                    colleagues[peer]?.askedBytes -= shapes[file]?.bytes(ofChunk: chunk).count ?? 0
                case .segment(let asked, _) where asked == file: break
                default: queue.append((due, answer))
                }
            }
            colleagues[peer]?.queue = queue
        }

        /// Delivers what is due next; `false` when nothing is on its way.
        func step() -> Bool {
            let next = colleagues.filter { !$0.value.queue.isEmpty }
                .min { ($0.value.queue[0].due, $0.key) < ($1.value.queue[0].due, $1.key) }
            guard let (peer, colleague) = next else { return false }
            now = max(now, colleague.queue[0].due)
            let (_, answer) = colleague.queue[0]
            colleagues[peer]?.queue.removeFirst()
            switch answer {
            case .holding(let holdings):
                obey(fetcher.told(peer, holdings, isAnswer: true, now: now))
            case .segment(let file, let number):
                segments[file]?.insert(number)
                obey(fetcher.took(segment: number, of: file, found: [], now: now))
            case .chunk(let file, let chunk):
                let bytes = shapes[file]?.bytes(ofChunk: chunk).count ?? 0
                colleagues[peer]?.askedBytes -= bytes
                colleagues[peer]?.given += 1
                fetcher.arrived(from: peer, now: now)
                if liars.contains(peer) {
                    obey(fetcher.refused(chunk: chunk, of: file, from: peer, now: now))
                } else {
                    held[file]?.insert(chunk)
                    chunksTaken[file, default: [:]][chunk, default: 0] += 1
                    if held[file]?.isComplete == true { done.insert(file) }
                    obey(fetcher.took(chunk: chunk, of: file, from: peer, now: now))
                }
            }
            return true
        }

        func run(steps: Int = 200_000) {
            var count = 0
            while count < steps, step() { count += 1 }
        }
    }

    @Test("who gave something else is not asked for the file again, whatever it says of it")
    func refusedForGood() {
        var fetcher = Fetcher(seed: 0)
        let (file, other) = (Self.wish(1, chunks: 1), Self.wish(2, chunks: 1))
        _ = fetcher.want([file, other], now: 0)
        _ = fetcher.met(1, now: 0)
        let all = [file.id: FileHolding.all, other.id: .all]
        _ = fetcher.told(1, all, isAnswer: true, now: 1)
        for wish in [file, other] {
            let (segments, held) = (ChunkSet(chunkCount: 1), ChunkSet(chunkCount: 1))
            _ = fetcher.began(wish.id, segments: segments, held: held, now: 2)
        }
        _ = fetcher.refused(chunk: 0, of: file.id, from: 1, now: 3)
        let again = fetcher.told(1, all, isAnswer: false, now: 4)
        #expect(!again.contains(.askChunks(1, file.id, 0..<1)))
        #expect(!again.contains(.begin(file)))
        // A new session is a new try.
        _ = fetcher.lost(1, now: 5)
        _ = fetcher.met(2, now: 6)
        let anew = fetcher.told(2, [file.id: .all], isAnswer: true, now: 7)
        #expect(anew.contains(.begin(file)))
    }

    /// A file that is named in its own size and in others.
    private struct Misnamed {
        let tree: FileTree
        let wishes: [FileWish]

        init(_ byteCount: Int, others: [Int]) throws {
            let shape = try #require(FileShape(byteCount: byteCount))
            var hasher = FileHasher(shape)
            hasher.update([UInt8](repeating: 7, count: byteCount))
            let found = hasher.finish()
            tree = try #require(found)
            let id = tree.id
            wishes = (others + [byteCount]).compactMap {
                FileShape(byteCount: $0).map { FileWish(id: id, shape: $0) }
            }
        }

        var id: FileID { tree.id }
        var right: FileWish { FileWish(id: tree.id, shape: tree.shape) }
        var wrong: [FileWish] { wishes.dropLast() }
    }

    @Test(
        "of several sizes that a file is said to have, its first leaves tell which it has",
        arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func misnamed(byteCount: Int) throws {
        let file = try Misnamed(byteCount, others: [byteCount + 1, 150_000, 3, 1 << 37])
        var fetcher = Fetcher(seed: 1)
        _ = fetcher.want(file.wishes, now: 0)
        #expect(fetcher.wantedCount == 1 && fetcher.shape(of: file.id) == nil)
        for peer in [1, 2] { _ = fetcher.met(peer, now: 0) }
        let asked = fetcher.told(1, [file.id: .all], isAnswer: true, now: 1)
        #expect(asked.contains(.askSegment(1, file.id, 0)))
        #expect(!asked.contains { if case .begin = $0 { true } else { false } })
        // Somebody gives leaves that lead to none of them: another one is asked.
        _ = fetcher.told(2, [file.id: .all], isAnswer: true, now: 2)
        let lie = FileSegment(number: 0, leaves: [.zero], proof: [])
        let next = fetcher.identify(lie, of: file.id, from: 1, now: 3) ?? []
        #expect(next.contains(.askSegment(2, file.id, 0)))
        let unasked = fetcher.identify(lie, of: file.id, from: 1, now: 3)
        #expect(unasked == nil)
        let told = fetcher.told(1, [file.id: .all], isAnswer: false, now: 4)
        #expect(!told.contains(.askSegment(1, file.id, 0)), "who lied is left out")
        let leaves = try #require(file.tree.segment(0))
        let found = fetcher.identify(leaves, of: file.id, from: 2, now: 5) ?? []
        #expect(found.contains(.begin(file.right)))
        #expect(fetcher.shape(of: file.id) == file.tree.shape)
        // A further size changes nothing any more, nor that it is named no longer.
        for wishes in [file.wishes + [Self.wish(9, chunks: 1)], [file.right]] {
            _ = fetcher.want(wishes, now: 6)
            #expect(fetcher.shape(of: file.id) == file.tree.shape)
        }
    }

    @Test("who gave what did not fit a wrong size is asked again once the right one is named")
    func namedLater() throws {
        let file = try Misnamed(200_000, others: [100_000])
        var fetcher = Fetcher(seed: 0)
        _ = fetcher.want(file.wrong, now: 0)
        _ = fetcher.met(1, now: 0)
        let begun = fetcher.told(1, [file.id: .all], isAnswer: true, now: 1)
        #expect(begun.contains(.begin(file.wrong[0])))
        let empty = ChunkSet(chunkCount: 1)
        _ = fetcher.began(file.id, segments: empty, held: ChunkSet(chunkCount: 2), now: 2)
        _ = fetcher.refused(of: file.id, from: 1, now: 3)
        let again = fetcher.want(file.wishes, now: 4)
        #expect(again.contains(.seek(1, [file.id], isSettled: false)))
        let asked = fetcher.told(1, [file.id: .all], isAnswer: true, now: 5)
        #expect(asked.contains(.askSegment(1, file.id, 0)))
        let leaves = try #require(file.tree.segment(0))
        let found = fetcher.identify(leaves, of: file.id, from: 1, now: 6) ?? []
        #expect(found.contains(.begin(file.right)))
    }

    @Test("who was asked which size a file has and goes, or says nothing, is replaced")
    func probeEnds() throws {
        let file = try Misnamed(200_000, others: [100_000])
        var fetcher = Fetcher(seed: 0)
        _ = fetcher.want(file.wishes, now: 0)
        for peer in [1, 2, 3] {
            _ = fetcher.met(peer, now: 0)
            _ = fetcher.told(peer, [file.id: .all], isAnswer: true, now: 1)
        }
        let second = fetcher.lost(1, now: 2)
        #expect(second.contains(.askSegment(2, file.id, 0)))
        let due = try #require(fetcher.deadline)
        let third = fetcher.tick(now: due)
        #expect(third.contains(.askSegment(3, file.id, 0)))
        let none = fetcher.told(3, [file.id: .none], isAnswer: false, now: due)
        #expect(!none.contains { if case .askSegment = $0 { true } else { false } })
        #expect(fetcher.deadline == nil, "nothing is awaited")
    }

    @Test("all that somebody has comes, each chunk once, and then it is said that nothing lacks")
    func whole() throws {
        let world = World(seed: 3)
        let wishes = [0, 1, 2, 40, 1_000, 0].enumerated().map { Self.wish($0, chunks: $1) }
        world.want(wishes)
        world.meet(
            1, Colleague(holdings: Dictionary(uniqueKeysWithValues: wishes.map { ($0.id, .all) })))
        world.run()
        #expect(world.done == Set(wishes.map(\.id)))
        #expect(world.chunksTaken.values.allSatisfy { $0.values.allSatisfy { $0 == 1 } })
        #expect(world.colleagues[1]?.isSettled == true)
        #expect(world.fetcher.wantedCount == 0 && world.fetcher.bytesToFetch == 0)
        #expect(world.fetcher.deadline == nil)
        #expect(world.outstandingMax <= FileLimit.outstandingBytesMax + FileShape.chunkBytesMax)
    }

    @Test("three who have it share the work by how fast they are")
    func three() throws {
        let world = World(seed: 4)
        let wish = Self.wish(1, chunks: 900)
        world.want([wish])
        for (peer, pace) in [(1, 10), (2, 10), (3, 20)] {
            var colleague = Colleague(holdings: [wish.id: .all])
            colleague.pace = Milliseconds(pace)
            world.meet(peer, colleague)
        }
        world.run()
        #expect(world.done == [wish.id])
        let given = (1...3).map { world.colleagues[$0]?.given ?? 0 }
        #expect(given[0] > 2 * given[2] * 3 / 4 && given[2] > 100, "\(given)")
        // The one who is last to answer must not hold up the end for long: 900 chunks at 10, 10
        // and 20 ms each are 3.6 s of work.
        #expect(world.now < 4_700, "took \(world.now) ms")
    }

    @Test("parts that only some have come from those")
    func parts() throws {
        let world = World(seed: 5)
        let wish = Self.wish(1, chunks: 100)
        var first = ChunkSet(chunkCount: 100)
        var second = ChunkSet(chunkCount: 100)
        for chunk in 0..<60 { first.insert(chunk) }
        for chunk in 50..<100 { second.insert(chunk) }
        world.want([wish])
        world.meet(1, Colleague(holdings: [wish.id: .some(first.bytes)]))
        world.run()
        #expect(world.held[wish.id]?.count == 60)
        #expect(world.colleagues[1]?.isSettled == true, "there is no more to be had of it")
        world.meet(2, Colleague(holdings: [wish.id: .some(second.bytes)]))
        world.run()
        #expect(world.done == [wish.id])
    }

    @Test("whoever gives what was not asked is left out, and another one gives it")
    func liar() throws {
        let world = World(seed: 6)
        let wish = Self.wish(1, chunks: 50)
        world.liars = [1]
        world.want([wish])
        world.meet(1, Colleague(holdings: [wish.id: .all]))
        world.run()
        #expect(world.done.isEmpty && world.colleagues[1]?.isSettled == true)
        let asked = world.colleagues[1]?.given ?? 0
        #expect(asked <= 64, "a liar is not asked again and again")
        world.meet(2, Colleague(holdings: [wish.id: .all]))
        world.run()
        #expect(world.done == [wish.id])
    }

    @Test("who gives nothing for long is passed over")
    func stalled() throws {
        let world = World(seed: 7)
        let wish = Self.wish(1, chunks: 30)
        world.want([wish])
        var silent = Colleague(holdings: [wish.id: .all])
        world.meet(1, silent)
        _ = world.step()  // Says what it has,
        silent = try #require(world.colleagues[1])
        world.colleagues[1]?.queue = []  // and never answers.
        let due = try #require(world.fetcher.deadline, "leaves were asked for")
        world.now = due
        world.obey(world.fetcher.tick(now: due))
        world.meet(2, Colleague(holdings: [wish.id: .all]))
        world.run()
        #expect(world.done == [wish.id])
    }

    @Test("a file that can't be kept holds up no other, and is tried again when asked")
    func setAside() throws {
        let world = World(seed: 8)
        let wishes = [Self.wish(1, chunks: 3), Self.wish(2, chunks: 3)]
        world.want(wishes)
        world.meet(
            1, Colleague(holdings: Dictionary(uniqueKeysWithValues: wishes.map { ($0.id, .all) })))
        _ = world.step()
        world.obey(world.fetcher.failed(wishes[0].id, now: world.now))
        world.run()
        #expect(world.done == [wishes[1].id] || world.held[wishes[0].id]?.isComplete != true)
        world.want(wishes)
        world.run()
        #expect(world.done == Set(wishes.map(\.id)))
    }

    @Test(
        "whoever comes, goes, loses and lies: what an honest one keeps having comes in the end",
        arguments: 0..<12 as Range<UInt64>)
    func random(seed: UInt64) throws {
        let world = World(seed: seed)
        var random = Seeded(seed &+ 1_000)
        let wishes = (0..<Int.random(in: 1...60, using: &random)).map {
            Self.wish($0, chunks: Int.random(in: 0...120, using: &random))
        }
        world.want(wishes)
        for round in 0..<30 {
            let peer = round + 10
            var colleague = Colleague(holdings: [:])
            colleague.pace = Milliseconds(Int.random(in: 1...30, using: &random))
            for wish in wishes where Bool.random(using: &random) {
                var some = ChunkSet(chunkCount: wish.shape.chunkCount)
                for chunk in 0..<wish.shape.chunkCount where Bool.random(using: &random) {
                    some.insert(chunk)
                }
                colleague.holdings[wish.id] = Bool.random(using: &random) ? .all : .some(some.bytes)
            }
            if Int.random(in: 0..<4, using: &random) == 0 { world.liars.insert(peer) }
            world.meet(peer, colleague)
            for _ in 0..<Int.random(in: 0...80, using: &random) where world.step() {}
            if Bool.random(using: &random) { world.lose(peer) }
            if Int.random(in: 0..<5, using: &random) == 0 {
                let file = wishes[Int.random(in: 0..<wishes.count, using: &random)].id
                for other in world.colleagues.keys.sorted() {
                    world.forget(file, at: other)
                    world.obey(
                        world.fetcher.told(
                            other, [file: .none], isAnswer: false, now: world.now))
                }
            }
            if let due = world.fetcher.deadline, Bool.random(using: &random) {
                world.now = max(world.now, due)
                world.obey(world.fetcher.tick(now: world.now))
            }
            if round % 7 == 0 { world.want(wishes) }
        }
        world.want(wishes)
        world.meet(
            1, Colleague(holdings: Dictionary(uniqueKeysWithValues: wishes.map { ($0.id, .all) })))
        world.run()
        #expect(world.done == Set(wishes.map(\.id)), "seed \(seed)")
        #expect(world.colleagues[1]?.isSettled == true, "seed \(seed)")
        // What a liar was asked and still gives comes on top of what it is asked next.
        #expect(
            world.outstandingMax <= 2 * (FileLimit.outstandingBytesMax + FileShape.chunkBytesMax))
    }
}
