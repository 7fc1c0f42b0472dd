#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why a folder could not be read at all.
public enum ImportError: Error, Hashable, Sendable {
    /// Nothing at this path, or no folder.
    case notAFolder(String)
    /// A folder that may not be read.
    case unreadable(String)
}

extension FolderImport {
    /// The most files that one import reads.
    public static let filesMax = 200_000
    /// The most folders inside one another.
    public static let depthMax = 64
    /// The longest history, in bytes.
    static let historyBytesMax = 64 << 20

    /// Reads a folder and says what would become of its files; writes nothing.
    ///
    /// Links are never followed, so nothing outside the folder is ever read.
    ///
    /// A collection without a name is called like its folder.
    public static func plan(
        folder: String, collection: String? = nil
    ) throws(ImportError) -> ImportPlan {
        var root = folder
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        // The folder itself may be named by a link; what lies in it may not be one.
        var isFolder = false
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder else {
            throw .notAFolder(folder)
        }
        var walk = FolderWalk(root: root)
        guard walk.visit("", depth: 0) else { throw .unreadable(folder) }
        let name = collection ?? root.split(separator: "/").last.map(String.init) ?? ""
        return plan(collection: name, files: walk.files, skipped: walk.skipped)
    }
}

/// Collects the files of a folder, by name, without ever following a link.
private struct FolderWalk {
    let root: String
    var files: [ImportFile] = []
    var skipped: [SkippedFile] = []

    init(root: String) { self.root = root }

    /// Reads one folder; `false` when it could not be listed.
    mutating func visit(_ folder: String, depth: Int) -> Bool {
        let path = folder.isEmpty ? root : "\(root)/\(folder)"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            return false
        }
        for name in names.sorted(by: FolderImport.isBefore) {
            take(folder.isEmpty ? name : "\(folder)/\(name)", depth: depth)
        }
        return true
    }

    /// Whether these are files of items that an export put there: no notes, whatever they are called.
    private func isAttached(_ path: String) -> Bool {
        path == VaultFiles.folder
            && FileManager.default.fileExists(atPath: "\(root)/\(VaultMarker.name)")
    }

    private mutating func take(_ path: String, depth: Int) {
        if isAttached(path) { return skip(path, .generated) }
        let reason = FolderImport.reasonToSkip(path)
        if reason == .hidden, path != FolderImport.historyName { return skip(path, .hidden) }
        // These attributes are a link's own, not those of what it points at.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(path)"),
            let type = attributes[.type] as? FileAttributeType
        else { return skip(path, .unreadable) }
        switch type {
        case .typeSymbolicLink: skip(path, .link)
        case .typeDirectory:
            guard depth < FolderImport.depthMax else { return skip(path, .tooMany) }
            if !visit(path, depth: depth + 1) { skip(path, .unreadable) }
        case .typeRegular:
            let size = (attributes[.size] as? any BinaryInteger).map { Int(clamping: $0) } ?? 0
            read(path, byteCount: size, reason: reason)
        default: skip(path, .special)
        }
    }

    private mutating func read(_ path: String, byteCount: Int, reason: SkipReason?) {
        let isHistory = path == FolderImport.historyName
        if let reason, !isHistory { return skip(path, reason) }
        guard files.count < FolderImport.filesMax else { return skip(path, .tooMany) }
        guard byteCount <= (isHistory ? FolderImport.historyBytesMax : Note.bytesMax) else {
            return skip(path, .note(.tooLong(byteCount: byteCount)))
        }
        guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else {
            return skip(path, .unreadable)
        }
        files.append(ImportFile(path: path, bytes: [UInt8](data)))
    }

    private mutating func skip(_ path: String, _ reason: SkipReason) {
        skipped.append(SkippedFile(path: path, reason: reason))
    }
}
