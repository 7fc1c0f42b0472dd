import Weonomy

/// A command that works with the brain of the team that is meant.
protocol BrainCommand: Command {
    /// Does it; what the brain throws is put into words by whoever calls this.
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply
    /// Whether it writes nothing, so that a folder that can't be written will do.
    static var isReading: Bool { get }
    /// Whether it makes no sense before the team's events are here.
    static var needsTeam: Bool { get }
}

extension BrainCommand {
    static var isReading: Bool { false }
    static var needsTeam: Bool { true }

    static func run(_ context: Context) async throws(Failure) -> Reply {
        try await context.asking {
            let brain = try await context.open(isReading: isReading)
            // Keys that were put back have an empty replica until the first sync.
            if needsTeam, brain.team == nil {
                throw Failure(
                    .noReplica, "not-synced", .replicaIsEmpty, hint: .syncToFill)
            }
            guard !isReading else {
                return try await context.naming(coachOf: brain) { try await read(context, brain) }
            }
            let reply = try await context.naming(coachOf: brain) { try await run(context, brain) }
            if try await brain.takeCopyNotice() { context.output.note(.replicaWasCopied) }
            await brain.close()
            return reply
        }
    }

    /// Where nothing may be written, views that lag behind stay so, and reading goes on.
    private static func read(_ context: Context, _ brain: Brain) async throws -> Reply {
        do {
            return try await run(context, brain)
        } catch let error as BrainError {
            guard error.code.leavesReading else { throw error }
            let storage = try context.team().storage
            let brain = try await context.unlocking { passphrase async throws(BrainError) in
                try await Brain.open(storage, isReadOnly: true, passphrase: passphrase)
            }
            return try await run(context, brain)
        }
    }
}

extension Context {
    /// Opens the brain of the team that is meant.
    func open(isReading: Bool) async throws -> Brain {
        let storage = try team().storage
        return try await unlocking { passphrase async throws(BrainError) in
            do throws(BrainError) {
                return try await Brain.open(storage, passphrase: passphrase)
            } catch {
                guard isReading, error.code.leavesReading else { throw error }
                return try await Brain.open(storage, isReadOnly: true, passphrase: passphrase)
            }
        }
    }

    /// Runs what asks a brain; where it fails, says whom to ask, too.
    fileprivate func naming<Result>(
        coachOf brain: Brain, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch {
            let failure = failure(error)
            // What was typed wrong says itself how it is typed right.
            guard failure.code != .usage, let coach = try? await brain.coach() else {
                throw failure
            }
            throw failure.asking(.askCoach(coach.name))
        }
    }

    /// Runs what asks a brain, and puts its errors into words.
    func asking<Result>(_ body: () async throws -> Result) async throws(Failure) -> Result {
        do {
            return try await body()
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as BrainError: Failure(error)
        default: Failure(.failure, "internal", .internalFault("\(error)"))
        }
    }

    /// The item that an id on the command line means.
    func item(_ brain: Brain, _ typed: String) async throws -> Item {
        try await naming(typed) { () async throws(BrainError) in
            try await brain.item(try await brain.resolve(typed))
        }
    }

    /// The object that an id means, also where nothing of it is to be seen.
    func object(_ brain: Brain, _ typed: String) async throws -> ObjectID {
        try await naming(typed) { () async throws(BrainError) in try await brain.resolve(typed) }
    }

    /// Looks up what an id means; says how to name it better where it means nothing, or too much.
    private func naming<Found>(
        _ typed: String, _ find: () async throws(BrainError) -> Found
    ) async throws -> Found {
        do throws(BrainError) {
            return try await find()
        } catch {
            switch error.code {
            case .notFound:
                throw Failure(.notFound, "no-such-id", .noSuchID(typed), hint: .copyID)
            case .ambiguous:
                throw Failure(
                    .notFound, "ambiguous-id", .ambiguousID(typed), hint: .typeMore(error.hint))
            default: throw error
            }
        }
    }

    /// The person that a name on the command line means.
    func person(_ brain: Brain, _ typed: String) async throws -> PersonRef {
        do {
            return try await brain.person(named: typed)
        } catch {
            switch error.code {
            case .notFound:
                let names = brain.team?.members.map(\.person.name) ?? []
                throw Failure(
                    .notFound, "no-such-person", .noSuchPerson(typed), hint: .people(names))
            case .ambiguous:
                throw Failure(
                    .notFound, "ambiguous-person", .ambiguousPerson(typed, error.hint))
            default: throw error
            }
        }
    }

    /// The moment that it is now.
    var now: Instant { Instant(milliseconds: screen.now()) }

    /// A person's name as short as the screen asks for.
    func short(_ name: String) -> String {
        isNarrow ? String(name.prefix { $0 != " " }) : name
    }

    /// Whether only the most important columns fit.
    var isNarrow: Bool { output.width.map { $0 < 80 } ?? false }
}

extension Paths.Team {
    /// The files as the brain wants them.
    var storage: Brain.Storage { Brain.Storage(replica: replica, key: key, secrets: secrets) }
}

extension BrainError.Code {
    /// Whether what is here can be read all the same.
    fileprivate var leavesReading: Bool { self == .readOnly || self == .diskFull }
}
