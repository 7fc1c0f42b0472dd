import WeData
import WeLog
import WeReplica
import WeSync

// What people do with files, what goes wrong with them, and what must hold.
extension Simulation {
    static let filesField = "files"

    /// Whether a node keeps files: some run a version that doesn't.
    func giveFiles(to node: SimulatedNode, copying other: SimulatedNode? = nil) {
        guard plan.hasFiles, !node.index.isMultiple(of: 7) || node.index == 0 else { return }
        if let other = other?.files {
            node.files = SimulatedFileHost(
                node, self, store: other.store.copy(), policy: other.policy)
        } else {
            node.files = SimulatedFileHost(node, self)
        }
    }

    // MARK: - People

    /// Does one thing that people do with files.
    func performWithFiles(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        let keepers = nodes.filter { $0.isMember && $0.files != nil }
        guard let node = random.pick(keepers), let files = node.files else { return false }
        switch kind {
        case .attach: return attach(anyBytes(&random), by: node, to: nil)
        case .attachVersion:
            // What has more than one chunk shares all but the last with the version before.
            let held = fileItems.compactMap { object in
                attached[object].flatMap { files.store.whole[$0] }.map { (object, $0) }
            }
            guard let (object, content) = random.pick(held) else { return false }
            return attach(
                content.bytes + random.bytes(random.within(1...900)), by: node, to: object)
        case .attachAgain:
            let held = files.store.whole.values.sorted { $0.id < $1.id }
            guard let content = random.pick(held) else { return false }
            return attach(content.bytes, by: node, to: nil)
        case .openFile:
            guard let wish = random.pick(files.references() ?? []) else { return false }
            files.open(wish.id)
            return true
        case .choosePolicy:
            let policies: [SimulatedFileHost.Policy] = [
                .all, .upTo(random.within(0...200_000)), .opened,
            ]
            files.policy = random.pick(policies) ?? .all
            files.wantsChanged()
            return true
        default: return eraseItem(&random)
        }
    }

    /// Most files are short; a few have several chunks, where links are fast enough for them.
    private func anyBytes(_ random: inout SimulatedRandom) -> [UInt8] {
        let bytesMax = min(300_000, plan.rate.lowerBound * 1_000)
        let size =
            switch random.below(100) {
            case ..<3: 0
            case ..<70: random.within(1...3_000)
            case ..<85: random.within(3_000...60_000)
            default: random.within(60_000...300_000)
            }
        return random.bytes(min(size, bytesMax))
    }

    private func attach(_ bytes: [UInt8], by node: SimulatedNode, to object: ObjectID?) -> Bool {
        guard let content = FileContent(bytes), let files = node.files else { return false }
        let isNew = files.store.whole[content.id] == nil
        contents[content.id] = FileContent(bytes)
        files.store.attach(content)
        let value = SimulatedFileHost.value([content.wish])
        var changes: [Change] = [.set(field: Simulation.filesField, value: value)]
        if object == nil { changes.insert(.create(kind: "share"), at: 0) }
        guard let named = node.write(changes, to: object) else {
            // Nothing may name it; a write that failed on a bad disk may still be kept.
            if isNew { files.store.remove(content.id) }
            return false
        }
        if object == nil { fileItems.append(named) }
        attached[named] = content.id
        files.wantsChanged()
        return true
    }

    /// A hostile member says of a file of others that it has another size.
    func misnameFile(_ random: inout SimulatedRandom) -> Bool {
        guard let node = random.pick(nodes.filter { $0.isHostile && $0.isMember }),
            let content = random.pick(contents.values.sorted { $0.id < $1.id }),
            let shape = FileShape(
                byteCount: random.chance(50)
                    ? max(0, content.shape.byteCount + random.within(-3...3))
                    : random.within(0...400_000)),
            shape != content.shape
        else { return false }
        let wish = FileWish(id: content.id, shape: shape)
        let value = SimulatedFileHost.value([wish])
        let changes: [Change] = [
            .create(kind: "share"), .set(field: Simulation.filesField, value: value),
        ]
        guard let object = node.write(changes, to: nil) else { return false }
        fileItems.append(object)
        return true
    }

    /// Someone erases all that they wrote of an item with files.
    private func eraseItem(_ random: inout SimulatedRandom) -> Bool {
        for object in fileItems.shuffled(using: &random) {
            guard let node = random.pick(honest.filter(\.isMember)),
                let events = try? node.replica.erasable(in: object, by: node.person),
                !events.isEmpty
            else { continue }
            truth.mayBeErased.formUnion(events)
            guard node.write([.erase(events: events)], to: object) != nil else { return false }
            node.files?.wantsChanged()
            return true
        }
        return false
    }

    // MARK: - Bad days

    /// Lets something happen to the files of some node.
    func performOnFiles(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        var candidates = honest.filter { $0.files != nil && ($0.isIn || $0.isOut) }
        if kind == .loseTail {
            let waiting = candidates.filter { $0.files?.wanted().wishes.isEmpty == false }
            if !waiting.isEmpty { candidates = waiting }
        }
        guard let node = random.pick(candidates), let files = node.files else { return false }
        switch kind {
        case .loseTail:
            // It counts once it happens.
            files.chunksUntilPowerLoss = random.within(1...2)
            return false
        case .filesFull:
            files.store.isFull = true
            schedule(at: now + Milliseconds(random.within(1_000...60_000))) { [weak node] in
                node?.files?.store.isFull = false
            }
            return true
        default: return files.store.rot(&random)
        }
    }

    /// Faults stop: there is room again, and what a disk damaged is found and fetched again.
    func healFiles() {
        guard plan.hasFiles else { return }
        for node in honest {
            guard let files = node.files else { continue }
            files.store.isFull = false
            files.chunksUntilPowerLoss = nil
            _ = files.store.check()
            files.wantsChanged()
        }
        if planted == .wrongByte, nodes.count > 1 { damage(nodes[1]) }
    }

    private func damage(_ node: SimulatedNode) {
        _ = node.files?.store.rot(&random)
    }

    // MARK: - Promises

    /// A file that a node wants and that an honest one has to whom it is connected.
    func fileLacking() -> Violation? {
        guard plan.hasFiles else { return nil }
        for node in expected {
            guard let files = node.files else { continue }
            var wishes: [FileWish]?
            for connection in node.connections
            where connection.isOpen && connection.isSynced && connection.isPeerHonest {
                guard let other = connection.peer.files, connection.peer.isIn else { continue }
                let wanted = wishes ?? files.wanted().wishes
                wishes = wanted
                for wish in wanted where other.store.whole[wish.id]?.shape == wish.shape {
                    return Violation(
                        .filesArrive,
                        "\(node.name) lacks \(wish.id) of \(wish.shape.byteCount) bytes, which "
                            + "\(connection.peer.name) holds")
                }
            }
        }
        return nil
    }

    /// Looks at the files that everyone has in the end.
    func checkFiles() {
        guard plan.hasFiles else { return }
        for node in honest {
            guard let files = node.files else { continue }
            score.files += files.store.whole.count
            for (id, content) in files.store.whole.sorted(by: { $0.key < $1.key })
            where contents[id]?.bytes != content.bytes {
                violate(.noWrongByte, "\(node.name) holds other bytes as \(id)")
            }
            if !files.store.areParts(of: contents) {
                violate(.noWrongByte, "\(node.name) holds a wrong chunk of a file on its way")
            }
        }
        for node in expected {
            guard let files = node.files, let list = files.references() else { continue }
            let present = Set(list.map(\.id))
            for file in files.store.files.sorted()
            where !present.contains(file) && files.isErased(file) {
                violate(.noErasedFile, "\(node.name) has \(file), which only erased items named")
            }
        }
    }

    /// A peer that lied about a file is not asked for it again in that session.
    func violateIfAsked(_ file: FileID, of connection: Int, isRefused: Bool) {
        guard isRefused else { return }
        violate(.liarLeftOut, "connection \(connection) is asked again for \(file)")
    }
}
