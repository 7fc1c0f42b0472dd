import WeSimulator

/// All points of all workloads, or of one: `SimulateDisk [--seed N] [--workloads N] [--part I N]`.
///
/// Prints one line for each workload, then the totals; what is under way goes to standard error
/// where `--trace` is given, so that a trap shows where it happened.
let words = Array(CommandLine.arguments.dropFirst())

@MainActor func option(_ name: String) -> [Int]? {
    guard let place = words.firstIndex(of: name) else { return nil }
    return words.dropFirst(place + 1).prefix { !$0.hasPrefix("--") }.compactMap { Int($0) }
}

let stride = option("--stride")?.first ?? 1
let count = option("--workloads")?.first ?? 50
let part = option("--part") ?? [0, 1]
let seeds = option("--seed").map { $0 } ?? (1...count).filter { $0 % part[1] == part[0] }

var total = DiskReport()
for seed in seeds {
    var harness = DiskHarness(DiskWorkload(seed: UInt64(seed)), stride: stride)
    if let point = option("--crash")?.first {
        harness.run(.crash, point: point)
    } else {
        _ = harness.measure()
        for trouble in DiskHarness.troubles { harness.run(trouble) }
    }
    let report = harness.report
    print(
        "workload \(seed) crash \(report.crashPoints) io \(report.failurePoints)"
            + " full \(report.fullPoints) sync \(report.syncPoints)"
            + " acknowledged \(report.acknowledgedCount) lost \(report.lostCount)"
            + " wrong \(report.complaints.count)")
    for complaint in report.complaints.prefix(20) { print("  \(complaint)") }
    total.add(report)
}
for fault in DiskFault.allCases { print("fault \(fault.rawValue) \(total.counts.faults[fault, default: 0])") }
