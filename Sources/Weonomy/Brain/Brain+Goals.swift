public import WeData
import WeLog
import WeReplica

extension Brain {
    /// Sets a goal for the team.
    ///
    /// - Parameters:
    ///   - metric: which figure.
    ///   - topic: where the metric can be asked of one; else the whole is meant.
    ///   - min: what the figure should be at least: 1 to 1,000,000, and up to 100 in percent.
    ///   - by: until when; `nil` without an end.
    @discardableResult
    public func addGoal(
        _ metric: GoalMetric, topic: String? = nil, min: Int, by: Instant? = nil
    ) throws(BrainError) -> Goal {
        try checkIsIn()
        guard (1...(metric.isPercent ? 100 : 1_000_000)).contains(min) else {
            throw BrainError(.invalid, "a goal of \(min) makes no sense for \(metric.rawValue)")
        }
        let folded = topic.map { Facet.folded($0) }.flatMap { $0.isEmpty ? nil : $0 }
        guard folded == nil || metric.takesTopic else {
            throw BrainError(.invalid, "\(metric.rawValue) is of the whole brain, not of one topic")
        }
        if let by, by <= now() { throw BrainError(.invalid, .past) }
        var changes: [WeData.Change] = [
            .create(kind: ObjectKind.goal),
            .set(field: Field.metric, value: .text(metric.rawValue)),
            .set(field: Field.min, value: .int(Int64(min))),
        ]
        if let folded { changes.append(.set(field: Field.topic, value: .text(folded))) }
        if let by { changes.append(.set(field: Field.by, value: .int(by.milliseconds))) }
        let id = try write(changes, to: nil)
        guard let goal = try goals().first(where: { $0.id == id }) else {
            throw BrainError(.failed, "the goal is not there")
        }
        return goal
    }

    /// The team's goals as they stand: those that are not reached first, the nearest date first.
    ///
    /// Where nothing is counted, which costs less, none has a value, and none is reached.
    public func goals(isCounting: Bool = true) throws(BrainError) -> [Goal] {
        let found = try translating { () throws(ReplicaError) in
            try replica.find(
                SearchRequest(facets: [[Facet.kind(ObjectKind.goal)]], countMax: 1_000))
        }
        guard !found.isEmpty else { return [] }
        let figures = isCounting ? try figures() : nil
        let names = try names()
        var goals: [Goal] = []
        for (id, record) in found {
            if let goal = try goal(id, record, figures, names) { goals.append(goal) }
        }
        return goals.sorted {
            if $0.isReached != $1.isReached { return $1.isReached }
            return ($0.by?.milliseconds ?? .max, $0.id) < ($1.by?.milliseconds ?? .max, $1.id)
        }
    }

    private func goal(
        _ id: ObjectID, _ record: Record, _ figures: BrainFigures?, _ names: [PersonID: String]
    ) throws(BrainError) -> Goal? {
        guard record[Field.retracted]?.bool != true,
            let metric = record[Field.metric]?.text.flatMap(GoalMetric.init(rawValue:)),
            let min = record[Field.min]?.int, (1...1_000_000).contains(min),
            let owner = record.creator
        else { return nil }
        let topic = record[Field.topic]?.text.map { Facet.folded($0) }
        let shareCount = try translating { () throws(ReplicaError) in
            try replica.count(
                SearchRequest(facets: [[Facet.goal(id)]], excludedFacets: [Facet.retracted]))
        }
        return Goal(
            id: id, shortID: shortID(id), metric: metric, topic: topic, min: Int(min),
            by: record[Field.by]?.int.map { Instant(milliseconds: $0) },
            owner: PersonRef(id: owner, name: names[owner] ?? ""),
            value: figures?.value(of: metric, topic: topic), shareCount: shareCount)
    }

    /// Gives a goal up; its owner or a moderator may.
    public func dropGoal(_ id: ObjectID) throws(BrainError) {
        guard let goal = try goals().first(where: { $0.id == id }) else {
            throw BrainError(.notFound, "there is no such goal")
        }
        guard goal.owner.id == me.id || mayGovern else {
            throw BrainError(
                .notAllowed, "\(goal.shortID) belongs to \(goal.owner.name)",
                hint: "Ask \(goal.owner.name), or a moderator")
        }
        _ = try write([.set(field: Field.retracted, value: true)], to: id)
    }
}
