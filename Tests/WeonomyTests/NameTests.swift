import Testing
import WeData
import WeKeys
import WeLog
import WeReplica

@testable import Weonomy

/// Names are what their owners say.
@Suite("Names")
struct NameTests {
    private static let invisible = [
        "", " \t", "\u{200B}", "\u{2800}\u{3164}", "\u{202E}\u{2069}", "\u{301}", "\u{E0041}",
        "\u{FEFF}\u{AD}\u{2060}",
    ]

    /// Lets somebody in whose program asks nothing of a name.
    private func admit(_ name: String, to brain: Brain) async throws -> PersonID {
        let code = try await brain.invite().code
        let invitation = try #require(Invitation(code: code))
        let team = try #require(brain.replica.currentTeam)
        let invite = try #require(team.invites.first { $0.invite.psk == invitation.psk })
        let key = try SigningKey.generate()
        let person = Device.person(of: key.publicKey)
        let device = Device(
            person: person, key: key, channel: try AgreementKey.generate().publicKey, label: name)
        let request = JoinRequest(
            team: team.id, invite: invite.id, inviteKey: try invitation.key(), person: person,
            name: name, devices: [device], nonce: RandomBytes.bytes(JoinRequest.nonceBytes))
        _ = try brain.replica.append(
            .admit(.init(invite: invite.id, request: request)), author: brain.identity.author,
            wall: 0)
        return person
    }

    @Test("a name of which nothing can be seen is not taken here", arguments: invisible)
    func refused(name: String) async {
        let error = await Meeting.failure {
            _ = try Brain.found(nil, as: name, team: "Noord")
        }
        #expect(error?.code == .invalid)
    }

    @Test("who comes with one is shown, and found, by the beginning of their id")
    func placeholder() async throws {
        let brain = try Brain.found(nil, as: "Anna", team: "Noord")
        var shown: [PersonID: String] = [:]
        for name in Self.invisible {
            let person = try await admit(name, to: brain)
            shown[person] = "(\(person.description.prefix(8)))"
        }
        #expect(shown.count == Self.invisible.count)
        let members = try #require(brain.team?.members).map(\.person).filter { $0 != brain.me }
        #expect(Dictionary(uniqueKeysWithValues: members.map { ($0.id, $0.name) }) == shown)
        for (person, name) in shown {
            #expect(try await brain.profile(of: person).person.name == name)
            #expect(try await brain.person(named: name).id == person)
        }
        #expect(try await brain.lookAlikes().isEmpty)
    }

    @Test("names that look the same are told")
    func lookAlikes() async throws {
        let brain = try Brain.found(nil, as: "Anna Ilse", team: "Noord")
        var same: Set<PersonID> = [brain.me.id]
        // A Cyrillic A, another case, a mark that can't be seen, full width, a 1 and a bar.
        for name in [
            "\u{410}nna Ilse", "ANNA ILSE", "Anna\u{200B} Ilse", "\u{FF21}nna Ilse", "Anna 1|se",
            "\u{202E}Anna Ilse\u{202C}",
        ] {
            same.insert(try await admit(name, to: brain))
        }
        for name in ["Anna", "Änna Ilse", "Hanna Ilse", "Bram", "Анна"] {
            _ = try await admit(name, to: brain)
        }
        let groups = try await brain.lookAlikes()
        #expect(groups.count == 1)
        #expect(groups.first.map { Set($0.map(\.id)) } == same)
    }

    private static let hostile = [
        "x'); DROP TABLE events; --", "\" OR \"1\"=\"1", "a\u{0}b'", "%' OR body LIKE '%",
        "}) : NEAR(\"",
    ]

    @Test("no name, title or word is ever SQL", arguments: hostile.indices)
    func sql(index: Int) async throws {
        let text = Self.hostile[index]
        let brain = try Brain.found(nil, as: "Anna " + text, team: text)
        let person = try await admit("Bram " + text, to: brain)
        let item = try await brain.share(
            .insight, title: "T " + text, body: text, topics: ["t " + text])
        let record = try await brain.records(of: "k" + text).create {
            $0.set("f" + text, .text(text))
        }
        #expect(brain.teamName == text && brain.me.name == "Anna " + text)
        #expect(try await brain.profile(of: person).person.name == "Bram " + text)
        _ = try await brain.find(text)
        let error = await Meeting.failure {
            _ = try await brain.find("by:\"\(text)\" topic:\"\(text)\" \(text)")
        }
        #expect([nil, .notFound, .ambiguous].contains(error?.code), "nobody, or both")
        try brain.replica.rebuild()
        let again = try await brain.item(item.id)
        #expect(again.title == "T " + text && again.body == text)
        #expect(try brain.replica.record(record)?["f" + text] == .text(text))
        #expect(try brain.replica.check().isSound)
    }
}
