import WeData
import WeLog

/// What a side says it holds.
struct Outcome: Equatable {
    var fingerprint: Fingerprint
    var count: Int

    init(fingerprint: Fingerprint, count: Int) {
        self.fingerprint = fingerprint
        self.count = count
    }

    init(_ summary: SetSummary) {
        self.init(fingerprint: summary.fingerprint, count: summary.count)
    }
}

/// One comparison of all logs and the exchange that follows (Protocol.md, "Rounds").
struct Round {
    /// Whether `ranges` still go back and forth.
    var isComparing = true
    /// `ranges` taken in.
    var rangesMessages = 0
    /// What differs, as far as it is known.
    var differences: [LogKey: RangeComparison.Difference] = [:]
    /// Membership goes first.
    var membership: EventStream
    /// Then content.
    var content: EventStream

    /// Forked logs whose blocks we sent, until the peer's ids have come.
    var blocksSent: Set<LogKey> = []
    /// Forked logs whose blocks the peer is going to send unless it finds a clean prefix; until
    /// it announces its totals.
    var blocksPossible: Set<LogKey> = []
    /// Logs whose blocks came: each once, and any of ours, since a log that no longer differs for
    /// us, because it has grown meanwhile, may still have differed for the peer.
    var blocksReceived: Set<LogKey> = []
    /// Forked logs whose ids we sent, until the peer's ids have come.
    var idsSent: Set<LogKey> = []
    /// The peer's ids of forked logs, as far as they have come.
    var idsReceived: [LogKey: IDsReceived] = [:]
    /// `have` messages to be written.
    var idsToSend: [IDList] = []

    /// Whether the peer may still ask for bodies; until it announces its totals.
    var isWantPossible = false
    /// Whether comparison showed that the peer has nothing that we lack.
    var lacksNothing = true
    var isSent = false
    var isPeerTotalled = false
    var isPeerSent = false
    var ownOutcome: Outcome?
    var peerOutcome: Outcome?

    /// Blocks of a log whose ids are to be listed.
    struct IDList {
        let key: LogKey
        let isQuestion: Bool
        /// Whether the list before it was said to be continued by this one's end.
        let isContinued: Bool
        var blocks: ArraySlice<Int>
    }

    /// What the peer has listed of a log: blocks ascend, and one may take several messages.
    struct IDsReceived {
        /// The block that may go on; -1 before the first.
        var block = -1
        var ids: Set<EventID> = []
        /// Ids listed, repetitions too.
        var listed = 0
    }

    /// Starts a round that sends nothing that arrives after `position`.
    init(position: Int64) {
        membership = EventStream(positionMax: position)
        content = EventStream(positionMax: position)
    }

    /// Whether events may go out: all forked logs that we asked about have been answered.
    var isStreaming: Bool { !isComparing && blocksSent.isEmpty }

    /// Whether nothing is left to send, and nothing can come to be.
    var isSpent: Bool {
        isStreaming && idsSent.isEmpty && idsToSend.isEmpty
            && (isPeerTotalled || (blocksPossible.isEmpty && !isWantPossible)) && membership.isEmpty
            && content.isEmpty
    }

    /// Whether everything that the peer has to send in this round has come.
    var isReceived: Bool { isPeerSent || lacksNothing }
}
