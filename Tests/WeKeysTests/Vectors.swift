import Foundation
import WeData
import WeKeys

/// The published vectors, which lie beside the project and are never copied into it; a test that
/// needs them says `.enabled(if: Vectors.arePresent)`.
enum Vectors {
    private static let folder = URL(filePath: #filePath)
        .appending(path: "../../../../shared/vectors").standardized

    static let arePresent = FileManager.default.fileExists(
        atPath: folder.appending(path: "README.md").path)

    static func json<Content: Decodable>(_ path: String, as type: Content.Type) throws -> Content {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: path)))
    }

    /// Blocks of `name = value` or `name: value` lines with empty lines between them.
    static func blocks(_ path: String) throws -> [[String: String]] {
        let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        var blocks: [[String: String]] = [[:]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { blocks.append([:]) }
            guard let mark = line.firstIndex(where: { "=:".contains($0) }), !line.hasPrefix("#")
            else { continue }
            let name = line[..<mark].trimmingCharacters(in: .whitespaces)
            let value = line[line.index(after: mark)...].trimmingCharacters(in: .whitespaces)
            blocks[blocks.count - 1][name] = value
        }
        return blocks.filter { !$0.isEmpty }
    }
}

struct NotHexadecimal: Error {}

/// The bytes of hexadecimal text.
func hex(_ text: String?) throws -> [UInt8] {
    guard let text, let bytes = Hex.decode(text) else { throw NotHexadecimal() }
    return bytes
}

func secret(_ text: String?) throws -> SecretBytes { try SecretBytes(copying: hex(text)) }

extension SecretBytes {
    /// A copy of the bytes, which only a test may make.
    var revealed: [UInt8] { withUnsafeBytes { Array($0) } }
}
