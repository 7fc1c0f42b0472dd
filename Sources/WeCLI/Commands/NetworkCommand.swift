import Weonomy

/// `weonomy doctor --network`: how far this laptop gets towards its colleagues, and why no further.
enum NetworkCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let state = UpFiles(try context.team()).running()
        let connected = Set(
            (state?.peers ?? []).filter { $0.state == "live" }.compactMap(\.person)
                .compactMap { PersonID(hex: $0) })
        let address = context.arguments.operand(0)
        context.output.note(.listeningAWhile, .faint)
        let report = try await brain.diagnose(address, besides: address == nil ? connected : [])
        let causes = Cause.all(report, state, isAddressGiven: address != nil)
        var page = Page()
        page.say(state.map { .upRuns($0) } ?? .upRunsNot, state == nil ? .warn : .good)
        page.say(.linksAre(report.beacons.links), report.beacons.links.isEmpty ? .bad : .good)
        page.say(
            report.beacons.isOwnHeard ? .ownBeaconHeard : .ownBeaconUnheard,
            report.beacons.isOwnHeard ? .good : .bad)
        page.say(
            .beaconsHeard(report.heard.map(\.name)), report.heard.isEmpty ? .warn : .good)
        for person in connected {
            guard let profile = try? await brain.profile(of: person).person else { continue }
            page.say(.connectedTo(profile.name), .good)
        }
        for attempt in report.attempts {
            let isGood = attempt.step == .same
            page.say(.attempt(attempt), isGood ? .good : .bad)
        }
        if !causes.isEmpty {
            page.blank()
            for cause in causes { page.say(cause.text, .warn) }
        }
        let isHealthy =
            causes.isEmpty && report.attempts.allSatisfy { $0.step == .same }
        return Reply(
            json(report, state, causes, isHealthy, connected.count), page,
            exit: isHealthy ? .ok : .failure, schema: "doctor-network")
    }

    private static func json(
        _ report: NetworkReport, _ state: UpFiles.State?, _ causes: [Cause], _ isHealthy: Bool,
        _ connected: Int
    ) -> JSONValue {
        [
            "healthy": .bool(isHealthy),
            "listening": state.map { JSONValue($0.port) } ?? nil,
            "links": JSONValue(report.beacons.links),
            "beacons": [
                "failure": JSONValue(report.beacons.failure?.description),
                "own_heard": .bool(report.beacons.isOwnHeard),
                "heard": .array(report.heard.map { JSONValue($0) }),
                "foreign": JSONValue(report.beacons.foreignCount),
            ],
            "connected": JSONValue(connected),
            "attempts": .array(
                report.attempts.map { attempt in
                    [
                        "address": .string(attempt.address),
                        "person": attempt.person.map { JSONValue($0) } ?? nil,
                        "step": .string("\(attempt.step)"),
                        "reason": JSONValue(attempt.error?.description),
                    ]
                }),
            "causes": .array(
                causes.map {
                    ["name": .string($0.rawValue), "message": .string($0.text.plain(.english))]
                }),
        ]
    }
}

/// What probably keeps laptops apart.
///
/// A wrong clock is none, except for beacons and by an hour.
enum Cause: String {
    case noNetwork = "no-network"
    case notUp = "not-up"
    case portTaken = "port-taken"
    case firewallHere = "firewall-here"
    case nobodyHeard = "nobody-heard"
    case unreadable = "unreadable-beacons"
    case noSuchName = "no-such-name"
    case notListening = "not-listening"
    case firewallThere = "firewall-there"
    case otherNetwork = "other-network"
    case otherTeam = "other-team"
    case notMember = "not-a-member"
    case cut = "cut"

    static func all(
        _ report: NetworkReport, _ state: UpFiles.State?, isAddressGiven: Bool
    ) -> [Cause] {
        var causes: [Cause] = []
        let beacons = report.beacons
        if beacons.links.isEmpty { causes.append(.noNetwork) }
        if state == nil, !isAddressGiven { causes.append(.notUp) }
        if beacons.failure != nil {
            causes.append(.portTaken)
        } else if !beacons.isOwnHeard, !beacons.links.isEmpty {
            causes.append(.firewallHere)
        }
        if report.heard.isEmpty, beacons.isOwnHeard, !isAddressGiven {
            causes.append(beacons.foreignCount > 0 ? .unreadable : .nobodyHeard)
        }
        for attempt in report.attempts {
            guard let cause = Cause(attempt), !causes.contains(cause) else { continue }
            causes.append(cause)
        }
        return causes
    }

    private init?(_ attempt: NetworkReport.Attempt) {
        switch attempt.step {
        case .name: self = .noSuchName
        case .reach:
            switch attempt.error {
            case .refused: self = .notListening
            case .unreachable: self = .otherNetwork
            default: self = .firewallThere
            }
        case .handshake: self = .otherTeam
        case .member: self = .notMember
        case .exchange: self = .cut
        case .same: return nil
        }
    }
}
