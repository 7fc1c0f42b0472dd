import Foundation
import WeKeys
import WeLog
import WeReplica
import WeTransport
import Weonomy

/// The parts of a measurement that need a process of their own.
enum Worker {
    static func run(_ words: [String]) async throws {
        Allocator.keepFreedMemory()
        switch words.first {
        case "make":
            try await make(
                words[1], events: Int(words[2]) ?? 0, texts: words[3], people: Int(words[4]) ?? 10)
        case "serve": try await serve(words[1])
        case "join": try await join(words[1], code: words[2], address: words[3])
        case "again": try await again(words[1], address: words[2])
        case "write": try await write(words[1], count: Int(words[2]) ?? 0)
        case "search": try await search(words[1])
        case "brain": try await brain(words[1])
        case "carry": try await carry(words[1], stick: words[2])
        case "stick-join": try await stickJoin(words[1], code: words[2], stick: words[3])
        case "file-team": try await fileTeam(words[1], words[2])
        case "file-share": try await fileShare(words[1], path: words[2])
        case "file-sync":
            try await fileSync(words[1], address: words[2], isTelling: words.count > 3)
        case "file-limit": try fileLimit(Int(words[1]) ?? 0)
        case "text": try TextWorker.run(Array(words.dropFirst()))
        default: throw BenchError(description: "no such worker")
        }
    }

    static func storage(_ folder: String) -> Brain.Storage {
        Brain.Storage(beside: folder + "/brain.sqlite")
    }

    static func show(_ figures: [String: Double]) throws {
        let data = try JSONSerialization.data(withJSONObject: figures)
        FileHandle.standardOutput.write(data + [10])
    }

    /// Texts of about 500 bytes: those of a file, one a line, or of our own making.
    static func texts(_ count: Int, from path: String = "") -> [String] {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            let lines = text.split(separator: "\n").map(String.init)
            if !lines.isEmpty { return (0..<count).map { lines[$0 % lines.count] } }
        }
        var state: UInt64 = 7
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let words = (0..<20_000).map { number -> String in
            var value = number * 2_654_435_761 % 4_294_967_296
            var word = ""
            for _ in 0..<(3 + number % 7) {
                word.unicodeScalars.append(Unicode.Scalar(UInt8(97 + value % 26)))
                value /= 7
            }
            return word
        }
        return (0..<count).map { _ in
            var text = ""
            while text.utf8.count < 490 { text += words[Int(next() % 20_000)] + " " }
            return text
        }
    }

    /// Founds a team whose members wrote `count` shares of about 500 bytes.
    ///
    /// In a team of more than ten they offer help too, and one of a hundred asks instead.
    static func make(
        _ folder: String, events count: Int, texts path: String, people: Int
    ) async throws {
        let storage = storage(folder)
        let brain = try Brain.found(storage, as: "Author 0", team: "Bench")
        let code = try await brain.invite(uses: 1_000).code
        await brain.close()
        let invitation = try unwrap(Invitation(code: code))
        let founder = EventAuthor(key: try Worker.signingKey(storage.key))
        let replica = try Replica(path: storage.replica, create: false) { _, _ in nil }
        let team = try unwrap(replica.currentTeam)
        let invite = try unwrap(team.invites.first).id
        var authors = [founder]
        for number in 1..<people {
            let key = try SigningKey.generate()
            let channel = try AgreementKey.generate()
            let person = Device.person(of: key.publicKey)
            let request = JoinRequest(
                team: team.id, invite: invite, inviteKey: try invitation.key(), person: person,
                name: "Author \(number)",
                devices: [
                    Device(person: person, key: key, channel: channel.publicKey, label: "bench")
                ], nonce: [UInt8](repeating: UInt8(number % 256), count: 16))
            _ = try replica.append(
                .admit(.init(invite: invite, request: request)), author: founder, wall: 1)
            authors.append(EventAuthor(key: key))
        }
        let texts = texts(count, from: path)
        let isAsking = people > 10
        if isAsking {
            for (number, author) in authors.enumerated() {
                let person = try unwrap(replica.currentTeam?.person(of: author.device)).id
                let offer = Value(map: [
                    "topic": .text("topic-\(number % 40)"), "level": "average",
                ])
                let profile = Replica.Draft(
                    object: ObjectID(person.value),
                    changes: [.create(kind: "profile"), .add(field: "offers", element: offer)],
                    wall: 1_780_000_000_000)
                _ = try replica.append([profile], author: author)
            }
        }
        // With many authors each writes as often.
        let batch = people > 10 ? max(1, min(100, count / people)) : 100
        for start in stride(from: 0, to: count, by: batch) {
            let drafts = (start..<min(start + batch, count)).map { number in
                let isNeed = isAsking && number % 100 == 7
                return Replica.Draft(
                    object: nil,
                    changes: [
                        .create(kind: isNeed ? "need" : "share"),
                        .set(field: "kind", value: "insight"),
                        .set(
                            field: "status", value: number % 200 == 7 ? "open" : "resolved"),
                        .set(
                            field: "title",
                            value: .text(
                                "Note \(number) " + texts[number].prefix(30).drop { $0 != " " })),
                        .text(
                            field: "body",
                            hunks: TextHunk.replacing("", with: texts[number])),
                        .add(field: "topics", element: .text("topic-\(number % 40)")),
                    ], wall: 1_780_000_000_000 + Int64(number))
            }
            _ = try replica.append(drafts, author: authors[start / batch % people])
        }
        try replica.checkpoint()
        print(code)
    }

    private static func signingKey(_ path: String) throws -> SigningKey {
        try SigningKey(seed: try KeyFile.read(path: path).part(0..<32))
    }

    static func unwrap<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw BenchError(description: "the team could not be made") }
        return value
    }

    /// Listens until the pipe closes; a line of input asks for what was used since the last one.
    static func serve(_ folder: String) async throws {
        let brain = try await Brain.open(storage(folder))
        let address = try await brain.listen(host: "127.0.0.1", port: 0)
        FileHandle.standardOutput.write(Data((address.description + "\n").utf8))
        var cpu = Usage.cpuSeconds()
        signal(SIGUSR1, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGUSR1)
        source.setEventHandler {
            let now = Usage.cpuSeconds()
            try? show(["cpu": now - cpu, "memory": Usage.memoryMB()])
            cpu = now
        }
        source.resume()
        for await _ in try await brain.peerUpdates() { try await brain.noticeOthers() }
    }

    static func join(_ folder: String, code: String, address: String) async throws {
        let cpu = Usage.cpuSeconds()
        let start = Usage.seconds()
        let (brain, report) = try await Brain.join(
            storage(folder), as: "Newcomer", code: code, at: address)
        let seconds = Usage.seconds() - start
        let figures = [
            "bodies": try bodyBytes(storage(folder).replica),
            "seconds": seconds, "cpu": Usage.cpuSeconds() - cpu, "memory": Usage.memoryMB(),
            "received": Double(report.receivedCount), "in": Double(report.wireBytesIn),
            "out": Double(report.wireBytesOut),
        ]
        await brain.close()
        try show(figures)
    }

    /// What the bodies of all events in a replica come to.
    static func bodyBytes(_ path: String) throws -> Double {
        let replica = try Replica(path: path, create: false, isReadOnly: true) { _, _ in nil }
        let bytes = try replica.read { index in
            try? index.logs().reduce(0) { try $0 + index.volume(of: $1.key, from: 0).bytes }
        }
        return Double(try unwrap(bytes))
    }

    static func again(_ folder: String, address: String) async throws {
        let brain = try await Brain.open(storage(folder))
        _ = try await brain.digest()
        let cpu = Usage.cpuSeconds()
        let start = Usage.seconds()
        let report = try await brain.sync(with: .tcp(address))
        try show([
            "seconds": Usage.seconds() - start, "cpu": Usage.cpuSeconds() - cpu,
            "received": Double(report.receivedCount), "in": Double(report.wireBytesIn),
            "out": Double(report.wireBytesOut), "trips": Double(report.roundTrips),
        ])
        await brain.close()
    }

    static func write(_ folder: String, count: Int) async throws {
        let brain = try await Brain.open(storage(folder))
        let texts = texts(count)
        for number in 0..<count {
            try await brain.share(.insight, title: "New \(number)", body: texts[number])
        }
        await brain.close()
        try show(["written": Double(count)])
    }

    /// What a page of the brain asks for: all of it the first time, and after one more share.
    static func brain(_ folder: String) async throws {
        let brain = try await Brain.open(storage(folder))
        _ = try await brain.digest()
        func milliseconds(_ body: () async throws -> Void) async throws -> Double {
            let start = Usage.seconds()
            try await body()
            return (Usage.seconds() - start) * 1_000
        }
        let cold = try await milliseconds { _ = try await brain.figures() }
        let today = try await milliseconds { _ = try await brain.today() }
        var again: [Double] = []
        var anew: [Double] = []
        for number in 0..<11 {
            try await brain.share(.insight, title: "One more \(number)", topics: ["topic-1"])
            again.append(try await milliseconds { _ = try await brain.figures() })
            anew.append(try await milliseconds { _ = try await brain.today() })
        }
        let need = try unwrap(try await brain.find("is:unresolved", countMax: 1).items.first)
        let matches = try await milliseconds { _ = try await brain.matches(for: need) }
        let kept = try await milliseconds { _ = try await brain.figures() }
        try show([
            "coldMs": cold, "changedMs": again.sorted()[5], "keptMs": kept, "todayMs": today,
            "todayChangedMs": anew.sorted()[5], "matchesMs": matches,
        ])
    }

    static func search(_ folder: String) async throws {
        let brain = try await Brain.open(storage(folder))
        _ = try await brain.digest()
        let words = texts(400).flatMap { $0.split(separator: " ").map(String.init) }
            .filter { $0.count > 4 }
        var times: [Double] = []
        var found = 0
        for number in 0..<200 {
            let query =
                number % 3 == 0
                ? "\(words[number * 7 % words.count]) topic:topic-\(number % 40)"
                : words[number * 13 % words.count]
            let start = Usage.seconds()
            found += try await brain.find(query).items.count
            times.append(Usage.seconds() - start)
        }
        times.sort()
        try show([
            "median": times[times.count / 2] * 1_000, "p95": times[times.count * 95 / 100] * 1_000,
            "max": (times.last ?? 0) * 1_000, "found": Double(found),
        ])
    }
}
