#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import WeData
import WeKeys
import WeLog
import WeReplica

extension Brain {
    /// A person's needs that nobody has solved, newest first.
    public func needs(of person: PersonID) throws(BrainError) -> [Item] {
        try items(
            SearchRequest(
                facets: [
                    [Facet.kind(ObjectKind.need)], [Facet.author(person)],
                    [Facet.status(.open), Facet.status(.answered)],
                ], excludedFacets: [Facet.retracted], countMax: 100))
    }

    /// What a code is for.
    public enum CodeKind: Sendable {
        /// Someone new joins.
        case person
        /// A further device of the person who made it joins.
        case device
    }

    /// What a complete code to join is for, `nil` for anything else; says nothing of who made it.
    public static func kind(ofCode code: String) -> CodeKind? {
        switch Invitation(code: code)?.purpose {
        case .newcomer: .person
        case .device: .device
        case .recovery, nil: nil
        }
    }
}
