import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// A fault that a test plants in node 1, to see that the checks find it.
package enum PlantedFault: CaseIterable, Sendable {
    /// It forgets an event that it has acknowledged.
    case lostEvent
    /// It takes a stranger in.
    case strangersEffect
    /// It shows another brain than others with the same events.
    case unequalBrain
    /// It no longer talks to anyone.
    case silence
    /// It holds on to whatever it is sent.
    case hoarding
    /// It blames honest peers.
    case blame
    /// It goes on talking when there is nothing to say.
    case chatter
    /// It has a body that was erased.
    case erasedBody
    /// What it shows does not follow from its events.
    case staleViews
    /// What someone wrote who was put out changes what it shows.
    case laterEffect
    /// A body is gone that nobody erased who may.
    case lostBody
    /// Its store fails.
    case failingStore
    /// It asks for no chunk of a file.
    case forgottenFile
    /// It believes the first size that somebody names of a file.
    case firstSize
    /// A byte of a file that it holds is another one.
    case wrongByte
    /// It keeps files that only erased items named.
    case keptFile
    /// Everyone asks again who lied.
    case trustedLiar

    /// The promise that it breaks.
    package var invariant: Violation.Invariant {
        switch self {
        case .lostEvent: .nothingLost
        case .strangersEffect, .laterEffect, .lostBody: .noUnauthorisedEffect
        case .unequalBrain: .equalDigests
        case .silence: .convergence
        case .hoarding: .boundedMemory
        case .blame: .noBlame
        case .chatter: .noSpinning
        case .erasedBody: .noErasedBody
        case .staleViews: .viewsFollowEvents
        case .failingStore: .soundStore
        case .forgottenFile, .firstSize: .filesArrive
        case .wrongByte: .noWrongByte
        case .keptFile: .noErasedFile
        case .trustedLiar: .liarLeftOut
        }
    }
}

extension Simulation {
    /// Whether a fault is planted in this node.
    func isPlanted(_ fault: PlantedFault, in node: SimulatedNode) -> Bool {
        planted == fault && node.index == 1
    }

    func plantAtLiveness() {
        guard nodes.count > 1, nodes[1].isMember else { return }
        switch planted {
        case .silence, .lostEvent: nodes[1].write([.create(kind: "share")], to: nil)
        case .failingStore:
            nodes[1].write([.create(kind: "share")], to: nil, after: [EventID(random.bytes32())])
        case .erasedBody:
            guard let event = nodes[1].acknowledged.last else { return }
            truth.erasures.append(
                Truth.Erasure(
                    event: event, person: nodes[1].person, device: nodes[1].signing.publicKey,
                    target: event, isOwn: true, salt: []))
        default: break
        }
    }

    func plantAtRest() {
        guard planted == .chatter, nodes.count > 1 else { return }
        nodes[1].write([.create(kind: "share")], to: nil)
        schedule(at: now + 1_000) { [self] in plantAtRest() }
    }
}
