package import WeSync

/// A promise that was broken.
package struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// Which promise.
    package enum Invariant: String, CaseIterable, Sendable {
        /// Honest connected nodes hold the same events in the end.
        case convergence
        /// The same events show the same brain.
        case equalDigests
        /// What the views show is what the events give.
        case viewsFollowEvents
        /// What was acknowledged is kept.
        case nothingLost
        /// Nobody has an effect that they were not given.
        case noUnauthorisedEffect
        /// An erased body never comes back.
        case noErasedBody
        /// What is held for a peer is bounded.
        case boundedMemory
        /// Nodes at rest say nothing.
        case noSpinning
        /// An honest peer is not blamed.
        case noBlame
        /// The store of an honest node works.
        case soundStore
        /// A file that a node wants and an honest one has that it is connected to arrives.
        case filesArrive
        /// What is kept as a file is that file.
        case noWrongByte
        /// A file goes that only erased items named.
        case noErasedFile
        /// Who lied about a file is not asked for it again.
        case liarLeftOut
    }

    package let invariant: Invariant
    package let detail: String

    package init(_ invariant: Invariant, _ detail: String) {
        self.invariant = invariant
        self.detail = detail
    }

    package var description: String { "\(invariant.rawValue): \(detail)" }
}

/// What simulations did, added up.
package struct Scoreboard: Sendable {
    package var seeds = 0
    package var simulatedMilliseconds: Milliseconds = 0
    package var nodes = 0
    package var events = 0
    package var sessions = 0
    package var syncedSessions = 0
    package var bytes = 0
    /// Events of people who were put out, without which the brain was looked at again.
    package var eventsWithoutEffect = 0
    /// Files that honest nodes held in the end, and that came from others.
    package var files = 0
    package var filesFetched = 0
    /// Chunks and segments that were not what was asked for.
    package var filePartsRefused = 0
    /// Chunks that were lost with the power.
    package var fileChunksLost = 0
    package var convergenceMillisecondsMax: Milliseconds = 0
    /// How often each kind of step had an effect.
    package var fired: [StepKind: Int] = [:]
    /// What simulated disks did.
    package var diskFaults: [DiskFault: Int] = [:]
    /// How sessions of honest nodes ended, by the name of the reason.
    package var ends: [String: Int] = [:]

    package init() {}

    package static func += (left: inout Scoreboard, right: Scoreboard) {
        left.seeds += right.seeds
        left.simulatedMilliseconds += right.simulatedMilliseconds
        left.nodes += right.nodes
        left.events += right.events
        left.sessions += right.sessions
        left.syncedSessions += right.syncedSessions
        left.bytes += right.bytes
        left.eventsWithoutEffect += right.eventsWithoutEffect
        left.files += right.files
        left.filesFetched += right.filesFetched
        left.filePartsRefused += right.filePartsRefused
        left.fileChunksLost += right.fileChunksLost
        left.convergenceMillisecondsMax = max(
            left.convergenceMillisecondsMax, right.convergenceMillisecondsMax)
        left.fired.merge(right.fired, uniquingKeysWith: +)
        left.diskFaults.merge(right.diskFaults, uniquingKeysWith: +)
        left.ends.merge(right.ends, uniquingKeysWith: +)
    }
}
