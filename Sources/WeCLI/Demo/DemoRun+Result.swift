import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What became of the brain.
extension DemoRun {
    /// A question, and who may help with it.
    struct Question: Sendable {
        struct Helper: Sendable {
            let name: String
            let reason: Text
            /// The same in English, for programs.
            let reasons: [String]

            var isOffering: Bool { reasons.first?.hasPrefix("offers ") == true }
        }
        let title: String
        let asker: String
        var helpers: [Helper]
    }

    /// A topic that one person knows.
    struct Risk: Sendable {
        let topic: String
        let shares: Int
        let holder: String
    }

    /// What was exported.
    struct Exported: Sendable {
        let folders: [String]
        let notes: Int
        /// Files in each folder, when the folders are the same.
        let files: Int?
    }

    /// The questions, with those who can help by what their laptops say.
    func questions() async throws(Failure) -> [Question] {
        let asked = try await anna.run(
            ["find", "is:unresolved", "--limit", "100"], as: [DemoAnswer.Item].self)
        let todays = try await onEach { (_, laptop) throws(Failure) in
            try await laptop.run(["today"], as: DemoAnswer.Today.self).can_help
        }
        return asked.sorted { ($0.author.name, $0.title) < ($1.author.name, $1.title) }.map {
            need in
            var helpers = zip(laptops, todays).compactMap { laptop, matches in
                matches.first { $0.need.id == need.id }.map {
                    Question.Helper(
                        name: laptop.firstName, reason: reason($0, laptop), reasons: $0.reasons)
                }
            }
            // What someone says of themselves weighs most.
            let offering = helpers.filter(\.isOffering)
            helpers = offering + helpers.filter { !$0.isOffering }
            return Question(title: need.title, asker: firstName(need.author.name), helpers: helpers)
        }
    }

    /// Why someone can help, in the language of whoever looks on.
    private func reason(_ match: DemoAnswer.Match, _ laptop: DemoLaptop) -> Text {
        let person = team.people.first { $0.name == laptop.name }
        guard isEmbedded else {
            return match.need.topics.first.map { .demoReasonBrought($0) } ?? .demoReasonWords
        }
        let topics = match.need.topics
        if let offer = person?.offers.first(where: { topics.contains($0.topic) }) {
            return .reason(.offers(topic: offer.topic, level: offer.level))
        }
        let said = match.reasons.joined(separator: " ")
        let topic = topics.first { said.contains($0) }
        return topic.map { .demoReasonWrote($0) } ?? .demoReasonWords
    }

    func firstName(_ name: String) -> String {
        laptops.first { $0.name == name }?.firstName ?? name
    }

    func statuses() async throws(Failure) -> [DemoAnswer.Status] {
        try await onEach { (_, laptop) throws(Failure) in
            try await laptop.run(["status"], as: DemoAnswer.Status.self)
        }
    }

    /// The topics that hang on one person, the largest first.
    func risks() async throws(Failure) -> [Risk] {
        let brain = try await anna.run(["brain", "--limit", "10000"], as: DemoAnswer.Brain.self)
        return brain.topics.filter { $0.bus_factor == 1 }
            .sorted { ($1.shares, $0.topic) < ($0.shares, $1.topic) }
            .map {
                let holder = $0.held_by.first?.name ?? ""
                return Risk(topic: $0.topic, shares: $0.shares, holder: holder)
            }
    }

    /// What became of the notes that two people changed.
    func edited(_ ids: [String]) async throws(Failure) -> [DemoAnswer.Shown] {
        var shown: [DemoAnswer.Shown] = []
        for id in ids {
            shown.append(
                try await anna.run(["show", id, "--blame"], as: DemoAnswer.Shown.self))
        }
        return shown
    }

    /// Exports from every laptop and compares.
    func export(to folder: String) async throws(Failure) -> Exported {
        let step = Step(context.progress(.demoExporting), laptops.count)
        defer { step.progress.finish() }
        _ = try await onEach { (_, laptop) throws(Failure) in
            let words = ["export", "--to", "\(folder)/vault-\(laptop.word)"]
            let report = try await laptop.run(words, as: DemoAnswer.Export.self)
            step.advance()
            return report.files
        }
        let folders = laptops.map { "\(folder)/vault-\($0.word)" }
        let files = DemoFolders.sameFiles(folders)
        return Exported(
            folders: folders, notes: files.map(DemoFolders.noteCount) ?? 0, files: files?.count)
    }
}

extension DemoAnswer.Shown {
    /// What was written into the text since it was made, in its order.
    var insertions: [(name: String, text: String)] {
        (blame ?? []).filter { $0.event != item.id }.map { ($0.by.name, $0.text.trimmed) }
            .filter { !$0.1.isEmpty }
    }
}
