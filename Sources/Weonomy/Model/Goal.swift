public import WeData

/// A figure that a team wants to move.
public enum GoalMetric: String, Choice {
    /// How few people a topic hangs on.
    case busFactor = "bus-factor"
    /// Percent of what can be validated that is.
    case validated
    /// Percent of the topics asked about with which someone can help.
    case overlap
    /// Percent of answers that teach.
    case lessons
    /// Shares, of a topic or of all.
    case shares

    /// Other words for the choices.
    public static let aliases: [String: GoalMetric] = [
        "busfactor": .busFactor, "spreiding": .busFactor, "bevestigd": .validated,
        "overlapping": .overlap, "lessen": .lessons, "bijdragen": .shares,
    ]

    /// Whether it is counted in hundredths.
    public var isPercent: Bool { self == .validated || self == .overlap || self == .lessons }

    /// Whether it can be asked of one topic.
    public var takesTopic: Bool { self == .busFactor || self == .validated || self == .shares }
}

/// What a team wants to reach: sharing is a matter of objectives too, and is managed as such.
public struct Goal: Sendable, Hashable, Identifiable {
    /// The object.
    public let id: ObjectID
    /// What a person types for ``id``.
    public let shortID: String
    /// Which figure.
    public let metric: GoalMetric
    /// Of which topic; `nil` for the whole.
    public let topic: String?
    /// What it should be at least; in percent where the metric is.
    public let min: Int
    /// Until when; `nil` without an end.
    public let by: Instant?
    /// Who keeps an eye on it.
    public let owner: PersonRef
    /// What the figure is now; `nil` where there is nothing to count.
    public let value: Int?
    /// How many shares say that they serve it.
    public let shareCount: Int

    /// Whether it is reached.
    public var isReached: Bool { value.map { $0 >= min } ?? false }
    /// How far it has come, from 0 to 1.
    public var progress: Double {
        guard let value, min > 0 else { return isReached ? 1 : 0 }
        return Swift.min(1, Double(value) / Double(min))
    }
}

extension BrainFigures {
    /// What a goal's figure is now; `nil` where there is nothing to count.
    func value(of metric: GoalMetric, topic name: String?) -> Int? {
        let topic = name.map { name in topics.first { $0.topic == name } }
        func percent(_ ratio: Ratio) -> Int? { ratio.of == 0 ? nil : ratio.count * 100 / ratio.of }
        switch metric {
        case .busFactor:
            // Of the whole: the topic that is worst off.
            guard let topic else {
                return topics.filter { $0.shareCount > 0 }.map(\.busFactor).min()
            }
            return topic?.busFactor ?? 0
        case .validated:
            return percent(topic.map { $0?.validated ?? Ratio(count: 0, of: 0) } ?? validated)
        case .overlap: return percent(overlap)
        case .lessons: return percent(lessons)
        case .shares: return topic.map { $0?.shareCount ?? 0 } ?? shareCount
        }
    }
}
