import Foundation

extension Measurements {
    /// The text engine: what `text` prints a line of for each trace and shape.
    ///
    /// Times are of the process, the median of several runs in one worker; memory is how much
    /// opening makes the peak of a fresh process grow.
    static func text(_ options: Options) throws -> [Result] {
        var jobs: [[String]] = []
        jobs += TextTraces.names("sequential").map { ["local", $0] }
        jobs += TextTraces.names("sequential").map { ["file", "sequential", $0, "1"] }
        jobs += [["file", "sequential", "automerge-paper.json.gz", "3"]]
            .filter { TextTraces.names($0[1]).contains($0[2]) }
        for kind in ["concurrent", "raw"] {
            jobs += TextTraces.names(kind).map { ["file", kind, $0, "1"] }
            jobs += TextTraces.names(kind).map { ["live", kind, $0] }
        }
        let rounds = options.isSmoke ? "100" : "4000"
        jobs += ["turns", "pingpong", "oneway"].map { ["live", $0, rounds] }
        let counts = options.isSmoke ? [1_000] : [10_000, 30_000, 100_000, 300_000, 1_000_000]
        jobs += counts.map { ["curve", "\($0)"] }
        if options.isSmoke { jobs.removeAll { $0.contains { $0.hasPrefix("C") } } }
        return try jobs.map { job in
            let worker = try Child(
                CommandLine.arguments[0], ["worker", "text", "\(options.isSmoke ? 1 : 7)"] + job)
            let figures = try worker.figures()
            worker.wait()
            let name = job.map { $0.replacingOccurrences(of: ".json.gz", with: "") }
            return Result(
                name: "text-" + name.joined(separator: "-"),
                values: figures.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }
}
