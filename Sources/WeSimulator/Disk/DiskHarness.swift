import WeReplica

/// What a run of the harness found.
package struct DiskReport: Sendable {
    /// Points at which the power went.
    package internal(set) var crashPoints = 0
    /// Calls that failed, once or from then on.
    package internal(set) var failurePoints = 0
    /// Growths of a file for which there was no room.
    package internal(set) var fullPoints = 0
    /// Syncs that failed.
    package internal(set) var syncPoints = 0
    /// Events that had been acknowledged and were looked for afterwards.
    package internal(set) var acknowledgedCount = 0
    /// How many of them were not there.
    package internal(set) var lostCount = 0
    /// What went wrong, with the words that play it again.
    package internal(set) var complaints: [String] = []
    /// What the disks did.
    package internal(set) var counts = DiskCounts()

    /// Nothing done yet.
    package init() {}

    /// Adds another run.
    package mutating func add(_ other: DiskReport) {
        crashPoints += other.crashPoints
        failurePoints += other.failurePoints
        fullPoints += other.fullPoints
        syncPoints += other.syncPoints
        acknowledgedCount += other.acknowledgedCount
        lostCount += other.lostCount
        complaints += other.complaints
        counts.add(other.counts)
    }
}

/// Runs one workload again and again, with trouble at another point each time.
///
/// First anything may fail, then the trouble ends and everything must be right: what was
/// acknowledged is there, the file is sound, the views are those of the events, and work goes on.
package struct DiskHarness {
    private let workload: DiskWorkload
    /// Of all points, only each of so many is tried; the first is drawn from the seed.
    private let stride: Int
    package private(set) var report = DiskReport()

    /// - Parameters:
    ///   - workload: what is done.
    ///   - stride: 1 for all points, more for a sample.
    package init(_ workload: DiskWorkload, stride: Int = 1) {
        self.workload = workload
        self.stride = max(1, stride)
    }

    /// What points are counted by.
    package enum Kind: String, Sendable { case crash, io, full, sync }

    /// Kinds of trouble, each with points of its own.
    package enum Trouble: Sendable, Hashable, CustomStringConvertible {
        case crash
        case failure([DiskCall], isLasting: Bool)

        package var kind: Kind {
            switch self {
            case .crash: .crash
            case .failure([.growth], _): .full
            case .failure([.sync], _): .sync
            case .failure: .io
            }
        }

        package var description: String {
            switch self {
            case .crash: "crash"
            case .failure(let calls, let isLasting):
                calls.map(\.rawValue).joined(separator: "+") + (isLasting ? " lasting" : " once")
            }
        }
    }

    /// Everything that this harness does to a workload.
    package static let troubles: [Trouble] =
        [.crash]
        + [
            [.read], [.write], [.truncate], [.open, .delete, .access, .size], [.lock, .shareLock],
            [.map], [.sync], [.growth],
        ].flatMap { calls in
            [
                Trouble.failure(calls, isLasting: false),
                Trouble.failure(calls, isLasting: true),
            ]
        }

    /// Does the workload without trouble; gives what it asks of the disk.
    package mutating func measure() -> DiskCounts {
        let disk = SimulatedDisk(seed: workload.seed)
        let found = DiskHarness.attempt("\(workload.seed) measure") {
            report throws(HarnessError) in
            let laptop = try HarnessError.laptop(on: disk)
            for step in workload.steps {
                try HarnessError.translating { () throws(ReplicaError) in
                    try laptop.perform(step)
                }
            }
            try DiskVerdict.judge(laptop, &report)
        }
        report.add(found)
        return disk.counts
    }

    /// Does the workload with this trouble at all of its points.
    ///
    /// - Parameter point: only this one.
    package mutating func run(
        _ trouble: Trouble, point: Int? = nil, onPoint: (String) -> Void = { _ in }
    ) {
        var random = DiskRandom(seed: workload.seed)
        var number = point ?? 1 + random.below(stride)
        while true {
            let words = "\(workload.seed) \(trouble) \(number)"
            onPoint(words)
            var hasFired = false
            let found = DiskHarness.attempt(words) { report throws(HarnessError) in
                hasFired =
                    switch trouble {
                    case .crash: try crash(at: number, &report)
                    case .failure(let calls, let isLasting):
                        try fail(calls, at: number, isLasting: isLasting, &report)
                    }
            }
            report.add(found)
            guard hasFired, point == nil else { return }
            number += stride
        }
    }

    private static func attempt(
        _ words: String, _ body: (inout DiskReport) throws(HarnessError) -> Void
    ) -> DiskReport {
        var report = DiskReport()
        do throws(HarnessError) {
            try body(&report)
        } catch {
            report.complaints.append("\(words): \(error.message)")
        }
        return report
    }

    // MARK: - A crash

    private func crash(
        at number: Int, _ report: inout DiskReport
    ) throws(HarnessError) -> Bool {
        let seed = workload.seed &* 1_000_003 &+ UInt64(number)
        let disk = SimulatedDisk(seed: seed, sectorBytes: number % 2 == 0 ? 512 : 4_096)
        let laptop = try HarnessError.laptop(on: disk)
        disk.crash(atChange: number)
        for step in workload.steps where !disk.isCrashed {
            do throws(ReplicaError) {
                try laptop.perform(step)
            } catch {
                guard disk.isCrashed else { throw HarnessError("\(step): \(error.message)") }
            }
        }
        guard disk.isCrashed else { return false }
        report.crashPoints += 1
        let found = disk.afterPowerLoss(seed: seed)
        report.counts.add(disk.counts)
        laptop.move(to: found)
        try DiskVerdict.judge(laptop, &report)
        return true
    }

    // MARK: - Calls that fail

    private func fail(
        _ calls: [DiskCall], at number: Int, isLasting: Bool, _ report: inout DiskReport
    ) throws(HarnessError) -> Bool {
        let seed = workload.seed &* 1_000_003 &+ UInt64(number)
        let disk = SimulatedDisk(seed: seed)
        let laptop = try HarnessError.laptop(on: disk)
        disk.fail(SimulatedDisk.Failure(Set(calls), number: number, isLasting: isLasting))
        for step in workload.steps {
            do throws(ReplicaError) {
                try laptop.perform(step)
                continue
            } catch {
                try check(error, calls)
            }
            if isLasting {
                // Nothing gets better by trying, and nothing may get worse.
                let more: [DiskWorkload.Step] =
                    step == .found ? [] : [.append(count: 1, bytes: 10), .find, .checkpoint]
                for step in [step] + more {
                    do throws(ReplicaError) { try laptop.perform(step) } catch {
                        try check(error, calls)
                    }
                }
                disk.heal()
            }
            // The trouble is over: what failed works, in the same process.
            try HarnessError.translating(step) { () throws(ReplicaError) in
                try laptop.perform(step)
            }
        }
        let hasFired = disk.counts.calls(Set(calls)) >= number
        guard hasFired else { return false }
        switch Trouble.failure(calls, isLasting: isLasting).kind {
        case .sync: report.syncPoints += 1
        case .full: report.fullPoints += 1
        case .io, .crash: report.failurePoints += 1
        }
        disk.heal()
        try DiskVerdict.judge(laptop, &report)
        report.counts.add(disk.counts)
        // What was acknowledged after the trouble is as safe as before it.
        laptop.move(to: disk.afterPowerLoss(seed: seed, loss: .all))
        try DiskVerdict.judge(laptop, &report)
        return true
    }

    /// The words that are right for trouble of each kind.
    private func check(_ error: ReplicaError, _ calls: [DiskCall]) throws(HarnessError) {
        let expected: Set<ReplicaError.Code> =
            switch calls {
            case [.growth]: [.diskFull]
            default: [.inputOutput]
            }
        guard expected.contains(error.code) else {
            throw HarnessError("a wrong error: \(error.code) \(error.message)")
        }
    }
}

/// Why a run did not go as it must.
struct HarnessError: Error {
    let message: String

    init(_ message: String) { self.message = message }

    static func laptop(on disk: SimulatedDisk) throws(HarnessError) -> DiskLaptop {
        do { return try DiskLaptop(disk: disk) } catch { throw HarnessError("\(error)") }
    }

    static func translating<Result>(
        _ step: DiskWorkload.Step? = nil, _ body: () throws(ReplicaError) -> Result
    ) throws(HarnessError) -> Result {
        do throws(ReplicaError) { return try body() } catch {
            let step = step.map { "\($0): " } ?? ""
            throw HarnessError("\(step)\(error.code) \(error.message)")
        }
    }
}
