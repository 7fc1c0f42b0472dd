import WeData
import WeLog
import WeReplica
import WeSync
public import WeTransport

/// How far this laptop gets towards its colleagues.
public struct NetworkReport: Sendable {
    /// How far a dial came.
    public enum Step: Int, Sendable, CaseIterable {
        /// The name has no address.
        case name
        /// Nobody answers at the address.
        case reach
        /// Somebody answers, and does not know this team's secret.
        case handshake
        /// The secret fits, and one side does not take the other for a member.
        case member
        /// A session that was cut before both had the same.
        case exchange
        /// All is well.
        case same
    }

    /// A dial.
    public struct Attempt: Sendable {
        /// Where.
        public let address: String
        /// Who is expected there, or was found.
        public let person: PersonRef?
        /// Where it stopped.
        public let step: Step
        /// Why.
        public let error: TransportError?
    }

    /// What was heard.
    public let beacons: BeaconProbe.Report
    /// Who was heard.
    public let heard: [PersonRef]
    /// What came of each dial.
    public let attempts: [Attempt]
}

extension Brain {
    /// Dials at most so many.
    private static let attemptsMax = 8

    /// Looks how far this laptop gets: listens for beacons, then dials `address`, or else whom it
    /// heard and whom it knows, but for those in `connected`.
    public func diagnose(
        _ address: String? = nil, besides connected: Set<PersonID> = [],
        milliseconds: Int = 7_000
    ) async throws(BrainError) -> NetworkReport {
        let team = replica.currentTeam
        let names = try names()
        let own = identity.signing.publicKey
        let beacons: BeaconProbe.Report
        do throws(TransportError) {
            beacons = try await BeaconProbe.run(
                device: own.value.word0, secrets: node.beaconSecrets(),
                milliseconds: milliseconds)
        } catch { throw BrainError(error) }
        func person(_ sighting: DiscoveryStatus.Sighting) -> PersonRef? {
            let owner = team?.owners.first { sighting.isOf($0.key) }?.value
            return owner.map { PersonRef(id: $0, name: names[$0] ?? "") }
        }
        var targets: [(String, PersonRef?)] = []
        if let address {
            targets = [(address, nil)]
        } else {
            targets = beacons.sightings.map { ($0.address, person($0)) }
            let found = Set(targets.compactMap(\.1?.id))
            for peer in try peers() where !targets.contains(where: { $0.0 == peer.address }) {
                guard peer.isTyped || !(peer.person.map { found.contains($0.id) } ?? false)
                else { continue }
                targets.append((peer.address, peer.person))
            }
        }
        var attempts: [NetworkReport.Attempt] = []
        for (address, expected) in targets.prefix(Brain.attemptsMax) {
            guard !(expected.map { connected.contains($0.id) } ?? false) else { continue }
            attempts.append(try await attempt(address, expected, names))
        }
        let heard = Set(beacons.sightings.compactMap { person($0) })
        return NetworkReport(
            beacons: beacons, heard: heard.sorted(),
            attempts: attempts)
    }

    private func attempt(
        _ address: String, _ expected: PersonRef?, _ names: [PersonID: String]
    ) async throws(BrainError) -> NetworkReport.Attempt {
        let engine: SyncEngine
        do throws(TransportError) { engine = try SyncEngine(node: node) } catch {
            throw BrainError(error)
        }
        node.prepare(joining: nil, isLive: false)
        let updates = engine.updates
        let connection = engine.connect(address)
        var step = NetworkReport.Step.reach
        var person = expected
        var failure: TransportError?
        events: for await update in updates where update.connection == connection {
            switch update {
            case .connected: step = .handshake
            case .recognised(_, _, let id):
                step = .exchange
                person = PersonRef(id: id, name: names[id] ?? "")
            case .synced:
                step = .same
                engine.disconnect(connection)
            case .closed(_, let error):
                failure = error
                break events
            case .progress, .invited, .welcomed: break
            }
        }
        await engine.stop()
        node.prepare(joining: nil, isLive: true)
        return NetworkReport.Attempt(
            address: address, person: person, step: step.refined(by: failure),
            error: step == .same ? nil : failure)
    }
}

extension NetworkReport.Step {
    /// What the reason says of how far it really came.
    fileprivate func refined(by error: TransportError?) -> NetworkReport.Step {
        switch (self, error) {
        case (.reach, .cannotResolve), (.reach, .badAddress): .name
        case (.handshake, .session(let session, _)): session.isAboutMembership ? .member : self
        default: self
        }
    }
}

extension SyncError {
    /// Whether the secret fitted and the device was not taken for a member's.
    fileprivate var isAboutMembership: Bool {
        switch self {
        case .unknownDevice, .excluded, .badProof, .otherTeam: true
        case .refused(let code, _): [2, 3, 4].contains(code)
        default: false
        }
    }
}
