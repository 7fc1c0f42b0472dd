import WeLog
import WeReplica

/// What waits for a person.
public struct Today: Sendable {
    /// Needs that this person may be able to help with, at most five, with the reasons.
    public let canHelp: [Match]
    /// Answers to this person's own needs that are not settled, newest first, a hundred at most.
    public let answers: [Item]
    /// What colleagues shared lately, newest first, without status updates.
    public let shares: [Item]
    /// Status updates of colleagues, newest first.
    public let statuses: [Item]
    /// This person's needs that nobody has solved, newest first, a hundred at most.
    public let openNeeds: [Item]
    /// Items with competing versions.
    public let conflicts: [Item]
    /// What this person's profile still lacks.
    public let profileGaps: [ProfileGap]
    /// Items whose authors ask what this person thinks of them, newest first.
    public let invitations: [Item]
    /// A topic that this person knows and never shared of; one a week at most.
    public let nudge: String?
    /// This person's need that a lesson resolved two weeks ago, to be asked whether it was learnt.
    public let lessonToRecall: Item?
}

/// How a replica stands.
public struct BrainStatus: Sendable {
    /// The team.
    public let team: TeamInfo
    /// Who this is.
    public let me: PersonRef
    /// Shares that are not retracted.
    public let shareCount: Int
    /// Needs that nobody has solved.
    public let openNeedCount: Int
    /// Items with competing versions.
    public let conflictCount: Int
    /// Events in the replica.
    public let eventCount: Int
    /// One hash over all that is visible.
    public let digest: String
}

extension Brain {
    /// Suggestions in one day.
    static let suggestionsMax = 5

    /// What waits for the person of this laptop; what they muted here is left out.
    public func today(countMax: Int = 10) throws(BrainError) -> Today {
        let settings = settings()
        let unresolved = [Facet.status(.open), Facet.status(.answered)]
        let mine = try items(
            SearchRequest(
                facets: [[Facet.kind(ObjectKind.need)], [Facet.author(me.id)], unresolved],
                excludedFacets: [Facet.retracted], countMax: 100))
        let answers = try items(
            SearchRequest(
                facets: [
                    [Facet.kind(ObjectKind.answer)],
                    try answeredNeeds().map { Facet.about($0) },
                ], excludedFacets: [Facet.author(me.id), Facet.retracted], countMax: 100))
        let others = [Facet.author(me.id), Facet.retracted] + settings.facets
        let statuses = try items(
            SearchRequest(
                facets: [[Facet.share(.status)]], excludedFacets: others, countMax: countMax))
        let shares = try items(
            SearchRequest(
                facets: [[Facet.kind(ObjectKind.share)]],
                excludedFacets: others + [Facet.share(.status)], countMax: countMax))
        let invitations = try invitations(countMax: countMax).filter { !settings.mutes($0) }
        let conflicts = try items(
            SearchRequest(
                facets: [[Facet.conflict]], excludedFacets: [Facet.retracted], countMax: countMax))
        return Today(
            canHelp: try matches(countMax: Brain.suggestionsMax) { !settings.mutes($0) },
            answers: answers.sorted { ($1.created, $0.id) < ($0.created, $1.id) },
            // What somebody waits for a word on stands by itself.
            shares: shares.filter { share in !invitations.contains { $0.id == share.id } },
            statuses: statuses, openNeeds: mine, conflicts: conflicts,
            profileGaps: try profile(of: nil).gaps,
            invitations: invitations,
            nudge: try nudge(), lessonToRecall: try lessonToRecall())
    }

    /// The newest of this person's needs that have answers and are not settled.
    func answeredNeeds() throws(BrainError) -> [ObjectID] {
        let request = SearchRequest(
            facets: [
                [Facet.kind(ObjectKind.need)], [Facet.author(me.id)], [Facet.status(.answered)],
            ], excludedFacets: [Facet.retracted], countMax: Brain.answeredMax)
        return try translating { () throws(ReplicaError) in try replica.find(request) }.map(\.0)
    }

    private static let answeredMax = 500

    /// How this replica stands.
    public func status() throws(BrainError) -> BrainStatus {
        guard let team else {
            throw BrainError(
                .noReplica, "the team has not arrived here yet",
                hint: "Run weonomy join again")
        }
        func count(_ facets: [[String]]) throws(BrainError) -> Int {
            try translating { () throws(ReplicaError) in
                try replica.count(
                    SearchRequest(facets: facets, excludedFacets: [Facet.retracted]))
            }
        }
        return BrainStatus(
            team: team, me: me, shareCount: try count([[Facet.kind(ObjectKind.share)]]),
            openNeedCount: try count([
                [Facet.kind(ObjectKind.need)], [Facet.status(.open), Facet.status(.answered)],
            ]),
            conflictCount: try count([[Facet.conflict]]), eventCount: try eventCount(),
            digest: try digest())
    }

    /// Events in the replica.
    ///
    /// - Complexity: O(logs).
    public func eventCount() throws(BrainError) -> Int {
        try translating { () throws(ReplicaError) in
            try replica.read { (try? $0.summary().count) ?? 0 }
        }
    }

    /// Checks the replica; see ``DoctorReport``.
    public func doctor(isRebuilding: Bool = false) throws(BrainError) -> DoctorReport {
        let before = try digest()
        if isRebuilding {
            try translating { () throws(ReplicaError) in try replica.rebuild() }
        }
        let check = try translating { () throws(ReplicaError) in try replica.check() }
        return DoctorReport(
            eventCount: check.eventCount, damagedCount: check.damagedCount,
            wrongSumCount: check.wrongSums, fileState: check.fileState, digestBefore: before,
            digestAfter: try digest(), wasRebuilt: isRebuilding)
    }
}

/// What a check of a replica found.
public struct DoctorReport: Sendable, Hashable {
    /// Events whose hashes and signatures were checked.
    public let eventCount: Int
    /// Events that are not what was signed.
    public let damagedCount: Int
    /// Logs whose kept sums were wrong.
    public let wrongSumCount: Int
    /// `ok`, or what SQLite says of the file.
    public let fileState: String
    /// The brain digest before anything was done.
    public let digestBefore: String
    /// The brain digest after the views were built again, when they were.
    public let digestAfter: String
    /// Whether the views were built again.
    public let wasRebuilt: Bool

    /// Whether nothing is wrong.
    public var isSound: Bool {
        damagedCount == 0 && wrongSumCount == 0 && fileState == "ok" && digestBefore == digestAfter
    }
}
