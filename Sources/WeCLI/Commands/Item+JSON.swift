import Weonomy

extension JSONValue {
    init(_ moment: Instant?) { self.init(moment: moment?.milliseconds) }

    init(_ person: PersonRef) {
        self = ["id": .string(person.id.description), "name": .string(person.name)]
    }

    init(_ items: [Item], now: Instant) { self = .array(items.map { JSONValue($0, now: now) }) }

    init(_ item: Item, now: Instant) {
        let reactions = Reaction.allCases.compactMap { reaction in
            item.reactions[reaction].map { people in
                Member(key: reaction.rawValue, value: .array(people.map { JSONValue($0) }))
            }
        }
        self = [
            "id": .string(item.id.description), "short": .string(item.shortID),
            "kind": .string(item.kind.rawValue), "share_kind": JSONValue(item.shareKind?.rawValue),
            "title": .string(item.title), "body": .string(item.body),
            "topics": JSONValue(item.topics), "author": JSONValue(item.author),
            "byline": JSONValue(item.byline),
            "created": JSONValue(item.created), "changed": JSONValue(item.changed),
            "language": JSONValue(item.language), "source": JSONValue(item.source),
            "retracted": .bool(item.isRetracted), "status": JSONValue(item.status?.rawValue),
            "tried": JSONValue(item.tried), "good_enough_when": JSONValue(item.goodEnoughWhen),
            "about": JSONValue(item.about?.description), "lesson": .bool(item.isLesson),
            "validated": .string(item.validity(at: now).rawValue),
            "validations": .array(item.validations.map(JSONValue.validation)),
            "reactions": .object(reactions),
            "files": .array(item.files.map(JSONValue.file)),
            "for": JSONValue(item.askedFor), "heard": .bool(item.isHeard),
            "shadow": .bool(item.isShadow), "goal": JSONValue(item.goal?.description),
            "reuses": JSONValue(item.reuses?.description),
            "invited": .array(
                item.invitations.filter { $0.isOpen(at: now) }.map {
                    ["person": JSONValue($0.person), "until": JSONValue($0.until)]
                }),
            "versions": .array(item.versions.map(JSONValue.competing)),
        ]
    }

    private static func validation(_ validation: Validation) -> JSONValue {
        [
            "by": JSONValue(validation.person),
            "note": validation.note.isEmpty ? nil : .string(validation.note),
            "until": JSONValue(validation.until), "current": .bool(validation.isCurrent),
            "at": JSONValue(validation.wall),
        ]
    }

    static func file(_ file: FileInfo) -> JSONValue {
        [
            "name": .string(file.name), "bytes": JSONValue(file.byteCount),
            "hash": .string(file.id.description), "licence": JSONValue(file.licence),
        ]
    }

    private static func competing(_ field: FieldVersions) -> JSONValue {
        [
            "field": .string(field.field),
            "versions": .array(
                field.versions.map {
                    [
                        "by": JSONValue($0.author), "at": JSONValue($0.wall),
                        "text": .string($0.text),
                    ]
                }),
        ]
    }

    init(_ match: Match, now: Instant) {
        self = [
            "need": JSONValue(match.need, now: now), "person": JSONValue(match.person),
            "reasons": .array(match.reasons.map { .string(Text.reason($0).plain(.english)) }),
        ]
    }

    /// Who may have something to say of an item.
    init(suggestion match: Match) {
        self = [
            "person": JSONValue(match.person),
            "reasons": .array(match.reasons.map { .string(Text.reason($0).plain(.english)) }),
        ]
    }

    /// - Parameter known: Members by name; who only signed a note has no id.
    init(_ holder: Holder) {
        self = ["id": .string(holder.person?.description ?? ""), "name": .string(holder.name)]
    }

    init(_ ratio: Ratio) {
        self = ["count": JSONValue(ratio.count), "of": JSONValue(ratio.of)]
    }

    init(_ topic: BrainFigures.Topic) {
        self = [
            "topic": .string(topic.topic), "shares": JSONValue(topic.shareCount),
            "open_needs": JSONValue(topic.openNeedCount),
            "offered_by": .array(topic.offering.map { JSONValue($0) }),
            "unmet_needs": JSONValue(topic.unmetNeedCount),
            "held_by": .array(topic.holders.map { JSONValue($0.holder) }),
            "wanted_by": .array(topic.learning.map { JSONValue($0) }),
            "bus_factor": JSONValue(topic.busFactor), "validated": JSONValue(topic.validated),
            "overlap": .string(topic.overlap.rawValue),
        ]
    }

    init(
        _ profile: Profile, needs: [Item], portfolio: [Item], own: OwnFigures?, now: Instant
    ) {
        self = [
            "person": JSONValue(profile.person), "is_me": .bool(profile.isMe),
            "role": .string(profile.role),
            "responsibilities": .array(
                profile.responsibilities.map {
                    [
                        "what": .string($0.what), "result": .string($0.result),
                        "why": .string($0.why),
                    ]
                }),
            "offers": .array(
                profile.offers.map {
                    ["topic": .string($0.topic), "level": .string($0.level.rawValue)]
                }),
            "needs": JSONValue(needs, now: now), "learning": JSONValue(profile.learning),
            "languages": JSONValue(profile.languages), "contact": .string(profile.contact),
            "confirmed": JSONValue(profile.confirmed),
            "gaps": JSONValue(profile.isMe ? profile.gaps.map(\.rawValue) : []),
            "portfolio": JSONValue(portfolio, now: now),
            "own": own.map {
                [
                    "shares": JSONValue($0.shareCount), "validated": JSONValue($0.validatedCount),
                    "used": JSONValue($0.usedCount), "thanked": JSONValue($0.thankedCount),
                    "new": JSONValue($0.newCount), "answers": JSONValue($0.answerCount),
                ]
            } ?? .null,
        ]
    }

    init(_ team: TeamInfo) {
        self = ["id": .string(team.id), "name": .string(team.name)]
    }
}
