import WeSync

/// One end of a connection, as a socket tells it what happens.
protocol Wire: AnyObject {
    /// Bytes came.
    func received(_ bytes: [UInt8])
    /// The other side's bytes have ended, in order or not.
    func inputEnded()
    /// There is room for more bytes.
    func outputReady()
    /// Whether bytes are to wait.
    var isReadingPaused: Bool { get }
}

/// One direction of a connection: a stream of bytes, in order, that may stall or break.
final class Pipe {
    private struct Piece {
        let bytes: [UInt8]
        let isEnd: Bool
        let arrival: Milliseconds
    }

    let number: Int
    let from: Int
    let to: Int
    private unowned let simulation: Simulation
    weak var receiver: (any Wire)?
    weak var sender: (any Wire)?
    private var pieces: [Piece] = []
    private var first = 0
    private var bytesInFlight = 0
    private var lastArrival: Milliseconds = 0
    private var isWaiting = false
    private var rate: Int
    private let delay: Int
    /// Nothing that goes in comes out any more.
    private(set) var isDead = false
    private var stalledUntil: Milliseconds = 0

    private static let bytesInFlightMax = 128 << 10

    init(number: Int, from: Int, to: Int, _ simulation: Simulation) {
        self.number = number
        self.from = from
        self.to = to
        self.simulation = simulation
        delay = simulation.network.random.within(simulation.plan.delay)
        rate = simulation.network.random.within(simulation.plan.rate)
    }

    /// How many bytes can be written now.
    var room: Int { max(0, Pipe.bytesInFlightMax - bytesInFlight) }

    /// Puts bytes in, cut into any pieces.
    func write(_ bytes: [UInt8]) {
        guard !isDead, !bytes.isEmpty else { return }
        var start = 0
        while start < bytes.count {
            let left = bytes.count - start
            var size = left
            if simulation.network.random.chance(simulation.plan.cutPercent) {
                size = 1 + simulation.network.random.below(min(left, 1_460))
            }
            add(Array(bytes[start..<(start + size)]), isEnd: false)
            start += size
        }
    }

    /// Says that nothing more comes.
    func finish() {
        guard !isDead else { return }
        add([], isEnd: true)
    }

    private func add(_ bytes: [UInt8], isEnd: Bool) {
        let now = simulation.now
        let jitter = simulation.network.random.below(1 + delay / 4)
        let ready = max(lastArrival, now + Milliseconds(delay + jitter))
        lastArrival = ready + Milliseconds(bytes.count / rate)
        pieces.append(Piece(bytes: bytes, isEnd: isEnd, arrival: lastArrival))
        bytesInFlight += bytes.count
        arrange()
    }

    /// Everything that is on its way is lost, and whatever is written later.
    func die() {
        isDead = true
        pieces = []
        first = 0
        bytesInFlight = 0
    }

    /// Nothing moves for a while.
    func stall(_ duration: Int) {
        stalledUntil = max(stalledUntil, simulation.now + Milliseconds(duration))
    }

    /// Everything goes slowly from now on.
    func clog() { rate = max(1, rate / 200) }

    /// Tries again, when a partition has healed or a reader goes on.
    func resume() { arrange() }

    private func arrange() {
        guard !isWaiting, first < pieces.count else { return }
        isWaiting = true
        let time = max(pieces[first].arrival, simulation.now, stalledUntil)
        simulation.schedule(at: time) { [self] in
            isWaiting = false
            deliver()
        }
    }

    private func deliver() {
        guard first < pieces.count, !isDead else { return }
        // A reader that has gone takes nothing, like a closed socket.
        guard let receiver else { return die() }
        guard !simulation.network.isBlocked(from, to), !receiver.isReadingPaused else { return }
        guard stalledUntil <= simulation.now else { return arrange() }
        let piece = pieces[first]
        first += 1
        var bytes = piece.bytes
        bytesInFlight -= piece.bytes.count
        while !piece.isEnd, first < pieces.count, !pieces[first].isEnd,
            pieces[first].arrival <= simulation.now, simulation.network.random.chance(50)
        {
            bytes += pieces[first].bytes
            bytesInFlight -= pieces[first].bytes.count
            first += 1
        }
        if first == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        }
        simulation.traced(pipe: number, bytes, isEnd: piece.isEnd)
        arrange()
        if piece.isEnd { receiver.inputEnded() } else { receiver.received(bytes) }
        sender?.outputReady()
    }
}

/// A connection between two nodes: the dialler is end 0.
final class Link {
    let pipes: [Pipe]
    private(set) var isOpen = true
    private var endsLeft = 2

    init(number: Int, from: Int, to: Int, _ simulation: Simulation) {
        pipes = [
            Pipe(number: 2 * number, from: from, to: to, simulation),
            Pipe(number: 2 * number + 1, from: to, to: from, simulation),
        ]
    }

    /// Ties the ends to it.
    func join(_ first: any Wire, _ second: any Wire) {
        pipes[0].sender = first
        pipes[0].receiver = second
        pipes[1].sender = second
        pipes[1].receiver = first
    }

    /// The pipe that an end writes into.
    func output(_ end: Int) -> Pipe { pipes[end] }
    /// The pipe that an end reads from.
    func input(_ end: Int) -> Pipe { pipes[1 - end] }

    /// One end is closed in order.
    func left() {
        endsLeft -= 1
        if endsLeft == 0 { isOpen = false }
    }

    /// Breaks; tells the ends that hear of it.
    func cut(telling ends: [Int]) {
        guard isOpen else { return }
        isOpen = false
        for pipe in pipes { pipe.die() }
        for end in ends { pipes[1 - end].receiver?.inputEnded() }
    }
}

/// Who can reach whom.
final class SimulatedNetwork {
    var random: SimulatedRandom
    private var blocked: Set<Int> = []
    private(set) var links: [Link] = []
    private var linkCount = 0

    init(_ random: SimulatedRandom) { self.random = random }

    func isBlocked(_ from: Int, _ to: Int) -> Bool {
        !blocked.isEmpty && blocked.contains(from << 16 | to)
    }

    /// Nothing gets from one node to another.
    func block(_ from: Int, _ to: Int) { blocked.insert(from << 16 | to) }

    /// Everyone reaches everyone again.
    func heal() {
        blocked = []
        for link in links { for pipe in link.pipes { pipe.resume() } }
    }

    /// A new connection.
    func link(from: Int, to: Int, _ simulation: Simulation) -> Link {
        linkCount += 1
        let link = Link(number: linkCount, from: from, to: to, simulation)
        if links.count > 64 { links.removeAll { !$0.isOpen } }
        links.append(link)
        return link
    }

    /// Connections that are open.
    var openLinks: [Link] { links.filter(\.isOpen) }
}
