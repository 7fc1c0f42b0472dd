import Foundation
import Testing
import Weonomy

@testable import WeWeb

/// Forms with files (RFC 7578), as browsers send them and as nobody should.
@Suite("Multipart forms")
struct MultipartTests {
    static let type = "multipart/form-data; boundary=XbX"

    static func part(_ name: String, _ bytes: [UInt8], file: String? = nil) -> [UInt8] {
        let fileName = file.map { "; filename=\"\($0)\"\r\nContent-Type: image/png" } ?? ""
        return Array(
            "--XbX\r\nContent-Disposition: form-data; name=\"\(name)\"\(fileName)\r\n\r\n".utf8)
            + bytes + [13, 10]
    }

    static func body(_ parts: [UInt8]...) -> [UInt8] {
        parts.flatMap(\.self) + Array("--XbX--\r\n".utf8)
    }

    private struct Read: Equatable {
        var pairs: [String] = []
        var files: [WebFile] = []
        var refusal: WebRefusal?

        init(
            _ bytes: [UInt8], type: String = MultipartTests.type, size: Int = 1 << 20,
            limits: WebLimits = WebLimits()
        ) {
            guard var upload = WebUpload(contentType: type, limits: limits) else {
                refusal = .notAForm
                return
            }
            do throws(WebRefusal) {
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try upload.take(bytes[start..<min(start + size, bytes.count)])
                }
                let (form, files) = try upload.finish()
                pairs = form.pairs.map { "\($0.name)=\($0.value)" }
                self.files = files
            } catch {
                refusal = error
            }
        }
    }

    @Test("fields and files are what was sent, however the bytes are split")
    func splits() {
        let tricky = Array("\r\n--Xb\r\n--XbXY-\r\r\n-\0\u{ff}--XbX".utf8)
        let bytes = Self.body(
            Self.part("token", Array("abc".utf8)), Self.part("title", Array("Zó".utf8)),
            Self.part("empty", []), Self.part("file", tricky, file: "a;b=\\c é.png"),
            Self.part("file", [], file: "empty.txt"), Self.part("file", [], file: ""))
        // A boundary that more bytes follow is none of a delimiter, so it may not stand in a file.
        #expect(Read(bytes).refusal == .badRequest)
        let fine = Self.body(
            Self.part("token", Array("abc".utf8)), Self.part("title", Array("Zó".utf8)),
            Self.part("empty", []),
            Self.part(
                "file", Array("\r\n--Xb\r\n-\r\r\n\0\u{ff}--XbX".utf8), file: "a;b=\\c é.png"),
            Self.part("file", [], file: "empty.txt"), Self.part("file", [], file: ""))
        let whole = Read(fine)
        #expect(whole.refusal == nil)
        #expect(whole.pairs == ["token=abc", "title=Zó", "empty="])
        #expect(whole.files.map(\.name) == ["a;b=\\c é.png", "empty.txt"])
        #expect(whole.files.first?.bytes == Array("\r\n--Xb\r\n-\r\r\n\0\u{ff}--XbX".utf8))
        for size in 1...fine.count { #expect(Read(fine, size: size) == whole, "\(size)") }
    }

    @Test(
        "what no browser sends is refused",
        arguments: [
            "", "--XbX", "--XbX--x", "\r\n--XbX--", "x--XbX--\r\n", "--XbX\n\r\n\r\n--XbX--",
            "--XbX\r\n\r\n\r\n\r\n--XbX--", "--XbX\r\nA: b\r\n\r\n\r\n--XbX--",
            "--XbX\r\nContent-Disposition: file; name=\"a\"\r\n\r\n\r\n--XbX--",
            "--XbX\r\nContent-Disposition: form-data\r\n\r\n\r\n--XbX--",
            "--XbX\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--XbX--",
            "--XbX\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n\r\n--XbX--",
            "--XbX\r\nContent-Disposition: form-data; name=\"a\"x\r\n\r\n\r\n--XbX--",
            "--XbX\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
            "--XbX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XbX",
            "--XbX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XbX--\r\nx",
            "--XbX\r\nContent-Disposition: form-data; name=a\r\n\r\n\0\r\n--XbX--",
        ])
    func refused(text: String) {
        #expect(Read(Array(text.utf8)).refusal == .badRequest)
        #expect(Read(Array(text.utf8), size: 1).refusal == .badRequest)
    }

    @Test("a type that names no right boundary is no such form")
    func types() {
        for type in [
            "", "multipart/form-data", "multipart/form-data; boundary=",
            "multipart/mixed; boundary=a",
            "multipart/form-data; boundary=a\u{e9}", "multipart/form-data; boundary=\"a",
            "multipart/form-data; boundary=" + String(repeating: "a", count: 71),
            "multipart/form-data; boundary=\"a \"",
        ] {
            #expect(Read([], type: type).refusal == .notAForm, "\(type)")
        }
        let bytes = Self.body(Self.part("a", [65]))
        #expect(
            Read(bytes, type: "Multipart/Form-Data;charset=x; BOUNDARY=\"XbX\"").pairs == ["a=A"])
    }

    @Test("parts, headers, fields and files have limits")
    func limits() {
        var limits = WebLimits()
        limits.formFieldCountMax = 3
        limits.bodyBytesMax = 100
        let field = Self.part("a", [65])
        #expect(Read(Self.body(field, field, field), limits: limits).refusal == nil)
        #expect(Read(Self.body(field, field, field, field), limits: limits).refusal == .tooLarge)
        let long = [UInt8](repeating: 65, count: 101)
        #expect(Read(Self.body(Self.part("a", long)), limits: limits).refusal == .tooLarge)
        #expect(Read(Self.body(Self.part("a", long, file: "f")), limits: limits).refusal == nil)
        let name = String(repeating: "n", count: 5_000)
        #expect(Read(Self.body(Self.part(name, []))).refusal == .headersTooLarge)
        let files = Array(repeatElement(Self.part("f", [1], file: "f"), count: 101).joined())
        #expect(Read(Self.body(files)).refusal == .tooLarge)
        // What waits is a delimiter at most, however much comes.
        var parser = MultipartParser(contentType: Self.type)
        parser?.append(Self.part("f", [UInt8](repeating: 13, count: 1 << 20), file: "f"))
        while let event = try? parser?.next(), event != .partEnd {}
        #expect(parser?.bufferedCount ?? .max < 16)
    }

    @Test("Python's email reads the same parts", .enabled(if: HTTPOracleTests.hasOracle))
    func oracle() throws {
        var random = Seeded(.random(in: 0 ... .max))
        let seed = random
        let pieces = ["\r\n", "--Xb", "-", "a", "\u{e9}", "\0", "X", "x\r\n--Xb", "b--XbX", " "]
        let inputs = (0..<1_500).map { _ in
            (0..<random.below(5)).flatMap { number in
                let content = (0..<random.below(7)).map { _ in
                    pieces.randomElement(using: &random) ?? ""
                }.joined()
                // What begins with a delimiter right after the headers is one to Python.
                let bytes = Array(((content.hasPrefix("--XbX") ? "x" : "") + content).utf8)
                return Self.part(
                    "n\(number)", bytes, file: random.below(2) == 0 ? "f\(number)" : nil)
            } + Array("--XbX--\r\n".utf8)
        }
        let script = """
            import email, json, sys
            for line in sys.stdin:
                m = email.message_from_bytes(
                    b'Content-Type: \(Self.type)\\r\\n\\r\\n' + bytes.fromhex(line.strip()))
                parts = m.get_payload() if m.is_multipart() else []
                print(json.dumps([[
                    p.get_param('name', header='content-disposition'), p.get_filename() or '',
                    p.get_payload(decode=True).hex()] for p in parts]))
            """
        let lines = inputs.map { Hex.encode($0) + "\n" }
        let output = try HTTPOracleTests.run(["-c", script], input: Data(lines.joined().utf8))
        let answers = output.split(separator: UInt8(ascii: "\n"))
        try #require(answers.count == inputs.count)
        var accepted = 0
        for (bytes, line) in zip(inputs, answers) {
            guard var parser = MultipartParser(contentType: Self.type) else { continue }
            parser.append(bytes)
            var own: [[String]] = []
            var isWhole = false
            do throws(WebRefusal) {
                while let event = try parser.next() {
                    switch event {
                    case .part(let name, let file): own.append([name, file ?? "", ""])
                    case .data(let bytes): own[own.count - 1][2] += Hex.encode(bytes)
                    case .partEnd: break
                    case .end: isWhole = true
                    }
                }
            } catch {
                isWhole = false
            }
            guard isWhole else { continue }
            accepted += 1
            let other = try JSONSerialization.jsonObject(with: line) as? [[String]]
            #expect(
                own == other ?? [],
                "seed \(seed): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
        #expect(accepted > 1_000)
    }

    // MARK: - In a connection

    private static func head(_ cookie: String, _ count: Int) -> String {
        Machine.text("POST /new", cookie + "Content-Type: \(type)\r\nContent-Length: \(count)\r\n")
    }

    @Test("a form with files is asked for once it is whole, with its token first")
    func uploads() {
        var one = Machine()
        let cookie = one.enter()
        one.receive(Machine.text("GET /", cookie))
        let token = one.requests.first?.csrfToken ?? ""
        one.answer(.html(""))
        let file = [UInt8](repeating: 7, count: 200_000)
        let bytes = Self.body(
            Self.part("token", Array(token.utf8)), Self.part("f", file, file: "a.bin"))
        one.receive(Self.head(cookie, bytes.count))
        for start in stride(from: 0, to: bytes.count, by: 60_000) {
            #expect(one.requests.count == 1)
            one.receive(Array(bytes[start..<min(start + 60_000, bytes.count)]))
        }
        #expect(one.requests.last?.files == [WebFile(name: "a.bin", bytes: file)])
        // Without the token nothing of a file is waited for.
        for parts in [
            [Self.part("f", file, file: "a"), Self.part("token", Array(token.utf8))],
            [Self.part("token", Array("wrong".utf8)), Self.part("f", file, file: "a")],
        ] {
            var other = Machine()
            let cookie = other.enter()
            let bytes = Self.body(parts[0], parts[1])
            other.receive(Self.head(cookie, bytes.count))
            other.receive(Array(bytes.prefix(1_000)))
            #expect(other.output.hasPrefix("HTTP/1.1 403 ") && other.requests.isEmpty)
        }
    }

    @Test("too long a form is refused by its length alone, and says what can do more")
    func tooLong() {
        var one = Machine()
        let cookie = one.enter()
        one.receive(Self.head(cookie, 64 << 20 | 1))
        #expect(one.output.hasPrefix("HTTP/1.1 413 ") && one.output.contains("filesTooLarge"))
        #expect(
            Text.refusal(.filesTooLarge).plain(.english).contains("weonomy share --attach FILE"))
        var slow = Machine()
        slow.receive(Self.head(slow.enter(), 1_000))
        slow.pass(119_999)
        #expect(slow.output.isEmpty)
        slow.pass(1)
        #expect(slow.output.hasPrefix("HTTP/1.1 408 "))
        var wall = Machine(isReadOnly: true)
        wall.receive(Self.head(wall.enter(), 1_000))
        #expect(wall.output.hasPrefix("HTTP/1.1 405 "))
    }

    @Test("a long answer is read as fast as it is taken, and cut where it can't be read")
    func pieces() {
        let pieces = WebPieces(byteCount: 5) { _ in [] }
        var one = Machine()
        let cookie = one.enter()
        one.receive(Machine.text("GET /file", cookie))
        one.isReading = false
        one.answer(.attachment(pieces, name: "a\"é\r\n.bin"))
        #expect(one.reads.isEmpty && one.output.contains("Content-Length: 5\r\n"))
        #expect(one.output.contains("filename*=UTF-8''a%22%C3%A9%0D%0A.bin\r\n"))
        #expect(one.output.contains("Content-Security-Policy: sandbox\r\n"))
        #expect(one.output.contains("X-Content-Type-Options: nosniff\r\n"))
        #expect(one.output.contains("Content-Type: application/octet-stream\r\n"))
        one.obey(one.machine.wrote(one.output.utf8.count, now: one.now))
        #expect(one.reads.map(\.place) == [0])
        one.bring([1, 2, 3])
        #expect(one.reads.isEmpty, "nothing is read while something waits to be sent")
        one.obey(one.machine.wrote(3, now: one.now))
        #expect(one.reads.map(\.place) == [3])
        one.isReading = true
        one.bring([4, 5])
        one.receive(Machine.text("GET /next", cookie))
        #expect(one.requests.last?.path == "/next" && !one.isClosed)
        for bytes in [[], [1, 2, 3, 4, 5, 6]] as [[UInt8]] {
            var other = Machine()
            other.receive(Machine.text("GET /file", other.enter()))
            other.answer(.attachment(pieces, name: "a"))
            other.bring(bytes)
            #expect(other.isClosed)
        }
        var head = Machine()
        head.receive(Machine.text("HEAD /file", head.enter()))
        head.answer(.attachment(pieces, name: "a"))
        #expect(head.reads.isEmpty && head.output.contains("Content-Length: 5\r\n"))
    }

    @Test("a file goes through a real socket, piece by piece, and comes whole")
    func real() async throws {
        let bytes = (0..<3_000_000).map { UInt8(65 + ($0 * 31 >> 3) % 26) }
        let site = try await Site { request in
            request.path == "/token"
                ? .html("token=\(request.csrfToken)")
                : .attachment(
                    WebPieces(byteCount: bytes.count) { place in
                        Array(bytes[place...].prefix(700_001))
                    }, name: "a")
        }
        let (cookie, _) = try await site.enter()
        let answer = try await site.ask(site.get("/file", cookie))
        #expect(answer.body.utf8.elementsEqual(bytes))
        #expect(answer["content-length"] == "3000000")
        await site.server.stop()
    }
}
