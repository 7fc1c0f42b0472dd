import Weonomy

extension Context {
    /// Ids, topics and people for the shell; nothing, and no word about it, when there is no brain.
    func lookUp(_ wanted: Completion, _ typed: String) async -> [Completer.Candidate] {
        guard let team = try? team(),
            let brain = try? await Brain.open(team.storage, isReadOnly: true)
        else { return [] }
        let start = typed.lowercased()
        switch wanted {
        case .id:
            let items = (try? await brain.find("", countMax: 200).items) ?? []
            return items.filter { $0.shortID.hasPrefix(start) }
                .map { Completer.Candidate(word: $0.shortID, about: $0.title) }
        case .topic:
            let topics = (try? await brain.topics()) ?? []
            return topics.filter { $0.topic.lowercased().hasPrefix(start) }
                .map { Completer.Candidate(word: $0.topic) }
        case .person:
            let profiles = (try? await brain.profiles()) ?? []
            return profiles.filter { $0.person.name.lowercased().hasPrefix(start) }
                .map { Completer.Candidate(word: $0.person.name, about: $0.role) }
        default: return []
        }
    }
}
