import Foundation

/// Measures what README promises, each measurement in a process of its own.
///
/// `bench [NAME…] [--json] [--smoke] [--events N] [--people N] [--rounds N]`; workers are this
/// program again with `worker` as its first word.
@main
enum Bench {
    static func main() async throws {
        var words = Array(CommandLine.arguments.dropFirst())
        if words.first == "worker" {
            words.removeFirst()
            return try await Worker.run(words)
        }
        let options = Options(words)
        var failed = false
        for (name, measure) in Measurements.all where options.wants(name) {
            do {
                for result in try measure(options) { options.show(result) }
            } catch {
                failed = true
                FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
            }
        }
        exit(failed ? 1 : 0)
    }
}

/// What was asked on the command line.
struct Options {
    let names: Set<String>
    let isJSON: Bool
    let isSmoke: Bool
    let events: Int
    let rounds: Int
    /// Members of a team whose pages are measured.
    let people: Int

    init(_ words: [String]) {
        var names: Set<String> = []
        var events: Int?
        var rounds: Int?
        var people: Int?
        var isJSON = false
        var isSmoke = false
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--smoke": isSmoke = true
            case "--events": events = rest.popFirst().flatMap { Int($0) }
            case "--people": people = rest.popFirst().flatMap { Int($0) }
            case "--rounds": rounds = rest.popFirst().flatMap { Int($0) }
            default: names.insert(word)
            }
        }
        self.names = names
        self.isJSON = isJSON
        self.isSmoke = isSmoke
        self.events = events ?? (isSmoke ? 2_000 : 100_000)
        self.people = people ?? (isSmoke ? 20 : 1_000)
        self.rounds = rounds ?? (isSmoke ? 1 : 3)
    }

    func wants(_ name: String) -> Bool { names.isEmpty || names.contains(name) }

    func show(_ result: Result) {
        if isJSON {
            let data = try? JSONSerialization.data(
                withJSONObject: result.object, options: [.sortedKeys])
            print(String(decoding: data ?? Data(), as: UTF8.self))
        } else {
            let values = result.values.map { "\($0.0) \($0.1.formatted)" }
            print("\(result.name): \(values.joined(separator: " · "))")
        }
    }
}

/// One measurement with its figures.
struct Result {
    let name: String
    let values: [(String, Double)]

    var object: [String: Any] {
        var object: [String: Any] = ["schema": "weonomy.bench/1", "name": name]
        for (key, value) in values { object[key] = value }
        return object
    }
}

extension Double {
    var formatted: String {
        self == rounded() && abs(self) < 1e12
            ? String(Int(self)) : String(format: abs(self) < 10 ? "%.3f" : "%.1f", self)
    }
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1
        ? sorted[sorted.count / 2]
        : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
}
