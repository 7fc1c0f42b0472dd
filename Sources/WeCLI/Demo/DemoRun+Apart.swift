import Synchronization
import Weonomy

/// What people do while nobody is connected.
extension DemoRun {
    /// Each takes in their own notes, says what they offer and asks what they need.
    mutating func prepare() async throws(Failure) -> [Deeds] {
        let total = plan.loads.joined().count + laptops.count
        let step = Step(context.progress(.demoImporting), total)
        defer { step.progress.finish() }
        let (plan, team, isEmbedded) = (plan, team, isEmbedded)
        let done = try await onEach {
            (index, laptop) throws(Failure) -> (Deeds, [String: String]) in
            var deeds = Deeds()
            for load in plan.loads[index] {
                let author = load.author.map { ["--author", $0] } ?? []
                let report = try await laptop.run(
                    ["import"] + author + ["--", load.folder], as: DemoAnswer.Import.self)
                deeds.notes += report.added
                deeds.skipped += report.skipped.count
                if let author = load.author { deeds.guests.append((author, report.added)) }
                step.advance()
            }
            let brain = try await laptop.run(
                ["brain", "--limit", "1000"], as: DemoAnswer.Brain.self)
            let first = brain.topics.max { ($0.shares, $1.topic) < ($1.shares, $0.topic) }
            deeds.topic = first.flatMap { $0.shares > 0 ? ($0.topic, $0.shares) : nil }
            var ids: [String: String] = [:]
            if isEmbedded {
                ids = try await DemoRun.introduce(team.people[index], laptop, team, &deeds)
            }
            step.advance()
            return (deeds, ids)
        }
        for (_, ids) in done { self.ids.merge(ids) { $1 } }
        var deeds = done.map(\.0)
        if !isEmbedded { try await askAround(&deeds) }
        return deeds
    }

    /// Someone's profile and questions; gives the ids of all that is on the laptop.
    private static func introduce(
        _ person: DemoTeam.Person, _ laptop: DemoLaptop, _ team: DemoTeam, _ deeds: inout Deeds
    ) async throws(Failure) -> [String: String] {
        let _: DemoAnswer.Nothing = try await laptop.run(["profile", "role", "--", person.role])
        for offer in person.offers {
            let level = ["--level", offer.level.rawValue, "--", offer.topic]
            let _: DemoAnswer.Nothing = try await laptop.run(["profile", "offer"] + level)
            deeds.offers.append(offer.topic)
        }
        for topic in person.learn {
            let _: DemoAnswer.Nothing = try await laptop.run(["profile", "learn", "--", topic])
        }
        var ids: [String: String] = [:]
        for need in team.needs where need.author == person.name {
            var words = ["ask", "--yes", "-m", need.body, "--tried", need.tried]
            words += ["--good-enough-when", need.goodEnoughWhen]
            words += need.topics.flatMap { ["-t", $0] }
            let asked = try await laptop.run(words + ["--", need.title], as: DemoAnswer.Asked.self)
            ids[need.slug] = asked.need?.id
            deeds.questions += 1
        }
        let shares = try await laptop.run(
            ["find", "is:share", "--limit", "1000"], as: [DemoAnswer.Item].self)
        for share in shares {
            guard let path = share.source, let name = path.split(separator: "/").last else {
                continue
            }
            ids[String(name.prefix { $0 != "." })] = share.id
        }
        return ids
    }

    /// With notes of others, everyone asks about what the next one knows most of.
    private func askAround(_ deeds: inout [Deeds]) async throws(Failure) {
        for (index, laptop) in laptops.enumerated() {
            let others = (1..<laptops.count).map { deeds[(index + $0) % laptops.count].topic }
            guard let topic = others.compactMap({ $0 }).first?.name else { continue }
            let question = Text.demoQuestion(topic).plain(context.language)
            let _: DemoAnswer.Nothing = try await laptop.run(["profile", "learn", "--", topic])
            let _: DemoAnswer.Nothing = try await laptop.run(
                ["ask", "--yes", "-t", topic, "--", question])
            deeds[index].questions += 1
        }
    }

    // MARK: - Apart again

    /// Each reacts to what the others brought; two change the same note.
    func respond() async throws(Failure) -> (deeds: [Deeds], edited: [String]) {
        let edits = isEmbedded ? team.edits : try await madeUpEdits()
        let step = Step(context.progress(.demoResponding), laptops.count)
        defer { step.progress.finish() }
        let (team, isEmbedded, ids) = (team, isEmbedded, ids)
        let deeds = try await onEach { (_, laptop) throws(Failure) -> Deeds in
            var deeds = Deeds()
            if isEmbedded { try await DemoRun.answer(laptop, team, ids, &deeds) }
            for edit in edits {
                for change in edit.changes where change.author == laptop.name {
                    guard let id = ids[edit.note] ?? (isEmbedded ? nil : edit.note) else {
                        continue
                    }
                    try await DemoRun.change(id, change, laptop)
                    deeds.edits += 1
                }
            }
            step.advance()
            return deeds
        }
        return (deeds, edits.compactMap { ids[$0.note] ?? (isEmbedded ? nil : $0.note) })
    }

    private static func answer(
        _ laptop: DemoLaptop, _ team: DemoTeam, _ ids: [String: String], _ deeds: inout Deeds
    ) async throws(Failure) {
        for answer in team.answers where answer.author == laptop.name {
            guard let id = ids[answer.need] else { continue }
            let lesson = answer.isLesson ? ["--teach"] : []
            let _: DemoAnswer.Nothing = try await laptop.run(
                ["answer", id, "-m", answer.body] + lesson)
            deeds.answers += 1
        }
        for feedback in team.reactions where feedback.author == laptop.name {
            guard let id = ids[feedback.note] else { continue }
            let word = feedback.reaction == .new ? "new" : feedback.reaction.rawValue
            let _: DemoAnswer.Nothing = try await laptop.run(["react", id, word])
            deeds.reactions += 1
        }
        for check in team.validations where check.author == laptop.name {
            guard let id = ids[check.note] else { continue }
            let _: DemoAnswer.Nothing = try await laptop.run(
                ["validate", id, "--until", check.until, "--note", check.text])
            deeds.checks += 1
        }
    }

    private static func change(
        _ id: String, _ change: DemoTeam.Change, _ laptop: DemoLaptop
    ) async throws(Failure) {
        if change.field == "title" {
            let _: DemoAnswer.Nothing = try await laptop.run(["edit", id, "--title", change.text])
            return
        }
        let shown = try await laptop.run(["show", id], as: DemoAnswer.Shown.self)
        var body = shown.item.body
        if let find = change.find, let range = body.firstRange(of: find) {
            body.replaceSubrange(range, with: change.text)
        } else {
            body += "\n\n" + change.text
        }
        let _: DemoAnswer.Nothing = try await laptop.run(
            ["edit", id, "--body-file", "-"], input: body)
    }

    /// With notes of others: the first two change one note that all of them have by now.
    private func madeUpEdits() async throws(Failure) -> [DemoTeam.Edit] {
        let found = try await anna.run(
            ["find", "is:share", "--limit", "1"], as: [DemoAnswer.Item].self)
        guard let item = found.first else { return [] }
        let changes = laptops.prefix(2).flatMap { laptop in
            [
                DemoTeam.Change(
                    author: laptop.name, field: "title",
                    text: Text.demoTitle(item.title, laptop.firstName).plain(context.language)),
                DemoTeam.Change(
                    author: laptop.name, field: "body",
                    text: Text.demoRemark(laptop.firstName).plain(context.language)),
            ]
        }
        return [DemoTeam.Edit(note: item.id, changes: changes)]
    }

    /// Counts what is done on several laptops at once.
    final class Step: Sendable {
        let progress: Progress
        private let total: Int
        private let done = Mutex(0)

        init(_ progress: Progress, _ total: Int) {
            self.progress = progress
            self.total = total
            progress.update(0, of: total)
        }

        func advance() {
            let count = done.withLock {
                $0 += 1
                return $0
            }
            progress.update(count, of: total)
        }
    }
}
