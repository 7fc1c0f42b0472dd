import Foundation
import Testing
import WeData
import WeLog
import WeTransport

@testable import Weonomy

/// A clock that a test sets.
final class TestClock: Sendable {
    private let offset: Int64
    init(days: Int64 = 0) { offset = days * 86_400_000 }

    var read: @Sendable () -> Instant {
        let offset = offset
        return { Instant(milliseconds: Brain.systemClock().milliseconds + offset) }
    }
}

/// Brains in memory that meet over loopback.
enum Meeting {
    /// A team of a founder and others, all up to date.
    static func team(
        _ names: [String], moderators: Int = 0, needsSecond: Bool = false, days: [Int64] = []
    ) async throws -> [Brain] {
        let clocks = names.indices.map { TestClock(days: days.indices.contains($0) ? days[$0] : 0) }
        let founder = try Brain.found(
            nil, as: names[0], team: "Noord", needsSecondModerator: needsSecond,
            now: clocks[0].read)
        var brains = [founder]
        if names.count > 1 {
            let code = try await founder.invite(uses: names.count).code
            let address = try await founder.listen(host: "127.0.0.1", port: 0).description
            for (index, name) in names.enumerated().dropFirst() {
                let (brain, _) = try await Brain.join(
                    nil, as: name, code: code, at: address, now: clocks[index].read)
                brains.append(brain)
            }
            await founder.close()
        }
        for brain in brains.dropFirst().prefix(moderators) {
            try await founder.setModerator(brain.me.id, true)
        }
        try await all(brains)
        return brains
    }

    /// One dials, the other listens.
    @discardableResult
    static func meet(_ dialler: Brain, _ listener: Brain) async throws -> SyncReport {
        let address = try await listener.listen(host: "127.0.0.1", port: 0).description
        do {
            let report = try await dialler.sync(with: .tcp(address))
            await listener.close()
            return report
        } catch {
            await listener.close()
            throw error
        }
    }

    /// Everyone meets the first, twice.
    static func all(_ brains: [Brain]) async throws {
        for _ in 0..<2 {
            for brain in brains.dropFirst() { try await meet(brain, brains[0]) }
        }
    }

    /// The error of something that must fail.
    static func failure(_ body: () async throws -> Void) async -> BrainError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? BrainError
        }
    }
}
