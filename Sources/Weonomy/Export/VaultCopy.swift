import WeData
import WeSync

/// A file that goes with an item, to be copied into an export's folder of files.
struct VaultCopy {
    /// Where it is to lie, below the export's folder.
    let path: String
    let file: FileInfo
    /// Opens its content.
    let open: () throws(FileFault) -> OpenFile

    /// What the marks of copied files begin with; those of notes are plain hashes.
    static let prefix = "file-"

    /// What the export's list says of it.
    var mark: String { Self.prefix + "\(file.id)" }

    /// The mark of the file at a path; `nil` where it can't be read.
    ///
    /// - Complexity: O(bytes).
    static func mark(ofFile path: String) -> String? {
        guard let file = try? OpenFile.open(path), let shape = FileShape(byteCount: file.byteCount)
        else { return nil }
        return file.id(shape).map { prefix + "\($0)" }
    }

    /// Puts a copy in its place, whole.
    func write(into folderPath: String) throws(ExportError) {
        guard let shape = FileShape(byteCount: file.byteCount) else { throw .damaged(file.name) }
        let source: OpenFile
        do throws(FileFault) { source = try open() } catch { throw .damaged(file.name.oneLine) }
        do throws(FileFault) {
            let folder = try FileFolder.open(folderPath, isCreating: false)
            // What a broken export has left.
            try folder.remove(Self.temporary)
            let target = try OpenFile.create("\(folderPath)/\(Self.temporary)")
            var fault: FileFault?
            let id = source.id(shape) { bytes, place in
                do throws(FileFault) { try target.write(bytes, at: place) } catch {
                    fault = error
                    return false
                }
                return true
            }
            if let fault { throw fault }
            guard id == file.id else {
                try folder.remove(Self.temporary)
                throw .notAFile
            }
            try folder.rename(
                Self.temporary, to: String(path.dropFirst(VaultFiles.folder.count + 1)))
        } catch {
            throw error == .notAFile ? .damaged(file.name.oneLine) : .unwritable(path)
        }
    }

    private static let temporary = ".weonomy-part"
}
