import Synchronization
public import WeData
import WeLog
import WeReplica

/// Something that was written, here or by a colleague.
public struct BrainChange: Hashable, Sendable {
    /// What was changed.
    public let object: ObjectID
    /// The event that did it.
    public let event: EventID
    /// Who wrote it.
    public let author: PersonRef
    /// When, by the author's clock.
    public let wall: Instant
    /// Whether it came from another laptop.
    public let isRemote: Bool
    /// Whether it created the object.
    public let isCreation: Bool
    /// What it is called, where the change says so.
    public let title: String

    /// One line for a log.
    public var summary: String {
        let what = title.isEmpty ? "item \(object.description.prefix(8))" : "“\(title)”"
        return "\(author.name) \(isCreation ? "added" : "changed") \(what)"
    }
}

/// Tells whoever listens what was written, in order of arrival.
final class ChangeFeed: Sendable {
    private let state = Mutex(State())
    private static let eventsMax = 10_000
    private static let changesBuffered = 1_000

    private struct State {
        var position: Int64 = 0
        var listeners: [Int: AsyncStream<BrainChange>.Continuation] = [:]
        var files: [Int: AsyncStream<FileID>.Continuation] = [:]
        /// Files that are here; `nil` before anybody looked.
        var here: Set<FileID>?
        var next = 0
    }

    /// Starts a stream of what is written from now on.
    ///
    /// A listener that is a thousand changes behind misses the oldest.
    func stream(_ replica: Replica) -> AsyncStream<BrainChange> {
        AsyncStream(bufferingPolicy: .bufferingNewest(ChangeFeed.changesBuffered)) {
            continuation in
            let last = (try? replica.read { (try? $0.lastPosition()) ?? 0 }) ?? 0
            let number = state.withLock { state in
                if state.listeners.isEmpty { state.position = last }
                state.next += 1
                state.listeners[state.next] = continuation
                return state.next
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.listeners[number] = nil }
            }
        }
    }

    /// Starts a stream of files that come here whole from now on.
    func fileStream() -> AsyncStream<FileID> {
        AsyncStream(bufferingPolicy: .bufferingNewest(ChangeFeed.changesBuffered)) {
            continuation in
            let number = state.withLock { state in
                state.next += 1
                state.files[state.next] = continuation
                return state.next
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.files[number] = nil }
            }
        }
    }

    /// A file is here now.
    func arrived(_ file: FileID) {
        let listeners = state.withLock { state in
            let isKnown = state.here?.insert(file).inserted == false
            return isKnown ? [] : Array(state.files.values)
        }
        for listener in listeners { listener.yield(file) }
    }

    /// These files are here now, whoever took them in; gives whether any of them is news.
    func filesAre(_ files: Set<FileID>) -> Bool {
        let (new, listeners) = state.withLock { state in
            defer { state.here = files }
            return (state.here.map { files.subtracting($0) } ?? [], Array(state.files.values))
        }
        for listener in listeners { for file in new.sorted() { listener.yield(file) } }
        return !new.isEmpty
    }

    /// Reads what is new and passes it on; costs nothing while nobody listens.
    func storeGrew(_ replica: Replica, isRemote: Bool) {
        guard !state.withLock({ $0.listeners.isEmpty }), let team = replica.currentTeam else {
            return
        }
        let from = state.withLock { $0.position }
        let events =
            (try? replica.read { try? $0.events(after: from, countMax: ChangeFeed.eventsMax) })
            ?? nil
        guard let events, let last = events.last else { return }
        state.withLock { state in
            // Another thread may have told the same meanwhile.
            guard state.position == from else { return }
            state.position = last.position
            for stored in events {
                guard let change = BrainChange(stored.event, team: team, isRemote: isRemote) else {
                    continue
                }
                for listener in state.listeners.values { listener.yield(change) }
            }
        }
    }
}

extension BrainChange {
    init?(_ event: Event, team: Team, isRemote: Bool) {
        guard event.key.logClass == .content, let person = team.person(of: event.key.device)
        else { return nil }
        object = event.object
        self.event = event.id
        author = PersonRef(id: person.id, name: PersonName.shown(person.name, person.id))
        wall = Instant(milliseconds: event.header.wall)
        self.isRemote = isRemote
        isCreation = event.header.object == nil
        let changes = event.body.flatMap { try? ContentBody(decoding: $0) }?.changes ?? []
        title =
            changes.compactMap { change -> String? in
                if case .set(Field.title, let value) = change { value.text?.oneLine } else { nil }
            }.last ?? ""
    }
}
