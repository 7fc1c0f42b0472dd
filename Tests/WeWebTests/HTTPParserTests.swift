import Testing
import WeWeb

@Suite("HTTP parser")
struct HTTPParserTests {
    @Test("a request is read")
    func plain() throws {
        var parser = HTTPParser()
        parser.append(Array("GET /a%20b?q=1+2 HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        let message = try #require(try parser.nextMessage())
        #expect(message.path == "/a b" && message.query["q"] == "1 2")
    }
}
