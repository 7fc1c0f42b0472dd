import Testing
import WeData
import WeKeys

@testable import WeSync

@Suite("Files in a session")
struct FileSessionTests {
    /// One chunk of any file.
    private final class Source: FileSource {
        func holding(of file: FileID) -> FileHolding { .all }
        func segment(_ number: Int, of file: FileID) -> FileSegment? { nil }
        func chunk(_ index: Int, of file: FileID) -> [UInt8]? { [7] }
    }

    private func meeting() throws -> Meeting {
        let (anna, ben) = try pair(seed: 1, events: 5)
        var configuration = ben.configuration(.responder, isLive: true)
        configuration.files = Source()
        let meeting = Meeting(
            try Side(anna, anna.configuration(.initiator, isLive: true)),
            try Side(ben, configuration), seed: 1)
        return meeting.start().run()
    }

    /// What was taken back, because the answer took long or there was no room, is wanted again
    /// before the first answer is here.
    @Test("what is asked twice may come twice, and not a third time")
    func askedTwice() throws {
        let meeting = try meeting()
        let file = FileID(Blake2b.hash([1]))
        for _ in 0..<2 {
            meeting.obey(
                meeting.initiator.session.ask(chunks: 0..<1, of: file, now: meeting.now), 0)
        }
        meeting.grew(0)
        meeting.run()
        #expect(meeting.responder.session.currentProgress.fileBytesSent == 2)
        #expect(!meeting.initiator.isClosed)
        try meeting.responder.session.send(.chunk(file, index: 0, [7]))
        meeting.grew(1)
        meeting.run()
        #expect(meeting.initiator.error == .unexpectedMessage)
    }

    private static func file(_ number: Int) -> FileID {
        FileID(Blake2b.hash(UInt64(number).bigEndianBytes))
    }

    /// What the initiator makes of one message that the responder should not have sent.
    private func refusal(of messages: [Message]) throws -> SyncError? {
        let meeting = try meeting()
        for message in messages { try meeting.responder.session.send(message) }
        meeting.grew(1)
        meeting.run()
        return meeting.initiator.error
    }

    @Test("who answers what was not asked, and who gives what was not asked for, is hung up on")
    func unasked() throws {
        let segment = FileSegment(number: 0, leaves: [.zero], proof: [])
        for message in [
            Message.holding([Self.file(1): .all], isAnswer: true),
            .segment(Self.file(1), segment), .chunk(Self.file(1), index: 0, [1]),
        ] { #expect(try refusal(of: [message]) == .unexpectedMessage) }
        #expect(
            try refusal(of: [.holding([Self.file(1): .all], isAnswer: false)]) == nil,
            "news of what is sought needs no question")
    }

    @Test("who seeks without end, or asks without taking, is hung up on")
    func floods() throws {
        let lists = (0...(2 * FileLimit.soughtMax / SyncLimit.idsListedMax)).map { list in
            let files = (0..<SyncLimit.idsListedMax).map { number in
                FileID(
                    Bytes32(word0: UInt64(list), word1: UInt64(number), word2: 0, word3: 0))
            }
            return Message.seek(files, isSettled: false)
        }
        #expect(try refusal(of: lists) == .tooMuch("seek"))
        let segments = (0...FileLimit.segmentsAskedMax).map {
            Message.askSegment(Self.file(1), $0 % 4)
        }
        #expect(try refusal(of: segments) == .tooMuch("segments"))
        let chunks = (0...(FileLimit.chunksAskedMax / FileLimit.runChunksMax)).map { _ in
            Message.askChunks(Self.file(1), 0..<FileLimit.runChunksMax)
        }
        #expect(try refusal(of: chunks) == .tooMuch("chunks"))
    }

    @Test("files that are out of order, twice, or beyond what a file may be are no message")
    func malformed() throws {
        func decoded(_ kind: Message.Kind, _ write: (inout Writer) -> Void) throws -> Message {
            var writer = Writer()
            write(&writer)
            var reader = Reader(writer.bytes)
            return try Message.file(kind, from: &reader)
        }
        func holdings(_ files: [FileID]) throws -> Message {
            try decoded(.holding) { writer in
                writer.bool(false)
                writer.array(files.count)
                for file in files {
                    writer.array(2)
                    writer.id(file)
                    writer.bool(true)
                }
            }
        }
        let sorted = [Self.file(1), Self.file(2)].sorted()
        guard case .holding(let known, isAnswer: false) = try holdings(sorted) else {
            Issue.record("two files in order were not read")
            return
        }
        #expect(known.count == 2)
        #expect(throws: DecodingError.self) { try holdings(sorted.reversed()) }
        #expect(throws: DecodingError.self) { try holdings([sorted[0], sorted[0]]) }
        func run(_ first: Int, _ count: Int) throws -> Message {
            try decoded(.askChunks) { writer in
                writer.id(Self.file(1))
                writer.int(first)
                writer.int(count)
            }
        }
        #expect(throws: Never.self) { try run(FileShape.chunksMax - 1, 1) }
        for (first, count) in [
            (FileShape.chunksMax - 1, 2), (FileShape.chunksMax, 1), (-1, 1), (0, 0),
            (0, FileLimit.runChunksMax + 1), (Int.max, 1),
        ] { #expect(throws: DecodingError.self) { try run(first, count) } }
    }
}
