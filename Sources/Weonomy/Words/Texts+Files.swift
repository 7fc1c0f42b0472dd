/// The words of files: where they are, and who has them.
extension Text {
    package static func state(of file: TeamFile) -> Text {
        switch file.state {
        case .here: file.isPinned ? Text("here, kept", "hier, blijft") : Text("here", "hier")
        case .coming(let bytes):
            Text(
                "on its way: \(size: bytes) of \(size: file.file.byteCount)",
                "onderweg: \(size: bytes) van \(size: file.file.byteCount)")
        case .wanted: Text("wanted", "gewenst")
        case .left: Text("with others", "bij anderen")
        }
    }

    /// Whom to meet for what is not here; `nil` where it is here, or nobody is known to have it.
    package static func comesFrom(_ file: TeamFile) -> Text? {
        guard file.state != .here else { return nil }
        let names = file.wholeHolders.prefix(holdersMax).map(\.name)
        guard !names.isEmpty else { return nil }
        return Text(
            "comes as soon as you meet \(names.joined(separator: " / "))",
            "komt zodra je \(names.joined(separator: " / ")) treft")
    }

    /// Holders that are named.
    private static let holdersMax = 4

    /// Who said to have it, and when, the last first; of many the first few.
    package static func holders(of file: TeamFile) -> Text {
        var seen: Set<PersonID> = []
        let told = file.holders.sorted { $1.told < $0.told }
            .filter { seen.insert($0.person.id).inserted }
        let named = told.prefix(holdersMax).enumerated().reduce(Text(same: "")) { line, next in
            let (index, holder) = next
            let part: Line =
                holder.isWhole ? "" : "\(Text(" a part,", " een deel,"))"
            let comma: Line = index == 0 ? "" : ", "
            return Text(
                line.english + comma
                    + "\(holder.person.name) (\(part)told \(when: holder.told.milliseconds))",
                line.dutch + comma
                    + "\(holder.person.name) (\(part)gehoord \(when: holder.told.milliseconds))")
        }
        let rest = told.count - holdersMax
        return rest > 0 ? Text("\(named) and \(rest) more", "\(named) en nog \(rest)") : named
    }

    package static func filePolicy(_ policy: FilePolicy) -> Text {
        switch policy {
        case .all: Text("All files come here by themselves.", "Alle bestanden komen hier vanzelf.")
        case .upTo(let bytes):
            Text(
                "Files of up to \(size: bytes) come here by themselves.",
                "Bestanden tot \(size: bytes) komen hier vanzelf.")
        case .opened:
            Text(
                "Only files that somebody opens here come here.",
                "Alleen bestanden die iemand hier opent, komen hier.")
        }
    }

    package static let usedAgainIn = Text("Used again in", "Opnieuw gebruikt in")
    package static let usesAgain = Text("Uses again:", "Gebruikt opnieuw:")
}

extension TeamFile {
    /// People who said to have all of it, each once.
    package var wholeHolders: [PersonRef] {
        var people: [PersonRef] = []
        for holder in holders where holder.isWhole && !people.contains(holder.person) {
            people.append(holder.person)
        }
        return people
    }

    /// Its bytes that are here.
    package var hereBytes: Int {
        switch state {
        case .here: file.byteCount
        case .coming(let bytes): bytes
        case .wanted, .left: 0
        }
    }
}
