import Foundation
import WeData
import WeKeys

@testable import WeSync

/// The published Noise vectors, which lie beside the project; see `noise/` in its README.
struct NoiseVector: Decodable {
    struct Message: Decodable { let payload, ciphertext: String }
    struct File: Decodable { let vectors: [NoiseVector] }

    let protocol_name: String
    let init_prologue, init_static, init_ephemeral, init_remote_static: String?
    let resp_prologue, resp_static, resp_ephemeral, resp_remote_static: String?
    let init_psks, resp_psks: [String]?
    let handshake_hash: String?
    let messages: [Message]

    private static let folder = URL(filePath: #filePath)
        .appending(path: "../../../../shared/vectors/noise").standardized

    static let arePresent = FileManager.default.fileExists(atPath: folder.path)

    static func load(_ source: String) throws -> [NoiseVector] {
        let name = "\(source).25519_ChaChaPoly_BLAKE2b.json"
        return try JSONDecoder().decode(
            File.self, from: Data(contentsOf: folder.appending(path: name))
        ).vectors
    }
}

struct NotHexadecimal: Error {}

func hex(_ text: String) throws -> [UInt8] {
    guard let bytes = Hex.decode(text) else { throw NotHexadecimal() }
    return bytes
}

func agreementKey(_ text: String?) throws -> AgreementKey? {
    guard let text else { return nil }
    return try AgreementKey(secret: SecretBytes(copying: hex(text)))
}

extension SecretBytes {
    /// A copy of the bytes, which only a test may make.
    var revealed: [UInt8] { withUnsafeBytes { Array($0) } }
}
