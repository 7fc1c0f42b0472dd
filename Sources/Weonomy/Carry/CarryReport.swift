/// What a visit to a stick did, or would do.
public struct CarryReport: Sendable, Hashable {
    /// Someone whose laptop has seen this stick.
    public struct Visitor: Sendable, Hashable {
        /// Who; `nil` for a laptop that is nobody's here.
        public let person: PersonRef?
        /// When, by that laptop's clock.
        public let time: Instant
        /// Changes of ours that they lacked then.
        public let lackedCount: Int
    }

    /// Changes taken from one laptop's file.
    public struct Source: Sendable, Hashable {
        /// Whose file; `nil` for a laptop that is nobody's here.
        public let person: PersonRef?
        /// How many were new.
        public let count: Int
    }

    /// What the changes are that would come in.
    public struct Tally: Sendable, Hashable {
        /// New shares.
        public internal(set) var shares = 0
        /// New needs.
        public internal(set) var needs = 0
        /// New answers.
        public internal(set) var answers = 0
        /// Erasures.
        public internal(set) var erasures = 0
        /// People and devices that are put out.
        public internal(set) var removals = 0
        /// Everything else.
        public internal(set) var others = 0
    }

    /// Files that went with the changes.
    public struct Files: Sendable, Hashable {
        /// How many.
        public internal(set) var count = 0
        /// How long they are together.
        public internal(set) var byteCount = 0
    }

    /// Files that came in whole.
    public internal(set) var filesReceived = Files()
    /// Files that lie on the stick for others now.
    public internal(set) var filesLeft = Files()
    /// Files that others want and this laptop has, which were not left.
    public internal(set) var filesKept = Files()
    /// Whether nothing was written anywhere.
    public internal(set) var isDryRun = false
    /// Whose laptops have seen the stick, the last one first.
    public internal(set) var visitors: [Visitor] = []
    /// Where changes came from.
    public internal(set) var sources: [Source] = []
    /// What would come in; only a dry run counts it.
    public internal(set) var tally: Tally?
    /// Changes that came in.
    public internal(set) var receivedCount = 0
    /// Changes that wait for others that they build on.
    public internal(set) var waitingCount = 0
    /// Changes that lie on the stick for others now.
    public internal(set) var leftCount = 0
    /// How many bytes they take there.
    public internal(set) var leftBytes = 0
    /// For whom, by name; empty for whoever comes.
    public internal(set) var leftFor: [PersonRef] = []
    /// Whether everything was left, for who has not seen this stick.
    public internal(set) var isFull = false
    /// Who was taken into the team.
    public internal(set) var admitted: [PersonRef] = []
    /// What could not be done.
    public internal(set) var problems: [CarryProblem] = []

    /// Whether all was done that there was to do.
    public var isComplete: Bool { problems.isEmpty && waitingCount == 0 }
}

/// What a visit could not do, while it did the rest.
public enum CarryProblem: Sendable, Hashable {
    /// The end of someone's file is missing or damaged; what came before was taken in.
    case tailLost(String)
    /// Someone's file holds what can never be right; what came before was taken in.
    case spoilt(String, reason: String)
    /// Files that are under a secret which this laptop does not have.
    case locked(Int)
    /// Files that a newer version wrote.
    case newer(Int)
    /// The stick failed, or was pulled out, while it was read.
    case unread
    /// The stick can only be read.
    case readOnly
    /// This user may not write there.
    case denied
    /// The stick is full; what lay there before is untouched.
    case full
    /// The stick failed, or was pulled out, while it was written to.
    case unwritten
    /// Someone who asked was not taken into the team.
    case refused(String, reason: String)
}
