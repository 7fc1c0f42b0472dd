public import WeData
public import WeKeys
public import WeLog

/// What a carried file says, one after the other.
public enum BundleItem: Sendable {
    /// Who wrote it; the first item, but of a request.
    case about(BundleAbout)
    /// What follows, as far as was known.
    case totals(events: Int, bytes: Int)
    /// Events, which nobody has verified yet.
    case events([Run])
    /// Logs that the writer holds, by rising key over all such items.
    case logs([LogSummary])
    /// Events of which the writer lacks the body.
    case wanted([EventID])
    /// Files that the writer wants.
    case sought([FileID])
    /// Leaves of a file, which nobody has proved yet.
    case segment(FileSegment, of: FileID)
    /// A chunk of a file, likewise.
    case chunk([UInt8], index: Int, of: FileID)
    /// A newcomer asks to be taken in.
    case request(JoinRequest, invite: EventID)
    /// The end.
    case end
}

/// Reads a carried file from bytes in any pieces: never traps, and holds one record at a time.
///
/// What it has given is as it was written, whatever happened to the rest of the file.
public struct BundleReader {
    private enum Phase {
        /// The heading has not come.
        case heading
        /// Nobody has said under which secret it is.
        case locked
        /// Records follow.
        case records
        /// The last record has come.
        case ended
    }

    private let kind: BundleKind
    private let team: TeamID?
    private var phase = Phase.heading
    private var buffer: [UInt8] = []
    private var offset = 0
    private var hash = Bytes32.zero
    private var key: SecretBytes?
    private var number: UInt64 = 0
    private var hasTotals = false
    private var hasWanted = false
    private var hasSought = false
    private var logCount = 0
    private var lastLog: LogKey?
    package private(set) var header: BundleHeader?

    /// - Parameters:
    ///   - kind: another one is refused.
    ///   - team: whose events may be in it.
    public init(_ kind: BundleKind, team: TeamID?) {
        self.kind = kind
        self.team = team
    }

    /// Takes the next bytes of the file.
    public mutating func received(_ bytes: [UInt8]) {
        if offset > 0 {
            buffer.removeFirst(offset)
            offset = 0
        }
        buffer += bytes
    }

    /// Bytes that have come and were not used yet.
    public var bufferedCount: Int { buffer.count - offset }

    // MARK: - The heading

    /// Reads the heading; gives whether it has come.
    public mutating func readHeading() throws(BundleError) -> Bool {
        guard phase == .heading else { return true }
        let magic = BundleHeader.magic
        guard buffer.starts(with: magic.prefix(buffer.count)) else { throw .notABundle }
        guard buffer.count >= BundleHeader.prefixBytes else { return false }
        guard buffer[magic.count] == BundleHeader.version else {
            throw .newerVersion(buffer[magic.count])
        }
        let length = BundleRecord.number(buffer[(magic.count + 1)..<BundleHeader.prefixBytes])
        guard length <= UInt32(BundleLimit.headerBytesMax) else { throw .tooMuch("heading") }
        let end = BundleHeader.prefixBytes + Int(length)
        guard buffer.count >= end else { return false }
        let header = try BundleHeader(decoding: buffer, in: BundleHeader.prefixBytes..<end)
        guard header.kind == kind else { throw .notABundle }
        hash = Blake2b.hash(Array(buffer[..<end]))
        self.header = header
        offset = end
        phase = .locked
        return true
    }

    /// The secret in the heading's box for this device; `nil` where there is none.
    public func secret(for device: AgreementKey) -> Bytes32? { header?.secret(for: device) }

    /// The team and the invitation in the heading's note for who holds this psk.
    public func invited(psk: Bytes32) -> (team: TeamID, invite: EventID, teamName: String)? {
        header?.invited(psk: psk)
    }

    /// Chooses the secret that fits, and gives which; the heading must have come.
    @discardableResult
    public mutating func unlock(_ secrets: [Bytes32]) throws(BundleError) -> Int {
        guard let header, let fitting = secrets.firstIndex(where: { header.fits($0) }) else {
            throw .unknownSecret
        }
        key = try header.key(secrets[fitting])
        phase = .records
        return fitting
    }

    // MARK: - Records

    /// The next item; `nil` when more bytes are needed, or none follows.
    public mutating func next() throws(BundleError) -> BundleItem? {
        guard phase == .records, let key else {
            guard phase != .ended || bufferedCount == 0 else { throw .damaged }
            return nil
        }
        guard bufferedCount >= BundleRecord.lengthBytes else { return nil }
        let start = offset + BundleRecord.lengthBytes
        let field = BundleRecord.number(buffer[offset..<start])
        let isLast = field & BundleRecord.lastBit != 0
        let length = Int(field & ~BundleRecord.lastBit)
        guard (XChaCha20Poly1305.tagBytes...BundleRecord.bytesMax).contains(length) else {
            throw .damaged
        }
        guard buffer.count - start >= length else { return nil }
        let content: [UInt8]
        do throws(KeyError) {
            content = try XChaCha20Poly1305.open(
                Array(buffer[start..<(start + length)]), ad: hash.bytes,
                nonce: BundleRecord.nonce(number, isLast: isLast), key: key)
        } catch {
            throw .damaged
        }
        offset = start + length
        let item = try item(content, isLast: isLast)
        number += 1
        if isLast { phase = .ended }
        return item
    }

    /// Refuses a file that ended before its end; nothing more is going to come.
    public func finish() throws(BundleError) {
        guard phase == .ended else { throw phase == .heading ? .notABundle : .truncated }
        guard bufferedCount == 0 else { throw .damaged }
    }

    private mutating func item(
        _ content: [UInt8], isLast: Bool
    ) throws(BundleError) -> BundleItem {
        if number == 0, kind != .request {
            guard !isLast else { throw .unexpectedMessage }
            return .about(try BundleAbout(decoding: content, hash))
        }
        let message: Message
        do throws(SyncError) {
            message = try Message(decoding: content, team: team)
        } catch {
            guard case .badMessage(let reason) = error else { throw .unexpectedMessage }
            throw .badMessage(reason)
        }
        switch (kind, message, isLast) {
        case (.bundle, .totals(let events, let bytes), false) where !hasTotals:
            hasTotals = true
            return .totals(events: events, bytes: bytes)
        case (.bundle, .events(let runs), false) where hasTotals:
            for event in runs.lazy.flatMap(\.events)
            where event.header.team == nil && event.id.value != team?.value {
                throw .otherTeam
            }
            return .events(runs)
        case (.bundle, .segment(let file, let segment), false) where hasTotals:
            return .segment(segment, of: file)
        case (.bundle, .chunk(let file, let index, let bytes), false) where hasTotals:
            return .chunk(bytes, index: index, of: file)
        case (.frontier, .ranges(let ranges), false) where !hasWanted && !hasSought:
            return .logs(try logs(ranges))
        case (.frontier, .want(let ids), false) where !hasWanted && !hasSought:
            hasWanted = true
            return .wanted(ids)
        case (.frontier, .seek(let files, _), false) where !hasSought:
            hasSought = true
            return .sought(files)
        case (.bundle, .sent, true) where hasTotals, (.frontier, .sent, true): return .end
        case (.request, .join(let invite, let request), true) where number == 0:
            return .request(request, invite: invite)
        default: throw .unexpectedMessage
        }
    }

    private mutating func logs(_ ranges: [LogRange]) throws(BundleError) -> [LogSummary] {
        guard ranges.count == 1, case .answer(let logs) = ranges[0].content, let first = logs.first
        else { throw .unexpectedMessage }
        if let lastLog, first.key <= lastLog { throw .unexpectedMessage }
        lastLog = logs.last?.key
        logCount += logs.count
        guard logCount <= BundleLimit.logsMax else { throw .tooMuch("logs") }
        return logs
    }
}
