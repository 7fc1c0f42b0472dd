package import WeData
package import WeKeys
package import WeLog

/// What travels inside the channel (Protocol.md, "Session").
package enum Message {
    /// Which device this is, and everything it holds in one fingerprint.
    case hello(Hello)
    /// A newcomer asks to be taken in.
    case join(invite: EventID, JoinRequest)
    /// The newcomer is taken in.
    case welcome(admission: EventID, secrets: [Bytes32])
    /// Which logs differ.
    case ranges([LogRange])
    /// What this side is going to send in this round, as far as it knows.
    case totals(events: Int, bytes: Int)
    /// Events.
    case events([Run])
    /// Which events of some blocks of a log there are.
    case have(Have)
    /// Everything of this round has been sent.
    case sent
    /// Everything that came has been stored, and this is the outcome.
    case synced(Fingerprint, count: Int)
    /// Still here.
    case ping
    /// The end.
    case bye(code: Int, reason: String)
    /// Which team and invitation the secret of this channel belongs to.
    case invited(team: TeamID, invite: EventID, teamName: String)
    /// A forked log, one fingerprint for each block.
    case blocks(LogKey, [Fingerprint])
    /// The sender does not know the receiver and asks for the membership events.
    case introduce
    /// All membership events have been sent.
    case introduced
    /// Events of which the sender lacks the body.
    case want([EventID])
    /// Whose device this is, to who knocked with its code.
    case pairing(team: TeamID, person: PersonID, teamName: String)
    /// A further device of that person.
    case enrol(Device)
    /// Further files that the sender wants to hear of, and whether it wants nothing of what the
    /// receiver has.
    case seek([FileID], isSettled: Bool)
    /// How much the sender has of files that the receiver seeks.
    case holding([FileID: FileHolding], isAnswer: Bool)
    /// The sender wants a segment of a file's leaves.
    case askSegment(FileID, Int)
    /// A segment of a file's leaves.
    case segment(FileID, FileSegment)
    /// The sender wants these chunks of a file.
    case askChunks(FileID, Range<Int>)
    /// A chunk of a file.
    case chunk(FileID, index: Int, [UInt8])
    /// What the sender knows of other laptops of the team.
    case news([ColleagueNews])

    package struct Hello: Equatable {
        package var device: DeviceKey
        package var proof: Signature
        package var fingerprint: Fingerprint
        package var count: Int
        /// Bodies that the sender lacks, of events that are not erased.
        package var wanted = 0
        /// Files that the sender wants.
        package var files = 0

        package init(
            device: DeviceKey, proof: Signature, fingerprint: Fingerprint, count: Int,
            wanted: Int = 0, files: Int = 0
        ) {
            self.device = device
            self.proof = proof
            self.fingerprint = fingerprint
            self.count = count
            self.wanted = wanted
            self.files = files
        }
    }

    package struct Have: Equatable {
        package var key: LogKey
        /// Whether the receiver is to answer with its own ids of the same blocks.
        package var isQuestion: Bool
        /// Whether more such messages follow for this log.
        package var isContinued: Bool
        package var blocks: [Block]

        package init(key: LogKey, isQuestion: Bool, isContinued: Bool, blocks: [Block]) {
            self.key = key
            self.isQuestion = isQuestion
            self.isContinued = isContinued
            self.blocks = blocks
        }

        package struct Block: Equatable {
            package var index: Int
            package var ids: [EventID]

            package init(index: Int, ids: [EventID]) {
                self.index = index
                self.ids = ids
            }
        }
    }

    enum Kind: Int {
        case hello, join, welcome, ranges, totals, events, have, sent, synced, ping, bye
        case invited, blocks, introduce, introduced, want, pairing, enrol
        case seek, holding, askSegment, segment, askChunks, chunk, news
    }

    private var kind: Kind {
        switch self {
        case .hello: .hello
        case .join: .join
        case .welcome: .welcome
        case .ranges: .ranges
        case .totals: .totals
        case .events: .events
        case .have: .have
        case .sent: .sent
        case .synced: .synced
        case .ping: .ping
        case .bye: .bye
        case .invited: .invited
        case .blocks: .blocks
        case .introduce: .introduce
        case .introduced: .introduced
        case .want: .want
        case .pairing: .pairing
        case .enrol: .enrol
        case .seek: .seek
        case .holding: .holding
        case .askSegment: .askSegment
        case .segment: .segment
        case .askChunks: .askChunks
        case .chunk: .chunk
        case .news: .news
        }
    }
}

// MARK: - Encoding

extension Message.Kind {
    /// Items of the message's array, the type included.
    fileprivate var itemCount: Int {
        switch self {
        case .sent, .ping, .introduce, .introduced: 1
        case .ranges, .events, .want, .enrol, .news: 2
        case .welcome, .totals, .synced, .bye, .blocks, .seek, .holding, .askSegment: 3
        case .invited, .pairing, .askChunks, .chunk: 4
        case .have, .segment: 5
        case .hello, .join: 7
        }
    }
}

extension Message {
    /// The canonical bytes.
    package var encoded: [UInt8] {
        var writer = Writer(capacity: sizeHint)
        writer.array(kind.itemCount)
        writer.int(kind.rawValue)
        switch self {
        case .hello(let hello):
            writer.id(hello.device)
            writer.bytes(hello.proof.bytes)
            writer.bytes(hello.fingerprint.bytes)
            writer.int(hello.count)
            writer.int(hello.wanted)
            writer.int(hello.files)
        case .join(let invite, let request):
            writer.id(invite)
            writer.id(request.person)
            writer.text(request.name)
            writer.array(request.devices.count)
            for device in request.devices { device.write(to: &writer) }
            writer.bytes(request.nonce)
            writer.bytes(request.proof.bytes)
        case .welcome(let admission, let secrets):
            writer.id(admission)
            writer.array(secrets.count)
            for secret in secrets { writer.bytes(secret) }
        case .ranges(let ranges):
            writer.array(ranges.count)
            for range in ranges { range.write(to: &writer) }
        case .totals(let events, let bytes):
            writer.int(events)
            writer.int(bytes)
        case .events(let runs):
            writer.array(runs.count)
            for run in runs { run.write(to: &writer) }
        case .have(let have):
            have.write(to: &writer)
        case .synced(let fingerprint, let count):
            writer.bytes(fingerprint.bytes)
            writer.int(count)
        case .bye(let code, let reason):
            writer.int(code)
            writer.text(reason)
        case .invited(let team, let invite, let teamName):
            writer.id(team)
            writer.id(invite)
            writer.text(teamName)
        case .blocks(let key, let fingerprints):
            writer.bytes(key.bytes)
            writer.array(fingerprints.count)
            for fingerprint in fingerprints { writer.bytes(fingerprint.bytes) }
        case .want(let ids):
            writer.array(ids.count)
            for id in ids { writer.id(id) }
        case .pairing(let team, let person, let teamName):
            writer.id(team)
            writer.id(person)
            writer.text(teamName)
        case .enrol(let device):
            device.write(to: &writer)
        case .seek, .holding, .askSegment, .segment, .askChunks, .chunk:
            writeFile(to: &writer)
        case .news(let news): ColleagueNews.write(news, to: &writer)
        case .sent, .ping, .introduce, .introduced:
            break
        }
        return writer.take()
    }
}

extension Message.Have {
    fileprivate func write(to writer: inout Writer) {
        writer.bytes(key.bytes)
        writer.bool(isQuestion)
        writer.bool(isContinued)
        writer.array(blocks.count)
        for block in blocks {
            writer.array(2)
            writer.int(block.index)
            writer.array(block.ids.count)
            for id in block.ids { writer.id(id) }
        }
    }
}

// MARK: - Decoding

extension Message {
    /// Decodes a message; events are rebuilt as those of `team`.
    package init(decoding bytes: [UInt8], team: TeamID?) throws(SyncError) {
        do throws(DecodingError) {
            var reader = Reader(bytes)
            let items = try reader.array()
            guard let kind = Kind(rawValue: try reader.int(in: 0...Int.max)),
                items == kind.itemCount
            else { throw reader.error(.outOfBounds) }
            self = try Message(kind, from: &reader, team: team)
            try reader.finish()
        } catch {
            throw .badMessage(error)
        }
    }

    private static func runs(
        _ reader: inout Reader, team: TeamID?
    ) throws(DecodingError) -> [Run] {
        var runs: [Run] = []
        for _ in 0..<(try reader.array(countMax: EventLimit.runEventsMax)) {
            do throws(LogError) {
                runs.append(try Run(from: &reader, team: team))
            } catch {
                // What contradicts itself is the message's fault; badEvent needs other events.
                guard case .encoding(let reason) = error else { throw reader.error(.outOfBounds) }
                throw reason
            }
        }
        return runs
    }

    private init(_ kind: Kind, from reader: inout Reader, team: TeamID?) throws(DecodingError) {
        switch kind {
        case .hello: self = .hello(try Hello(from: &reader))
        case .join: self = try Message.join(&reader)
        case .welcome:
            let admission = try reader.id(EventID.self)
            var secrets: [Bytes32] = []
            for _ in 0..<(try reader.array(countMax: SyncLimit.secretsWelcomeMax)) {
                secrets.append(try reader.bytes32())
            }
            guard !secrets.isEmpty else { throw reader.error(.outOfBounds) }
            self = .welcome(admission: admission, secrets: secrets)
        case .ranges: self = .ranges(try LogRange.list(from: &reader))
        case .totals:
            let events = try reader.int(in: 0...(Int.max / 4))
            self = .totals(events: events, bytes: try reader.int(in: 0...(Int.max / 4)))
        case .events: self = .events(try Message.runs(&reader, team: team))
        case .have: self = .have(try Have(from: &reader))
        case .sent: self = .sent
        case .synced:
            let fingerprint = try Fingerprint(from: &reader)
            self = .synced(fingerprint, count: try reader.int(in: 0...Int.max))
        case .ping: self = .ping
        case .bye:
            let code = try reader.int(in: 0...65_535)
            self = .bye(code: code, reason: try reader.text(countMax: SyncLimit.reasonBytesMax))
        case .invited:
            let team = try reader.id(TeamID.self)
            self = .invited(
                team: team, invite: try reader.id(),
                teamName: try reader.text(countMax: SyncLimit.teamNameBytesMax))
        case .blocks:
            let key = try LogKey(from: &reader)
            var fingerprints: [Fingerprint] = []
            for _ in 0..<(try reader.array(countMax: SyncLimit.blocksMax)) {
                fingerprints.append(try Fingerprint(from: &reader))
            }
            self = .blocks(key, fingerprints)
        case .introduce: self = .introduce
        case .introduced: self = .introduced
        case .want:
            var ids: [EventID] = []
            for _ in 0..<(try reader.array(countMax: SyncLimit.idsListedMax)) {
                ids.append(try reader.id())
            }
            self = .want(ids)
        case .pairing:
            let team = try reader.id(TeamID.self)
            self = .pairing(
                team: team, person: try reader.id(),
                teamName: try reader.text(countMax: SyncLimit.teamNameBytesMax))
        case .enrol: self = .enrol(try Device(from: &reader))
        case .seek, .holding, .askSegment, .segment, .askChunks, .chunk:
            self = try Message.file(kind, from: &reader)
        case .news: self = .news(try ColleagueNews.list(from: &reader))
        }
    }

    private static func join(_ reader: inout Reader) throws(DecodingError) -> Message {
        let invite = try reader.id(EventID.self)
        let person = try reader.id(PersonID.self)
        let name = try reader.text(countMax: JoinRequest.nameBytesMax)
        let devices = try Device.list(from: &reader)
        let nonce = try reader.bytes(countMax: JoinRequest.nonceBytes)
        let proof = try Signature(from: &reader)
        guard !devices.isEmpty, nonce.count == JoinRequest.nonceBytes else {
            throw reader.error(.outOfBounds)
        }
        return .join(
            invite: invite,
            JoinRequest(person: person, name: name, devices: devices, nonce: nonce, proof: proof))
    }
}

extension Message.Hello {
    fileprivate init(from reader: inout Reader) throws(DecodingError) {
        device = try reader.id()
        proof = try Signature(from: &reader)
        fingerprint = try Fingerprint(from: &reader)
        count = try reader.int(in: 0...Int.max)
        wanted = try reader.int(in: 0...Int.max)
        files = try reader.int(in: 0...Int.max)
    }
}

extension Message.Have {
    fileprivate init(from reader: inout Reader) throws(DecodingError) {
        key = try LogKey(from: &reader)
        isQuestion = try reader.bool()
        isContinued = try reader.bool()
        blocks = []
        var total = 0
        for _ in 0..<(try reader.array(countMax: SyncLimit.idsListedMax)) {
            try reader.array(count: 2)
            let index = try reader.int(in: 0...(Int.max / 4 / EventLimit.blockEvents))
            if let last = blocks.last, index <= last.index { throw reader.error(.keyOrder) }
            var ids: [EventID] = []
            for _ in 0..<(try reader.array(countMax: SyncLimit.idsListedMax - total)) {
                ids.append(try reader.id())
            }
            total += ids.count
            blocks.append(Block(index: index, ids: ids))
        }
    }
}
