public import WeData
import WeLog

/// A file that goes with an item.
public struct FileInfo: Hashable, Sendable {
    /// What it is called.
    public let name: String
    /// How long it is.
    public let byteCount: Int
    /// What it holds: equal contents have one id.
    public let id: FileID
    /// Under which terms others may use it.
    public let licence: String?

    /// Joins the parts.
    package init(name: String, byteCount: Int, id: FileID, licence: String? = nil) {
        self.name = name
        self.byteCount = byteCount
        self.id = id
        self.licence = licence
    }
}

/// A colleague's word that an item is right.
public struct Validation: Hashable, Sendable {
    /// Who says so.
    public let person: PersonRef
    /// What was checked.
    public let note: String
    /// Until when it holds; `nil` without an end.
    public let until: Instant?
    /// Whether the item is still as the person saw it.
    public let isCurrent: Bool
    /// When it was said, by that person's clock.
    public let wall: Instant

    /// Joins the parts.
    package init(
        person: PersonRef, note: String, until: Instant?, isCurrent: Bool, wall: Instant
    ) {
        self.person = person
        self.note = note
        self.until = until
        self.isCurrent = isCurrent
        self.wall = wall
    }

    /// Whether the item is as it was and the validation has not run out.
    public func isValid(at now: Instant) -> Bool {
        isCurrent && until.map { now < $0 } ?? true
    }
}

/// A colleague's word to the moderators that something is wrong with an item.
public struct Flag: Hashable, Sendable {
    /// Who says so.
    public let person: PersonRef
    /// What is wrong.
    public let reason: String
    /// When it was said, by that person's clock.
    public let wall: Instant

    /// Joins the parts.
    package init(person: PersonRef, reason: String, wall: Instant) {
        self.person = person
        self.reason = reason
        self.wall = wall
    }
}

/// One of the values that people wrote to a field without knowing of each other.
public struct Version: Hashable, Sendable {
    /// Who wrote it.
    public let author: PersonRef
    /// When, by that person's clock.
    public let wall: Instant
    /// What was written.
    public let text: String
    /// The event that wrote it.
    public let event: EventID

    /// Joins the parts.
    package init(author: PersonRef, wall: Instant, text: String, event: EventID) {
        self.author = author
        self.wall = wall
        self.text = text
        self.event = event
    }
}

/// A field with competing versions, the one that counts first.
public struct FieldVersions: Hashable, Sendable {
    /// The field's name.
    public let field: String
    /// What was written, the one that counts first.
    public let versions: [Version]

    /// Joins the parts.
    package init(field: String, versions: [Version]) {
        self.field = field
        self.versions = versions
    }
}

/// A share, a need or an answer.
public struct Item: Sendable, Hashable, Identifiable {
    /// The object.
    public let id: ObjectID
    /// What a person types for ``id``.
    public let shortID: String
    /// Whether it gives, asks or answers.
    public let kind: ItemKind
    /// What a share is; `nil` for a need, an answer and a kind of a later version.
    public let shareKind: ShareKind?
    /// What it is called, on one line.
    public let title: String
    /// Its text, in Markdown.
    public let body: String
    /// What it is about, sorted.
    public let topics: [String]
    /// Who made it.
    public let author: PersonRef
    /// When it was made, by its author's clock.
    public let created: Instant
    /// When it was last changed, by that author's clock.
    public let changed: Instant
    /// The language it is written in.
    public let language: String?
    /// Where it comes from, when it is the work of others.
    public let source: String?
    /// Who wrote it, where somebody else brought it in.
    public let byline: String?
    /// The hash of the source as it was taken in.
    public let sourceHash: Digest?
    /// Whether its author took it back.
    public let isRetracted: Bool
    /// How far a need has come; `nil` for others.
    public let status: NeedStatus?
    /// What the asker tried.
    public let tried: String?
    /// When the asker is content.
    public let goodEnoughWhen: String?
    /// The need that an answer is for, or the item that an entry of a work log is on.
    public let about: ObjectID?
    /// Whether an answer teaches rather than only solves.
    public let isLesson: Bool
    /// When the need of an answer first was on the laptop of who answered, by that laptop's clock.
    public let arrived: Instant?
    /// The files that go with it.
    public let files: [FileInfo]
    /// Who left which reaction.
    public let reactions: [Reaction: [PersonRef]]
    /// Who says that it is right.
    public let validations: [Validation]
    /// Who needs it, where its author asks on behalf of another.
    public let askedFor: String?
    /// Whether it was heard outside, from somebody who does not ask here.
    public let isHeard: Bool
    /// Whether the asker wants to look over a shoulder.
    public let isShadow: Bool
    /// When the asker said how a need ended; `nil` while it is unresolved.
    public let settled: Instant?
    /// Whether the asker says to be able to do it without help by now.
    public let isLearnt: Bool
    /// The goal that a share serves.
    public let goal: ObjectID?
    /// The item that a share uses again.
    public let reuses: ObjectID?
    /// Whom its author asked what they think of it, whether that has passed or not.
    public let invitations: [ReactionInvitation]
    /// What colleagues pointed out to the moderators; show ``Brain/visibleFlags(of:)``.
    public let flags: [Flag]
    /// The fields that have competing versions.
    public let versions: [FieldVersions]
    /// The events that made it what it is, for ``Brain/edit(_:title:body:topics:saw:)``.
    package let heads: [EventID]

    /// Joins the parts.
    package init(
        id: ObjectID, shortID: String? = nil, kind: ItemKind, shareKind: ShareKind? = nil,
        title: String, body: String = "", topics: [String] = [], author: PersonRef,
        created: Instant, changed: Instant? = nil, language: String? = nil,
        source: String? = nil, byline: String? = nil, sourceHash: Digest? = nil,
        isRetracted: Bool = false, status: NeedStatus? = nil, tried: String? = nil,
        goodEnoughWhen: String? = nil,
        about: ObjectID? = nil, isLesson: Bool = false, arrived: Instant? = nil,
        askedFor: String? = nil, isHeard: Bool = false, isShadow: Bool = false,
        settled: Instant? = nil, isLearnt: Bool = false, goal: ObjectID? = nil,
        reuses: ObjectID? = nil, files: [FileInfo] = [],
        reactions: [Reaction: [PersonRef]] = [:], validations: [Validation] = [],
        invitations: [ReactionInvitation] = [], flags: [Flag] = [], versions: [FieldVersions] = [],
        heads: [EventID] = []
    ) {
        self.id = id
        self.shortID = shortID ?? String(Base32.encode(id.bytes).prefix(Item.shortIDLength))
        self.kind = kind
        self.shareKind = shareKind
        self.title = title
        self.body = body
        self.topics = topics
        self.author = author
        self.created = created
        self.changed = changed ?? created
        self.language = language
        self.source = source
        self.byline = byline
        self.sourceHash = sourceHash
        self.isRetracted = isRetracted
        self.status = status ?? (kind == .need ? .open : nil)
        self.tried = tried
        self.goodEnoughWhen = goodEnoughWhen
        self.about = about
        self.isLesson = isLesson
        self.arrived = arrived
        self.askedFor = askedFor
        self.isHeard = isHeard
        self.isShadow = isShadow
        self.settled = settled
        self.isLearnt = isLearnt
        self.goal = goal
        self.reuses = reuses
        self.invitations = invitations
        self.files = files
        self.reactions = reactions
        self.validations = validations
        self.flags = flags
        self.versions = versions
        self.heads = heads
    }

    /// The characters of a short id where the caller knows of no shorter unique one.
    package static let shortIDLength = 8

    /// Whether people wrote different things without knowing of each other.
    public var isConflict: Bool { !versions.isEmpty }
}

// MARK: - Reading a record

extension Item {
    /// Reads a record; `nil` when it is no item.
    ///
    /// A field that is not of the expected form counts as absent.
    package init?(
        id: ObjectID, record: Record, shortID: String? = nil, names: (PersonID) -> String
    ) {
        guard let kind = record.kind.flatMap(ItemKind.init(rawValue:)),
            let creator = record.creator
        else { return nil }
        func person(_ id: PersonID) -> PersonRef { PersonRef(id: id, name: names(id)) }
        func text(_ field: String) -> String? { record[field]?.text }
        self.init(
            id: id, shortID: shortID, kind: kind,
            shareKind: kind == .share
                ? text(Field.kind).flatMap(ShareKind.init(rawValue:)) : nil,
            title: text(Field.title)?.oneLine ?? "",
            body: record.text(Field.body) ?? "",
            topics: record.set(Field.topics).compactMap(\.text).sorted(),
            author: person(creator),
            created: Instant(milliseconds: record.created),
            changed: Instant(milliseconds: record.changed),
            language: text(Field.lang),
            source: text(Field.source),
            byline: text(Field.byline)?.oneLine,
            sourceHash: record[Field.sourceHash]?.bytes.flatMap { Digest($0) },
            isRetracted: record[Field.retracted]?.bool ?? false,
            status: kind == .need ? Self.status(record) : nil,
            tried: text(Field.tried),
            goodEnoughWhen: text(Field.good),
            about: record[Field.about]?.bytes.flatMap { ObjectID($0) },
            isLesson: record[Field.lesson]?.bool ?? false,
            arrived: record[Field.arrived]?.int.map(Instant.init(milliseconds:)),
            askedFor: kind == .need ? text(Field.askedFor)?.oneLine.nonEmpty : nil,
            isHeard: kind == .need && record[Field.heard]?.bool ?? false,
            isShadow: kind == .need && record[Field.shadow]?.bool ?? false,
            settled: kind == .need ? Self.settled(record) : nil,
            isLearnt: record.marks.contains {
                $0.field == Field.learnt && $0.person == creator && $0.value == true
            },
            goal: kind == .share ? record[Field.goal]?.bytes.flatMap { ObjectID($0) } : nil,
            reuses: kind == .share
                ? record[Field.reuses]?.bytes.flatMap { ObjectID($0) } : nil,
            files: (record[Field.files]?.array ?? []).compactMap(FileInfo.init),
            reactions: Self.reactions(record, person),
            validations: Self.validations(record, person),
            invitations: Self.invitations(record, by: creator, person),
            flags: Self.flags(record, person),
            versions: Self.versions(record, person),
            heads: record.heads)
    }

    /// What the asker said; until then, whether somebody has answered.
    private static func status(_ record: Record) -> NeedStatus {
        let said = record[Field.status]?.text.flatMap(NeedStatus.init(rawValue:)) ?? .open
        guard said == .open, record.marks.contains(where: { $0.field == Field.answered }) else {
            return said
        }
        return .answered
    }

    /// When the asker last said how it ended.
    private static func settled(_ record: Record) -> Instant? {
        guard !status(record).isUnresolved else { return nil }
        return record.registers[Field.status]?.first.map { Instant(milliseconds: $0.wall) }
    }

    private static func reactions(
        _ record: Record, _ person: (PersonID) -> PersonRef
    ) -> [Reaction: [PersonRef]] {
        var reactions: [Reaction: [PersonRef]] = [:]
        for mark in record.marks where mark.field == Field.reaction && mark.value == true {
            guard let reaction = mark.key.text.flatMap(Reaction.init(rawValue:)) else { continue }
            reactions[reaction, default: []].append(person(mark.person))
        }
        return reactions
    }

    private static func validations(
        _ record: Record, _ person: (PersonID) -> PersonRef
    ) -> [Validation] {
        record.marks.compactMap { mark in
            guard mark.field == Field.validation, mark.key == "", case .map = mark.value else {
                return nil
            }
            return Validation(
                person: person(mark.person),
                note: mark.value[Key.note]?.text ?? "",
                until: mark.value[Key.until]?.int.map(Instant.init(milliseconds:)),
                isCurrent: mark.isCurrent,
                wall: Instant(milliseconds: mark.wall))
        }
    }

    private static func flags(
        _ record: Record, _ person: (PersonID) -> PersonRef
    ) -> [Flag] {
        record.marks.compactMap { mark in
            guard mark.field == Field.flag, mark.key == "",
                let reason = mark.value.text?.oneLine, !reason.isEmpty
            else { return nil }
            return Flag(
                person: person(mark.person), reason: reason,
                wall: Instant(milliseconds: mark.wall))
        }
    }

    private static func versions(
        _ record: Record, _ person: (PersonID) -> PersonRef
    ) -> [FieldVersions] {
        func version<Content>(
            _ version: Record.Version<Content>, _ text: String
        ) -> Version {
            Version(
                author: person(version.author), wall: Instant(milliseconds: version.wall),
                text: text, event: version.event)
        }
        return record.conflicts.map { field in
            FieldVersions(
                field: field,
                versions: (record.registers[field] ?? []).map { version($0, $0.value.shown) })
        }
    }
}

extension FileInfo {
    /// Reads an element of `files`; `nil` for any other form.
    init?(_ value: Value) {
        guard let name = value[Key.name]?.text, let size = value[Key.size]?.int,
            let byteCount = Int(exactly: size), byteCount >= 0,
            let id = value[Key.hash]?.bytes.flatMap({ FileID($0) })
        else { return nil }
        self.init(
            name: name, byteCount: byteCount, id: id, licence: value[Key.licence]?.text)
    }

    /// The element of `files`.
    package var value: Value {
        var map: [String: Value] = [
            Key.name: .text(name), Key.size: .int(Int64(byteCount)), Key.hash: .bytes(id.bytes),
        ]
        if let licence { map[Key.licence] = .text(licence) }
        return Value(map: map)
    }
}

extension Value {
    /// What a person sees of a register's value.
    fileprivate var shown: String {
        switch self {
        case .null: ""
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .text(let value): value
        case .bytes(let bytes): Hex.encode(bytes)
        case .array(let items): items.map(\.shown).joined(separator: ", ")
        case .map(let pairs):
            pairs.map { "\($0.key.shown): \($0.value.shown)" }.joined(separator: ", ")
        }
    }
}
