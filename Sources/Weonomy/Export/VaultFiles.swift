import WeData

/// The files of items in an export: which go along, and where each lies.
struct VaultFiles {
    /// The folder in which all of them lie.
    static let folder = "files"

    private struct Key: Hashable {
        let file: FileID
        let name: String
    }

    private var paths: [Key: String] = [:]
    /// What goes along, by path.
    private(set) var list: [(path: String, file: FileInfo)] = []

    /// None.
    init() {}

    /// Those of the items that pass a test; the oldest item's keeps the plain name.
    init(_ items: [Item], where isHere: (FileID) -> Bool) {
        var taken: Set<String> = []
        for item in items.sorted(by: { ($0.created, $0.id) < ($1.created, $1.id) }) {
            for file in item.files {
                let name = Self.name(file)
                let key = Key(file: file.id, name: name)
                guard paths[key] == nil, isHere(file.id) else { continue }
                let path = Self.path(name, file.id, &taken)
                paths[key] = path
                list.append((path, file))
            }
        }
        list.sort { FolderImport.isBefore($0.path, $1.path) }
    }

    /// Where a file lies, seen from a note in a folder beside; `nil` where it does not go along.
    func link(to file: FileInfo) -> String? {
        paths[Key(file: file.id, name: Self.name(file))].map { path in
            "../\(Self.folder)/" + Self.encoded(path.dropFirst(Self.folder.count + 1))
        }
    }

    private static func name(_ file: FileInfo) -> String {
        FileName.file(file.name, bytesMax: FileName.bytesMax - suffixBytesMax)
    }

    private static func path(_ name: String, _ file: FileID, _ taken: inout Set<String>) -> String {
        let (stem, ending) = FileName.split(name)
        // The short id tells namesakes apart, the long one those that begin alike.
        for suffix in ["", " (\("\(file)".prefix(8)))", " (\(file))"] {
            let path = "\(folder)/\(stem)\(suffix)\(ending)"
            if taken.insert(FileName.folded(path)).inserted { return path }
        }
        var count = 2
        while !taken.insert(FileName.folded("\(folder)/\(file) \(count)")).inserted { count += 1 }
        return "\(folder)/\(file) \(count)"
    }

    /// ` (`, an id in hexadecimal, `)`.
    private static let suffixBytesMax = 67

    /// As a link's target (RFC 3986, section 2.3).
    private static func encoded(_ name: some StringProtocol) -> String {
        var text = ""
        for byte in name.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 0x80 || "0123456789-._~".utf8.contains(byte)
            {
                text.unicodeScalars.append(scalar)
            } else {
                text += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return text
    }
}
