#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization
import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// Which files a replica's items name, which of them are to be here, and who has them.
final class FileKeeper: Sendable {
    let store: FileStore
    private let replica: Replica
    private let folder: String
    private let settingsPath: String?
    private let now: @Sendable () -> Instant
    private let state = Mutex(State())

    private struct State {
        /// What items named at a position.
        var references: (position: Int64, list: [FileReference])?
        /// In which objects each file was ever named here; `nil` before it was read.
        var named: [FileID: Set<ObjectID>]?
        var holders: [FileID: [DeviceKey: Holder]]?
        /// The book of holders as it was read or written last.
        var holdersDate: Date?
        var holdersSaved: Int64 = 0
        var isHoldersChanged = false
        /// What was chosen, where there is no file to keep it in.
        var choices = FileChoices()
    }

    /// What a device said of a file.
    struct Holder: Hashable {
        var isWhole: Bool
        var told: Int64
    }

    private static let referencesMax = 1_000_000
    private static let askedAfterMax = 256
    private static let holdersMax = 65_536
    private static let bookBytesMax = 1 << 28
    private static let saveMilliseconds: Int64 = 10_000

    /// - Parameters:
    ///   - path: of the replica; `nil` for one in memory, whose files go with this object.
    ///   - settingsPath: where choices are kept.
    init(
        _ replica: Replica, path: String?, settingsPath: String?,
        now: @escaping @Sendable () -> Instant
    ) {
        self.replica = replica
        self.settingsPath = settingsPath
        self.now = now
        let name = "weonomy-\(Hex.encode(RandomBytes.bytes(8)))-files"
        folder =
            path.map { $0 + "-files" }
            ?? FileManager.default.temporaryDirectory
            .appending(path: name).path
        isTemporary = path == nil
        store = FileStore(path: folder)
    }

    private let isTemporary: Bool

    deinit {
        if isTemporary { try? FileManager.default.removeItem(atPath: folder) }
    }

    // MARK: - Choices

    var choices: FileChoices {
        guard let settingsPath else { return state.withLock { $0.choices } }
        guard let data = try? Data(contentsOf: URL(filePath: settingsPath)) else {
            return FileChoices()
        }
        return LocalSettings(String(decoding: data, as: UTF8.self)).files
    }

    /// For a replica in memory.
    func keep(_ choices: FileChoices) { state.withLock { $0.choices = choices } }

    // MARK: - What items name

    /// Every file that an item names, the newest item first.
    ///
    /// - Complexity: O(items with files) after each change, else O(1).
    func references() throws(ReplicaError) -> [FileReference] {
        let position = try replica.lend { try? $0.lastPosition() } ?? -1
        if let known = state.withLock({ $0.references }), known.position == position {
            return known.list
        }
        let found = try replica.find(
            SearchRequest(
                facets: [[Facet.hasFile]], order: .newest, countMax: FileKeeper.referencesMax))
        var list: [FileReference] = []
        for (object, record) in found {
            for file in (record[Field.files]?.array ?? []).compactMap(FileInfo.init) {
                list.append(
                    FileReference(
                        file: file, item: object, title: record[Field.title]?.text?.oneLine ?? "",
                        isRetracted: record[Field.retracted]?.bool ?? false))
            }
        }
        state.withLock { $0.references = (position, list) }
        note(list)
        return list
    }

    /// Files that are wanted and not here, the most wanted first, each in every size that an item
    /// names and that is wanted; and some that are here or are left with others, of which only is
    /// to be heard who has them.
    ///
    /// A file has the one of its sizes that its name fits; so nobody keeps it away by naming
    /// another, or makes a long one come as a short one.
    func wanted() throws(ReplicaError) -> (wishes: [FileWish], others: [FileID]) {
        let references = try references()
        let choices = choices
        var pinned: [FileWish] = []
        var wishes: [FileWish] = []
        var taken: Set<FileWish> = []
        var files: [FileID] = []
        var isHere: [FileID: Bool] = [:]
        for reference in references {
            guard let shape = FileShape(byteCount: reference.file.byteCount) else { continue }
            let wish = FileWish(id: reference.file.id, shape: shape)
            if isHere[wish.id] == nil {
                isHere[wish.id] = store.contains(wish.id)
                files.append(wish.id)
            }
            let isPinned = choices.pinned.contains(wish.id)
            guard isHere[wish.id] == false,
                isPinned || (!reference.isRetracted && choices.wants(reference.file)),
                taken.insert(wish).inserted
            else { continue }
            if isPinned { pinned.append(wish) } else { wishes.append(wish) }
        }
        let lacking = Set(taken.map(\.id))
        let here = files.filter { isHere[$0] == true }
        let left = files.filter { isHere[$0] == false && !lacking.contains($0) }
        return (
            pinned + wishes,
            Array(here.prefix(FileKeeper.askedAfterMax) + left.prefix(FileKeeper.askedAfterMax))
        )
    }

    // MARK: - Erasure

    /// Writes down where files are named, as erasure takes away what says so.
    func note(_ references: [FileReference]) {
        var named = named()
        var lines = ""
        for reference in references {
            let isNew = named[reference.file.id, default: []].insert(reference.item).inserted
            if isNew { lines += "\(reference.file.id) \(reference.item)\n" }
        }
        guard !lines.isEmpty else { return }
        state.withLock { $0.named = named }
        guard store.makeFolder() else { return }
        try? store.append(Array(lines.utf8), to: "named")
    }

    private func named() -> [FileID: Set<ObjectID>] {
        if let named = state.withLock({ $0.named }) { return named }
        var named: [FileID: Set<ObjectID>] = [:]
        for line in text(of: "named").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let file = FileID(hex: words[0]),
                let object = ObjectID(hex: words[1])
            else { continue }
            named[file, default: []].insert(object)
        }
        state.withLock { $0.named = named }
        return named
    }

    /// Takes away files that only erased items named; what is void may be adopted, so its files
    /// stay.
    ///
    /// - Complexity: O(files that were ever named).
    @discardableResult
    func collectErased() throws(ReplicaError) -> [FileID] {
        let present = Set(try references().map(\.file.id))
        var gone: [FileID] = []
        for (file, objects) in named() where !present.contains(file) && store.holds(file) {
            var isErased = !objects.isEmpty
            for object in objects where isErased {
                isErased = !(try replica.erasures(in: object)?.places.isEmpty ?? true)
            }
            guard isErased else { continue }
            store.remove(file)
            gone.append(file)
        }
        return gone
    }

    // MARK: - Who has what

    /// A device said how much it has of files.
    func heard(_ holdings: [FileID: FileHolding], from device: DeviceKey) {
        let moment = now().milliseconds
        var holders = holders()
        for (file, holding) in holdings {
            holders[file, default: [:]][device] =
                holding == .none ? nil : Holder(isWhole: holding == .all, told: moment)
        }
        while holders.count > FileKeeper.holdersMax, let any = holders.keys.first {
            holders[any] = nil
        }
        let isDue = state.withLock { state in
            state.holders = holders
            state.isHoldersChanged = true
            return moment - state.holdersSaved > FileKeeper.saveMilliseconds
        }
        if isDue { save() }
    }

    /// Which devices said that they have a file, or a part of it.
    func holders(of file: FileID) -> [DeviceKey: Holder] { holders()[file] ?? [:] }

    private func holders() -> [FileID: [DeviceKey: Holder]] {
        // Another process may have heard more meanwhile.
        let date = date(of: "holders")
        let known = state.withLock { state in
            state.isHoldersChanged || state.holdersDate == date ? state.holders : nil
        }
        if let known { return known }
        var holders: [FileID: [DeviceKey: Holder]] = [:]
        for line in text(of: "holders").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 4, let file = FileID(hex: words[0]),
                let device = DeviceKey(hex: words[1]), let told = Int64(words[3])
            else { continue }
            holders[file, default: [:]][device] = Holder(isWhole: words[2] == "all", told: told)
        }
        state.withLock { state in
            state.holders = holders
            state.holdersDate = date
        }
        return holders
    }

    /// Writes down who has what, where that has changed.
    func save() {
        let moment = now().milliseconds
        let changed = state.withLock { state -> [FileID: [DeviceKey: Holder]]? in
            guard state.isHoldersChanged else { return nil }
            state.isHoldersChanged = false
            state.holdersSaved = moment
            return state.holders
        }
        guard let changed else { return }
        var lines = ""
        for (file, devices) in changed.sorted(by: { $0.key < $1.key }) {
            for (device, holder) in devices.sorted(by: { $0.key < $1.key }) {
                lines += "\(file) \(device) \(holder.isWhole ? "all" : "some") \(holder.told)\n"
            }
        }
        guard store.makeFolder() else { return }
        // A hint: where it can't be kept it is heard again.
        try? Data(lines.utf8).write(to: URL(filePath: folder + "/holders"), options: .atomic)
        let date = date(of: "holders")
        state.withLock { $0.holdersDate = date }
    }

    // MARK: - Books

    private func date(of name: String) -> Date? {
        let facts = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
        return facts?[.modificationDate] as? Date
    }

    private func text(of name: String) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: folder + "/" + name)),
            data.count <= FileKeeper.bookBytesMax
        else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// A file as an item names it.
struct FileReference: Hashable, Sendable {
    let file: FileInfo
    let item: ObjectID
    let title: String
    let isRetracted: Bool
}

extension [FileWish] {
    /// Each file once, in the first of the sizes that are named.
    var onePerFile: [FileWish] {
        var seen: Set<FileID> = []
        return filter { seen.insert($0.id).inserted }
    }
}
