#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import WeData
import WeKeys
import WeLog
import WeReplica
public import WeTransport

/// An address where a colleague may be found.
public struct PeerInfo: Sendable, Hashable {
    /// `host:port`.
    public let address: String
    /// Whether a person typed it.
    public let isTyped: Bool
    /// Who answered there last, or is said to.
    public let person: PersonRef?
    /// When that was.
    public let lastMet: Instant?
    /// Who told it, where nobody was met there yet.
    public let toldBy: PersonRef?
}

/// What a brain that is up does from time to time.
struct Upkeep {
    let task: Task<Void, Never>
    let bound: BoundAddress
    var book: PeerBook
    /// The file as it was read or written last.
    var bookDate: Date?
    /// What was chosen about files when it was read last.
    var files = FileChoices()
    var savedAt: Int64 = 0
    /// What the engine was given to dial.
    var dialled: [KnownAddress] = []
    /// When who is connected was told last where others were found, and whether they are to be.
    var toldAt: Int64 = 0
    var isNewsDue = false
}

extension Brain {
    /// How often what other processes write is looked for.
    private static let noticeMilliseconds = 100
    /// How often addresses that stay the same are written down again.
    private static let bookMilliseconds: Int64 = 600_000
    /// Between two times that who is connected is told where others were found.
    private static let newsMilliseconds: Int64 = 60_000

    /// Stays in touch: listens, finds colleagues on the networks around, keeps a session with each
    /// that is found, and passes on what other processes of this laptop write; until ``close()``.
    ///
    /// Port 0 lets the system choose; `announcing` says to whom this brain makes itself known.
    @discardableResult
    public func up(
        host: String? = nil, port: UInt16 = PeerAddress.defaultPort,
        announcing: Announcing = .broadcast
    ) async throws(BrainError) -> BoundAddress {
        try checkIsIn()
        let bound = try await listen(host: host, port: port)
        try noticeOthers()
        let book = peerBook()
        engine?.discover(
            DiscoveryPlan(
                device: identity.signing.publicKey, port: bound.port, announcing: announcing,
                addresses: others(book)))
        upkeep?.task.cancel()
        let look: @Sendable (Bool) async -> Bool = { [weak self] isSlow in
            await self?.keepUp(isLookingAtBook: isSlow) != nil
        }
        let task = Task { [storage] in
            await Brain.watch(storage, milliseconds: Brain.noticeMilliseconds, look)
        }
        upkeep = Upkeep(task: task, bound: bound, book: book, bookDate: bookDate())
        upkeep?.files = node.keeper.choices
        return bound
    }

    /// How finding colleagues stands; `nil` when this brain is not up.
    public var discovery: DiscoveryStatus? { engine?.discovery }

    /// Where this brain listens while it is up.
    public var boundAddress: BoundAddress? { upkeep?.bound }

    /// Who has a session with this brain now.
    public var connectedPeople: Set<PersonID> {
        Set(connections.filter { $0.state == .live || $0.state == .syncing }.compactMap(\.person))
    }

    private func keepUp(isLookingAtBook: Bool) {
        // A busy disk is looked at again in a moment.
        try? noticeOthers()
        if isLookingAtBook { keepBook() }
    }

    /// Writes down where colleagues were met, and heeds what `peer add` wrote meanwhile.
    private func keepBook() {
        guard var upkeep else { return }
        let date = bookDate()
        if storage != nil, date != upkeep.bookDate {
            upkeep.book = peerBook()
            upkeep.bookDate = date
        }
        // What another process chose to fetch is fetched by this one.
        let choices = node.keeper.choices
        if choices != upkeep.files {
            upkeep.files = choices
            engine?.wantedFilesChanged()
        }
        let moment = now().milliseconds
        var book = upkeep.book
        for (address, device) in metAddresses() {
            book.note(address, device: device, at: moment)
        }
        let isNew =
            Set(book.entries.map(\.address)) != Set(upkeep.book.entries.map(\.address))
            || book.entries.map(\.device) != upkeep.book.entries.map(\.device)
        if isNew || moment - upkeep.savedAt > Brain.bookMilliseconds, book != upkeep.book {
            upkeep.book = book
            upkeep.savedAt = moment
            if let path = bookPath {
                if book.save(path: path) { upkeep.bookDate = bookDate() }
            } else {
                bookInMemory = book
            }
        }
        spread(&upkeep, at: moment)
        self.upkeep = upkeep
    }

    /// Hands the engine what to dial, and who is connected where others were found.
    private func spread(_ upkeep: inout Upkeep, at moment: Int64) {
        let addresses = others(upkeep.book)
        if addresses != upkeep.dialled {
            upkeep.dialled = addresses
            engine?.remember(addresses)
        }
        if node.colleagues.finds(upkeep.book.found) { upkeep.isNewsDue = true }
        guard upkeep.isNewsDue, moment - upkeep.toldAt >= Brain.newsMilliseconds else { return }
        upkeep.isNewsDue = false
        upkeep.toldAt = moment
        engine?.newsChanged()
    }

    /// Where each connected device can be dialled again.
    private func metAddresses() -> [(String, DeviceKey)] {
        guard let engine else { return [] }
        let sightings = engine.discovery?.sightings ?? []
        return engine.connections.compactMap { status in
            guard let device = status.device, device != identity.signing.publicKey else {
                return nil
            }
            if let sighting = sightings.first(where: { $0.isOf(device) && !$0.isLinkLocal }) {
                return (sighting.address, device)
            }
            guard status.role == .initiator, !status.address.contains("%") else { return nil }
            return (status.address, device)
        }
    }

    // MARK: - Addresses

    /// Addresses where colleagues may be found: those that were typed, then those where somebody
    /// was met, then those that colleagues told.
    public func peers() throws(BrainError) -> [PeerInfo] {
        let names = try names()
        let team = replica.currentTeam
        let entries = peerBook().entries
        func person(_ device: DeviceKey?) -> PersonRef? {
            let id = device.flatMap { team?.person(of: $0)?.id }
            return id.map { PersonRef(id: $0, name: names[$0] ?? "") }
        }
        let own = (entries.filter(\.isTyped) + entries.filter { !$0.isTyped }).map { entry in
            PeerInfo(
                address: entry.address, isTyped: entry.isTyped, person: person(entry.device),
                lastMet: entry.met.map { Instant(milliseconds: $0) }, toldBy: nil)
        }
        let known = node.colleagues.book
        let told = places(besides: Set(entries.map(\.address)), in: known).map { place in
            let teller = place.device.flatMap { known.entries[$0]?.place?.teller }
            return PeerInfo(
                address: place.address, isTyped: false, person: person(place.device),
                lastMet: nil, toldBy: person(teller))
        }
        return own + told
    }

    /// What colleagues told of where others are, but for what is known here.
    private func places(
        besides known: Set<String>, in book: ColleagueBook
    ) -> [KnownAddress] {
        guard let team = replica.currentTeam else { return [] }
        return book.places(now: now().milliseconds).filter { place in
            !known.contains(place.address) && place.device != identity.signing.publicKey
                && place.device.map { team.isActive($0) } ?? false
        }
    }

    /// Keeps an address to dial whenever this brain is up; `false` when it was kept before.
    public func addPeer(_ typed: String) throws(BrainError) -> (address: String, isNew: Bool) {
        let address = try checked(address: typed)
        var book = peerBook()
        if let index = book.entries.firstIndex(where: { $0.address == address }) {
            guard !book.entries[index].isTyped else { return (address, false) }
            book.entries[index].isTyped = true
        } else {
            book.entries.append(PeerBook.Entry(address: address, isTyped: true))
        }
        guard book.entries.count(where: \.isTyped) <= PeerBook.typedMax else {
            throw BrainError(
                .invalid, "at most \(PeerBook.typedMax) addresses are kept",
                hint: "Remove one first: weonomy peer remove HOST:PORT")
        }
        try keep(book)
        return (address, true)
    }

    /// Forgets an address.
    public func removePeer(_ typed: String) throws(BrainError) -> String {
        let address = try checked(address: typed)
        var book = peerBook()
        let count = book.entries.count
        book.entries.removeAll { $0.address == address }
        guard book.entries.count < count else {
            throw BrainError(
                .notFound, "the address \(address) is not kept here",
                hint: "See: weonomy peer list")
        }
        try keep(book)
        return address
    }

    private func checked(address: String) throws(BrainError) -> String {
        do throws(TransportError) {
            return try PeerAddress(address).description
        } catch {
            throw BrainError(.invalid, error.description)
        }
    }

    private var bookPath: String? { storage.map { $0.replica + "-peers" } }

    private func bookDate() -> Date? {
        guard let bookPath else { return nil }
        let facts = try? FileManager.default.attributesOfItem(atPath: bookPath)
        return facts?[.modificationDate] as? Date
    }

    private func peerBook() -> PeerBook {
        bookPath.map { PeerBook(path: $0) } ?? bookInMemory
    }

    private func keep(_ book: PeerBook) throws(BrainError) {
        if let bookPath, !book.save(path: bookPath) {
            throw BrainError(.file, "\(bookPath) can't be written")
        }
        bookInMemory = book
        upkeep?.book = book
        upkeep?.bookDate = bookDate()
        engine?.remember(others(book))
    }

    private func others(_ book: PeerBook) -> [KnownAddress] {
        let own = book.addresses.filter { $0.device != identity.signing.publicKey }
        return own + places(besides: Set(own.map(\.address)), in: node.colleagues.book)
    }

    // MARK: - Once

    /// Exchanges with everybody who is found and with the addresses that are known, and ends.
    func meetAll(
        seconds: Int, isProbing: Bool, onProgress: (@Sendable (SyncProgress) -> Void)?
    ) async throws(BrainError) -> SyncReport {
        try checkIsIn()
        let meeting: SyncEngine
        let bound: BoundAddress
        do throws(TransportError) {
            meeting = try SyncEngine(node: node)
            bound = try await meeting.listen(port: 0)
        } catch { throw BrainError(error) }
        let updates = meeting.updates
        meeting.discover(
            DiscoveryPlan(
                device: identity.signing.publicKey, port: bound.port,
                announcing: isProbing ? .probe : .broadcast, addresses: others(peerBook())))
        let ending = Task { [meeting] in
            await Brain.untilQuiet(meeting, seconds: seconds)
            await meeting.stop()
        }
        var meetings: [ConnectionID: SyncMeeting] = [:]
        for await update in updates {
            var meeting = meetings[update.connection] ?? SyncMeeting()
            switch update {
            case .connected(_, let address, _): meeting.address = address
            case .recognised(_, let device, let person):
                (meeting.device, meeting.person) = (device, person)
            case .progress(_, let progress):
                if meeting.progress != nil { meeting.progress = progress }
                onProgress?(progress)
            case .synced(_, let progress):
                meeting.progress = progress
                onProgress?(progress)
            case .invited, .welcomed, .closed: break
            }
            meetings[update.connection] = meeting
        }
        await ending.value
        await noteArrival()
        if let exclusion = exclusion() { throw exclusion }
        let report = SyncReport(
            meetings.sorted { $0.key < $1.key }.map(\.value), names: try names())
        guard !report.peers.isEmpty else {
            throw BrainError(
                .network, "nobody of this team was found on the networks around",
                hint: "Run weonomy up on another laptop; or see: weonomy doctor --network")
        }
        return report
    }

    /// Bytes between two looks that beats and greetings may take.
    private static let quietBytes = 4_096

    /// Waits until everybody who was found has the same, files as well, and nobody new has shown up
    /// for a while.
    private static func untilQuiet(_ meeting: SyncEngine, seconds: Int) async {
        let pause = 100
        var (waited, quiet, last, moved) = (0, 0, -1, 0)
        var isMoving = false
        while waited < seconds * 1_000 || isMoving
            || meeting.connections.contains(where: { $0.state == .syncing })
        {
            try? await Task.sleep(for: .milliseconds(pause))
            waited += pause
            let connections = meeting.connections
            let found = max(meeting.discovery?.sightings.count ?? 0, connections.count)
            let live = connections.count { $0.state == .live }
            // What is fetched is known; what colleagues fetch shows in what goes out.
            let bytes = connections.reduce(0) { $0 + $1.bytesIn + $1.bytesOut }
            isMoving = bytes - moved > quietBytes
            moved = bytes
            let isQuiet =
                found == last && live > 0 && live == connections.count && !isMoving
                && meeting.files.bytesToFetch == 0
            quiet = isQuiet ? quiet + pause : 0
            last = found
            // Who is there answers within a second or two.
            if quiet >= 2_000 { return }
        }
    }
}
