import Testing
import WeData

@testable import WeSync

@Suite("Two sessions with one device")
struct TwoSessionsTests {
    private static let lesser = DeviceKey(Bytes32([UInt8](repeating: 1, count: 32)) ?? .zero)
    private static let greater = DeviceKey(Bytes32([UInt8](repeating: 2, count: 32)) ?? .zero)

    /// Which of two sessions a side keeps, by who dialled it: `true` for the one that it dialled.
    private func keepsOwn(
        _ own: DeviceKey, _ other: DeviceKey, isOwnOlder: Bool, establishedAt: Milliseconds = 0,
        begunAt: Milliseconds
    ) -> Bool {
        let roles: (SessionRole, SessionRole) =
            isOwnOlder ? (.initiator, .responder) : (.responder, .initiator)
        let olderStays = TwoSessions.olderStays(
            roles.0, establishedAt: establishedAt, roles.1, begunAt: begunAt, own: own,
            other: other)
        return olderStays == isOwnOlder
    }

    @Test("when both dialled at once both keep the one that the lesser key dialled")
    func crossed() {
        for (lesserSeesOwnFirst, greaterSeesOwnFirst) in [
            (true, true), (true, false), (false, true), (false, false),
        ] {
            // Begun before the other was established, at the same time, and a little later.
            for begunAt: Milliseconds in [-500, 0, 1_999] {
                #expect(
                    keepsOwn(
                        Self.lesser, Self.greater, isOwnOlder: lesserSeesOwnFirst,
                        begunAt: begunAt))
                #expect(
                    !keepsOwn(
                        Self.greater, Self.lesser, isOwnOlder: greaterSeesOwnFirst,
                        begunAt: begunAt))
            }
        }
    }

    @Test("who dials later has lost the older one, and one side's two are in order")
    func newer() {
        for isOwnOlder in [true, false] {
            for (own, other) in [(Self.lesser, Self.greater), (Self.greater, Self.lesser)] {
                #expect(
                    keepsOwn(own, other, isOwnOlder: isOwnOlder, begunAt: 2_000) != isOwnOlder)
            }
        }
        for role in [SessionRole.initiator, .responder] {
            #expect(
                !TwoSessions.olderStays(
                    role, establishedAt: 0, role, begunAt: 1, own: Self.lesser,
                    other: Self.greater))
        }
        // A copy of this laptop: neither key is the lesser.
        #expect(
            !TwoSessions.olderStays(
                .initiator, establishedAt: 0, .responder, begunAt: 1, own: Self.lesser,
                other: Self.lesser))
    }
}
