import WeWeb
import Weonomy

/// `weonomy sync --listen`: lets colleagues in until it is stopped.
struct Listening {
    private let context: Context
    private let brain: Brain
    private var peers: [ConnectionID: Peer] = [:]
    private var finished: [JSONValue] = []

    /// Someone who came.
    private struct Peer {
        var address: String
        var person: PersonRef?
        var label: String?
        /// What to call it, once it is known.
        var name: String? { label ?? person?.name }
        var progress = SyncProgress()
        /// What was told of it.
        var told = SyncProgress()
        var isSame = false
    }

    init(_ context: Context, _ brain: Brain) {
        self.context = context
        self.brain = brain
    }

    mutating func run() async throws -> Reply {
        let isOnce = context.arguments.has("once")
        let wasIn = brain.isIn
        try await listen(announcing: nil) { listening in
            // Who is put out meanwhile has nobody left to wait for.
            wasIn && !listening.brain.isIn
                || isOnce && listening.peers.isEmpty && !listening.finished.isEmpty
        }
        let digest = try await brain.digest()
        if let verdict = try await brain.verdict(), verdict.kind != .leave {
            try await brain.checkIsIn()
        }
        return Reply(
            ["peers": .array(finished), "digest": .string(digest)], Page(.stoppedListening))
    }

    /// Stays in touch with everybody who can be found, until it is stopped.
    mutating func stayUp(page: WebAddress?) async throws -> Reply {
        let arguments = context.arguments
        let wasIn = brain.isIn
        let wanted = arguments.number("port")
        try await listen(
            opening: { brain throws(BrainError) in
                let announcing: Announcing =
                    arguments.has("no-discovery")
                    ? .off : arguments.has("probe") ? .probe : .broadcast
                let host = arguments.value("host")
                let port = UInt16(wanted ?? Int(PeerAddress.defaultPort))
                do throws(BrainError) {
                    return try await brain.up(
                        host: host, port: port, announcing: announcing)
                } catch {
                    // Another team's node may have the usual port; beacons say which one this has.
                    guard wanted == nil, error.code == .network else { throw error }
                    return try await brain.up(host: host, port: 0, announcing: announcing)
                }
            },
            announcing: { listening, bound in
                await listening.announceUp(bound, page)
            },
            until: { listening in wasIn && !listening.brain.isIn })
        if let verdict = try await brain.verdict(), verdict.kind != .leave {
            try await brain.checkIsIn()
        }
        return Reply(["peers": .array(finished)], Page(.stoppedListening), schema: "up-stopped")
    }

    private func announceUp(_ bound: BoundAddress, _ page: WebAddress?) async {
        // Interfaces are known a moment after the start.
        try? await Task.sleep(for: .milliseconds(50))
        let discovery = await brain.discovery
        guard context.output.format == .text else {
            context.output.emit(
                Envelope.success(
                    "up",
                    [
                        "address": .string(bound.description), "host": .string(bound.host),
                        "port": JSONValue(Int(bound.port)),
                        "page": page.map { .string($0.oneTimeURL) } ?? nil,
                        "page_port": page.map { JSONValue(Int($0.port)) } ?? nil,
                        "discovering": .bool(!context.arguments.has("no-discovery")),
                        "links": JSONValue(discovery?.linkNames ?? []),
                    ]))
            return
        }
        let places = bound.dialled
        context.output.show(
            Page(.isUp(brain.teamName, places.isEmpty ? [bound.description] : places)))
        if !context.arguments.has("no-discovery") {
            context.output.note(.looksOn(discovery?.linkNames ?? []), .faint)
        }
        if let failure = discovery?.failure {
            context.output.note(.hearsNothing(failure.description), .warn)
        }
        if let page {
            var shown = Page(.pageIsAt)
            shown.line("\(page.oneTimeURL, .strong)", indent: 2)
            context.output.show(shown)
        }
        context.output.note(.stopWith, .faint)
    }

    /// Waits for a further device of this person; `nil` when it was stopped before one came.
    mutating func awaitDevice(besides known: Set<String>) async throws -> DeviceInfo? {
        let code = try await brain.expectDevice()
        func newcomer(_ brain: Brain) async throws -> DeviceInfo? {
            try await brain.devices(of: brain.me.id).first { !known.contains($0.id) }
        }
        try await listen(announcing: code) { listening in
            // It has everything once it goes, or is the same.
            let isHere = try await newcomer(listening.brain) != nil
            return isHere && listening.peers.isEmpty
        }
        return try await newcomer(brain)
    }

    private mutating func listen(
        announcing code: String?, until isDone: (Listening) async throws -> Bool
    ) async throws {
        let arguments = context.arguments
        try await listen(
            opening: { brain async throws(BrainError) in
                let port = UInt16(arguments.number("port") ?? Int(PeerAddress.defaultPort))
                return try await brain.listen(host: arguments.value("host"), port: port)
            },
            announcing: { listening, bound in
                listening.announce(bound, code: code)
                if code == nil, let address = arguments.operand(0) {
                    try await listening.brain.connect(address)
                }
            }, until: isDone)
    }

    /// Lets peers in until something is so, or somebody stops it.
    private mutating func listen(
        opening: (Brain) async throws(BrainError) -> BoundAddress,
        announcing: (Listening, BoundAddress) async throws -> Void,
        until isDone: (Listening) async throws -> Bool
    ) async throws {
        let stop = StopSignal()
        let updates = try await brain.peerUpdates()
        let bound = try await opening(brain)
        // Others write to the same brain meanwhile: what they share goes out at once.
        try await brain.noticeOthers()
        let watching = Task { [brain] in
            await brain.watchOthers(milliseconds: 1_000)
        }
        let stopping = Task { [brain] in
            await stop.wait()
            await brain.close()
        }
        try await announcing(self, bound)
        for await update in updates {
            try await take(update)
            if try await isDone(self) { break }
        }
        watching.cancel()
        stopping.cancel()
        await brain.close()
    }

    private func announce(_ bound: BoundAddress, code: String?) {
        let isText = context.output.format == .text
        guard isText else {
            let place: JSONValue = [
                "address": .string(bound.description), "host": .string(bound.host),
                "port": JSONValue(Int(bound.port)),
            ]
            context.output.emit(
                code.map { Envelope.success("pairing", place.with("code", .string($0))) }
                    ?? Envelope.success("listening", place))
            return
        }
        if let code {
            var page = Page(.pairingCode)
            page.line("\(code, .strong)", indent: 2)
            context.output.show(page)
        }
        context.output.show(Page(.listeningOn(bound.description)))
        for address in bound.dialled where address != bound.description {
            context.output.note(code == nil ? .theyType(address) : .theyJoin(address), .faint)
        }
        context.output.note(code == nil ? .stopWith : .pairingWaits, .faint)
    }

    // MARK: - What happens

    private mutating func take(_ update: PeerUpdate) async throws {
        let id = update.connection
        switch update {
        case .connected(_, let address, _): peers[id] = Peer(address: address)
        case .recognised(_, let device, let person):
            let known = try? await brain.profile(of: person).person
            peers[id]?.person = known
            // One's own laptops are told apart by what they are called.
            if person == brain.me.id {
                let own = try? await brain.device(device.description)
                peers[id]?.label = own?.label
            }
            // Both may have dialled: one of the two connections goes again.
            let isHere = peers.contains { $0.key != id && $0.value.person?.id == person }
            if let name = peers[id]?.name, !isHere { tell("met", id, .isHere(name)) }
        case .invited: break
        case .welcomed: break
        case .progress(_, let progress):
            peers[id]?.progress = progress
        case .synced(_, let progress):
            try await note(id, progress)
        case .closed(_, let error):
            await end(id, error)
        }
    }

    private mutating func note(_ id: ConnectionID, _ progress: SyncProgress) async throws {
        guard var peer = peers[id] else { return }
        let name = try await name(&peer)
        let before = peer.told
        peer.progress = progress
        peer.told = progress
        let isFirst = !peer.isSame
        peer.isSame = true
        peers[id] = peer
        let received = progress.eventsStored - before.eventsStored
        let sent = progress.eventsSent - before.eventsSent
        guard isFirst || received > 0 || sent > 0 else { return }
        tell("synced", id, .sameNow(name, received, sent))
        if isFirst { try await warn(of: peer.person) }
    }

    /// Says whose name a peer's looks like, so that nobody takes a newcomer for a colleague.
    private func warn(of person: PersonRef?) async throws {
        guard let person else { return }
        for people in try await brain.lookAlikes()
        where people.contains(where: { $0.id == person.id }) {
            context.output.note(.lookAlike(people), .warn)
        }
    }

    /// Who it is: a newcomer has a name only now.
    private func name(_ peer: inout Peer) async throws -> String {
        if peer.person == nil || peer.person?.name.isEmpty == true {
            let status = await brain.connections.first { $0.address == peer.address }
            if let person = status?.person {
                peer.person = try? await brain.profile(of: person).person
            }
        }
        return peer.name ?? peer.address
    }

    private mutating func end(_ id: ConnectionID, _ error: TransportError?) async {
        guard let peer = peers[id] else { return }
        let who = peer.name ?? peer.address
        let isOrderly = peer.isSame
        if case .replaced = error {
            peers[id] = nil
            return
        }
        tell("left", id, isOrderly ? .hasLeft(who) : .leftEarly(who, error?.description ?? ""))
        peers[id] = nil
        finished.append(json(peer, error: isOrderly ? nil : error))
    }

    private func tell(_ what: String, _ id: ConnectionID, _ text: Text) {
        guard context.output.format != .text else {
            context.output.show(Page(text))
            return
        }
        guard let peer = peers[id] else { return }
        context.output.emit(
            Envelope.success("peer", json(peer, error: nil).with("event", .string(what))))
    }

    private func json(_ peer: Peer, error: TransportError?) -> JSONValue {
        [
            "person": peer.person.map { JSONValue($0) } ?? nil,
            "address": .string(peer.address),
            "state": peer.isSame ? "same" : "cut",
            "received": JSONValue(peer.progress.eventsStored),
            "sent": JSONValue(peer.progress.eventsSent),
            "bytes_received": JSONValue(peer.progress.wireBytesIn),
            "bytes_sent": JSONValue(peer.progress.wireBytesOut),
            "round_trips": JSONValue(peer.progress.roundTrips),
            "reason": JSONValue(error?.description),
        ]
    }
}
