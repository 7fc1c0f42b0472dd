import Dispatch
import WeKeys
import WeLog
import WeReplica
import WeSync

extension Brain {
    /// Exchanges with colleagues by a stick: takes in what others left in a folder on it, and
    /// leaves what they lack.
    ///
    /// Nothing but the team's own folder there is touched. Whatever fails on the stick, and
    /// whenever it is pulled out, what was taken in is kept and what lay there before is whole;
    /// ``CarryReport/problems`` says what was not done.
    ///
    /// - Parameters:
    ///   - path: a folder that is there: the stick, or a folder on it.
    ///   - isFull: leave everything, for who has not seen this stick.
    ///   - isDryRun: only say what would be done; nothing is written anywhere.
    ///   - filesMax: bytes of files that may go along, those that others want.
    ///   - onProgress: hears how far it is.
    public func carry(
        _ path: String, isFull: Bool = false, isDryRun: Bool = false, filesMax: Int = 0,
        onProgress: @escaping @Sendable (CarryProgress) -> Void = { _ in }
    ) async throws(BrainError) -> CarryReport {
        let team = try carried()
        let folder = try Brain.stick(path, team: team, isCreating: !isDryRun)
        return try await carry(
            folder, isFull: isFull, isDryRun: isDryRun, filesMax: filesMax, onProgress: onProgress)
    }

    /// The same with any folder.
    func carry(
        _ folder: any StickFolder, isFull: Bool = false, isDryRun: Bool = false, filesMax: Int = 0,
        onProgress: @escaping @Sendable (CarryProgress) -> Void = { _ in }
    ) async throws(BrainError) -> CarryReport {
        let team = try carried()
        let visit = CarryVisit(folder, node, team: team, secrets: node.secrets, now: now())
        return try await carry(
            visit, isFull: isFull, isDryRun: isDryRun, filesMax: filesMax, onProgress: onProgress)
    }

    func carry(
        _ visit: CarryVisit, isFull: Bool = false, isDryRun: Bool = false, filesMax: Int = 0,
        onProgress: @escaping @Sendable (CarryProgress) -> Void = { _ in }
    ) async throws(BrainError) -> CarryReport {
        var visit = try await working { () throws(BrainError) in
            var visit = visit
            visit.look()
            try visit.takeIn(isDryRun: isDryRun, onProgress: onProgress)
            visit.admit(isDryRun: isDryRun)
            return visit
        }
        if !isDryRun {
            await noteArrival()
            engine?.wantedFilesChanged()
        }
        // Who leaves tells the others as ever; who was put out gets nothing and leaves nothing.
        let isLeaving = ((try? verdict()) ?? nil)?.kind == .leave
        if !isLeaving, let exclusion = exclusion() { throw exclusion }
        guard let secret = node.secrets.first else { throw Brain.holdsNoSecret }
        let key = identity.signing
        visit = try await working { [visit] () throws(BrainError) in
            var visit = visit
            try visit.leave(
                isFull: isFull, isDryRun: isDryRun, filesMax: filesMax, secret: secret,
                signingKey: key,
                onProgress: onProgress)
            return visit
        }
        return try named(visit.report)
    }

    /// What follows an arrival, whichever way it came.
    func noteArrival() async {
        takeBackWhatWaits()
        await node.settle()
        try? doDuties()
        engine?.rosterChanged()
        engine?.storeGrew()
    }

    /// The team, where this laptop may carry for it.
    private func carried() throws(BrainError) -> TeamID {
        guard let team = replica.currentTeam else {
            throw BrainError(
                .noReplica, "the team has not arrived here yet",
                hint: "Run weonomy join again")
        }
        guard !node.secrets.isEmpty else { throw Brain.holdsNoSecret }
        return team.id
    }

    private static let holdsNoSecret = BrainError(
        .notAllowed, "this laptop is no member's, so it can neither open nor seal a stick")

    /// Gives people the names that their profiles say.
    private func named(_ report: CarryReport) throws(BrainError) -> CarryReport {
        let names = try names()
        func named(_ person: PersonRef) -> PersonRef {
            PersonRef(id: person.id, name: names[person.id] ?? person.name)
        }
        var report = report
        report.visitors = report.visitors.map {
            CarryReport.Visitor(
                person: $0.person.map(named), time: $0.time, lackedCount: $0.lackedCount)
        }
        report.sources = report.sources.map {
            CarryReport.Source(person: $0.person.map(named), count: $0.count)
        }
        report.leftFor = report.leftFor.map(named)
        return report
    }

    /// The team's folder on a stick; an empty one where there is none and none is to be made.
    static func stick(
        _ path: String, team: TeamID, isCreating: Bool
    ) throws(BrainError) -> any StickFolder {
        try stick(path, teamPrefix: Array(team.bytes.prefix(8)), isCreating: isCreating)
    }

    static func stick(
        _ path: String, teamPrefix: [UInt8], isCreating: Bool
    ) throws(BrainError) -> any StickFolder {
        let names = [BundleName.parent, BundleName.folder(teamPrefix: teamPrefix)]
        do throws(StickFault) {
            let found = try SystemStick.open(path, names, isCreating: isCreating)
            return found ?? NoStick()
        } catch {
            // What is there can still be read.
            if isCreating, error == .readOnly || error == .full || error == .denied,
                let found = try? SystemStick.open(path, names, isCreating: false)
            {
                return found
            }
            throw BrainError(error, at: path)
        }
    }

    /// Runs what may wait for a slow stick on a thread of its own.
    func working<Value: Sendable>(
        _ body: @escaping @Sendable () throws(BrainError) -> Value
    ) async throws(BrainError) -> Value {
        let result: Result<Value, BrainError> = await withCheckedContinuation { continuation in
            Brain.carrier.async {
                do throws(BrainError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private static let carrier = DispatchQueue(label: "weonomy-carry", attributes: .concurrent)
}

/// A stick on which nothing of the team is, and nothing is to be written.
private struct NoStick: StickFolder {
    func names() throws(StickFault) -> [String] { [] }
    func open(_ name: String) throws(StickFault) -> any StickReading { throw .missing }
    func create(_ name: String) throws(StickFault) -> any StickWriting { throw .readOnly }
    func rename(_ name: String, to other: String) throws(StickFault) { throw .readOnly }
    func remove(_ name: String) throws(StickFault) {}
}

extension BrainError {
    init(_ fault: StickFault, at path: String) {
        switch fault {
        case .missing:
            self.init(.file, "there is no folder \(path)", hint: "Is the stick in?")
        case .other:
            self.init(.file, "\(path) is no folder, or something else is called Weonomy in it")
        case .readOnly:
            self.init(.file, "\(path) can only be read", hint: "Is the stick locked?")
        case .full: self.init(.diskFull, "\(path) is full", hint: "Make room on it")
        case .denied:
            self.init(.file, "this user may not use \(path)", hint: "Check its permissions")
        case .failed, .unmade:
            self.init(.file, "\(path) can't be used", hint: "Is the stick in, and sound?")
        }
    }
}
