import Testing

@testable import WeTransport

@Suite("Addresses")
struct AddressTests {
    @Test(
        "what people type",
        arguments: [
            ("192.168.1.7:80", "192.168.1.7", 80), ("192.168.1.7", "192.168.1.7", 7431),
            ("laptop.local", "laptop.local", 7431), ("laptop:65535", "laptop", 65535),
            ("[::1]:7000", "::1", 7000), ("[fe80::1%eth0]", "fe80::1%eth0", 7431),
            ("::1", "::1", 7431), ("fe80::1", "fe80::1", 7431),
        ])
    func good(text: String, host: String, port: Int) throws {
        let address = try PeerAddress(text)
        #expect(address == PeerAddress(host: host, port: UInt16(port)))
        #expect(try PeerAddress(address.description) == address)
    }

    @Test(
        "what is no address is refused with the text and a reason",
        arguments: [
            "", ":80", "host:", "host:0", "host:65536", "host:+80", "host:8o", "[::1", "[::1]80",
            "[]:80", "two words", "a[:1]::7431", "a]", String(repeating: "a", count: 254),
        ])
    func bad(text: String) {
        let error = #expect(throws: TransportError.self) { try PeerAddress(text) }
        guard case .badAddress(text, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "only numbers by which others can dial one machine are passed on",
        arguments: [
            ("192.168.1.7", true), ("10.0.0.1", true), ("8.8.8.8", true), ("2001:db8::1", true),
            ("fd00::7", true), ("127.0.0.1", false), ("0.0.0.0", false), ("0.1.2.3", false),
            ("224.0.0.1", false), ("255.255.255.255", false), ("169.254.1.1", false),
            ("::1", false), ("::", false), ("::127.0.0.1", false), ("::ffff:10.0.0.1", false),
            ("fe80::1", false), ("febf::1", false), ("ff02::1", false), ("laptop", false),
            ("10.0.0", false), ("010.0.0.1", false), ("10.0.0.1 ", false), ("fe80::1%1", false),
            ("", false),
        ])
    func routable(host: String, isRoutable: Bool) {
        #expect(PeerAddress(host: host, port: 7431).isRoutable == isRoutable)
    }

    @Test("numbers of both kinds survive the system's form", arguments: ["127.0.0.1", "::1"])
    func numbers(host: String) throws {
        let found = try SocketAddress.resolve(PeerAddress(host: host, port: 81))
        #expect(found.map(\.description) == [PeerAddress(host: host, port: 81).description])
    }

    @Test("IPv4 inside IPv6 is the IPv4 machine that it is")
    func mapped() throws {
        let found = try SocketAddress.resolve(PeerAddress(host: "::ffff:10.0.0.1", port: 81))
        #expect(found.first?.description == "10.0.0.1:81")
        #expect(found.first?.limitKey == [10, 0, 0, 1])
    }
}
