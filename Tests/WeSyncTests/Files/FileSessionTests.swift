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
}
