import WeData
import WeKeys

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why an export was not written, or not in full.
public enum ExportError: Error, Hashable, Sendable {
    /// The path is taken by something that is no folder.
    case notAFolder(String)
    /// The folder holds files and is no former export.
    case notEmpty(String)
    /// A file of a former export was changed since; take it in first, or choose another folder.
    case edited(String)
    /// A link stands where the export would write.
    case link(String)
    /// A path that leads out of the folder.
    case unsafePath(String)
    /// The system did not let the file be written.
    case unwritable(String)
    /// A file that goes with an item is not as it was, or is here no more.
    case damaged(String)
}

/// The list of what an export wrote, kept in its folder.
enum VaultMarker {
    static let name = ".weonomy-vault"
    private static let heading = "weonomy vault 1"

    /// The hashes that each path may have: two while an export is being written.
    static func read(_ bytes: [UInt8]) -> [String: Set<String>]? {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.first == heading[...] else { return nil }
        var hashes: [String: Set<String>] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { continue }
            hashes[String(parts[1]), default: []].insert(String(parts[0]))
        }
        return hashes
    }

    static func write(_ hashes: [String: Set<String>]) -> [UInt8] {
        let lines = hashes.sorted { FolderImport.isBefore($0.key, $1.key) }.flatMap { entry in
            entry.value.sorted().map { "\($0) \(entry.key)\n" }
        }
        return Array((heading + "\n" + lines.joined()).utf8)
    }

    static func hash(_ bytes: [UInt8]) -> String { "\(Digest(Blake2b.hash(bytes)))" }
}

extension VaultExport {
    /// Writes files into a new or empty folder, or over a former export.
    ///
    /// Nothing is written when a file was changed by hand since, when a link stands in the way,
    /// or when the folder holds anything else than a former export. Each file is put in its place
    /// whole. Files of a former export that are no longer part of it go, unless changed by hand.
    public static func write(
        _ files: [ExportedFile], to folder: String
    ) throws(ExportError) {
        try VaultWriter(folder: folder).write(files, [])
    }

    /// The same, with files that are copied piece by piece.
    static func write(
        _ files: [ExportedFile], _ copies: [VaultCopy], to folder: String
    ) throws(ExportError) {
        try VaultWriter(folder: folder).write(files, copies)
    }
}

private struct VaultWriter {
    let folder: String

    func write(_ files: [ExportedFile], _ copies: [VaultCopy]) throws(ExportError) {
        let former = try open()
        var wanted: [String: Set<String>] = [:]
        var union = former
        for file in files {
            let hash = VaultMarker.hash(file.bytes)
            wanted[file.path] = [hash]
            union[file.path, default: []].insert(hash)
            try check(file.path, may: union[file.path] ?? [])
        }
        for copy in copies {
            wanted[copy.path] = [copy.mark]
            union[copy.path, default: []].insert(copy.mark)
            try check(copy.path, may: union[copy.path] ?? [])
        }
        // Until all is written, either version of a file is the export's own.
        try put(VaultMarker.write(union), at: VaultMarker.name)
        for file in files { try put(file.bytes, at: file.path) }
        for copy in copies { try put(copy) }
        for (path, hashes) in former where wanted[path] == nil { remove(path, ifOneOf: hashes) }
        try put(VaultMarker.write(wanted), at: VaultMarker.name)
    }

    /// Makes the folder, or sees that it may be written to; gives what a former export wrote.
    private func open() throws(ExportError) -> [String: Set<String>] {
        switch type(of: folder) {
        case nil: try makeFolder(folder)
        case .typeDirectory?: break
        case .typeSymbolicLink?: throw .link(folder)
        default: throw .notAFolder(folder)
        }
        switch type(of: full(VaultMarker.name)) {
        case .typeRegular?:
            guard let bytes = contents(VaultMarker.name), let former = VaultMarker.read(bytes)
            else {
                throw .notEmpty(folder)
            }
            return former
        case nil:
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
                throw .unwritable(folder)
            }
            guard names.isEmpty else { throw .notEmpty(folder) }
            return [:]
        default: throw .link(VaultMarker.name)
        }
    }

    /// Sees that a path stays inside, crosses no link, and holds nothing but one of `hashes`.
    private func check(_ path: String, may hashes: Set<String>) throws(ExportError) {
        guard Self.isInside(path) else { throw .unsafePath(path) }
        try checkFolders(of: path)
        switch type(of: full(path)) {
        case nil: return
        case .typeSymbolicLink?: throw .link(path)
        case .typeRegular?:
            guard isOne(of: hashes, path) else { throw .edited(path) }
        default: throw .notAFolder(path)
        }
    }

    private func checkFolders(of path: String) throws(ExportError) {
        var below = ""
        for part in path.split(separator: "/").dropLast() {
            below += below.isEmpty ? String(part) : "/\(part)"
            switch type(of: full(below)) {
            case nil: return
            case .typeDirectory?: continue
            case .typeSymbolicLink?: throw .link(below)
            default: throw .notAFolder(below)
            }
        }
    }

    private static func isInside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." || $0.contains("\\") }
            && !path.unicodeScalars.contains { $0.value < 32 }
    }

    private func put(_ bytes: [UInt8], at path: String) throws(ExportError) {
        if contents(path) == bytes { return }
        try checkFolders(of: path)
        if let slash = path.lastIndex(of: "/") { try makeFolder(full(String(path[..<slash]))) }
        do {
            try Data(bytes).write(to: URL(filePath: full(path)), options: .atomic)
        } catch {
            throw .unwritable(path)
        }
    }

    /// Whether a file holds what one of these hashes is of.
    private func isOne(of hashes: Set<String>, _ path: String) -> Bool {
        let copied = hashes.filter { $0.hasPrefix(VaultCopy.prefix) }
        if !copied.isEmpty, let mark = VaultCopy.mark(ofFile: full(path)), copied.contains(mark) {
            return true
        }
        guard hashes.count > copied.count, let bytes = contents(path) else { return false }
        return hashes.contains(VaultMarker.hash(bytes))
    }

    private func put(_ copy: VaultCopy) throws(ExportError) {
        try checkFolders(of: copy.path)
        let isThere = type(of: full(copy.path)) == .typeRegular
        if isThere, VaultCopy.mark(ofFile: full(copy.path)) == copy.mark { return }
        try makeFolder(full(VaultFiles.folder))
        try copy.write(into: full(VaultFiles.folder))
    }

    /// Takes away a file of a former export, and its folder when that is empty then.
    private func remove(_ path: String, ifOneOf hashes: Set<String>) {
        guard Self.isInside(path), (try? check(path, may: hashes)) != nil,
            type(of: full(path)) == .typeRegular
        else { return }
        try? FileManager.default.removeItem(atPath: full(path))
        guard let slash = path.lastIndex(of: "/") else { return }
        let parent = full(String(path[..<slash]))
        if (try? FileManager.default.contentsOfDirectory(atPath: parent))?.isEmpty == true {
            try? FileManager.default.removeItem(atPath: parent)
        }
    }

    private func makeFolder(_ path: String) throws(ExportError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path)
        }
    }

    private func full(_ path: String) -> String { "\(folder)/\(path)" }

    private func contents(_ path: String) -> [UInt8]? {
        guard type(of: full(path)) == .typeRegular else { return nil }
        return FileManager.default.contents(atPath: full(path)).map { [UInt8]($0) }
    }

    /// What stands at a path, without following a link there; `nil` when nothing does.
    private func type(of path: String) -> FileAttributeType? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType
    }
}
