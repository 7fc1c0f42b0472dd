import Testing

@testable import WeWeb

@Suite("HTTP parser")
struct HTTPParserTests {
    /// The only request of a text.
    private func message(_ text: String) throws -> HTTPMessages.Message {
        var reader = HTTPMessages()
        reader.append(text.utf8)
        return try #require(try reader.next())
    }

    @Test("a request is read as it was meant")
    func meaning() throws {
        let message = try message(Requests.valid[1])
        #expect(message.method == "GET" && message.authority == nil && !message.isLast)
        #expect(message.path == "/topic/a/b" && message.segments == ["topic", "a/b"])
        #expect(message.query.all("q") == ["é x", "2"] && message.query["empty"] == "")
        #expect(message.query["none"] == nil)
        #expect(message.headers.map(\.name) == ["host", "x-y"])
        #expect(message.headers.map(\.value) == ["a", "z"])
        #expect(try self.message(Requests.valid[2]).path == "/brain/")
        #expect(try self.message(Requests.valid[2]).isLast)
        #expect(try self.message(Requests.valid[3]).authority == "a:1")
        #expect(try self.message(Requests.valid[4]).isLast)
        #expect(try self.message(Requests.valid[6]).body == Array("a=b".utf8))
    }

    @Test("two requests at once are two", arguments: [1, 3, 10_000])
    func pipelined(size: Int) {
        let reading = Reading(Array(Requests.valid.joined().utf8), size: size)
        #expect(reading.refusal == nil && reading.messages.count == Requests.valid.count + 1)
    }

    @Test("what is not valid is refused for its reason", arguments: Requests.refused)
    func refuses(text: String, refusal: WebRefusal) {
        #expect(Reading(Array(text.utf8), size: .max) == Reading(Array(text.utf8), size: 1))
        #expect(Reading(Array(text.utf8), size: .max).refusal == refusal, "\(text)")
    }

    @Test("headers that are not valid are too", arguments: Requests.refusedHeaders)
    func refusesHeaders(headers: String, refusal: WebRefusal) {
        let text = Array("POST / HTTP/1.1\r\n\(headers)".utf8)
        #expect(Reading(text, size: 1) == Reading(text, size: .max))
        #expect(Reading(text, size: .max).refusal == refusal, "\(headers)")
    }

    @Test("a body is for POST alone, and HTTP/1.0 knows no coding")
    func bodies() {
        let tail = "/ HTTP/1.1\r\nHost: a\r\nContent-Length:"
        for method in ["GET", "HEAD"] {
            #expect(Reading(Array("\(method) \(tail) 0\r\n\r\n".utf8), size: 9).refusal == nil)
            let one = Reading(Array("\(method) \(tail) 1\r\n\r\nx".utf8), size: 9)
            #expect(one.refusal == .badRequest && one.messages.isEmpty)
        }
        let old = "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(Reading(Array(old.utf8), size: 9).refusal == .badRequest)
    }

    @Test("each limit is reached, and not passed by a byte", arguments: [1, 997, Int.max])
    func limits(size: Int) {
        let limits = WebLimits()
        func check(_ refusal: WebRefusal, _ text: (Int) -> String) {
            #expect(Reading(Array(text(0).utf8), size: size).refusal == nil)
            #expect(Reading(Array(text(1).utf8), size: size).refusal == refusal)
        }
        check(.longTarget) { extra in
            let path = String(repeating: "a", count: limits.requestLineBytesMax - 16 + extra)
            return "GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        check(.headersTooLarge) { extra in
            let value = String(repeating: "a", count: limits.headerBytesMax - 16 + extra)
            return "GET / HTTP/1.1\r\nHost: a\r\nX: \(value)\r\n\r\n"
        }
        check(.headersTooLarge) { extra in
            let lines = String(repeating: "X:\r\n", count: limits.headerCountMax - 1 + extra)
            return "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n"
        }
        check(.tooLarge) { extra in
            let query = String(repeating: "a&", count: limits.formFieldCountMax + extra)
            return "GET /?\(query) HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        check(.tooLarge) { extra in
            let count = limits.bodyBytesMax + extra
            let body = String(repeating: "a", count: size == 1 ? 10 : count)
            return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n\(body)"
        }
    }

    @Test("what never ends is refused at its limit, not kept")
    func endless() {
        for start in ["GET /", "GET / HTTP/1.1\r\nHost: a\r\nX:"] {
            var reader = HTTPMessages()
            reader.append(start.utf8)
            var refusal: WebRefusal?
            for _ in 0..<40 where refusal == nil {
                do { #expect(try reader.next() == nil) } catch { refusal = error }
                reader.append([UInt8](repeating: 0x61, count: 1_024))
                #expect(reader.bufferedCount < 20_000)
            }
            #expect(refusal != nil)
        }
    }

    @Test("changed requests never trap, and how they are split never matters", arguments: 1...8)
    func mutations(seed: UInt64) {
        var random = Seeded(seed)
        let corpus =
            Requests.valid + Requests.refused.map(\.0)
            + Requests.refusedHeaders.map { "POST / HTTP/1.1\r\n\($0.0)" }
        let odd: [UInt8] = [0, 9, 10, 13, 32, 35, 37, 38, 43, 47, 58, 61, 63, 92, 127, 195, 255]
        for _ in 0..<1_500 {
            var bytes = Array((corpus.randomElement(using: &random) ?? "").utf8)
            for _ in 0...random.below(4) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = odd.randomElement(using: &random) ?? 0
                case 1: bytes.insert(odd.randomElement(using: &random) ?? 0, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
                }
            }
            let whole = Reading(bytes, size: .max)
            #expect(whole == Reading(bytes, size: 1), "seed \(seed): \(bytes)")
            #expect(whole == Reading(bytes, size: 1 + random.below(9)), "seed \(seed): \(bytes)")
        }
    }

    @Test("forms are read as browsers write them, and written so that they are read")
    func forms() throws {
        let form = try WebForm(decoding: "a=1&b=x%26y&a=&&c+d=%E2%82%AC=".utf8, countMax: 9)
        #expect(form.all("a") == ["1", ""] && form["b"] == "x&y" && form["c d"] == "€=")
        let pairs = [("q", "a b+c&d=é\r\n"), ("*-._~", "%"), ("", "")]
        let text = WebForm.encode(pairs.map { (name: $0.0, value: $0.1) })
        #expect(text == "q=a+b%2Bc%26d%3D%C3%A9%0D%0A&*-._%7E=%25&=")
        let again = try WebForm(decoding: text.utf8, countMax: 9)
        #expect(again.pairs.elementsEqual(pairs) { $0.name == $1.0 && $0.value == $1.1 })
    }
}
