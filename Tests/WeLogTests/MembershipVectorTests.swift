import Testing
import WeData

@testable import WeLog

/// The executable model of the membership rules is the oracle: the same events count.
@Suite("Membership vectors")
struct MembershipVectorTests {
    @Test("every published history", .enabled(if: ModelVectors.arePresent))
    func published() throws {
        let vectors = try ModelVectors.load()
        #expect(vectors.count >= 223)
        for vector in vectors {
            let translation = try ModelTranslation(vector.ops.map(ModelOp.init))
            let graph = MembershipGraph(team: translation.team, events: translation.events)
            let team = try #require(Team(MembershipFold(graph, isModel: true)))
            let effective = try translation.effective(team)
            let expected = Set(vector.effective)
            let kinds = Dictionary(
                uniqueKeysWithValues: vector.ops.map { ($0.id, "\($0.kind)@\($0.device)") })
            #expect(
                effective == expected,
                """
                \(vector.name): counts \(effective.subtracting(expected).map { kinds[$0] ?? $0 }), \
                does not \(expected.subtracting(effective).map { kinds[$0] ?? $0 })
                """)
        }
    }
}
