#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import WeSimulator

// All points of all workloads, or of one; `dev/crash` adds up what several of these print.
//   --workloads N     seeds 1 to N instead of 50
//   --seed N          only this one
//   --kind K          only crash, io, full or sync
//   --stride N        only every n-th point
//   --point N         only this point, of one seed and kind
//   --part I N        of all seeds those that leave I when divided by N
// One line for each workload with its complaints, then how often each fault fired. What is under
// way goes to standard error, so that a trap shows where it happened.
let words = Array(CommandLine.arguments.dropFirst())

@MainActor func option(_ name: String) -> [String] {
    guard let place = words.firstIndex(of: name) else { return [] }
    return Array(words.dropFirst(place + 1).prefix { !$0.hasPrefix("--") })
}

@MainActor func number(_ name: String) -> Int? { option(name).first.flatMap { Int($0) } }

let count = number("--workloads") ?? 50
let part = option("--part").compactMap { Int($0) } + [0, 1]
let seeds = number("--seed").map { [$0] } ?? (1...count).filter { $0 % part[1] == part[0] }
let kinds = option("--kind").compactMap { DiskHarness.Kind(rawValue: $0) }
let troubles = DiskHarness.troubles.filter { kinds.isEmpty || kinds.contains($0.kind) }

var total = DiskReport()
for seed in seeds {
    var harness = DiskHarness(
        DiskWorkload(seed: UInt64(seed)), stride: number("--stride") ?? 1)
    _ = harness.measure()
    for trouble in troubles {
        harness.run(trouble, point: number("--point")) { point in
            let line = Array("\(point)\n".utf8)
            _ = write(2, line, line.count)
        }
    }
    let report = harness.report
    print(
        "workload \(seed) crash \(report.crashPoints) io \(report.failurePoints)"
            + " full \(report.fullPoints) sync \(report.syncPoints)"
            + " acknowledged \(report.acknowledgedCount) lost \(report.lostCount)"
            + " wrong \(report.complaints.count)")
    for complaint in report.complaints.prefix(20) { print("  \(complaint)") }
    fflush(nil)
    total.add(report)
}
for fault in DiskFault.allCases {
    print("fault \(fault.rawValue) \(total.counts.faults[fault, default: 0])")
}
