#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import WeData
import WeLog
import WeReplica
import WeSync

/// A file that the team's items name.
public struct TeamFile: Hashable, Sendable {
    /// Whether it is on this laptop.
    public enum State: Hashable, Sendable {
        /// All of it.
        case here
        /// So many bytes of it; the rest is on its way or waits for a colleague.
        case coming(byteCount: Int)
        /// It comes as soon as a colleague who has it is met.
        case wanted
        /// It was chosen to leave it with the others.
        case left
    }

    /// A colleague's laptop that said that it has it.
    public struct Holder: Hashable, Sendable {
        /// Whose.
        public let person: PersonRef
        /// What the laptop is called.
        public let device: String
        /// Whether it has all of it.
        public let isWhole: Bool
        /// When it said so.
        public let told: Instant
    }

    /// An item that names it.
    public struct Use: Hashable, Sendable {
        /// Which.
        public let item: ObjectID
        /// What a person types for it.
        public let shortID: String
        /// What it is called.
        public let title: String
    }

    /// Its name there, its length and what it holds.
    public let file: FileInfo
    /// Whether it is here.
    public let state: State
    /// Whether it is to come, and to stay, whatever the policy says.
    public let isPinned: Bool
    /// Items that name it, the newest first.
    public let uses: [Use]
    /// Who said that they have it; this laptop is not among them.
    public let holders: [Holder]
}

/// A whole file, read from its beginning.
public final class FileReading: Sendable {
    /// How long it is.
    public let byteCount: Int
    private let file: OpenFile

    init(_ file: OpenFile, byteCount: Int) {
        self.file = file
        self.byteCount = byteCount
    }

    /// Bytes from a place on, at most a mebibyte; none at the end.
    public func bytes(from place: Int) throws(BrainError) -> [UInt8] {
        let end = min(byteCount, place.addingReportingOverflow(FileReading.pieceBytes).partialValue)
        guard place >= 0, place < end else { return [] }
        do throws(FileFault) {
            let bytes = try file.read(place..<end)
            guard bytes.count == end - place else { throw .notAFile }
            return bytes
        } catch {
            throw BrainError(error, "the file")
        }
    }

    private static let pieceBytes = 1 << 20
}

extension Brain {
    // MARK: - Attaching

    /// Takes in a file to go with a share.
    ///
    /// The content is copied: what becomes of the file later changes nothing.
    ///
    /// - Complexity: O(bytes).
    public func attach(
        _ path: String, licence: String? = nil
    ) async throws(BrainError) -> FileInfo {
        let name = String(path.split(separator: "/").last ?? "")
        let store = node.keeper.store
        let result: Result<FileWish?, FileFault> = await onFileQueue { () throws(FileFault) in
            try store.attach(try OpenFile.open(path))
        }
        return try described(result, name: name, path: path, licence: licence)
    }

    /// Takes in bytes to go with a share, under a name.
    public func attach(
        _ bytes: [UInt8], name: String, licence: String? = nil
    ) async throws(BrainError) -> FileInfo {
        let store = node.keeper.store
        let result: Result<FileWish?, FileFault> = await onFileQueue { () throws(FileFault) in
            try store.attach(bytes)
        }
        return try described(result, name: name, path: name, licence: licence)
    }

    /// Whether a file that was attached is still here: one that no item names is, for a day.
    public nonisolated func holds(_ file: FileID) -> Bool { node.keeper.store.holds(file) }

    private func described(
        _ result: Result<FileWish?, FileFault>, name: String, path: String, licence: String?
    ) throws(BrainError) -> FileInfo {
        let found: FileWish?
        do throws(FileFault) { found = try result.get() } catch {
            throw BrainError(error, path.oneLine)
        }
        guard let found else { throw BrainError(.file, .fileChanged(path.oneLine)) }
        // What others see of a path ends at its last slash, whatever system it was typed on.
        let last = String(name.split { $0 == "/" || $0 == "\\" }.last ?? "").oneLine
        return FileInfo(
            name: (last.nonEmpty ?? "file").cut(toBytes: FileName.bytesMax),
            byteCount: found.shape.byteCount, id: found.id, licence: licence)
    }

    private func onFileQueue<Value: Sendable>(
        _ body: @escaping @Sendable () throws(FileFault) -> Value
    ) async -> Result<Value, FileFault> {
        await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, FileFault>, Never>) in
            node.keeper.store.onQueue {
                continuation.resume(returning: Result { () throws(FileFault) in try body() })
            }
        }
    }

    /// Events name these files: they stay.
    func commit(_ files: [FileInfo], of item: ObjectID, title: String) {
        guard !files.isEmpty else { return }
        node.keeper.store.commit(files.map(\.id))
        node.keeper.note(
            files.map { FileReference(file: $0, item: item, title: title, isRetracted: false) })
        for file in files { engine?.fileChanged(file.id) }
    }

    // MARK: - Looking

    /// Every file that the team's items name, the newest first.
    public func files() throws(BrainError) -> [TeamFile] {
        let references = try fileReferences()
        var uses: [FileID: [TeamFile.Use]] = [:]
        for reference in references {
            uses[reference.file.id, default: []].append(
                TeamFile.Use(
                    item: reference.item, shortID: shortID(reference.item), title: reference.title))
        }
        var seen: Set<FileID> = []
        let context = try fileContext()
        return references.filter { seen.insert($0.file.id).inserted }.map { reference in
            teamFile(reference.file, uses[reference.file.id] ?? [], context)
        }
    }

    /// The files of an item, in its order.
    public func files(of item: Item) throws(BrainError) -> [TeamFile] {
        guard !item.files.isEmpty else { return [] }
        let context = try fileContext()
        let use = TeamFile.Use(item: item.id, shortID: item.shortID, title: item.title)
        return item.files.map { teamFile($0, [use], context) }
    }

    /// The file of an item that a person means: by its name, the beginning of it, or its number.
    public func file(of item: Item, named typed: String) throws(BrainError) -> FileInfo {
        let wanted = typed.lowercased()
        if let exact = item.files.first(where: { $0.name.lowercased() == wanted }) { return exact }
        if let number = Int(typed), item.files.indices.contains(number - 1) {
            return item.files[number - 1]
        }
        let fitting = item.files.filter { $0.name.lowercased().hasPrefix(wanted) }
        guard fitting.count == 1, let file = fitting.first else {
            throw BrainError(
                .notFound, .noFile(typed.oneLine, item.files.map(\.name.oneLine)))
        }
        return file
    }

    private struct FileContext {
        let names: [PersonID: String]
        let choices: FileChoices
    }

    private func fileContext() throws(BrainError) -> FileContext {
        FileContext(names: try names(), choices: node.keeper.choices)
    }

    private func teamFile(
        _ file: FileInfo, _ uses: [TeamFile.Use], _ context: FileContext
    ) -> TeamFile {
        let keeper = node.keeper
        let state: TeamFile.State =
            if keeper.store.contains(file.id) {
                .here
            } else if let bytes = keeper.store.byteCount(ofPart: file.id) {
                .coming(byteCount: bytes)
            } else {
                context.choices.wants(file) ? .wanted : .left
            }
        let team = replica.currentTeam
        let holders = keeper.holders(of: file.id).compactMap { device, holder -> TeamFile.Holder? in
            guard device != identity.signing.publicKey, let team, team.isActive(device),
                let person = team.person(of: device)
            else { return nil }
            return TeamFile.Holder(
                person: PersonRef(id: person.id, name: context.names[person.id] ?? ""),
                device: person.devices.first { $0.signing == device }?.label ?? "",
                isWhole: holder.isWhole,
                told: Instant(milliseconds: holder.told))
        }
        return TeamFile(
            file: file, state: state, isPinned: context.choices.pinned.contains(file.id),
            uses: uses,
            holders: holders.sorted { ($0.person, $0.device) < ($1.person, $1.device) })
    }

    private func fileReferences() throws(BrainError) -> [FileReference] {
        try translating { () throws(ReplicaError) in try node.keeper.references() }
    }

    /// How many bytes of files are still to come here, by what is known now.
    ///
    /// - Complexity: O(files).
    public nonisolated var fileBytesToCome: Int {
        ((try? node.keeper.wanted().wishes) ?? []).onePerFile.reduce(0) { sum, wish in
            let held = node.keeper.store.byteCount(ofPart: wish.id) ?? 0
            return sum.addingReportingOverflow(wish.shape.byteCount - held).partialValue
        }
    }

    /// Bytes that files take on this laptop.
    public func fileBytes() -> Int { node.keeper.store.byteCount() }

    /// Files that come here whole from now on.
    public nonisolated var fileArrivals: AsyncStream<FileID> { feed.fileStream() }

    // MARK: - Reading

    /// A file's content.
    ///
    /// - Throws: `notFound` where it isn't here; it is then wanted from now on, since somebody
    ///   opened it.
    public func read(_ file: FileInfo) throws(BrainError) -> FileReading {
        do throws(FileFault) {
            let (open, byteCount) = try node.keeper.store.reader(of: file.id)
            return FileReading(open, byteCount: byteCount)
        } catch {
            guard error == .missing else { throw BrainError(error, file.name.oneLine) }
            try? want(file.id)
            let holders = try teamFile(file, [], fileContext()).holders.filter(\.isWhole)
            var people: [PersonRef] = []
            for holder in holders where !people.contains(holder.person) {
                people.append(holder.person)
            }
            throw BrainError(.notFound, .fileNotHere(file.name.oneLine, people.map(\.name)))
        }
    }

    /// Copies a file's content into a folder, under a name that is safe, or to a path where nothing
    /// is yet; gives where it is.
    @discardableResult
    public func save(_ file: FileInfo, to place: String) throws(BrainError) -> String {
        let reading = try read(file)
        var isFolder = false
        let isThere = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
        let path =
            isThere && isFolder
            ? "\(place.hasSuffix("/") ? String(place.dropLast()) : place)/\(Brain.safeName(of: file))"
            : place
        let target: OpenFile
        do throws(FileFault) { target = try OpenFile.create(path) } catch {
            // A link that leads nowhere is there as well.
            if (try? FileManager.default.attributesOfItem(atPath: path)) != nil {
                throw BrainError(.exists, .fileThere(path.oneLine))
            }
            throw BrainError(error, path.oneLine)
        }
        do throws(FileFault) {
            var place = 0
            while place < reading.byteCount {
                guard let bytes = try? reading.bytes(from: place), !bytes.isEmpty else {
                    throw .notAFile
                }
                try target.write(bytes, at: place)
                place += bytes.count
            }
            try target.sync()
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw BrainError(error, path.oneLine)
        }
        return path
    }

    /// A name that every system takes for a file that a colleague named.
    public static func safeName(of file: FileInfo) -> String { FileName.file(file.name) }

    // MARK: - Choosing

    /// Which files come to this laptop by themselves.
    public func filePolicy() -> FilePolicy { node.keeper.choices.policy }

    /// Chooses which files come by themselves; what is here stays.
    public func setFilePolicy(_ policy: FilePolicy) throws(BrainError) {
        try change { $0.policy = policy }
    }

    /// Asks for a file, and keeps it whatever the policy says.
    public func want(_ file: FileID) throws(BrainError) {
        try change {
            $0.pinned.insert(file)
            $0.freed.remove(file)
        }
    }

    /// Leaves a file to the policy again.
    public func unpin(_ file: FileID) throws(BrainError) { try change { $0.pinned.remove(file) } }

    /// Takes a file's content away from this laptop; it does not come back by itself.
    ///
    /// - Throws: `notAllowed` where no colleague said that they have all of it: it could be the
    ///   last copy. With `isLast` it goes even then.
    public func free(_ file: FileInfo, isLast: Bool = false) throws(BrainError) {
        let holders = try teamFile(file, [], fileContext()).holders
        guard isLast || holders.contains(where: \.isWhole) || !node.keeper.store.contains(file.id)
        else { throw BrainError(.notAllowed, .lastCopy(file.name.oneLine)) }
        try change {
            $0.freed.insert(file.id)
            $0.pinned.remove(file.id)
        }
        node.keeper.store.remove(file.id)
        engine?.fileChanged(file.id)
    }

    private func change(_ body: (inout FileChoices) -> Void) throws(BrainError) {
        var settings = settings()
        let before = settings.files
        body(&settings.files)
        guard settings.files != before else { return }
        try keep(settings)
        engine?.wantedFilesChanged()
    }

    /// Reads all files that are here again; those that are damaged go, and are fetched again.
    ///
    /// - Complexity: O(bytes of all files).
    public func checkFiles() async -> (checkedCount: Int, damagedCount: Int) {
        let store = node.keeper.store
        let result = await onFileQueue { () throws(FileFault) -> (Int, Int) in
            let files = store.files()
            return (files.count, files.count { !store.check($0) })
        }
        guard let (checked, damaged) = try? result.get() else { return (0, 0) }
        if damaged > 0 { engine?.wantedFilesChanged() }
        return (checked, damaged)
    }
}

extension BrainError {
    /// Why something could not be done with the file of that name.
    init(_ fault: FileFault, _ name: String) {
        switch fault {
        case .missing, .notAFile: self.init(.file, .fileUnreadable(name))
        case .full: self.init(.diskFull, "there is no room for \(name)")
        case .denied: self.init(.file, .fileDenied(name))
        case .failed(let code): self.init(.file, "\(name) can't be read or written (error \(code))")
        }
    }
}
