import Testing
import WeData
import WeKeys
import WeLog

/// What an event may look like, and the error that says why not (Protocol.md, "Events and logs").
@Suite("Form of events")
struct EventFormTests {
    private struct Parts {
        var format: Value = 1
        var team: Value
        var device: Value
        var log: Value = .bytes([UInt8](repeating: 5, count: 8))
        var logClass: Value = 0
        var sequence: Value = 1
        var previous: Value
        var object: Value = .bytes([])
        var parents: [Value] = []
        var lamport: Value = 1
        var wall: Value = 0
        var size: Value = 3
        var hash: Value

        init(_ random: inout Seeded) {
            team = .bytes(random.bytes(32))
            device = .bytes(random.bytes(32))
            previous = .bytes(random.bytes(32))
            hash = .bytes(random.bytes(32))
        }

        var encoded: [UInt8] {
            Value.array([
                format, team, device, log, logClass, sequence, previous, object, .array(parents),
                lamport, wall, size, hash,
            ]).encoded
        }
    }

    private func error(_ change: (inout Parts) -> Void) -> LogError? {
        var random = Seeded(1)
        var parts = Parts(&random)
        change(&parts)
        do throws(LogError) {
            let header = try EventHeader(decoding: parts.encoded)
            #expect(header.encoded == parts.encoded)
            return nil
        } catch {
            return error
        }
    }

    private func isEncoding(_ error: LogError?) -> Bool {
        if case .encoding = error { true } else { false }
    }

    private func isForm(_ error: LogError?) -> Bool {
        if case .form = error { true } else { false }
    }

    @Test("a header of the form is taken as it is")
    func good() {
        var random = Seeded(2)
        let id = Value.bytes(random.bytes(32))
        #expect(error { _ in } == nil)
        #expect(error { $0.object = id } == nil)
        #expect(error { $0.wall = .int(.min) } == nil)
        #expect(error { $0.lamport = .int(.max) } == nil)
        #expect(error { $0.size = .int(Int64(EventLimit.bodyBytesMax)) } == nil)
        #expect(error { $0.logClass = 1 } == nil)
    }

    @Test("numbers and lengths outside their range are 'encoding'")
    func ranges() {
        #expect(isEncoding(error { $0.format = 2 }))
        #expect(isEncoding(error { $0.logClass = 2 }))
        #expect(isEncoding(error { $0.sequence = -1 }))
        #expect(isEncoding(error { $0.lamport = -1 }))
        #expect(isEncoding(error { $0.size = -1 }))
        #expect(isEncoding(error { $0.size = .int(Int64(EventLimit.bodyBytesMax) + 1) }))
        #expect(isEncoding(error { $0.log = .bytes([1, 2, 3]) }))
        #expect(isEncoding(error { $0.device = .bytes([]) }))
        #expect(isEncoding(error { $0.team = .bytes([1]) }))
        #expect(isEncoding(error { $0.hash = .text("x") }))
        #expect(isEncoding(error { $0.wall = "now" }))
    }

    @Test("a change without its code is none, whatever stands behind it", arguments: [0, 9, 23])
    func emptyChange(next: Int64) {
        let salt = Value.bytes([UInt8](repeating: 1, count: ContentBody.saltBytes))
        let number = Value.int(next).encoded
        for body in [
            Value.array([salt, [[]]]).encoded + number,
            Value.array([salt, [[], .int(next)]]).encoded,
        ] {
            #expect(throws: DecodingError.self) { try ContentBody(decoding: body) }
            #expect(throws: LogError.self) { try Event.checkForm(of: body, in: .content) }
        }
    }

    @Test("parents are at most 32, strictly ascending")
    func parents() {
        func id(_ byte: UInt8) -> Value { .bytes([UInt8](repeating: byte, count: 32)) }
        let limit = UInt8(EventLimit.parentsMax)
        #expect(error { $0.parents = (0..<limit).map(id) } == nil)
        #expect(isEncoding(error { $0.parents = (0...limit).map(id) }))
        #expect(isEncoding(error { $0.parents = [id(2), id(1)] }))
        #expect(isEncoding(error { $0.parents = [id(1), id(1)] }))
        let header = EventHeader(
            team: TeamID(.zero),
            key: LogKey(logClass: .content, device: DeviceKey(.zero), log: 1), sequence: 0,
            previous: nil, object: nil,
            parents: [3, 1, 2].compactMap { EventID([UInt8](repeating: $0, count: 32)) },
            lamport: 1, wall: 0, bodyByteCount: 0, bodyHash: Digest(.zero))
        #expect(header.parents == header.parents.sorted())
    }

    @Test("fields that contradict one another are 'form'")
    func form() {
        #expect(isForm(error { $0.sequence = 0 }))
        #expect(isForm(error { $0.previous = .bytes([]) }))
        #expect(isForm(error { $0.lamport = 0 }))
        #expect(isForm(error { $0.team = .bytes([]) }))
        #expect(
            isForm(
                error {
                    $0.sequence = 0
                    $0.previous = .bytes([])
                }))
        #expect(
            isForm(
                error {
                    $0.logClass = 1
                    $0.object = .bytes([UInt8](repeating: 1, count: 32))
                }))
        func genesis(_ parts: inout Parts) {
            parts.team = .bytes([])
            parts.logClass = 1
            parts.sequence = 0
            parts.previous = .bytes([])
            parts.lamport = 0
        }
        #expect(error(genesis) == nil)
        #expect(
            isForm(
                error {
                    genesis(&$0)
                    $0.lamport = 1
                }))
    }

    @Test("a header that is too long is said to be, before it is read")
    func tooLong() {
        let bytes = [UInt8](repeating: 0xFF, count: EventLimit.headerBytesMax + 1)
        #expect(throws: LogError.headerTooLong) { try EventHeader(decoding: bytes) }
        #expect(throws: LogError.self) { try EventHeader(decoding: Array(bytes.dropLast())) }
    }

    @Test("a body that is not the header's, or of another form")
    func body() throws {
        var random = Seeded(3)
        let key = try random.signingKey()
        let salt = random.bytes(16)
        func event(_ body: [UInt8], _ logClass: LogClass = .content) -> Event {
            EventAuthor(key: key).event(
                team: TeamID(.zero),
                key: LogKey(logClass: logClass, device: key.publicKey, log: 1), sequence: 0,
                previous: nil, object: nil, parents: [EventID(.zero)], lamport: 1, wall: 0,
                body: body)
        }
        let good = event(ContentBody(salt: salt, changes: [.create(kind: "x")]).encoded)
        try good.checkBody()
        let other = ContentBody(salt: salt, changes: [.create(kind: "y")]).encoded
        for body in [other, [], (good.body ?? []) + [0]] {
            let changed = Event(header: good.header, signature: good.signature, body: body)
            #expect(changed.id == good.id)
            #expect(throws: LogError.bodyMismatch) { try changed.checkBody() }
        }
        try Event(header: good.header, signature: good.signature, body: nil).checkBody()
        let short = Value.array([.bytes([1, 2]), .array([])])
        let many = Value.array([
            .bytes(salt), .array([Value](repeating: [99], count: ContentBody.changesMax + 1)),
        ])
        let odd = Value.array([.bytes(salt), .array([.array([1, "title"])])])
        for body in [short, many, odd] {
            #expect(
                isEncoding(thrown { () throws(LogError) in try event(body.encoded).checkBody() }))
        }
        let membership = Value.array([.bytes(salt), 1, .array([])]).encoded
        #expect(
            isEncoding(
                thrown { () throws(LogError) in try event(membership, .membership).checkBody() }))
    }

    private func thrown(_ body: () throws(LogError) -> Void) -> LogError? {
        do throws(LogError) { try body() } catch { return error }
        return nil
    }
}
