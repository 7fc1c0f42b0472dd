import WeData
import WeKeys
import WeLog

/// A store in memory that keeps the storing rules of Protocol.md section 7.
final class MemoryStore: LogIndex {
    private(set) var events: [Event] = []
    private var positions: [EventID: Int] = [:]
    /// By (sequence, id), with the place in `events`.
    private var places: [LogKey: [Int]] = [:]
    private var objects: [EventID: ObjectID] = [:]
    private(set) var heads: [ObjectID: Set<EventID>] = [:]
    private var introduced: [EventID: [DeviceKey]] = [:]
    private var total = SetSummary.empty
    var teamID: TeamID?
    private(set) var team: Team?
    /// Events whose body came later.
    private(set) var completed: [EventID] = []
    /// Events that are not found any more, as on a damaged disk.
    var lost: Set<EventID> = []
    /// When set, every question fails.
    var fault: StoreFault?
    /// Events that every `ingest` refuses to place, to test what waits.
    var answersCount = 0

    /// The same events in a store of its own.
    func copy() -> MemoryStore {
        let copy = MemoryStore()
        copy.events = events
        copy.positions = positions
        copy.places = places
        copy.objects = objects
        copy.heads = heads
        copy.introduced = introduced
        copy.total = total
        copy.teamID = teamID
        copy.team = team
        return copy
    }

    var ids: Set<EventID> { Set(positions.keys) }
    var objectIDs: [ObjectID] { heads.keys.sorted() }
    func contains(_ id: EventID) -> Bool { positions[id] != nil }

    // MARK: - Storing

    private enum Verdict { case stored, known, waiting, refused(LogError) }

    func ingest(_ runs: [Run]) -> IngestReport {
        var report = IngestReport()
        var blocked = [Int?](repeating: nil, count: runs.count)
        let order = runs.enumerated().flatMap { run, content in
            content.events.indices.map { (run, $0, content.events[$0].header.lamport) }
        }.sorted { ($0.2, $0.0, $0.1) < ($1.2, $1.0, $1.1) }
        for (run, index, _) in order where blocked[run] == nil {
            let event = runs[run].events[index]
            switch store(event) {
            case .stored:
                report.storedCount += 1
                if event.key.logClass == .membership { report.isMembershipChanged = true }
            case .known: report.knownCount += 1
            case .waiting: blocked[run] = index
            case .refused(let error):
                blocked[run] = .max
                report.refused.append(error)
            }
        }
        for (run, from) in zip(runs, blocked) {
            guard let from, from < run.events.count else { continue }
            report.waiting.append(run.split(at: from).tail)
        }
        report.lastPosition = Int64(events.count)
        if report.isMembershipChanged { fold() }
        return report
    }

    @discardableResult
    func add(_ event: Event) -> Event {
        guard case .stored = store(event) else { fatalError("own event not storable") }
        if event.key.logClass == .membership { fold() }
        return event
    }

    /// Stores without asking whether it may be, as a hostile peer does.
    func force(_ event: Event) { insert(event) }

    /// Folds what was forced in.
    func foldNow() { fold() }

    private func fold() {
        guard let teamID else { return }
        team = Team(
            id: teamID,
            events: events.filter { $0.key.logClass == .membership }
                .compactMap { MembershipEvent($0) })
    }

    private func store(_ event: Event) -> Verdict {
        let header = event.header
        if let place = positions[event.id] { return complete(event, at: place) }
        if teamID == nil, header.isGenesis { teamID = TeamID(event.id.value) }
        guard header.team == teamID || (header.isGenesis && event.id.value == teamID?.value)
        else { return .refused(.otherTeam) }
        do throws(LogError) { try event.checkBody() } catch { return .refused(error) }
        var lamports: [Int] = []
        if let previous = header.previous {
            guard let found = self[previous] else { return .waiting }
            guard found.key == event.key, found.header.sequence == header.sequence - 1 else {
                return .refused(.form("prev"))
            }
            lamports.append(found.header.lamport)
        }
        for parent in header.parents {
            guard let found = self[parent] else { return .waiting }
            lamports.append(found.header.lamport)
        }
        guard header.isGenesis || header.lamport == (lamports.max() ?? -1) + 1 else {
            return .refused(.lamport)
        }
        if header.sequence == 0, !header.isGenesis {
            guard
                header.parents.contains(where: {
                    introduced[$0]?.contains(event.key.device) ?? false
                })
            else { return .refused(.notIntroduced) }
        }
        insert(event)
        return .stored
    }

    /// Adds the body to an event that came without.
    private func complete(_ event: Event, at place: Int) -> Verdict {
        guard events[place].body == nil, event.body != nil, (try? event.checkBody()) != nil else {
            return .known
        }
        events[place] = event
        completed.append(event.id)
        return .stored
    }

    private func insert(_ event: Event) {
        positions[event.id] = events.count
        var log = places[event.key] ?? []
        let at =
            log.lastIndex { place in
                let other = events[place]
                return (other.header.sequence, other.id) < (event.header.sequence, event.id)
            }.map { $0 + 1 } ?? 0
        log.insert(events.count, at: at)
        places[event.key] = log
        events.append(event)
        total.insert(event.id)
        if event.key.logClass == .content {
            objects[event.id] = event.object
            heads[event.object, default: []].subtract(event.header.parents)
            heads[event.object, default: []].insert(event.id)
        } else if let act = MembershipEvent(event)?.act {
            introduced[event.id] = act.introduces
        }
    }

    subscript(id: EventID) -> Event? { positions[id].map { events[$0] } }

    func introduction(of device: DeviceKey) -> EventID? {
        events.first { introduced[$0.id]?.contains(device) ?? false }?.id
    }

    func membershipHeads() -> [EventID] {
        let membership = events.filter { $0.key.logClass == .membership }
        let named = Set(
            membership.flatMap { $0.header.parents + ($0.header.previous.map { [$0] } ?? []) })
        return membership.map(\.id).filter { !named.contains($0) }
    }

    /// The branch of a log that goes on for longest.
    func last(of key: LogKey) -> Event? { places[key]?.last.map { events[$0] } }

    // MARK: - LogIndex

    private func check() throws(StoreFault) {
        answersCount += 1
        if let fault { throw fault }
    }

    private func summarise(_ places: some Sequence<Int>) -> SetSummary {
        var sum = SetSummary.empty
        for place in places { sum.insert(events[place].id) }
        return sum
    }

    func summary() throws(StoreFault) -> SetSummary {
        try check()
        return total
    }

    func logs() throws(StoreFault) -> [LogSummary] {
        var found: [LogSummary] = []
        for key in places.keys.sorted() { found.append(try log(key)) }
        return found
    }

    func log(_ key: LogKey) throws(StoreFault) -> LogSummary {
        try check()
        guard let log = places[key], let last = log.last else { return .empty(key) }
        return LogSummary(
            key: key, count: log.count, sequenceMax: events[last].header.sequence,
            fingerprint: summarise(log).fingerprint)
    }

    func summary(of key: LogKey, below sequence: Int) throws(StoreFault) -> SetSummary {
        try check()
        return summarise((places[key] ?? []).filter { events[$0].header.sequence < sequence })
    }

    func blocks(of key: LogKey) throws(StoreFault) -> [SetSummary] {
        try check()
        var blocks: [SetSummary] = []
        for place in places[key] ?? [] {
            let block = events[place].header.sequence / EventLimit.blockEvents
            while blocks.count <= block { blocks.append(.empty) }
            blocks[block].insert(events[place].id)
        }
        return blocks
    }

    func volume(
        of key: LogKey, from sequence: Int
    ) throws(StoreFault) -> (events: Int, bytes: Int) {
        try check()
        let found = (places[key] ?? []).filter { events[$0].header.sequence >= sequence }
        return (found.count, found.reduce(0) { $0 + events[$1].header.bodyByteCount })
    }

    func ids(of key: LogKey, in sequences: Range<Int>) throws(StoreFault) -> [EventID] {
        try check()
        return (places[key] ?? []).map { events[$0] }
            .filter { sequences.contains($0.header.sequence) }.map(\.id)
    }

    func events(
        of key: LogKey, from sequence: Int, positionMax: Int64, countMax: Int
    ) throws(StoreFault) -> [StoredEvent] {
        try check()
        return Array(
            (places[key] ?? []).lazy.filter {
                self.events[$0].header.sequence >= sequence && Int64($0 + 1) <= positionMax
                    && !self.lost.contains(self.events[$0].id)
            }.prefix(countMax).map(stored))
    }

    private func stored(_ place: Int) -> StoredEvent {
        StoredEvent(position: Int64(place + 1), event: events[place])
    }

    func position(of key: LogKey, from sequence: Int) throws(StoreFault) -> Int64? {
        try check()
        return (places[key] ?? []).first { events[$0].header.sequence >= sequence }
            .map { Int64($0 + 1) }
    }

    func events(_ ids: [EventID]) throws(StoreFault) -> [StoredEvent] {
        try check()
        return ids.filter { !lost.contains($0) }.compactMap { positions[$0] }.sorted().map(stored)
    }

    func events(after position: Int64, countMax: Int) throws(StoreFault) -> [StoredEvent] {
        try check()
        let start = min(Int(position), events.count)
        return (start..<min(start + countMax, events.count)).map(stored)
    }

    /// Events that are stored without a body.
    func wanted(countMax: Int) throws(StoreFault) -> [EventID] {
        if let fault { throw fault }
        return Array(events.filter { $0.body == nil }.map(\.id).prefix(countMax))
    }

    func lastPosition() throws(StoreFault) -> Int64 {
        try check()
        return Int64(events.count)
    }
}
