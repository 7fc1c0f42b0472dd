/// The headers of a request: names in lower case, values without the space around them.
struct HTTPFields: Sendable {
    private(set) var lines: [(name: String, value: String)] = []

    init() {}

    init(_ lines: [(name: String, value: String)]) {
        self.lines = lines.map { ($0.name.lowercased(), $0.value) }
    }

    /// The first of that name.
    subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return lines.first { $0.name == name }?.value
    }

    /// All of that name, which is in lower case.
    func all(_ name: String) -> [String] {
        lines.filter { $0.name == name }.map(\.value)
    }

    /// Adds a line without its end (RFC 9112, section 5).
    ///
    /// A line that goes on from the one before begins with a space, which no name does.
    mutating func add(_ line: ArraySlice<UInt8>) throws(WebRefusal) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .badRequest }
        let name = line[..<colon]
        let value = line[(colon + 1)...]
        guard !name.isEmpty, name.allSatisfy(HTTPFields.isToken),
            value.allSatisfy(HTTPFields.isValue)
        else { throw .badRequest }
        lines.append(
            (
                String(decoding: name, as: UTF8.self).lowercased(),
                String(decoding: HTTPFields.trimmed(value), as: UTF8.self)
            ))
    }

    /// Whether a byte may stand in a name (RFC 9110, section 5.6.2).
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Whether a byte may stand in a value (RFC 9110, section 5.5): no control but the tab.
    static func isValue(_ byte: UInt8) -> Bool { byte == 0x09 || (byte >= 0x20 && byte != 0x7f) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = bytes.drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return [] }
        return start[...last]
    }

    /// The parts of a list between commas (RFC 9110, section 5.6.1), in lower case.
    func list(_ name: String) -> [String] {
        all(name).flatMap { value in
            value.utf8.split(separator: UInt8(ascii: ",")).map { part in
                String(decoding: HTTPFields.trimmed(Array(part)[...]), as: UTF8.self).lowercased()
            }
        }
    }
}
