import Synchronization
import WeKeys

/// The keys of one device.
struct NodeKeys: Sendable {
    let signing: SigningKey
    let channel: AgreementKey

    private static let kept = Mutex<[Int: NodeKeys]>([:])

    /// The keys of the device with this number, the same in every simulation: making them anew for
    /// each would cost more than much else.
    static func of(_ index: Int) throws -> NodeKeys {
        try kept.withLock { kept in
            if let known = kept[index] { return known }
            var random = SimulatedRandom(seed: 0x6b65_7973, stream: UInt64(index))
            let made = NodeKeys(
                signing: try SigningKey(seed: random.secret()),
                channel: try AgreementKey(secret: random.secret()))
            kept[index] = made
            return made
        }
    }
}
