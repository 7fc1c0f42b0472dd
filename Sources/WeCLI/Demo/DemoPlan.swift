import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Who brings which notes to the demo.
struct DemoPlan: Sendable {
    /// A folder of notes for one laptop.
    struct Load: Sendable {
        let folder: String
        /// Who wrote them, when it isn't the person of the laptop.
        let author: String?
        let bytes: Int
    }

    /// By laptop: Anna's, Bram's, Chris's.
    var loads: [[Load]]
    /// Arguments that are no folders.
    var leftOut: [String] = []

    /// Writes the notes that come with the program into folders.
    static func embedded(_ team: DemoTeam, in folder: String) throws(Failure) -> DemoPlan {
        var loads: [[Load]] = [[], [], []]
        for (word, files) in DemoTeam.embeddedNotes().sorted(by: { $0.key < $1.key }) {
            let root = "\(folder)/notes/\(word)"
            for file in files { try write(file, below: root) }
            let owner = team.people.firstIndex { $0.name.lowercased().hasPrefix(word + " ") }
            guard let owner else { continue }
            // Who has no laptop yet gives the notes to the first, who says whose they are.
            let isGuest = owner >= loads.count
            let load = Load(
                folder: root, author: isGuest ? team.people[owner].name : nil,
                bytes: files.reduce(0) { $0 + $1.bytes.count })
            loads[isGuest ? 0 : owner].append(load)
        }
        return DemoPlan(loads: loads)
    }

    /// Deals folders over the laptops, the largest first, each to whoever has least.
    static func dealt(_ folders: [String]) throws(Failure) -> DemoPlan {
        var plan = DemoPlan(loads: [[], [], []])
        var found: [Load] = []
        for folder in folders {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
                throw Failure(.failure, "no-such-folder", .demoNoFolder(folder))
            }
            if isFolder {
                found.append(Load(folder: folder, author: nil, bytes: size(of: folder)))
            } else {
                plan.leftOut.append(folder)
            }
        }
        guard !found.isEmpty else {
            throw Failure(.failure, "no-such-folder", .demoNoFolder(folders.first ?? ""))
        }
        for load in found.sorted(by: { ($1.bytes, $0.folder) < ($0.bytes, $1.folder) }) {
            let sizes = plan.loads.map { $0.reduce(0) { $0 + $1.bytes } }
            let least = sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
            plan.loads[least].append(load)
        }
        return plan
    }

    private static func write(_ file: ImportFile, below root: String) throws(Failure) {
        let path = "\(root)/\(file.path)"
        let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try Data(file.bytes).write(to: URL(filePath: path))
        } catch {
            throw Failure(.failure, "cannot-write", .demoCannotWrite(path))
        }
    }

    private static func size(of folder: String) -> Int {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return paths.filter { $0.hasSuffix(".md") || $0.hasSuffix(".erb") }.reduce(0) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($1)")
            // One byte for each at least, so that many empty ones count too.
            return $0 + 1 + Int((attributes?[.size] as? UInt64) ?? 0)
        }
    }
}

/// Whether folders hold the same files.
enum DemoFolders {
    /// The files below a folder, by path.
    static func files(_ folder: String) -> [String: Data] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        var files: [String: Data] = [:]
        for path in paths {
            files[path] = FileManager.default.contents(atPath: "\(folder)/\(path)")
        }
        return files
    }

    /// The files, when all folders hold the same, byte for byte.
    static func sameFiles(_ folders: [String]) -> [String: Data]? {
        guard let first = folders.first else { return nil }
        let files = files(first)
        return folders.dropFirst().allSatisfy { self.files($0) == files } ? files : nil
    }

    /// How many of the files are notes, rather than lists, people or questions.
    static func noteCount(_ files: [String: Data]) -> Int {
        files.values.count { file in
            let lines = String(decoding: file, as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.first == "---" else { return false }
            let front = lines.dropFirst().prefix { $0 != "---" }
            return front.contains { $0.hasPrefix("id: ") }
                && !front.contains { $0.hasPrefix("weonomy: ") || $0 == "kind: need" }
        }
    }
}
