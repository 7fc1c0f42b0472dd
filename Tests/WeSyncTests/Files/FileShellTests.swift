import Testing
import WeData
import WeKeys

@testable import WeSync

/// What is handed to whom, and when, over a host that answers when it is told to.
@Suite("Shell of files")
struct FileShellTests {
    private final class Host: FileHost {
        var now: Milliseconds = 0
        lazy var shell = FileShell(self, seed: 0)
        var connected: Set<Int> = [1, 2]
        var wishes: [FileWish] = []
        var lists: [([FileWish], [FileID]) -> Void] = []
        var begun: [(wish: FileWish, answer: (ChunkSet, ChunkSet?) -> Void)] = []
        var takings: [(FileTaking) -> Void] = []
        var sought: [Int: Set<FileID>] = [:]
        var asked: [(peer: Int, file: FileID, chunks: Range<Int>)] = []
        var segmentsAsked: [(peer: Int, file: FileID)] = []
        var changed: [FileID] = []
        var keptBytes = 0
        var alarms: [Milliseconds?] = []
        var wantedCount = 0

        func wantedFiles(_ answer: @escaping ([FileWish], [FileID]) -> Void) {
            lists.append(answer)
        }
        func begin(_ wish: FileWish, _ answer: @escaping (ChunkSet, ChunkSet?) -> Void) {
            begun.append((wish, answer))
        }
        func take(
            _ segment: FileSegment, of wish: FileWish, from peer: Int,
            _ answer: @escaping (FileTaking) -> Void
        ) { takings.append(answer) }
        func take(
            _ chunk: [UInt8], index: Int, of wish: FileWish, from peer: Int,
            _ answer: @escaping (FileTaking) -> Void
        ) { takings.append(answer) }
        func fileChanged(_ file: FileID) { changed.append(file) }
        func isConnected(_ peer: Int) -> Bool { connected.contains(peer) }
        func seek(_ files: [FileID], isSettled: Bool, of peer: Int) {
            sought[peer, default: []].formUnion(files)
        }
        func ask(segment: Int, of file: FileID, from peer: Int) {
            segmentsAsked.append((peer, file))
        }
        func ask(chunks: Range<Int>, of file: FileID, from peer: Int) {
            asked.append((peer, file, chunks))
        }
        func kept(byteCount: Int, from peer: Int) { keptBytes += byteCount }
        func fileAlarm(at due: Milliseconds?) { alarms.append(due) }
        func transferChanged(wantedCount: Int, bytesToFetch: Int) {
            self.wantedCount = wantedCount
        }

        /// Gives the list that was asked for.
        func list() { if !lists.isEmpty { lists.removeFirst()(wishes, []) } }

        /// Says that nothing of the file that is begun is here, or that it can't be kept.
        func start(canKeep: Bool = true) {
            guard !begun.isEmpty else { return }
            let (wish, answer) = begun.removeFirst()
            answer(
                ChunkSet(chunkCount: wish.shape.segmentCount),
                canKeep ? ChunkSet(chunkCount: wish.shape.chunkCount) : nil)
        }

        /// Says what became of what came.
        func took(_ taking: FileTaking) { if !takings.isEmpty { takings.removeFirst()(taking) } }
    }

    private static func wish(_ number: UInt8, byteCount: Int = 100) throws -> FileWish {
        let id = FileID(Blake2b.hash([number]))
        return FileWish(id: id, shape: try #require(FileShape(byteCount: byteCount)))
    }

    /// A host that wants a file of one chunk that these peers have.
    private static func wanting(_ wish: FileWish, from peers: [Int]) -> Host {
        let host = Host()
        host.wishes = [wish]
        for peer in peers {
            host.shell.rested(peer)
            host.list()
        }
        for peer in peers { host.shell.told(peer, [wish.id: .all], isAnswer: true) }
        return host
    }

    @Test("who comes to rest while the list is asked for is met with the next one")
    func resting() throws {
        let host = Host()
        let wish = try Self.wish(1)
        host.wishes = [wish]
        host.shell.rested(1)
        host.shell.rested(2)
        #expect(host.lists.count == 1)
        host.list()
        #expect(host.sought == [1: [wish.id]] && host.lists.count == 1)
        host.list()
        #expect(host.sought == [1: [wish.id], 2: [wish.id]] && host.lists.isEmpty)
        #expect(host.wantedCount == 1)
    }

    @Test("who has gone before the list came is not met")
    func gone() throws {
        let host = Host()
        host.wishes = [try Self.wish(1)]
        host.shell.rested(1)
        host.shell.rested(2)
        host.shell.ended(2)
        host.connected = []
        host.list()
        host.list()
        #expect(host.sought.isEmpty)
    }

    @Test("a chunk that is kept is counted and told on before anything else is asked")
    func kept() throws {
        let wish = try Self.wish(1)
        let host = Self.wanting(wish, from: [1])
        host.start()
        #expect(host.asked.count == 1 && host.asked[0].chunks == 0..<1)
        host.shell.received([1], index: 0, of: wish.id, from: 1)
        #expect(host.keptBytes == 0)
        host.took(.kept(found: [], isComplete: true))
        #expect(host.keptBytes == 100 && host.changed == [wish.id])
    }

    @Test("what is refused is asked of another, and of who gave it no more")
    func refused() throws {
        let wish = try Self.wish(1)
        let host = Self.wanting(wish, from: [1, 2])
        host.start()
        let first = try #require(host.asked.first?.peer)
        host.shell.received([1], index: 0, of: wish.id, from: first)
        host.took(.refused)
        #expect(host.asked.map(\.peer) == [first, 3 - first] && host.changed.isEmpty)
    }

    @Test("leaves that are kept lead to chunks, and leaves that are refused to another peer")
    func segments() throws {
        let wish = try Self.wish(1, byteCount: 200_000)
        let host = Self.wanting(wish, from: [1, 2])
        host.start()
        let first = try #require(host.segmentsAsked.first?.peer)
        let leaves = [Bytes32](repeating: .zero, count: wish.shape.chunkCount)
        let segment = FileSegment(number: 0, leaves: leaves, proof: [])
        host.shell.received(segment, of: wish.id, from: first)
        host.took(.refused)
        #expect(host.segmentsAsked.map(\.peer) == [first, 3 - first] && host.asked.isEmpty)
        host.shell.received(segment, of: wish.id, from: 3 - first)
        host.took(.kept(found: [1], isComplete: false))
        #expect(host.changed == [wish.id])
        #expect(
            Set(host.asked.flatMap(\.chunks)) == Set(0..<wish.shape.chunkCount).subtracting([1]))
    }

    @Test(
        "a file that can't be kept is left alone for a minute, and then tried again once",
        arguments: ["begin", "chunk", "segment"])
    func failing(_ at: String) throws {
        let wish = try Self.wish(1, byteCount: at == "segment" ? 200_000 : 100)
        let host = Self.wanting(wish, from: [1])
        host.now = 5
        host.start(canKeep: at != "begin")
        switch at {
        case "chunk": host.shell.received([1], index: 0, of: wish.id, from: 1)
        case "segment":
            let leaves = [Bytes32](repeating: .zero, count: wish.shape.chunkCount)
            let segment = FileSegment(number: 0, leaves: leaves, proof: [])
            host.shell.received(segment, of: wish.id, from: 1)
        default: break
        }
        host.took(.failed)
        // An alarm of before comes early, and sets the next.
        while let due = host.alarms.last ?? nil, due < 60_005 {
            host.now = due
            host.shell.alarm()
        }
        #expect(host.alarms.last == 60_005 && host.lists.isEmpty && host.begun.isEmpty)
        host.now = 60_005
        host.shell.alarm()
        #expect(host.lists.count == 1)
        host.list()
        #expect(host.begun.count == 1)
    }

    @Test("a chunk of a file that is wanted no more is dropped, and frees its turn")
    func unwanted() throws {
        let wish = try Self.wish(1)
        let host = Self.wanting(wish, from: [1])
        host.start()
        host.wishes = []
        host.shell.wantsChanged()
        host.list()
        #expect(host.shell.shape(of: wish.id) == nil)
        host.shell.received([1], index: 0, of: wish.id, from: 1)
        #expect(host.takings.isEmpty && host.wantedCount == 0)
    }

    @Test("one alarm is set while something is awaited, and none after the end")
    func alarms() throws {
        let wish = try Self.wish(1)
        let host = Self.wanting(wish, from: [1])
        #expect(host.alarms.isEmpty)
        host.start()
        let due = try #require(host.alarms.last ?? nil)
        #expect(due == FileLimit.stallMilliseconds)
        host.now = 10
        host.shell.wantsChanged()
        host.list()
        #expect(host.alarms.count == 1)
        // Who gives nothing is left out.
        host.now = due
        host.shell.alarm()
        #expect(host.asked.count == 1)
        host.shell.stop()
        #expect(host.alarms.last == .some(nil))
    }

    @Test("an answer that comes after the shell has gone is nobody's")
    func late() throws {
        let wish = try Self.wish(1)
        let host = Self.wanting(wish, from: [1])
        host.start()
        host.shell.received([1], index: 0, of: wish.id, from: 1)
        host.shell = FileShell(host, seed: 1)
        host.took(.kept(found: [], isComplete: true))
        #expect(host.changed.isEmpty)
    }
}
