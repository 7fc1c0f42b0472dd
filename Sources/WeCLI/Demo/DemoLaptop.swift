#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A laptop of the demo: a home of its own, in which this same program runs as a process.
struct DemoLaptop: Sendable {
    /// The word that stands for the person in folders: `anna`.
    let word: String
    /// The name in the team.
    let name: String
    let home: String
    let machine: DemoMachine

    /// How one is called at the coffee machine.
    var firstName: String { String(name.prefix { $0 != " " }) }

    /// Runs a command to its end and reads its answer.
    func run<Answer: Decodable>(
        _ words: [String], input: String = "", as type: Answer.Type = DemoAnswer.Nothing.self
    ) async throws(Failure) -> Answer {
        let process = try machine.start(options("--json") + words, input: input)
        let ending = await process.ended()
        let data = Data(ending.output)
        if let answer = try? JSONDecoder().decode(DemoAnswer.Envelope<Answer>.self, from: data) {
            return answer.data
        }
        let fault = try? JSONDecoder().decode(DemoAnswer.Fault.self, from: data)
        let said = fault?.error.message ?? String(decoding: ending.error.suffix(600), as: UTF8.self)
        throw Failure(
            .failure, "demo-step",
            .demoStepFailed(
                firstName, words.prefix { !$0.hasPrefix("-") }.prefix(2).joined(separator: " "),
                ending.code, said))
    }

    /// Listens for the others, until the door is closed.
    func listen() async throws(Failure) -> DemoDoor {
        let words = ["sync", "--listen", "--host", "127.0.0.1", "--port", "0"]
        let process = try machine.start(options("--json=lines") + words)
        for await line in process.lines {
            let event = try? JSONDecoder().decode(
                DemoAnswer.Envelope<DemoAnswer.Listening>.self, from: Data(line.utf8))
            if let port = event?.data.port { return DemoDoor(process: process, port: port) }
        }
        let ending = await process.ended()
        let said = String(decoding: (ending.output + ending.error).suffix(600), as: UTF8.self)
        throw Failure(
            .failure, "demo-step",
            .demoStepFailed(firstName, "sync --listen", ending.code, said))
    }

    private func options(_ json: String) -> [String] {
        ["--home", home, json, "--no-input", "--no-pager", "--lang", "en"]
    }
}

/// A laptop that listens.
struct DemoDoor: Sendable {
    let process: Subprocess
    let port: Int

    var address: String { "127.0.0.1:\(port)" }

    /// Stops listening, so that nobody is connected any more.
    func close() async {
        process.stop()
        let patience = Task {
            try? await Task.sleep(for: .seconds(5))
            if !Task.isCancelled { process.stop(true) }
        }
        _ = await process.ended()
        patience.cancel()
    }
}

/// Starts this program again, in processes that end when the demo ends.
struct DemoMachine: Sendable {
    let program: String
    let environment: [String: String]
    let group: ProcessGuard

    init(environment: [String: String]) throws(Failure) {
        // What the person set for themselves must not steer the laptops of the demo.
        let own = environment.filter { !$0.key.hasPrefix("WEONOMY_") && $0.key != "COLUMNS" }
        guard let program = Subprocess.ownPath(), let group = ProcessGuard(environment: own) else {
            throw Failure(.failure, "cannot-start", .demoCannotStart)
        }
        self.program = program
        self.environment = own
        self.group = group
    }

    func start(_ words: [String], input: String = "") throws(Failure) -> Subprocess {
        let process = Subprocess(
            [program] + words, environment: environment, input: Array(input.utf8),
            group: group.group)
        guard let process else { throw Failure(.failure, "cannot-start", .demoCannotStart) }
        return process
    }
}
