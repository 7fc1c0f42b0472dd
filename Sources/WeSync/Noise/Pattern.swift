/// A handshake pattern: which keys each message carries and what is agreed on along the way
/// (Noise 7), as data that ``HandshakeState`` walks through.
package struct HandshakePattern: Hashable, Sendable {
    /// One step of a message (Noise 7.1, and 9.1 for `psk`).
    package enum Token: Hashable, Sendable {
        case e, s, ee, es, se, ss, psk
    }

    /// The name as it stands in the protocol name, such as `XXpsk0`.
    package let name: String
    /// Whether the responder knows the initiator's static key beforehand (`-> s`).
    package let initiatorIsKnown: Bool
    /// Whether the initiator knows the responder's static key beforehand (`<- s`).
    package let responderIsKnown: Bool
    /// The tokens of each message; the initiator writes the first, then they take turns.
    package let messages: [[Token]]

    /// The number of pre-shared keys.
    package var pskCount: Int { messages.joined().count { $0 == .psk } }

    /// Whether only the initiator may send after the handshake (Noise 7.4).
    package var isOneWay: Bool { messages.count == 1 }

    /// The full name, with which every handshake hash begins (Noise 8).
    package var protocolName: String { "Noise_\(name)_25519_ChaChaPoly_BLAKE2b" }

    /// The one pattern of the product: both sides show who they are, and only to someone who
    /// already holds the team's secret.
    package static let xxpsk0 = HandshakePattern(xx, name: "XXpsk0", pskPlaces: [0])
}

// MARK: - Names

extension HandshakePattern {
    /// Reads a name such as `IK` or `XXpsk0+psk3`; `nil` for one that is not known here.
    package init?(name: String) {
        let letters = name.prefix { $0.isUppercase }
        guard let base = HandshakePattern.fundamental.first(where: { $0.name == letters }) else {
            return nil
        }
        var places: [Int] = []
        let modifiers = name.dropFirst(letters.count)
        let onlyBase = modifiers.isEmpty
        for modifier in modifiers.split(separator: "+", omittingEmptySubsequences: onlyBase) {
            guard modifier.hasPrefix("psk"), modifier.count == 4,
                let place = modifier.last?.wholeNumberValue, place <= base.messages.count,
                places.last.map({ $0 < place }) ?? true
            else { return nil }
            places.append(place)
        }
        self.init(base, name: name, pskPlaces: places)
    }

    /// `psk0` puts the token before the first message, `pskN` after the Nth (Noise 9.4); a place
    /// past the last message is left out.
    private init(_ base: HandshakePattern, name: String, pskPlaces: [Int]) {
        var messages = base.messages
        for place in pskPlaces where place <= messages.count {
            if place == 0 {
                messages[0].insert(.psk, at: 0)
            } else {
                messages[place - 1].append(.psk)
            }
        }
        self.init(
            name: name, initiatorIsKnown: base.initiatorIsKnown,
            responderIsKnown: base.responderIsKnown, messages: messages)
    }
}

// MARK: - The patterns of Noise 7.4 and 7.5

extension HandshakePattern {
    private static let xx = HandshakePattern(
        name: "XX", initiatorIsKnown: false, responderIsKnown: false,
        messages: [[.e], [.e, .ee, .s, .es], [.s, .se]])

    /// The one-way and the interactive patterns; the deferred ones are left out.
    package static let fundamental = [
        pattern("N", [[.e, .es]], responder: true),
        pattern("K", [[.e, .es, .ss]], initiator: true, responder: true),
        pattern("X", [[.e, .es, .s, .ss]], responder: true),
        pattern("NN", [[.e], [.e, .ee]]),
        pattern("NK", [[.e, .es], [.e, .ee]], responder: true),
        pattern("NX", [[.e], [.e, .ee, .s, .es]]),
        pattern("XN", [[.e], [.e, .ee], [.s, .se]]),
        pattern("XK", [[.e, .es], [.e, .ee], [.s, .se]], responder: true),
        xx,
        pattern("KN", [[.e], [.e, .ee, .se]], initiator: true),
        pattern("KK", [[.e, .es, .ss], [.e, .ee, .se]], initiator: true, responder: true),
        pattern("KX", [[.e], [.e, .ee, .se, .s, .es]], initiator: true),
        pattern("IN", [[.e, .s], [.e, .ee, .se]]),
        pattern("IK", [[.e, .es, .s, .ss], [.e, .ee, .se]], responder: true),
        pattern("IX", [[.e, .s], [.e, .ee, .se, .s, .es]]),
    ]

    private static func pattern(
        _ name: String, _ messages: [[Token]], initiator: Bool = false, responder: Bool = false
    ) -> HandshakePattern {
        HandshakePattern(
            name: name, initiatorIsKnown: initiator, responderIsKnown: responder,
            messages: messages)
    }
}
