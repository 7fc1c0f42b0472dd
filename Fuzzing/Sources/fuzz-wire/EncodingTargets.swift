import FuzzDriver
import WeData
import WeKeys
import WeLog
import WeSync

/// Decoders: what they accept is what the encoder writes, byte for byte.
enum EncodingTargets {
    static let team = TeamID(Bytes32([UInt8](repeating: 7, count: 32)) ?? .zero)

    static func value(_ bytes: [UInt8]) -> Int {
        let decoded = try? Value(decoding: bytes)
        if let decoded {
            expect(decoded.encoded == bytes, "a value is written as it was read")
            expect((try? Value(decoding: decoded.encoded)) == decoded, "and read again")
        }
        var reader = Reader(bytes)
        let isSkipped = (try? reader.skip()) != nil && (try? reader.finish()) != nil
        expect(isSkipped == (decoded != nil), "skipping accepts what decoding does")
        return decoded.map { 1 + $0.encoded.count } ?? 0
    }

    static func event(_ bytes: [UInt8]) -> Int {
        var sum = 0
        if let header = try? EventHeader(decoding: bytes) {
            expect(header.encoded == bytes, "a header has one encoding")
            sum += header.parents.count + 1
        }
        for team in [nil, team] {
            var reader = Reader(bytes)
            guard let run = try? Run(from: &reader, team: team) else { continue }
            var writer = Writer()
            run.write(to: &writer)
            expect(writer.bytes == Array(bytes[..<reader.offset]), "a run has one encoding")
            for event in run.events {
                expect(
                    (try? EventHeader(decoding: event.header.encoded)) == event.header,
                    "a rebuilt header is one that decodes")
                expect((try? event.checkBody()) != nil, "a run's body is the one that is signed")
            }
            sum += run.events.count + run.authenticCount()
        }
        return sum
    }

    static func body(_ bytes: [UInt8]) -> Int {
        var sum = 0
        let content = try? ContentBody(decoding: bytes)
        if let content {
            expect(content.encoded == bytes, "a body of content has one encoding")
            for case .text(_, let hunks) in content.changes {
                sum += TextHunk.apply(hunks, to: "").utf8.count
            }
            if content.changes.contains(where: { if case .erase = $0 { true } else { false } }) {
                expect(ContentBody.mayErase(bytes), "an erasure is never overlooked")
            }
        }
        expect(
            ((try? Event.checkForm(of: bytes, in: .content)) != nil) == (content != nil),
            "checking a body accepts what decoding does")
        if let membership = try? MembershipBody(decoding: bytes) {
            expect(
                (try? Event.checkForm(of: bytes, in: .membership)) != nil,
                "what decodes has a valid form")
            if case .unknown = membership.act {
            } else {
                let again = try? MembershipBody(decoding: membership.encoded)
                expect(again == membership, "a membership body is read as it was written")
            }
            sum += 1 + membership.act.introduces.count
        }
        if let proposal = CouncilProposal(decoding: bytes) {
            expect(
                CouncilProposal(decoding: proposal.encoded) == proposal,
                "a proposal is read as it was written")
            sum += 1
        }
        return sum
    }

    static func message(_ bytes: [UInt8]) -> Int {
        do throws(SyncError) {
            let message = try Message(decoding: bytes, team: team)
            expect(message.encoded == bytes, "a message has one encoding")
            return 1 + message.encoded.count
        } catch {
            expect(!error.description.isEmpty, "a refusal says why")
            return 0
        }
    }
}
