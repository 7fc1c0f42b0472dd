#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization
import WeData
import WeKeys
import WeReplica

/// Notices, before the first write, that a replica was restored or copied.
///
/// Beside the replica lies a small file with the mark of the last session that wrote, and with the
/// file's own number on its disk. A file that was put back holds an older mark; one that was copied
/// has another number. Where this is wrong, as after a move to another disk, a new log begins and
/// nothing else happens.
final class ReplicaPlace: Sendable {
    private let replica: Replica
    private let path: String?
    private let isChecked = Mutex(false)

    init(_ replica: Replica, path: String?) {
        self.replica = replica
        self.path = path
    }

    private struct Record {
        /// Marks of which the replica must hold one: two while one replaces the other.
        var marks: [String]
        /// The number of the replica's file on its disk.
        var file: String

        var text: String { ([file] + marks).joined(separator: "\n") + "\n" }

        init(marks: [String], file: String) {
            self.marks = marks
            self.file = file
        }

        init?(_ text: String) {
            let lines = text.split(separator: "\n").map(String.init)
            guard let first = lines.first, lines.count <= 3 else { return nil }
            file = first
            marks = Array(lines.dropFirst())
        }
    }

    /// To be called before each write; looks once.
    func prepare() throws(ReplicaError) {
        guard let path else { return }
        // Who writes at the same time waits for the answer.
        try isChecked.withLock { isChecked throws(ReplicaError) in
            guard !isChecked else { return }
            try check(path)
            isChecked = true
        }
    }

    private func check(_ replicaPath: String) throws(ReplicaError) {
        let notePath = replicaPath + "-place"
        let attributes = try? FileManager.default.attributesOfItem(atPath: replicaPath)
        let number = (attributes?[.systemFileNumber] as? Int).map(String.init) ?? "-"
        let known = (try? String(contentsOf: URL(filePath: notePath), encoding: .utf8))
            .flatMap(Record.init)
        let inside = try replica.placeMark().map(Hex.encode)
        var isCopy = false
        if let inside {
            isCopy = known?.marks.contains(inside) != true || known?.file != number
        }
        let mark = RandomBytes.bytes(16)
        let next = Hex.encode(mark)
        // Two marks until the replica holds the new one: a kill between is no copy.
        try? write(Record(marks: [inside ?? next, next], file: number), notePath)
        try replica.setPlaceMark(mark, isCopy: isCopy)
        try? write(Record(marks: [next], file: number), notePath)
    }

    private func write(_ record: Record, _ path: String) throws {
        try Data(record.text.utf8).write(to: URL(filePath: path), options: .atomic)
    }
}
