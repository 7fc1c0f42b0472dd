public import WeData
public import WeKeys
public import WeLog

/// Writes a carried file, record by record; each call gives bytes that follow those before.
///
/// One record is held at a time, whatever the file comes to hold.
public struct BundleWriter {
    /// An invitation by which someone may come who knows nothing but its code.
    public struct Open: Sendable {
        let psk: Bytes32
        let invite: EventID

        /// Joins the parts.
        public init(psk: Bytes32, invite: EventID) {
            self.psk = psk
            self.invite = invite
        }
    }

    /// Bytes of a salt.
    public static let saltBytes = BundleLimit.saltBytes

    private let header: [UInt8]
    private let hash: Bytes32
    private let key: SecretBytes
    private var number: UInt64 = 0

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - kind: what the file is for.
    ///   - secret: seals it: the newest of the team, or the psk of an invitation.
    ///   - salt: sixteen random bytes, never used twice.
    ///   - devices: may not know the secret yet; each finds it in a box of its own.
    ///   - open: invitations of which who holds one is to know the team.
    ///   - team: what who holds one of them is told.
    public init(
        _ kind: BundleKind, secret: Bytes32, salt: [UInt8], for devices: [ChannelKey] = [],
        open: [Open] = [], of team: (id: TeamID, name: String)? = nil
    ) throws(BundleError) {
        guard salt.count == BundleLimit.saltBytes else { throw .keys }
        var boxes: [[UInt8]] = []
        var notes: [[UInt8]] = []
        do throws(KeyError) {
            let content = devices.isEmpty ? nil : try SecretBytes(copying: secret.bytes)
            for device in devices.prefix(BundleLimit.boxesMax) {
                // A key that nothing can be sealed to is no device's that could read.
                guard let content, let box = try? SealedBox.seal(content, to: device) else {
                    continue
                }
                boxes.append(box)
            }
            for open in open.prefix(BundleLimit.notesMax) {
                guard let team else { break }
                let name = team.name.cut(toBytes: SyncLimit.teamNameBytesMax)
                notes.append(
                    try BundleHeader.note(
                        .invited(team: team.id, invite: open.invite, teamName: name),
                        psk: open.psk, salt: salt))
            }
        } catch {
            throw .keys
        }
        let header = BundleHeader(
            kind: kind, salt: salt, secret: secret, boxes: boxes, notes: notes)
        self.header = header.encoded
        hash = Blake2b.hash(self.header)
        key = try header.key(secret)
    }

    /// The heading and, but for a request, who writes.
    public mutating func begin(_ about: BundleAbout, by key: SigningKey) throws(BundleError)
        -> [UInt8]
    {
        try header + seal(about.signed(by: key, hash), isLast: false)
    }

    /// A whole request of a newcomer.
    public mutating func request(
        _ request: JoinRequest, invite: EventID
    ) throws(BundleError) -> [UInt8] {
        try header + seal(Message.join(invite: invite, request).encoded, isLast: true)
    }

    /// How much follows.
    public mutating func totals(events: Int, bytes: Int) throws(BundleError) -> [UInt8] {
        try seal(Message.totals(events: events, bytes: bytes).encoded, isLast: false)
    }

    /// A window of events, by rising position.
    public mutating func events(_ window: [StoredEvent]) throws(BundleError) -> [UInt8] {
        try seal(Message.events(Run.grouping(window)).encoded, isLast: false)
    }

    /// A segment of a file's leaves.
    public mutating func segment(
        _ segment: FileSegment, of file: FileID
    ) throws(BundleError) -> [UInt8] {
        try seal(Message.segment(file, segment).encoded, isLast: false)
    }

    /// A chunk of a file.
    public mutating func chunk(
        _ bytes: [UInt8], index: Int, of file: FileID
    ) throws(BundleError) -> [UInt8] {
        try seal(Message.chunk(file, index: index, bytes).encoded, isLast: false)
    }

    /// All logs, the bodies that are lacked and the files that are wanted: what a frontier holds,
    /// and its end.
    public mutating func frontier(
        _ logs: [LogSummary], wanted: [EventID], files: [FileID] = []
    ) throws(BundleError) -> [UInt8] {
        guard logs.count <= BundleLimit.logsMax else { throw .tooMuch("logs") }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: logs.count, by: SyncLimit.logsAnsweredMax) {
            let part = Array(logs[start..<min(start + SyncLimit.logsAnsweredMax, logs.count)])
            let ranges = Message.ranges([LogRange(upper: nil, content: .answer(part))])
            bytes += try seal(ranges.encoded, isLast: false)
        }
        if !wanted.isEmpty {
            let ids = Array(wanted.prefix(SyncLimit.idsListedMax))
            bytes += try seal(Message.want(ids).encoded, isLast: false)
        }
        if !files.isEmpty {
            let part = Array(files.prefix(SyncLimit.idsListedMax))
            bytes += try seal(Message.seek(part, isSettled: false).encoded, isLast: false)
        }
        return try bytes + end()
    }

    /// The end: without it the file is seen to be cut.
    public mutating func end() throws(BundleError) -> [UInt8] {
        try seal(Message.sent.encoded, isLast: true)
    }

    /// Seals the next record, whatever it holds.
    package mutating func seal(_ content: [UInt8], isLast: Bool) throws(BundleError) -> [UInt8] {
        guard content.count <= SyncLimit.messageBytesMax else { throw .tooMuch("message") }
        let nonce = BundleRecord.nonce(number, isLast: isLast)
        number += 1
        do throws(KeyError) {
            let sealed = try XChaCha20Poly1305.seal(
                content, ad: hash.bytes, nonce: nonce, key: key)
            let length = UInt32(truncatingIfNeeded: sealed.count)
            return BundleRecord.bigEndian(isLast ? length | BundleRecord.lastBit : length) + sealed
        } catch {
            throw .keys
        }
    }
}
