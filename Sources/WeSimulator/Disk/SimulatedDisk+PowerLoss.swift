import Synchronization

/// What of the changes that were not synced survives a crash.
package enum DiskLoss: CaseIterable, Sendable {
    /// All: the process was killed and the machine went on.
    case none
    /// Nothing.
    case all
    /// What was written up to some moment, the last of it torn.
    case fromSomeMoment
    /// Any sectors of any writes.
    case scattered
}

extension SimulatedDisk {
    /// The disk as it is found when the power is back, for this seed.
    ///
    /// The old one is of no more use: all its calls fail.
    ///
    /// - Parameter loss: what is lost; `nil` lets the seed decide.
    package func afterPowerLoss(seed: UInt64, loss: DiskLoss? = nil) -> SimulatedDisk {
        let found = SimulatedDisk(seed: seed, sectorBytes: sectorBytes)
        var random = DiskRandom(seed: seed)
        let drawn = DiskLoss.allCases[random.below(DiskLoss.allCases.count)]
        lock.withLock { _ in
            isCrashed_ = true
            var survival = Survival(
                loss: loss ?? drawn, sectorBytes: sectorBytes, orderMax: order, random: random)
            // A deletion that no sync followed may not have happened.
            for (name, file) in deleted where survival.comesBack() {
                found.put(survival.image(of: file), as: name)
                survival.note(.fileBack)
            }
            for (name, file) in files.sorted(by: { $0.key < $1.key }) {
                guard file.isNameSafe || survival.keepsName() else {
                    survival.note(.fileLost)
                    continue
                }
                found.put(survival.image(of: file), as: name)
            }
            counts_.add(survival.counts)
        }
        return found
    }
}

/// Decides piece by piece what survives.
private struct Survival {
    let loss: DiskLoss
    let sectorBytes: Int
    var random: DiskRandom
    var counts = DiskCounts()
    /// Changes from here on are lost, where a moment decides.
    private let moment: Int
    /// Of eight sectors, how many survive, where they are scattered.
    private let sectorsKept: Int
    /// Whether what was never written in a longer file is garbage rather than zeroes.
    private let hasGarbage: Bool

    init(loss: DiskLoss, sectorBytes: Int, orderMax: Int, random: DiskRandom) {
        self.loss = loss
        self.sectorBytes = sectorBytes
        self.random = random
        // Most changes were synced long ago: the last few are what there is to lose.
        moment = max(0, orderMax - self.random.below(12))
        sectorsKept = 1 + self.random.below(7)
        hasGarbage = self.random.chance(1, in: 2)
    }

    mutating func note(_ fault: DiskFault) { counts.faults[fault, default: 0] += 1 }

    mutating func comesBack() -> Bool {
        switch loss {
        case .none: false
        case .all: true
        case .fromSomeMoment, .scattered: random.chance(1, in: 2)
        }
    }

    mutating func keepsName() -> Bool { !comesBack() }

    mutating func image(of file: DiskFile) -> [UInt8] {
        guard loss != .none else { return file.current }
        var image = file.safe
        var hasLost = false
        for (order, change) in file.pending {
            switch change {
            case .truncate:
                if keeps(order) {
                    DiskFile.apply(change, to: &image)
                } else {
                    note(.truncationLost)
                }
            case .write(let offset, let bytes):
                let kept = write(bytes, at: offset, order: order, into: &image)
                if kept == 0 {
                    note(.writeLost)
                    hasLost = true
                } else if kept < bytes.count {
                    note(.writeTorn)
                }
                if kept > 0, hasLost { note(.writeReordered) }
            }
        }
        return image
    }

    private mutating func keeps(_ order: Int) -> Bool {
        switch loss {
        case .none: true
        case .all: false
        case .fromSomeMoment: order < moment
        case .scattered: random.below(8) < sectorsKept
        }
    }

    /// Writes the sectors that survive; gives how many bytes.
    private mutating func write(
        _ bytes: [UInt8], at offset: Int, order: Int, into image: inout [UInt8]
    ) -> Int {
        var kept = 0
        var start = 0
        while start < bytes.count {
            let place = offset + start
            let end = min(bytes.count, start + sectorBytes - place % sectorBytes)
            // Of the write at the moment itself any sectors may have arrived.
            let survives =
                loss == .fromSomeMoment && order == moment
                ? random.chance(1, in: 2) : keeps(order)
            if survives {
                fill(&image, to: place)
                DiskFile.write(bytes[start..<end], at: place, into: &image)
                kept += end - start
            }
            start = end
        }
        return kept
    }

    private mutating func fill(_ image: inout [UInt8], to size: Int) {
        guard hasGarbage, image.count < size else { return }
        note(.garbage)
        while image.count < size { image.append(UInt8(truncatingIfNeeded: random.next())) }
    }
}
