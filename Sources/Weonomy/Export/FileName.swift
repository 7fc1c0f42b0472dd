/// Names of files and folders that every system takes.
enum FileName {
    /// The longest name, in bytes.
    static let bytesMax = 200

    /// A title as a name, without an ending; empty when nothing of it can be kept.
    static func safe(_ title: String, bytesMax: Int = bytesMax) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in title.unicodeScalars {
            if scalar.properties.isWhitespace {
                scalars.append(" ")
            } else if "[]#^|\\/:*?\"<>".unicodeScalars.contains(scalar) {
                scalars.append("-")
            } else if !isInvisible(scalar) {
                scalars.append(scalar)
            }
        }
        var name = trim(String(scalars).oneLine)
        if isReserved(name) { name = "_" + name }
        return trim(cut(name, bytesMax: bytesMax))
    }

    /// A name for a file that a colleague named; its ending stays, since programs go by it.
    static func file(_ name: String, bytesMax: Int = bytesMax) -> String {
        let name = safe(name, bytesMax: .max)
        let (stem, ending) = split(name.isEmpty ? "file" : name)
        // Cutting may leave a space or a dot at the end, which not every system keeps.
        let cut = safe(cut(stem, bytesMax: bytesMax - ending.utf8.count))
        return (cut.isEmpty ? "file" : cut) + ending
    }

    /// A name and its ending with the dot, where it has one by which programs know it.
    static func split(_ name: String) -> (stem: String, ending: String) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, "") }
        let ending = name[dot...]
        guard (2...endingBytesMax).contains(ending.utf8.count),
            ending.dropFirst().allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else { return (name, "") }
        return (String(name[..<dot]), String(ending))
    }

    private static let endingBytesMax = 16

    /// What two names have in common that some file system cannot tell apart.
    ///
    /// Strings compare by what they look like, so composed and decomposed accents are the same.
    static func folded(_ path: String) -> String { path.uppercased().lowercased() }

    /// As much of a name as fits, never a part of a character unless the first is too long.
    static func cut(_ name: String, bytesMax: Int) -> String {
        guard name.utf8.count > bytesMax else { return name }
        var cut = ""
        for character in name {
            guard cut.utf8.count + character.utf8.count <= bytesMax else { break }
            cut.append(character)
        }
        return cut
    }

    private static func trim(_ name: String) -> String {
        var rest = name[...]
        while let first = rest.unicodeScalars.first, first == "." || first == " " || first == "-" {
            rest = Substring(rest.unicodeScalars.dropFirst())
        }
        while let last = rest.unicodeScalars.last, last == "." || last == " " {
            rest = Substring(rest.unicodeScalars.dropLast())
        }
        return String(rest)
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isDefaultIgnorableCodePoint { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            return true
        default: return false
        }
    }

    /// The names of devices, with or without an ending.
    private static func isReserved(_ name: String) -> Bool {
        let stem = name.prefix { $0 != "." }.trimmed.lowercased()
        if ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(stem) { return true }
        guard stem.hasPrefix("com") || stem.hasPrefix("lpt"), stem.count == 4 else { return false }
        return stem.last.map { "0123456789¹²³".contains($0) } ?? false
    }
}

/// Gives each file of an export a path of its own, in whatever case or form the system compares.
struct FilePaths {
    private var taken: Set<String> = []
    private var folders: [String: String] = [:]

    /// A path for a title; the same titles get the short id, and then the whole one, added.
    mutating func path(in folder: String, title: String, shortID: String, id: String) -> String {
        let stem = FileName.safe(title, bytesMax: FileName.bytesMax - 3)
        for suffix in ["", " (\(FileName.safe(shortID)))", " (\(id))"] {
            if suffix.isEmpty && stem.isEmpty { continue }
            let name = FileName.cut(
                stem.isEmpty ? "note" : stem, bytesMax: FileName.bytesMax - 3 - suffix.utf8.count)
            let path = "\(folder)/\(name)\(suffix).md"
            if taken.insert(FileName.folded(path)).inserted { return path }
        }
        // Only when one object stands twice in the input.
        var count = 2
        while !taken.insert(FileName.folded("\(folder)/\(id) \(count).md")).inserted { count += 1 }
        return "\(folder)/\(id) \(count).md"
    }

    /// The folder of a topic: one for all spellings of it.
    mutating func folder(topic: String) -> String {
        let key = Facet.folded(topic)
        if let folder = folders[key] { return folder }
        var name = FileName.safe(key, bytesMax: 100)
        // A folder called as one of the export's own, or as a file, would stand in its way.
        let isTaken =
            ["people", "needs", "index", VaultFiles.folder].contains(name) || name.hasSuffix(".md")
        if name.isEmpty || isTaken { name = "topic-" + name.replacingDots }
        folders[key] = name
        return name
    }
}

extension String {
    fileprivate var replacingDots: String { String(map { $0 == "." ? "-" : $0 }) }
}
