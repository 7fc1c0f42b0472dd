package import WeData
package import WeKeys

/// Which side dials.
public enum SessionRole: Sendable {
    /// Dials and sends the first message.
    case initiator
    /// Listens.
    case responder
}

/// The sealed stream between two devices (Protocol.md, "Channel"): bytes in, messages out, and
/// the other way round.
package struct Channel: ~Copyable {
    /// What bytes from the peer led to.
    package enum Step {
        /// The handshake is over.
        case opened
        /// One whole message.
        case message([UInt8])
    }

    private let role: SessionRole
    private let psks: [Bytes32]
    private let staticKey: AgreementKey
    private let ephemeral: AgreementKey
    private var handshake: HandshakeState?
    private var transport: TransportState?
    /// The length that the next handshake message must have.
    private var lengthExpected: Int

    private var buffer: [UInt8] = []
    private var offset = 0
    private var message: [UInt8] = []

    /// Which of the psks the peer used.
    package private(set) var pskIndex = 0
    /// The hash of the whole handshake; empty until it is over.
    package private(set) var handshakeHash: [UInt8] = []
    /// The peer's static key, once the handshake is over.
    package private(set) var remoteStatic: ChannelKey?
    /// Bytes of transport frames taken in, prefixes included.
    package private(set) var bytesIn = 0
    /// Bytes of transport frames given out, prefixes included.
    package private(set) var bytesOut = 0

    private static let longBytes = (1 << 20) + (1 << 16)
    private static let messageLengths = (first: 48, second: 96, third: 64)
    private static let partBytesMax =
        SyncLimit.frameBytesMax - ChaCha20Poly1305.tagBytes - 1
    private static let compactBytes = 1 << 18
    /// What a buffer may keep of its memory while nothing is in it.
    private static let keptBytes = 1 << 19

    /// Starts a side; an initiator uses the first psk, a responder tries each of them.
    package init(
        role: SessionRole, psks: [Bytes32], staticKey: AgreementKey, ephemeral: AgreementKey
    ) {
        self.role = role
        self.psks = Array(psks.prefix(SyncLimit.secretsTriedMax))
        self.staticKey = staticKey
        self.ephemeral = ephemeral
        lengthExpected =
            role == .initiator ? Channel.messageLengths.second : Channel.messageLengths.first
    }

    /// Whether messages can be sealed and opened.
    package var isOpen: Bool { transport != nil }

    // MARK: - Handshake

    /// The initiator's first message.
    package mutating func start(into output: inout [UInt8]) throws(SyncError) {
        guard role == .initiator, let psk = psks.first else { return }
        try begin(psk: psk)
        try writeHandshake(into: &output)
    }

    private mutating func begin(psk: Bytes32) throws(SyncError) {
        handshake = try Channel.shaking {
            try HandshakeState(
                initiator: role == .initiator, prologue: SyncLimit.prologue,
                staticKey: staticKey, ephemeral: ephemeral,
                psks: [try SecretBytes(copying: psk.bytes, isGuarded: false)])
        }
    }

    private mutating func writeHandshake(into output: inout [UInt8]) throws(SyncError) {
        guard let bytes = try Channel.shaking({ try handshake?.writeMessage([]) }) else {
            throw .keys
        }
        Channel.prefix(bytes.count, into: &output)
        output.append(contentsOf: bytes)
    }

    /// Takes one handshake message and answers it; gives whether the handshake is over.
    private mutating func readHandshake(
        _ bytes: [UInt8], into output: inout [UInt8]
    ) throws(SyncError) -> Bool {
        if role == .responder, handshake == nil { try choosePSK(bytes) }
        // Its length leaves no room for a payload.
        _ = try Channel.shaking { try handshake?.readMessage(bytes) }
        if role == .responder, lengthExpected == Channel.messageLengths.first {
            lengthExpected = Channel.messageLengths.third
            try writeHandshake(into: &output)
            return false
        }
        if role == .initiator { try writeHandshake(into: &output) }
        try open()
        return true
    }

    /// Finds the secret that made a first message, by its tag alone.
    private mutating func choosePSK(_ bytes: [UInt8]) throws(SyncError) {
        for (index, psk) in psks.enumerated() {
            let isFitting = try Channel.shaking {
                try HandshakeState.firstMessageVerifies(
                    bytes, prologue: SyncLimit.prologue,
                    psk: try SecretBytes(copying: psk.bytes, isGuarded: false))
            }
            if isFitting {
                pskIndex = index
                return try begin(psk: psk)
            }
        }
        throw .notOneOfUs
    }

    private mutating func open() throws(SyncError) {
        guard let finished = handshake.take() else { throw .keys }
        do {
            let state = try finished.split()
            handshakeHash = state.handshakeHash
            remoteStatic = state.remoteStatic
            transport = consume state
        } catch {
            throw Channel.fault(error)
        }
    }

    /// Runs a step of the handshake and tells what its failure means for the session.
    private static func shaking<Result: ~Copyable>(
        _ step: () throws -> Result
    ) throws(SyncError) -> Result {
        do { return try step() } catch { throw fault(error) }
    }

    /// In a handshake a tag that does not fit means another secret, so no more is said; what is
    /// not the peer's doing is the keys'.
    private static func fault(_ error: any Error) -> SyncError {
        switch error as? NoiseError {
        case .notAuthentic: .notOneOfUs
        case .lowOrderKey, .messageTooLong, .messageTooShort, .outOfTurn: .badFrame
        default: .keys
        }
    }

    private static func prefix(_ count: Int, into output: inout [UInt8]) {
        output.append(UInt8(truncatingIfNeeded: count >> 8))
        output.append(UInt8(truncatingIfNeeded: count))
    }

    // MARK: - Bytes in

    /// Takes bytes from the peer, in any pieces.
    package mutating func received(_ bytes: ArraySlice<UInt8>) {
        buffer.append(contentsOf: bytes)
    }

    /// Takes bytes from the peer, in any pieces.
    package mutating func received(_ bytes: [UInt8]) { received(bytes[...]) }

    /// The next thing that the bytes taken in led to, or `nil` when more are needed; what must go
    /// to the peer is appended to `output`.
    package mutating func next(into output: inout [UInt8]) throws(SyncError) -> Step? {
        while let frame = try nextFrame() {
            if isOpen {
                if try !take(frame) { continue }
                var whole: [UInt8] = []
                swap(&whole, &message)
                return .message(whole)
            }
            if try readHandshake(Array(buffer[frame]), into: &output) { return .opened }
        }
        return nil
    }

    /// Where the next whole frame lies; it counts as read.
    private mutating func nextFrame() throws(SyncError) -> Range<Int>? {
        compact()
        guard buffer.count - offset >= 2 else { return nil }
        let length = Int(buffer[offset]) << 8 | Int(buffer[offset + 1])
        if isOpen {
            guard length > ChaCha20Poly1305.tagBytes else { throw .badFrame }
        } else {
            guard length == lengthExpected else { throw .badFrame }
        }
        let frame = (offset + 2)..<(offset + 2 + length)
        guard frame.upperBound <= buffer.count else { return nil }
        offset = frame.upperBound
        if isOpen { bytesIn += length + 2 }
        return frame
    }

    /// Moves what is left to the front: for free when nothing is left, else seldom.
    private mutating func compact() {
        if offset == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Channel.keptBytes)
            offset = 0
        } else if offset > Channel.compactBytes {
            buffer.removeSubrange(..<offset)
            offset = 0
        }
    }

    /// Opens a frame in place and adds its part to the message; gives whether that was the last.
    private mutating func take(_ frame: Range<Int>) throws(SyncError) -> Bool {
        let plain: Range<Int>?
        do {
            plain = try transport?.receive.decrypt(inPlace: &buffer, frame)
            if transport?.receive.nonce.isMultiple(of: SyncLimit.rekeyMessages) == true {
                try transport?.receive.rekey()
            }
        } catch {
            throw .badFrame
        }
        guard let plain, let flag = buffer[plain].first, flag <= 1 else { throw .badFrame }
        // An empty part that isn't the last says nothing, and could be said for ever.
        guard flag == 0 || plain.count > 1 else { throw .badFrame }
        guard message.count + plain.count - 1 <= SyncLimit.messageBytesMax else {
            throw .messageTooLong
        }
        // A message that goes on is a long one: most are chunks of files.
        if flag == 1, message.isEmpty { message.reserveCapacity(Channel.longBytes) }
        message.append(contentsOf: buffer[(plain.lowerBound + 1)..<plain.upperBound])
        return flag == 0
    }

    // MARK: - Bytes out

    /// Seals a message and appends its frames to `output`.
    package mutating func seal(
        _ message: [UInt8], into output: inout [UInt8]
    ) throws(SyncError) {
        guard message.count <= SyncLimit.messageBytesMax else { throw .messageTooLong }
        if output.isEmpty {
            output.reserveCapacity(message.count + message.count / 2_048 + 64)
        }
        var start = 0
        repeat {
            let end = min(start + Channel.partBytesMax, message.count)
            let length = end - start + 1 + ChaCha20Poly1305.tagBytes
            Channel.prefix(length, into: &output)
            let frame = output.count
            output.append(end == message.count ? 0 : 1)
            output.append(contentsOf: message[start..<end])
            do {
                try transport?.send.encrypt(inPlace: &output, from: frame)
                if transport?.send.nonce.isMultiple(of: SyncLimit.rekeyMessages) == true {
                    try transport?.send.rekey()
                }
            } catch {
                throw .keys
            }
            bytesOut += length + 2
            start = end
        } while start < message.count
    }

    /// For tests of what a broken peer may send: seals a frame's plaintext as it is.
    mutating func sealRaw(_ frame: inout [UInt8]) throws(NoiseError) {
        try transport?.send.encrypt(inPlace: &frame, from: 0)
    }
}
