import Weonomy

/// How the demo tells what happens, a part at a time.
enum DemoPages {
    private static func heading(_ text: Text) -> Page {
        var page = Page()
        page.say(text, .strong)
        return page
    }

    private static func list(_ parts: [Text]) -> Line {
        var line = Line()
        for (index, part) in parts.enumerated() {
            line = line + (index == 0 ? "\(part)" : ", \(part)")
        }
        return line
    }

    static func founded(_ laptops: [DemoLaptop], team: String) -> Page {
        var page = Page()
        page.say(.demoTeamTitle, .strong)
        var table = Table(flexible: 1)
        for (index, laptop) in laptops.enumerated() {
            let text: Text = index == 0 ? .demoFounded(team) : .demoJoined
            table.add("\(laptop.firstName)", "\(text)")
        }
        page.table(table)
        return page
    }

    static func apart(_ deeds: [DemoRun.Deeds], _ laptops: [DemoLaptop]) -> Page {
        var page = heading(.demoApartTitle)
        for (laptop, deeds) in zip(laptops, deeds) {
            var parts: [Text] = [.demoNotes(deeds.notes)]
            if !deeds.guests.isEmpty {
                let guests = deeds.guests.map { Text.demoGuest($0.count, $0.name) }
                parts[0] = Text(
                    same: "\(parts[0]) (\(self.list(guests)))")
            }
            if !deeds.offers.isEmpty {
                parts.append(.demoOffers(Array(deeds.offers.prefix(2))))
            } else if let topic = deeds.topic {
                parts.append(.demoMost(topic.name))
            }
            if deeds.questions > 0 { parts.append(.demoQuestions(deeds.questions)) }
            page.append(row(laptop, parts, laptops))
        }
        return page
    }

    static func responses(_ deeds: [DemoRun.Deeds], _ laptops: [DemoLaptop]) -> Page {
        var page = heading(.demoAgainTitle)
        for (laptop, deeds) in zip(laptops, deeds) {
            var parts: [Text] = []
            if deeds.answers > 0 { parts.append(.demoAnswers(deeds.answers)) }
            if deeds.reactions > 0 { parts.append(.demoReactions(deeds.reactions)) }
            if deeds.checks > 0 { parts.append(.demoChecks(deeds.checks)) }
            if deeds.edits > 0 { parts.append(.demoEdits(deeds.edits)) }
            page.append(row(laptop, parts.isEmpty ? [.demoReads] : parts, laptops))
        }
        return page
    }

    /// A name, and after it what wraps under itself.
    private static func row(_ laptop: DemoLaptop, _ parts: [Text], _ all: [DemoLaptop]) -> Page {
        let width = (all.map(\.firstName.displayWidth).max() ?? 0) + 2
        let gap = String(repeating: " ", count: width - laptop.firstName.displayWidth)
        var page = Page()
        page.line("\(laptop.firstName)\(gap)\(list(parts))", indent: 2, hanging: 2 + width)
        return page
    }

    static func meetings(_ meetings: [DemoRun.Meeting], isFirst: Bool) -> Page {
        var page = heading(isFirst ? .demoMeetingTitle : .demoMeetingAgainTitle)
        var table = Table(flexible: 0)
        for meeting in meetings {
            table.add(
                "\(Text.demoWith(meeting.visitor, meeting.host))",
                "\(Text.demoGot(meeting.received)), \(Text.demoGave(meeting.sent))",
                "\(size: meeting.bytes)", "\(Text.demoSeconds(meeting.milliseconds))",
                "\(Text.demoRoundTrips(meeting.roundTrips))")
        }
        page.table(table)
        return page
    }

    static func questions(_ questions: [DemoRun.Question]) -> Page {
        var page = heading(.demoHelpTitle)
        if questions.isEmpty { page.say(.demoNoQuestions, indent: 2) }
        for question in questions {
            page.line(
                "\(Text.demoAsks(question.asker, question.title))", indent: 2, hanging: 4)
            for helper in question.helpers {
                page.line("→ \(helper.name): \(helper.reason)", indent: 4, hanging: 6)
            }
            if question.helpers.isEmpty { page.line("→ \(Text.demoNobody)", indent: 4, hanging: 6) }
        }
        return page
    }

    static func same(
        _ statuses: [DemoAnswer.Status], _ laptops: [DemoLaptop], isEqual: Bool
    ) -> Page {
        var page = heading(.demoSameTitle)
        var table = Table(flexible: 1)
        for (laptop, status) in zip(laptops, statuses) {
            table.add(
                "\(laptop.firstName)", "\(groups(status.digest), .id)",
                "\(Text.demoNotes(status.shares))", "\(Text.demoChanges(status.events))")
        }
        page.table(table)
        page.append(verdict(isEqual, isEqual ? .demoEqual : .demoUnequal))
        return page
    }

    /// The start of a digest, in groups that the eye can compare.
    private static func groups(_ digest: String) -> String {
        var rest = digest.prefix(20)
        var groups: [Substring] = []
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: " ")
    }

    private static func verdict(_ isGood: Bool, _ text: Text) -> Page {
        var page = Page()
        let mark = isGood ? "✓" : "✗"
        page.line("\(mark, isGood ? .good : .bad) \(text)", indent: 2, hanging: 4)
        return page
    }

    static func risks(_ risks: [DemoRun.Risk]) -> Page {
        var page = heading(.demoRiskTitle)
        if risks.isEmpty { page.say(.demoNoRisk, indent: 2) }
        var table = Table(flexible: 2)
        for risk in risks.prefix(5) {
            table.add(
                "\(risk.topic, .topic)", "\(Text.demoNotes(risk.shares))",
                "\(Text.demoOnly(risk.holder))")
        }
        page.table(table)
        if risks.count > 5 { page.say(.demoMoreTopics(risks.count - 5), .faint, indent: 2) }
        return page
    }

    static func versions(_ shown: [DemoAnswer.Shown], _ run: DemoRun) -> Page {
        guard !shown.isEmpty else { return Page() }
        var page = heading(.demoVersionsTitle)
        for note in shown {
            for competing in note.item.versions where competing.field == "title" {
                let titles = competing.versions.map { (run.firstName($0.by.name), $0.text) }
                page.append(competition(.demoTitleVersions, titles))
            }
            let written = note.insertions.map { (run.firstName($0.name), $0.text) }
            if !written.isEmpty { page.append(competition(.demoBodyMerged, written)) }
        }
        return page
    }

    private static func competition(_ title: Text, _ texts: [(name: String, text: String)]) -> Page
    {
        var page = Page()
        page.say(title, indent: 2)
        var table = Table(flexible: 1, indent: 4)
        for (name, text) in texts { table.add("\(name)", "\(text)") }
        page.table(table)
        return page
    }

    static func exported(_ exported: DemoRun.Exported, of notes: Int) -> Page {
        var page = heading(.demoExportTitle)
        guard let files = exported.files else {
            page.append(verdict(false, .demoExportsDiffer))
            return page
        }
        page.append(verdict(true, .demoExported(exported.notes, files)))
        if exported.notes != notes {
            page.append(verdict(false, .demoNotesMissing(notes - exported.notes)))
        }
        return page
    }

    static func kept(_ folder: String, milliseconds: Int, _ laptops: [DemoLaptop]) -> Page {
        var page = Page()
        page.line("\(Text.demoKept(folder, .demoSeconds(milliseconds)))", hanging: 2)
        var table = Table(flexible: 1)
        let words = laptops.map(\.word)
        table.add(Line(of: words.joined(separator: ", ")), "\(Text.demoBrains)")
        let vaults = words.map { "vault-\($0)" }
        table.add(Line(of: vaults.joined(separator: ", ")), "\(Text.demoVaults)")
        page.table(table)
        return page
    }
}
