import FuzzDriver
import WeData
import WeKeys
import WeLog
import WeSync

/// Files of a stick: as strangers change them, and as a member who means harm seals them.
enum BundleTarget {
    private static let salt = [UInt8](repeating: 3, count: 16)

    /// Behind an even first byte stands a file, behind an odd one what its records hold.
    static func run(_ kind: BundleKind, _ bytes: [UInt8]) -> Int {
        var input = Input(bytes)
        let mode = input.byte()
        let file = mode & 1 == 0 ? input.rest() : sealed(kind, &input)
        let whole = Reading(kind, file, piece: max(1, file.count))
        let split = Reading(kind, file, piece: mode / 2 + 1)
        expect(whole == split, "pieces make no difference")
        if !whole.isWhole { expect(whole.fault != nil, "what is not whole is said to be so") }
        expect(whole.fault.map { !$0.description.isEmpty } ?? true, "a refusal says why")
        return whole.items.reduce(whole.items.count) { $0 &+ $1 }
    }

    private static func sealed(_ kind: BundleKind, _ input: inout Input) -> [UInt8] {
        let anna = SessionWorld.shared.anna
        do {
            var writer = try BundleWriter(kind, secret: anna.secret, salt: salt)
            let about = BundleAbout(
                device: anna.key.publicKey, wall: 1,
                fingerprint: SetSummary.empty.fingerprint, count: 0)
            var file = try writer.begin(about, by: anna.key)
            while !input.isAtEnd {
                let isLast = input.bool()
                file += try writer.seal(input.chunk(), isLast: isLast)
            }
            return file
        } catch {
            fail("nothing could be sealed: \(error)")
        }
    }

    /// What came of a file.
    private struct Reading: Equatable {
        /// A number for each item that depends on all of it.
        var items: [Int] = []
        var isWhole = false
        var fault: BundleError?

        init(_ kind: BundleKind, _ file: [UInt8], piece: Int) {
            let anna = SessionWorld.shared.anna
            var reader = BundleReader(kind, team: anna.store.teamID)
            var isUnlocked = false
            do throws(BundleError) {
                var rest = file[...]
                while !rest.isEmpty {
                    reader.received(Array(rest.prefix(piece)))
                    rest = rest.dropFirst(piece)
                    if !isUnlocked {
                        guard try reader.readHeading() else { continue }
                        let opened = reader.secret(for: anna.channel)
                        _ = reader.invited(psk: SessionWorld.shared.invitation.psk)
                        try reader.unlock([opened ?? anna.secret])
                        isUnlocked = true
                    }
                    while let item = try reader.next() { take(item) }
                }
                try reader.finish()
                isWhole = true
            } catch {
                fault = error
            }
        }

        private mutating func take(_ item: BundleItem) {
            switch item {
            case .about(let about): items.append(about.count)
            case .totals(let events, let bytes): items.append(events &+ bytes)
            case .events(let runs):
                let store = SessionWorld.shared.ben.store.copy()
                var incoming = Incoming(remembers: false)
                let report = store.ingest(incoming.received(runs))
                _ = incoming.ingested(report)
                expect(incoming.pendingBytes <= SyncLimit.pendingBytesMax, "what waits is bounded")
                items.append(report.storedCount &+ report.knownCount &* 31)
            case .logs(let logs):
                expect(logs == logs.sorted { $0.key < $1.key }, "logs ascend")
                items.append(logs.reduce(logs.count) { $0 &+ $1.count &+ $1.sequenceMax })
                check(logs)
            case .wanted(let ids): items.append(ids.count)
            case .sought(let files): items.append(files.count)
            case .segment(let segment, let file):
                // Leaves that nobody made prove no file.
                let shape = FileShape(byteCount: segment.leaves.count << 16)
                expect(shape.map { segment.isPart(of: file, $0) } != true, "no file is made up")
                items.append(segment.number &+ segment.leaves.count)
            case .chunk(let bytes, let index, _):
                expect(bytes.count <= FileShape.chunkBytesMax, "a chunk is bounded")
                items.append(bytes.count &+ index)
            case .request(let request, _): items.append(request.devices.count)
            case .end: items.append(-1)
            }
        }

        /// Whatever a frontier claims, what is left for it is of the store.
        private func check(_ logs: [LogSummary]) {
            let store = SessionWorld.shared.ben.store
            let about = BundleAbout(
                device: SessionWorld.shared.anna.key.publicKey, wall: 0,
                fingerprint: SetSummary.empty.fingerprint, count: 0)
            let frontier = BundleFrontier(about: about, logs: logs, wanted: [])
            guard var plan = try? BundlePlan(for: [frontier], store: store) else { return }
            var count = 0
            while let window = try? plan.next(store: store), !window.isEmpty {
                count += window.count
            }
            expect(count <= store.events.count, "nothing is left twice")
            _ = try? frontier.isCovered(by: store)
        }
    }

    // MARK: - Seeds

    static func seeds(_ kind: BundleKind) throws -> [[UInt8]] {
        let anna = SessionWorld.shared.anna
        let summary = try anna.store.summary()
        let about = BundleAbout(
            device: anna.key.publicKey, wall: 1, fingerprint: summary.fingerprint,
            count: summary.count)
        var writer = try BundleWriter(
            kind, secret: anna.secret, salt: salt, for: [anna.channel.publicKey],
            open: [.init(psk: SessionWorld.shared.invitation.psk, invite: EventID(.zero))],
            of: anna.store.teamID.map { (id: $0, name: "Lab") })
        var file = try writer.begin(about, by: anna.key)
        var messages: [Message] = []
        if kind == .frontier {
            file += try writer.frontier(anna.store.logs(), wanted: [EventID(.zero)])
            let logs = LogRange(upper: nil, content: .answer(try anna.store.logs()))
            messages = [.ranges([logs]), .want([EventID(.zero)]), .sent]
        } else {
            let window = try anna.store.events(after: 0, countMax: 40)
            file += try writer.totals(events: window.count, bytes: 9)
            file += try writer.events(window)
            file += try writer.end()
            messages = [.totals(events: window.count, bytes: 9)]
            messages += window.map { .events([Run(key: $0.event.key, events: [$0.event])]) }
            messages.append(.sent)
        }
        var contents: [UInt8] = [9]
        for (place, message) in messages.enumerated() {
            let bytes = message.encoded
            contents += [place == messages.count - 1 ? 1 : 0]
            contents += [UInt8(bytes.count >> 8 & 255), UInt8(bytes.count & 255)] + bytes
        }
        return [[2] + file, contents]
    }
}
