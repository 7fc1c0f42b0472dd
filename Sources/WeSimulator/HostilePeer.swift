import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// One connection of someone who does not do as the protocol says.
final class HostilePeer: Wire {
    let kind: StepKind
    let node: SimulatedNode
    let target: SimulatedNode
    unowned let simulation: Simulation
    private let link: Link
    private var channel: Channel?
    var random: SimulatedRandom
    private(set) var isOver = false
    /// Whether the other side has been told anything that only this attack tells.
    private var hasAttacked = false
    private var messagesSent = 0
    /// The other end.
    weak var victim: SimulatedConnection?
    /// Both branches of a fork, one for each target.
    var runs: [Run] = []

    private static let messagesMax = 400

    init(
        _ kind: StepKind, by node: SimulatedNode, on target: SimulatedNode, link: Link,
        random: SimulatedRandom, simulation: Simulation
    ) {
        self.kind = kind
        self.node = node
        self.target = target
        self.link = link
        self.random = random
        self.simulation = simulation
    }

    var isReadingPaused: Bool { false }
    func outputReady() {}

    func inputEnded() {
        isOver = true
        link.output(0).finish()
        link.left()
    }

    func start() {
        switch kind {
        case .knockGarbage: return writeRaw(random.bytes(random.within(1...400)))
        case .knockReplay:
            for bytes in simulation.overheard.shuffled(using: &random).prefix(4) { writeRaw(bytes) }
            return
        default: break
        }
        let secret = node.secrets.first ?? simulation.nodes.first?.secrets.first ?? .zero
        let psk = kind == .knockOtherSecret ? random.bytes32() : SimulatedNode.psk(secret)
        guard let ephemeral = try? AgreementKey(secret: random.secret()) else { return }
        var channel = Channel(
            role: .initiator, psks: [psk], staticKey: node.channel, ephemeral: ephemeral)
        var output: [UInt8] = []
        try? channel.start(into: &output)
        self.channel = consume channel
        writeRaw(output)
    }

    private func writeRaw(_ bytes: [UInt8]) {
        if !isOver { link.output(0).write(bytes) }
    }

    func send(_ message: Message) { send(bytes: message.encoded) }

    func send(bytes: [UInt8]) {
        guard messagesSent < HostilePeer.messagesMax, !isOver else { return }
        messagesSent += 1
        var output: [UInt8] = []
        try? channel?.seal(bytes, into: &output)
        writeRaw(output)
    }

    func received(_ bytes: [UInt8]) {
        guard !isOver else { return }
        channel?.received(bytes)
        while !isOver {
            var output: [UInt8] = []
            let step: Channel.Step?
            do throws(SyncError) {
                step = try channel?.next(into: &output) ?? nil
            } catch {
                isOver = true
                return
            }
            writeRaw(output)
            switch step {
            case .opened: greet()
            case .message(let bytes):
                if let message = try? Message(decoding: bytes, team: node.team?.id) {
                    react(message)
                }
            case nil: return
            }
        }
    }

    private func greet() {
        let known = kind.source == .fileMember ? target : node
        let summary = (try? known.replica.lend { try? $0.summary() }) ?? .empty
        // Files are talked about once both hold the same.
        let isEqual = kind == .lieEqual || kind.source == .fileMember
        let fingerprint = isEqual ? summary.fingerprint : anyFingerprint()
        let proof = node.signing.sign((channel?.handshakeHash ?? []) + [0], domain: .channel)
        let count = kind == .lieCounts ? Int.max : summary.count
        send(
            .hello(
                Message.Hello(
                    device: node.signing.publicKey, proof: proof, fingerprint: fingerprint,
                    count: count)))
        if kind == .knockStolenSecret { hasAttacked = true }
    }

    func anyFingerprint() -> Fingerprint {
        Fingerprint(random.bytes(16)) ?? SetSummary.empty.fingerprint
    }

    private func react(_ message: Message) {
        switch message {
        case .introduce:
            let membership =
                (try? node.replica.lend { index in
                    try? index.events(after: 0, countMax: 10_000)
                })?.filter { $0.event.key.logClass == .membership } ?? []
            for stored in membership {
                send(.events([Run(key: stored.event.key, events: [stored.event])]))
            }
            send(.introduced)
        case .ranges(let ranges):
            // What is answered here is wrong in more than files.
            victim?.lie = nil
            if !hasAttacked { begin() }
            answer(ranges)
        case .synced, .hello:
            let isWaiting = kind == .lieEqual || kind == .stallMidway
            if isWaiting || kind.source == .fileMember, !hasAttacked { begin() }
        case .seek, .askSegment, .askChunks:
            if kind.source == .fileMember { answerFiles(message) }
        default: break
        }
    }

    private func begin() {
        hasAttacked = true
        if kind.source == .fileMember { attackFiles() } else { attack() }
    }
}
