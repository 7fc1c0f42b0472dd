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
        /// The file as it was read last.
        var date: Date?
        /// Where this laptop itself found others.
        var addresses: [DeviceKey: [String]] = [:]
        var isChanged = false
        var isSaveDue = false
    }

    private let path: String?
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "weonomy-colleagues", qos: .utility)

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
        let isSaveDue = state.withLock { state in
            body(&state.book)
            state.isChanged = true
            defer { state.isSaveDue = true }
            return !state.isSaveDue
        }
        guard path != nil, isSaveDue else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(ColleagueKeeper.saveMilliseconds)) {
            [weak self] in self?.save()
        }
    }

    /// Writes down what has changed.
    func save() {
        state.withLock { state in
            state.isSaveDue = false
            guard let path, state.isChanged else { return }
            read(&state)
            state.isChanged = false
            state.book.save(path: path)
            state.date = date()
        }
    }

    private func read(_ state: inout State) {
        guard let path, let date = date(), date != state.date else { return }
        state.date = date
        state.book.merge(ColleagueBook(path: path))
    }

    private func date() -> Date? {
        guard let path else { return nil }
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        return facts?[.modificationDate] as? Date
    }
}
