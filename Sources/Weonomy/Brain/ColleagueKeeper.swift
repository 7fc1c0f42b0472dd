import Dispatch
import Synchronization
import WeData
import WeLog
import WeSync
import WeTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The ``ColleagueBook`` of a brain, shared with other processes by a file beside the replica.
///
/// A change goes into the file within a second; processes merge what they know.
final class ColleagueKeeper: Sendable {
    private struct State {
        var book = ColleagueBook()
        /// The file as it was read or written last.
        var stamp: Stamp?
        /// Where this laptop itself found others.
        var addresses: [DeviceKey: [String]] = [:]
        var isChanged = false
        var isSaveDue = false
        var savedAt = DispatchTime(uptimeNanoseconds: 0)
    }

    /// Tells one version of the file from another: each is put in place whole, and two may be of one
    /// tick of the clock.
    private struct Stamp: Equatable {
        let date: Date?
        let number: UInt64?
        let byteCount: UInt64?
    }

    private let path: String?
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "weonomy-colleagues", qos: .utility)

    /// Between two times that it is written.
    private static let saveMilliseconds = 1_000

    init(path: String?) { self.path = path }

    /// What is known now, other processes' knowledge included.
    var book: ColleagueBook {
        state.withLock { state in
            read(&state)
            return state.book
        }
    }

    /// Where this laptop itself finds others, to be told to third ones; `true` for a change.
    func finds(_ addresses: [DeviceKey: [String]]) -> Bool {
        state.withLock { state in
            guard state.addresses != addresses else { return false }
            state.addresses = addresses
            return true
        }
    }

    /// What others are told.
    func news(now: Int64, isWorthIt: (DeviceKey) -> Bool) -> [ColleagueNews] {
        state.withLock { state in
            read(&state)
            return state.book.news(
                addresses: state.addresses, now: now, isWorthIt: isWorthIt)
        }
    }

    /// Changes what is known.
    func change(_ body: (inout ColleagueBook) -> Void) {
        let due = state.withLock { state -> DispatchTime? in
            body(&state.book)
            state.isChanged = true
            guard path != nil, !state.isSaveDue else { return nil }
            state.isSaveDue = true
            return state.savedAt + .milliseconds(ColleagueKeeper.saveMilliseconds)
        }
        guard let due else { return }
        queue.asyncAfter(deadline: max(due, .now())) { [weak self] in self?.save() }
    }

    /// Writes down what has changed.
    func save() {
        state.withLock { state in
            state.isSaveDue = false
            guard let path, state.isChanged else { return }
            read(&state)
            state.isChanged = false
            state.savedAt = .now()
            state.book.save(path: path)
            state.stamp = stamp()
        }
    }

    private func read(_ state: inout State) {
        guard let path, let stamp = stamp(), stamp != state.stamp else { return }
        state.stamp = stamp
        state.book.merge(ColleagueBook(path: path))
    }

    private func stamp() -> Stamp? {
        guard let path, let facts = try? FileManager.default.attributesOfItem(atPath: path) else {
            return nil
        }
        let number = facts[.systemFileNumber] as? any FixedWidthInteger
        return Stamp(
            date: facts[.modificationDate] as? Date,
            number: number.map { UInt64(truncatingIfNeeded: $0) },
            byteCount: facts[.size] as? UInt64)
    }
}
