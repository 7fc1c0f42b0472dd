/// Names and values as forms and queries carry them (`application/x-www-form-urlencoded`).
package struct WebForm: Sendable {
    /// In the order sent; a name may come more than once.
    package let pairs: [(name: String, value: String)]

    /// Takes the pairs as they are.
    package init(_ pairs: [(name: String, value: String)] = []) { self.pairs = pairs }

    /// Reads the encoded form; refuses bad escapes, bytes that are not UTF-8, NUL, and more than
    /// `countMax` pairs.
    package init(decoding bytes: some Collection<UInt8>, countMax: Int) throws(WebRefusal) {
        var pairs: [(name: String, value: String)] = []
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < countMax else { throw .tooLarge }
            let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let value = part[end...].dropFirst()
            pairs.append((try WebForm.decoded(part[..<end]), try WebForm.decoded(value)))
        }
        self.pairs = pairs
    }

    /// The first value of that name.
    package subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values of that name, in the order sent.
    package func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    private static func decoded(_ bytes: some Collection<UInt8>) throws(WebRefusal) -> String {
        guard let decoded = Percent.decoded(bytes, isPlusSpace: true), !decoded.contains(0),
            let text = String(validating: decoded, as: UTF8.self)
        else { throw .badRequest }
        return text
    }

    /// Writes pairs as a query or a body, for links and tests.
    package static func encode(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        Percent.encoded(text) { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: byte == 0x2a || byte == 0x2d || byte == 0x2e || byte == 0x5f
            }
        }.replacing("%20", with: "+")
    }
}
