import WeData
import WeKeys
import WeLog

@testable import WeSync

/// A dialler that says what a test wants to a real session.
final class RawPeer {
    let laptop: Laptop
    let host: Laptop
    var channel: Channel
    var session: Session
    /// What the host said.
    var messages: [Message] = []
    var batches: [[Run]] = []
    var asked = 0
    var error: SyncError?
    var isClosed = false
    var now: Milliseconds = 0
    var store: MemoryStore { host.store }

    init(
        _ laptop: Laptop, psk: Bytes32, to host: Laptop, isLive: Bool = true,
        _ configuration: SessionConfiguration? = nil
    ) throws {
        self.laptop = laptop
        self.host = host
        channel = Channel(
            role: .initiator, psks: [psk], staticKey: laptop.channel,
            ephemeral: try laptop.random.agreementKey())
        session = Session(
            configuration ?? host.configuration(.responder, isLive: isLive),
            ephemeral: try host.random.agreementKey(), now: 0)
    }

    /// Goes through the handshake.
    func greet() throws {
        var output: [UInt8] = []
        try channel.start(into: &output)
        deliver(output)
    }

    /// Goes through handshake and hello, as one who holds something else than the host does.
    func differ() throws {
        try greet()
        send(
            .hello(
                .init(
                    device: laptop.key.publicKey,
                    proof: laptop.key.sign(channel.handshakeHash + [0], domain: .channel),
                    fingerprint: try need(Fingerprint([UInt8](repeating: 1, count: 16))),
                    count: 9)))
    }

    /// Goes through handshake and hello.
    func hello() throws {
        try greet()
        let summary = try laptop.store.summary()
        send(
            .hello(
                .init(
                    device: laptop.key.publicKey,
                    proof: laptop.key.sign(channel.handshakeHash + [0], domain: .channel),
                    fingerprint: summary.fingerprint, count: summary.count)))
    }

    func send(_ message: Message) { send(bytes: message.encoded) }

    func send(bytes: [UInt8]) {
        var output: [UInt8] = []
        try? channel.seal(bytes, into: &output)
        deliver(output)
    }

    func deliver(_ bytes: [UInt8]) {
        obey(session.received(bytes, store: host.store, now: now))
        while let bytes = session.nextOutput(store: host.store, now: now) { read(bytes) }
        if session.deadline == .min { obey(session.tick(store: host.store, now: now)) }
    }

    func obey(_ actions: [SessionAction]) {
        for action in actions {
            switch action {
            case .send(let bytes): read(bytes)
            case .ingest(let runs): batches.append(runs)
            case .join, .enrol: asked += 1
            case .close(let reason):
                error = reason
                isClosed = true
            default: break
            }
        }
    }

    private func read(_ bytes: [UInt8]) {
        channel.received(bytes)
        var output: [UInt8] = []
        while let step = try? channel.next(into: &output) {
            if case .message(let bytes) = step,
                let message = try? Message(decoding: bytes, team: host.store.teamID)
            {
                messages.append(message)
            }
        }
        if !output.isEmpty {
            let reply = output
            output = []
            deliver(reply)
        }
    }
}
