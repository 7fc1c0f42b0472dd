import Foundation
import WeData
import Weonomy

/// Real notes beside the project; tests that need them are skipped without them.
enum Corpora {
    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/corpora")

    static let names = ["bhupesh-til", "gds-way", "jbranchaud-til", "thoughtbot-til", "tldr-nl"]

    static var arePresent: Bool {
        names.allSatisfy { FileManager.default.fileExists(atPath: path($0)) }
    }

    static func path(_ name: String) -> String { folder.appending(path: name).path }
}

/// Random numbers that are the same for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Text of pieces that parsers trip over.
    mutating func text(_ pieces: [String], count: Int) -> String {
        (0..<count).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }
}

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "weonomy-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, at name: String) throws {
        let url = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(path)/\(name)").map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}

func bytes32(_ number: Int) -> Bytes32 {
    var bytes = [UInt8](repeating: 0, count: 32)
    // The number stands at both ends, so that short ids differ too.
    bytes[0] = UInt8(truncatingIfNeeded: number)
    bytes[1] = UInt8(truncatingIfNeeded: number >> 8)
    bytes[31] = 1
    return Bytes32(bytes) ?? .zero
}

func object(_ number: Int) -> ObjectID { ObjectID(bytes32(number)) }

func person(_ number: Int, _ name: String) -> PersonRef {
    PersonRef(id: PersonID(bytes32(number)), name: name)
}

let anna = person(201, "Anna de Vries")
let bram = person(202, "Bram")
let chris = person(203, "Chris")
let june = Instant(year: 2026, month: 6) ?? Instant(milliseconds: 0)

/// Folds changes, each its own event after the one before.
func record(_ steps: [(PersonRef, [Change])], at wall: Int64 = june.milliseconds) -> Record {
    var entries: [History.Entry] = []
    for (index, step) in steps.enumerated() {
        entries.append(
            History.Entry(
                id: EventID(bytes32(1000 + index)), parents: entries.last.map { [$0.id] } ?? [],
                lamport: index + 1, author: step.0.id, wall: wall + Int64(index), changes: step.1))
    }
    return Record(entries)
}

func name(of id: PersonID) -> String {
    [anna, bram, chris].first { $0.id == id }?.name ?? ""
}
