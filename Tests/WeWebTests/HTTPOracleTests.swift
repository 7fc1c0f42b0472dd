import Foundation
import Testing
import Weonomy

@testable import WeWeb

/// Another reader of HTTP/1.1: Python's h11, with urllib for addresses.
///
/// What is accepted here it must accept too, with the same meaning; skipped where there is no h11.
/// The other way round it need not be. Stricter here: a line end is CR LF; a target begins with `/`
/// or `http://` and its path has no empty or dot segment, `\` or control; Host is there in HTTP/1.0
/// as well; Content-Length comes once, and GET and HEAD have no body; no Transfer-Encoding; no other
/// method; no Expect but `100-continue`.
@Suite("HTTP oracle")
struct HTTPOracleTests {
    static let hasOracle = (try? run(["-c", "import h11"], input: Data())) != nil

    /// Reads lines of `input as hexadecimal`, and writes for each a list of requests.
    private static let script = """
        import h11, json, sys
        from urllib.parse import urlsplit, unquote_to_bytes, parse_qsl
        def requests(data):
            c = h11.Connection(h11.SERVER, max_incomplete_event_size=65536)
            c.receive_data(data)
            found = []
            try:
                while True:
                    r = c.next_event()
                    if type(r) is not h11.Request: break
                    body = b''
                    while True:
                        e = c.next_event()
                        if type(e) is h11.Data: body += bytes(e.data)
                        else: break
                    if type(e) is not h11.EndOfMessage: break
                    t = r.target.decode('ascii')
                    u = urlsplit('http://x' + t if t.startswith('/') else t)
                    found.append([
                        r.method.decode(), u.netloc if not t.startswith('/') else '',
                        unquote_to_bytes(u.path or '/').decode(),
                        [list(p) for p in parse_qsl(
                            u.query, keep_blank_values=True, errors='strict')],
                        [[n.decode(), v.decode('utf-8', 'replace')] for n, v in r.headers],
                        body.hex()])
                    c.send(h11.Response(status_code=200, headers=[('content-length', '0')]))
                    c.send(h11.EndOfMessage())
                    c.start_next_cycle()
            except (h11.ProtocolError, ValueError) as e:
                found.append([type(e).__name__])
            return found
        for line in sys.stdin:
            print(json.dumps(requests(bytes.fromhex(line.strip()))))
        """

    private struct Failed: Error {}

    static func run(_ arguments: [String], input: Data) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (from, to) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try input.write(to: from)
        try Data().write(to: to)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardInput = try FileHandle(forReadingFrom: from)
        process.standardOutput = try FileHandle(forWritingTo: to)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return try Data(contentsOf: to)
    }

    /// The requests that are read here, up to the first refusal and to one that is the last.
    private static func requests(_ bytes: [UInt8]) -> [[Any]] {
        var reader = HTTPMessages()
        reader.append(bytes)
        var found: [[Any]] = []
        while let message = try? reader.next() {
            found.append([
                message.method, message.authority ?? "", message.path,
                message.query.pairs.map { [$0.name, $0.value] },
                message.headers.map { [$0.name, $0.value] },
                Hex.encode(message.body),
            ])
            if message.isLast { break }
        }
        return found
    }

    private static func changed(_ text: String, _ random: inout Seeded) -> [UInt8] {
        var bytes = Array(text.utf8)
        let odd = Array("\0\t\n\r \"#%&+,/:;=?@\\_aZ0\u{7f}é".utf8) + [0xff]
        for _ in 0..<random.below(3) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes[place] = odd.randomElement(using: &random) ?? 0
            case 1: bytes.insert(odd.randomElement(using: &random) ?? 0, at: place)
            case 2: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(24), at: place)
            }
        }
        return bytes
    }

    @Test(
        "whatever is accepted means the same to another reader", .enabled(if: hasOracle),
        arguments: 1...2)
    func sameMeaning(seed: UInt64) throws {
        var random = Seeded(seed)
        let refused =
            Requests.refused.map(\.0)
            + Requests.refusedHeaders.map { "POST / HTTP/1.1\r\n\($0.0)" }
        let inputs = (0..<3_000).map { _ -> [UInt8] in
            let corpus = random.below(8) == 0 ? refused : Requests.valid
            let first = Self.changed(corpus.randomElement(using: &random) ?? "", &random)
            let second = Self.changed(Requests.valid.randomElement(using: &random) ?? "", &random)
            return first + second
        }
        let lines = inputs.map { Hex.encode($0) + "\n" }
        let output = try Self.run(["-c", Self.script], input: Data(lines.joined().utf8))
        let answers = output.split(separator: UInt8(ascii: "\n"))
        try #require(answers.count == inputs.count)
        var accepted = 0
        for (bytes, line) in zip(inputs, answers) {
            let own = Self.requests(bytes)
            let all = try #require(try JSONSerialization.jsonObject(with: line) as? [[Any]])
            let other = all.prefix(own.count)
            accepted += own.count
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(
                NSArray(array: own) == NSArray(array: Array(other)),
                "seed \(seed): \(text.debugDescription): \(own) \(other)")
        }
        #expect(accepted > 2_000)
    }
}
