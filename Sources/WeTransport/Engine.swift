import Dispatch
import WeData
import WeKeys
import WeLog
import WeSync

/// What the public face hands to its loop, whatever the node's type is.
protocol EngineDriver: AnyObject {
    func listen(_ candidates: [SocketAddress]) -> Result<BoundAddress, TransportError>
    func connect(_ id: ConnectionID, to address: String, secret: Int)
    func disconnect(_ id: ConnectionID)
    func discover(_ plan: DiscoveryPlan)
    func remember(_ addresses: [KnownAddress])
    func storeGrew(from source: ConnectionID?)
    func rosterChanged()
    func wantedFilesChanged()
    func newsChanged()
    func fileChanged(_ file: FileID)
    func stop(_ done: @escaping @Sendable () -> Void)
    func stopNow()
}

/// All connections of one node, on one loop.
final class Engine<Node: SyncNode>: EngineDriver {
    let loop: EventLoop
    let node: Node
    let policy: SyncPolicy
    let board: StatusBoard
    /// Where sockets are read into: one for all, since one is read at a time.
    var readBuffer = [UInt8](repeating: 0, count: 256 << 10)

    private(set) lazy var files = FileShell(
        self, seed: Int(UInt64(bigEndianBytes: RandomBytes.bytes(4))))
    var fileTimer: TimerID?
    private var discovery: DiscoveryShell?
    private var listeners: [Listener] = []
    private var door: DoorKeeper
    private var connections: [ConnectionID: PeerConnection<Node>] = [:]
    private var dials: [ConnectionID: Dial] = [:]
    private var newest: [DeviceKey: ConnectionID] = [:]
    let newID: @Sendable () -> ConnectionID
    private var isStopping = false
    private var whenStopped: [@Sendable () -> Void] = []
    /// Whom the store grew from since the last time that the others were told; `nil` is this side.
    private var growth: Set<ConnectionID?> = []

    /// Output that a connection takes from its session ahead of the kernel.
    static var outputBytesMax: Int { 256 << 10 }
    /// Times that a connection fills its buffer before others get their turn.
    static var pumpRoundsMax: Int { 4 }

    private struct Dial {
        var status: PeerStatus
        var connector: Connector?
        var secret = 0
    }

    init(
        node: Node, policy: SyncPolicy, loop: EventLoop, board: StatusBoard,
        newID: @escaping @Sendable () -> ConnectionID
    ) {
        self.node = node
        self.policy = policy
        self.loop = loop
        self.board = board
        self.newID = newID
        door = DoorKeeper(policy)
    }

    // MARK: - Listening

    func listen(_ candidates: [SocketAddress]) -> Result<BoundAddress, TransportError> {
        var failure = TransportError.stopped
        guard !isStopping else { return .failure(failure) }
        for candidate in candidates {
            do throws(SystemError) {
                let socket = try Socket.listening(on: candidate)
                let listener = Listener(socket, loop: loop) { [unowned self] socket, address in
                    accept(socket, from: address)
                }
                listeners.append(listener)
                let bound = listener.address ?? candidate
                return .success(BoundAddress(host: bound.host, port: bound.port))
            } catch {
                failure = error.named(candidate.description)
                if case .unreachable = failure { continue }
                return .failure(failure)
            }
        }
        return .failure(failure)
    }

    private func accept(_ socket: consuming Socket, from address: SocketAddress) {
        let key = address.limitKey
        guard !isStopping, connections.count < policy.connectionsMax,
            door.admit(key, now: loop.now) == nil
        else { return }
        let status = PeerStatus(
            id: newID(), address: address.description, role: .responder,
            since: SystemClock.wall(), state: .handshaking)
        open(socket, status: status, limitKey: key)
    }

    // MARK: - Dialling

    func connect(_ id: ConnectionID, to address: String, secret: Int) {
        guard mayDial(id, address) else { return }
        dials[id]?.secret = secret
        let deadline = loop.now + policy.dialMillisecondsMax
        let (loop, bound) = (loop, LoopBound(self, on: loop))
        DispatchQueue.global(qos: .utility).async {
            let found = Result { () throws(TransportError) in
                try SocketAddress.resolve(try PeerAddress(address))
            }
            loop.execute { bound.value.resolved(id, found, deadline: deadline) }
        }
    }

    /// Dials an address that needs no looking up, under one of the team's secrets.
    func connect(_ id: ConnectionID, to address: SocketAddress, secret: Int) {
        guard mayDial(id, address.dialled) else { return }
        dials[id]?.secret = secret
        resolved(id, .success([address]), deadline: loop.now + policy.dialMillisecondsMax)
    }

    private func mayDial(_ id: ConnectionID, _ address: String) -> Bool {
        let status = PeerStatus(
            id: id, address: address, role: .initiator, since: SystemClock.wall(),
            state: .connecting)
        dials[id] = Dial(status: status)
        guard !isStopping else {
            dialFailed(id, .stopped)
            return false
        }
        guard connections.count + dials.count <= policy.connectionsMax else {
            dialFailed(id, .tooManyConnections(address))
            return false
        }
        board.publish(status)
        return true
    }

    private func resolved(
        _ id: ConnectionID, _ found: Result<[SocketAddress], TransportError>,
        deadline: Milliseconds
    ) {
        guard let name = dials[id]?.status.address else { return }
        switch found {
        case .failure(let error):
            dialFailed(id, error)
        case .success(let addresses):
            let connector = Connector(
                addresses, name: name, deadline: deadline, loop: loop
            ) { [unowned self] socket, error in
                if let socket { dialled(id, socket) } else { dialFailed(id, error) }
            }
            dials[id]?.connector = connector
            connector.start()
        }
    }

    private func dialled(_ id: ConnectionID, _ socket: consuming Socket) {
        guard let dial = dials.removeValue(forKey: id) else { return }
        var status = dial.status
        status.state = .handshaking
        status.since = SystemClock.wall()
        open(socket, status: status, limitKey: nil, secret: dial.secret)
    }

    private func dialFailed(_ id: ConnectionID, _ error: TransportError?) {
        dials[id] = nil
        board.remove(id)
        board.post(.closed(id, error))
        discovery?.ended(id)
        freedDescriptor()
        checkStopped()
    }

    func disconnect(_ id: ConnectionID) {
        if let dial = dials[id] {
            dial.connector?.cancel()
            dialFailed(id, nil)
        }
        connections[id]?.finish(nil)
    }

    // MARK: - Connections

    private func open(
        _ socket: consuming Socket, status: PeerStatus, limitKey: [UInt8]?, secret: Int = 0
    ) {
        let configuration: SessionConfiguration
        let ephemeral: AgreementKey
        do {
            configuration = try node.configuration(role: status.role, secret: secret)
            ephemeral = try AgreementKey.generate()
        } catch {
            if let limitKey { door.leave(limitKey) }
            let fault = error as? StoreFault
            let reason = TransportError.system(status.address, reason: "\(error)")
            return dialFailed(status.id, fault.map { .store($0) } ?? reason)
        }
        let session = Session(configuration, ephemeral: ephemeral, now: loop.now)
        let connection = PeerConnection(
            status: status, limitKey: limitKey, socket: socket, configuration: configuration,
            session: session, engine: self)
        connections[status.id] = connection
        board.publish(status)
        board.post(.connected(status.id, address: status.address, role: status.role))
        connection.start()
    }

    /// A stranger has shown that it belongs here.
    func established(_ connection: PeerConnection<Node>) {
        if let key = connection.limitKey { door.succeeded(key) }
    }

    /// Of two connections to one device one stays; see ``TwoSessions``.
    func recognised(_ connection: PeerConnection<Node>, device: DeviceKey) {
        defer { discovery?.recognised(connection.id, device) }
        let old = newest[device].flatMap { connections[$0] }
        guard let old, old !== connection, old.status.state != .closing else {
            newest[device] = connection.id
            return
        }
        if TwoSessions.olderStays(
            old.status.role, establishedAt: old.establishedAt, connection.status.role,
            begunAt: connection.begunAt, own: connection.ownDevice, other: device)
        {
            connection.finish(.replaced(connection.status.address))
        } else {
            newest[device] = connection.id
            old.finish(.replaced(old.status.address))
        }
    }

    /// A connection is over and none of its batches is at the store.
    func closed(_ connection: PeerConnection<Node>) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        if let key = connection.limitKey, !connection.isEstablished {
            if isStopping { door.leave(key) } else { door.failed(key, now: loop.now) }
        }
        if let device = connection.status.device, newest[device] == connection.id {
            newest[device] = nil
        }
        board.remove(connection.id)
        // What the last tenth of a second brought.
        if let progress = connection.status.progress {
            board.post(.progress(connection.id, progress))
        }
        board.post(.closed(connection.id, connection.closeError))
        files.ended(connection.id)
        discovery?.ended(connection.id)
        checkStopped()
    }

    /// A connection by its number.
    func connection(_ id: ConnectionID) -> PeerConnection<Node>? { connections[id] }

    /// More of a file is here, or less: who seeks it is told.
    func fileChanged(_ file: FileID) {
        for connection in Array(connections.values) { connection.fileChanged(file) }
    }

    func wantedFilesChanged() { files.wantsChanged() }

    /// More is known of third ones: who is at rest is told.
    func newsChanged() {
        for connection in Array(connections.values) where connection.status.state == .live {
            connection.newsChanged()
        }
    }

    /// A descriptor is free again: callers may be waiting for one.
    func freedDescriptor() {
        for listener in listeners { listener.resume() }
    }

    func enrol(_ device: Device, connection: PeerConnection<Node>) {
        node.enrol(device, completion: answer(to: connection))
    }

    func join(_ request: JoinRequest, invite: EventID, connection: PeerConnection<Node>) {
        node.admit(request, invite: invite, completion: answer(to: connection))
    }

    /// Takes the node's answer back to the loop.
    private func answer(
        to connection: PeerConnection<Node>
    ) -> @Sendable (EventID?, String, Team?) -> Void {
        let (loop, id) = (loop, connection.id)
        let bound = LoopBound(self, on: loop)
        return { event, reason, team in
            loop.execute { bound.value.admitted(id, event, reason, team) }
        }
    }

    private func admitted(
        _ id: ConnectionID, _ admission: EventID?, _ reason: String, _ team: Team?
    ) {
        connections[id]?.admitted(admission, reason: reason, roster: team ?? node.roster())
        guard admission != nil else { return }
        rosterChanged()
        storeGrew(from: nil)
    }

    // MARK: - News

    /// Events from one connection were stored.
    func stored(_ report: IngestReport, from connection: ConnectionID) {
        if report.isMembershipChanged { rosterChanged() }
        if report.storedCount > 0 { storeGrew(from: connection) }
    }

    func rosterChanged() {
        discovery?.storeChanged()
        guard let team = node.roster() else { return }
        for connection in Array(connections.values) { connection.rosterChanged(team) }
    }

    /// Tells all connections but the one that the events came from, once for what comes together.
    func storeGrew(from source: ConnectionID?) {
        discovery?.storeChanged()
        let isFirst = growth.isEmpty
        growth.insert(source)
        guard isFirst else { return }
        let bound = LoopBound(self, on: loop)
        loop.execute { bound.value.tellGrowth() }
    }

    private func tellGrowth() {
        let sources = growth
        growth = []
        files.wantsChanged()
        for connection in Array(connections.values) where sources != [connection.id] {
            connection.storeGrew()
        }
    }

    // MARK: - Discovery

    func discover(_ plan: DiscoveryPlan) {
        guard !isStopping else { return }
        discovery?.stop()
        discovery = DiscoveryShell(plan, loop: loop, host: self, board: board)
    }

    func remember(_ addresses: [KnownAddress]) { discovery?.remember(addresses) }

    /// Connections whose other side is known.
    var recognisedConnections: [PeerConnection<Node>] {
        connections.values.filter { $0.status.device != nil && $0.status.state != .closing }
    }

    /// Cuts all connections but those from one of these addresses of this machine, and from
    /// loopback.
    func cutConnections(besides addresses: Set<[UInt8]>) {
        for connection in Array(connections.values) {
            guard let local = connection.localAddress,
                !SocketAddress.isLoopback(limitKey: local.limitKey),
                !addresses.contains(local.octets)
            else { continue }
            connection.cut(.closedByPeer(connection.status.address))
        }
    }

    // MARK: - Stopping

    func stop(_ done: @escaping @Sendable () -> Void) {
        whenStopped.append(done)
        guard !isStopping else { return checkStopped() }
        isStopping = true
        files.stop()
        discovery?.stop()
        discovery = nil
        for listener in listeners { listener.stop() }
        listeners = []
        for (id, dial) in dials {
            dial.connector?.cancel()
            dialFailed(id, .stopped)
        }
        for connection in Array(connections.values) { connection.finish(nil) }
        // A store that never answers must not keep the program from ending.
        let due = loop.now + 2 * policy.closingMillisecondsMax
        _ = loop.schedule(at: due) { [weak self] in self?.stopNow() }
        checkStopped()
    }

    /// Cuts whatever is left.
    func stopNow() {
        isStopping = true
        discovery?.stop()
        discovery = nil
        for listener in listeners { listener.stop() }
        listeners = []
        for dial in dials.values { dial.connector?.cancel() }
        dials = [:]
        for connection in Array(connections.values) { connection.cut(.stopped) }
        checkStopped()
    }

    private func checkStopped() {
        guard isStopping, connections.isEmpty, dials.isEmpty else { return }
        let callbacks = whenStopped
        whenStopped = []
        for callback in callbacks { callback() }
    }
}
