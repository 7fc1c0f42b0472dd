import Testing
import WeData
import WeKeys
import WeLog
import WeReplica

@testable import Weonomy

/// A brain with far too much of everything, all of it as long as programs of ours let it be.
struct FullBrain {
    let brain: Brain
    /// A share with more files, words of colleagues, versions, uses and log entries than a page has
    /// room for; one that many wrote; a question with as many answers; a community of all topics.
    private(set) var share = ObjectID(.zero)
    private(set) var written = ObjectID(.zero)
    private(set) var need = ObjectID(.zero)
    private(set) var community = ObjectID(.zero)

    static let topics = (0..<90).map { long("topic \($0)", bytes: 40) }
    private static let countOfMuch = 54
    private static let wall = Brain.systemClock().milliseconds
    private var others: [(author: EventAuthor, person: PersonID)] = []

    static func long(_ text: String, bytes: Int) -> String {
        var text = text
        while text.utf8.count < bytes { text += " and more of \"this\" & that" }
        return String(text.prefix(bytes)).trimmed
    }

    private static func title(_ text: String) -> String { long(text, bytes: 1_024) }

    init() async throws {
        brain = try Brain.found(
            nil, as: FullBrain.long("Anna", bytes: 60), team: FullBrain.long("Noord", bytes: 100),
            codeOfConduct: FullBrain.long("Be kind.", bytes: 10_000))
        try await admit(120)
        try await profiles()
        try await listed()
        try await large()
        try await decided()
    }

    // MARK: - People

    private mutating func admit(_ count: Int) async throws {
        let invitation = try #require(Invitation(code: try await brain.invite(uses: 1_000).code))
        let team = try #require(brain.replica.currentTeam)
        let invite = try #require(team.invites.first).id
        for number in 0..<count {
            let key = try SigningKey.generate()
            let person = Device.person(of: key.publicKey)
            let request = JoinRequest(
                team: team.id, invite: invite, inviteKey: try invitation.key(), person: person,
                name: FullBrain.long("Colleague \(number)", bytes: 100),
                devices: [
                    Device(
                        person: person, key: key,
                        channel: try AgreementKey.generate().publicKey, label: "x")
                ], nonce: [UInt8](repeating: UInt8(number), count: 16))
            _ = try brain.replica.append(
                .admit(.init(invite: invite, request: request)), author: brain.identity.author,
                wall: FullBrain.wall)
            others.append((EventAuthor(key: key), person))
        }
    }

    private func profiles() async throws {
        let profile = brain.profile
        for number in 0..<FullBrain.countOfMuch {
            try await profile.offer(FullBrain.topics[number], level: .expert)
            try await profile.learn(FullBrain.topics[89 - number])
            try await profile.language(FullBrain.long("language \(number)", bytes: 60))
            try await profile.responsibility(
                FullBrain.long("what \(number)", bytes: 600),
                result: FullBrain.long("result", bytes: 600),
                why: FullBrain.long("why", bytes: 600))
            try await brain.setMuted(FullBrain.topics[number], true)
        }
        try await profile.role(FullBrain.long("role", bytes: 900))
        try await profile.contact(FullBrain.long("contact", bytes: 900))
        for (number, other) in others.enumerated() {
            let offers = (0..<12).map { place -> Change in
                let topic = FullBrain.topics[(number + place * 7) % 90]
                return .add(
                    field: Field.offers,
                    element: Value(map: [Key.topic: .text(topic), Key.level: "average"]))
            }
            let learning = (0..<12).map { place -> Change in
                .add(
                    field: Field.learning,
                    element: .text(FullBrain.topics[(number + place * 11) % 90]))
            }
            try write(
                [.create(kind: ObjectKind.profile)] + offers + learning, by: number,
                to: ObjectID(other.person.value))
        }
    }

    // MARK: - Lists

    @discardableResult
    private func write(
        _ changes: [Change], by number: Int? = nil, to object: ObjectID? = nil,
        parents: [EventID]? = nil, wall: Int64 = FullBrain.wall
    ) throws -> ObjectID {
        let author = number.map { others[$0 % others.count].author } ?? brain.identity.author
        let draft = Replica.Draft(object: object, changes: changes, wall: wall, parents: parents)
        return try #require(try brain.replica.append([draft], author: author).first)
    }

    private func item(
        _ kind: String, _ title: String, _ fields: [String: Value] = [:], topics: [String],
        body: String = "", by number: Int? = nil, also: [Change] = [],
        wall: Int64 = FullBrain.wall
    ) throws -> ObjectID {
        let fields = fields.sorted { $0.key < $1.key }.map {
            Change.set(field: $0.key, value: $0.value)
        }
        return try write(
            [
                .create(kind: kind),
                .set(field: Field.title, value: .text(FullBrain.title(title))),
            ] + fields + topics.map { .add(field: Field.topics, element: .text($0)) }
                + (body.isEmpty
                    ? [] : [.text(field: Field.body, hunks: TextHunk.replacing("", with: body))])
                + also, by: number, wall: wall)
    }

    private static func topics(_ number: Int) -> [String] {
        (0..<8).map { topics[(number * 3 + $0) % 90] }
    }

    private func listed() async throws {
        let until = Value(map: [Key.until: .int(FullBrain.wall + 1_000_000_000)])
        let insight: [String: Value] = [Field.kind: "insight"]
        for number in 0..<FullBrain.countOfMuch {
            let topics = FullBrain.topics(number)
            // A colleague's, which asks what one thinks of it; one's own, with thanks; a status.
            _ = try item(
                ObjectKind.share, "Asks \(number)", insight, topics: topics, by: number,
                also: [.mark(field: Field.invited, key: .bytes(brain.me.id.bytes), value: until)])
            let own = try item(
                ObjectKind.share, "Own \(number)", insight, topics: topics,
                wall: FullBrain.wall - 1_000)
            try write(
                [.mark(field: Field.reaction, key: "thanks", value: true)], by: number, to: own)
            _ = try item(
                ObjectKind.share, "Busy \(number)", [Field.kind: "status"], topics: topics,
                by: number)
            // Questions of each kind: open, heard, answered, solved.
            _ = try item(ObjectKind.need, "Open \(number)", [Field.status: "open"], topics: topics)
            _ = try item(
                ObjectKind.need, "Theirs \(number)", [Field.status: "open"], topics: topics,
                by: number)
            _ = try item(
                ObjectKind.need, "Heard \(number)", [Field.status: "open", Field.heard: true],
                topics: topics, by: number)
            _ = try item(
                ObjectKind.need, "Solved \(number)", [Field.status: "resolved"], topics: topics,
                by: number)
            let asked = try item(
                ObjectKind.need, "Answered \(number)", [Field.status: "open"], topics: topics)
            let answer = try item(
                ObjectKind.answer, "Answered \(number)", [Field.about: .bytes(asked.bytes)],
                topics: topics, body: "So.", by: number)
            try write(
                [.mark(field: Field.answered, key: .bytes(answer.bytes), value: true)], by: number,
                to: asked)
            try await together(number)
        }
    }

    /// A share with two titles that many pointed out, a goal, a community.
    private func together(_ number: Int) async throws {
        let topics = FullBrain.topics(number)
        let share = try item(
            ObjectKind.share, "Twice \(number)", [Field.kind: "howto"], topics: topics, by: number)
        for side in 0..<2 {
            let title = FullBrain.title("Side \(side) of \(number)")
            try write(
                [.set(field: Field.title, value: .text(title))], by: number + side, to: share,
                parents: [EventID(share.value)])
        }
        for flag in 0..<(number < 10 ? 6 : 1) {
            let reason = FullBrain.long("bad", bytes: 1_000)
            try write(
                [.mark(field: Field.flag, key: "", value: .text(reason))], by: number + flag,
                to: share)
        }
        try await brain.addGoal(.shares, topic: topics.first, min: 1_000)
        let community = try write(
            [
                .create(kind: ObjectKind.community),
                .set(
                    field: Field.name, value: .text(FullBrain.long("Group \(number)", bytes: 900))),
                .mark(field: Field.member, key: "", value: true),
            ] + FullBrain.topics.map { .add(field: Field.topics, element: .text($0)) })
        let coaches = (0..<12).map { coach -> Change in
            let person = others[(number + coach) % others.count].person
            return .add(field: Field.coaches, element: .bytes(person.bytes))
        }
        try write(coaches, to: community)
        _ = try await brain.invite(note: FullBrain.long("for \(number)", bytes: 256))
    }

    // MARK: - Large items

    private mutating func large() async throws {
        let files = (0..<40).map { number in
            FileInfo(
                name: FullBrain.long("file \(number)", bytes: 200), byteCount: 1_000 + number,
                id: FileID(Bytes32.random()), licence: FullBrain.long("licence", bytes: 200)
            ).value
        }
        share = try item(
            ObjectKind.share, "Large",
            [
                Field.kind: "insight", Field.files: .array(files),
                Field.source: .text(FullBrain.long("A book", bytes: 900)),
            ], topics: FullBrain.topics, body: "Short.")
        let note = Value(map: [
            Key.note: .text(FullBrain.long("checked", bytes: 2_000)),
            Key.until: .int(FullBrain.wall + 1_000_000_000),
        ])
        let until = Value(map: [Key.until: .int(FullBrain.wall + 1_000_000_000)])
        let created = EventID(share.value)
        written = try item(
            ObjectKind.share, "Written", [Field.kind: "insight"], topics: [], body: "Short.\n")
        need = try item(
            ObjectKind.need, "Asked", [Field.status: "open"], topics: FullBrain.topics,
            body: "Short.")
        for number in 0..<FullBrain.countOfMuch {
            let person = others[number].person
            try write([.mark(field: Field.validation, key: "", value: note)], by: number, to: share)
            try write(
                [.mark(field: Field.reaction, key: "used", value: true)], by: number, to: share)
            try write(
                [.mark(field: Field.invited, key: .bytes(person.bytes), value: until)], to: share)
            try write(
                [.set(field: Field.title, value: .text(FullBrain.title("Version \(number)")))],
                by: number, to: share, parents: [created])
            try write(
                [
                    .text(
                        field: Field.body,
                        hunks: TextHunk.replacing(
                            "", with: FullBrain.long("Written \(number).", bytes: 700) + "\n"))
                ], by: number, to: written)
            try write(
                (0..<20).map {
                    .add(field: "more", element: .text(FullBrain.long("\($0)", bytes: 90)))
                },
                by: number, to: written)
            _ = try item(
                ObjectKind.share, "Uses \(number)",
                [Field.kind: "insight", Field.reuses: .bytes(share.bytes)], topics: [], by: number)
            _ = try item(
                ObjectKind.share, "Did \(number)",
                [Field.kind: "status", Field.about: .bytes(share.bytes)], topics: [],
                body: FullBrain.long("Then", bytes: 3_000), by: number)
            _ = try item(
                ObjectKind.answer, "Answer \(number)", [Field.about: .bytes(need.bytes)],
                topics: FullBrain.topics,
                body: FullBrain.long("- **So**, [[or]] not:", bytes: 5_000), by: number)
        }
        community = try #require(try await brain.communities().first).id
    }

    /// What was decided about people; clocks that are wrong.
    private func decided() async throws {
        for number in 0..<FullBrain.countOfMuch {
            try await brain.address(
                others[number].person, text: FullBrain.long("Please", bytes: 4_000))
        }
        for number in 80..<110 {
            _ = try await brain.exclude(
                Exclusion(
                    person: others[number].person, reason: FullBrain.long("Sorry", bytes: 4_000),
                    isSevere: true))
        }
        for number in 0..<20 {
            try write(
                [.mark(field: Field.reaction, key: "new", value: true)], by: number, to: share,
                wall: FullBrain.wall + Int64(number + 10) * 86_400_000)
        }
    }
}
