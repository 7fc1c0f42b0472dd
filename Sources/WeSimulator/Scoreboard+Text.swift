extension Scoreboard {
    /// The lines that people read.
    package var text: String {
        let days = Double(simulatedMilliseconds) / 86_400_000
        var lines = [
            "seeds      \(seeds)",
            "simulated  \(Scoreboard.rounded(days)) days",
            "nodes      \(nodes)",
            "events     \(events)",
            "sessions   \(sessions), \(syncedSessions) ends of them synced",
            "bytes      \(bytes)",
            "cut off    \(eventsWithoutEffect) events, without which brains were the same",
            "files      \(files) held, \(filesFetched) fetched, \(filePartsRefused) parts refused, "
                + "\(fileChunksLost) chunks lost with the power",
            "slowest    \(convergenceMillisecondsMax) ms until all honest nodes were the same",
        ]
        for source in StepKind.Source.allCases {
            let kinds = StepKind.allCases.filter { $0.source == source }
            let counts = kinds.map { "\($0.rawValue) \(fired[$0, default: 0])" }
            lines.append("\(source): " + counts.joined(separator: ", "))
        }
        let faults = DiskFault.allCases.compactMap { fault in
            diskFaults[fault].map { "\(fault.rawValue) \($0)" }
        }
        if !faults.isEmpty { lines.append("on disks: " + faults.joined(separator: ", ")) }
        let kinds = fired.keys.count { $0.isFault } + faults.count
        lines.append("kinds of faults and attacks that fired  \(kinds)")
        let reasons = ends.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        lines.append("ends: " + reasons.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    private static func rounded(_ days: Double) -> String {
        "\((days * 100).rounded() / 100)"
    }

    /// The numbers, for another process to add up: one line of `name=count`.
    package var numbers: String {
        let counts: [(String, Int)] = [
            ("seeds", seeds), ("milliseconds", Int(simulatedMilliseconds)), ("nodes", nodes),
            ("events", events), ("sessions", sessions), ("synced", syncedSessions),
            ("bytes", bytes), ("cutOff", eventsWithoutEffect),
            ("slowest", Int(convergenceMillisecondsMax)), ("files", files),
            ("filesFetched", filesFetched), ("filePartsRefused", filePartsRefused),
            ("fileChunksLost", fileChunksLost),
        ]
        let steps = fired.sorted { $0.key < $1.key }.map { ("step.\($0.key.rawValue)", $0.value) }
        let reasons = ends.sorted { $0.key < $1.key }.map { ("end.\($0.key)", $0.value) }
        let faults = DiskFault.allCases.compactMap { fault in
            diskFaults[fault].map { ("disk.\(fault.rawValue)", $0) }
        }
        return (counts + steps + faults + reasons).map { "\($0)=\($1)" }.joined(separator: "\t")
    }

    /// Reads what ``numbers`` wrote.
    package init(numbers: String) {
        self.init()
        for part in numbers.split(separator: "\t") {
            let words = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard words.count == 2, let count = Int(words[1]) else { continue }
            take(words[0], count)
        }
    }

    private mutating func take(_ name: String, _ count: Int) {
        switch name {
        case "seeds": seeds = count
        case "milliseconds": simulatedMilliseconds = Int64(count)
        case "nodes": nodes = count
        case "events": events = count
        case "sessions": sessions = count
        case "synced": syncedSessions = count
        case "bytes": bytes = count
        case "cutOff": eventsWithoutEffect = count
        case "files": files = count
        case "filesFetched": filesFetched = count
        case "filePartsRefused": filePartsRefused = count
        case "fileChunksLost": fileChunksLost = count
        case "slowest": convergenceMillisecondsMax = Int64(count)
        default:
            if name.hasPrefix("step."), let kind = StepKind(rawValue: String(name.dropFirst(5))) {
                fired[kind] = count
            } else if name.hasPrefix("disk."),
                let fault = DiskFault(rawValue: String(name.dropFirst(5)))
            {
                diskFaults[fault] = count
            } else if name.hasPrefix("end.") {
                ends[String(name.dropFirst(4))] = count
            }
        }
    }
}
