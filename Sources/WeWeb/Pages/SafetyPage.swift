import Weonomy

/// `/safety`: what the team agreed to, what was pointed out, and everything that was decided.
enum SafetyPage {
    static func show(_ visit: Visit) async throws -> PageContent {
        let team = visit.brain.team
        let code = team?.codeOfConduct ?? ""
        var main: HTML = "<h1>\(Text.safety)</h1><p class=\"lead\">\(Text.safetyLead)</p>"
        main += """
            <section aria-labelledby="conduct"><h2 id="conduct">\(Text.conduct)</h2>
            \(code.isEmpty ? "<p class=\"empty\">\(Text.noConduct)</p>" as HTML : "<div class=\"prose\">\(Prose.plain(code))</div>")</section>
            """
        main += try await flags(visit)
        main += try await log(visit)
        if visit.mayWrite, visit.brain.mayGovern { main += acts(visit) }
        main += try await forks(visit)
        return PageContent(.safety, main)
    }

    private static func flags(_ visit: Visit) async throws -> HTML {
        let flagged = try await visit.brain.flagged()
        let part = visit.part(of: flagged, "flags", .pointedOut, countMax: 4)
        let cards = part.shown.map { item -> HTML in
            let flags = visit.brain.visibleFlags(of: item)
            let said = flags.prefix(flagsMax).map {
                "<br>\(Text.flaggedBy($0.begun))" as HTML
            }
            let rest = flags.count - flagsMax
            return visit.card(item, HTML(said) + (rest > 0 ? "<br>\(Text.andMore(rest))" : ""))
        }
        return visit.list(
            .pointedOut, cards, of: flagged.count, links: part.links,
            empty: "\(visit.brain.mayGovern ? Text.noFlags : Text.noFlagsOfYours)",
            id: "flags")
    }

    private static func log(_ visit: Visit) async throws -> HTML {
        let decisions = try await visit.brain.safetyLog()
        guard !decisions.isEmpty else {
            return "<h2 id=\"log\">\(Text.openLogTitle)</h2><p class=\"empty\">\(Text.emptyLog)</p>"
        }
        let part = visit.part(of: decisions.reversed(), "log", .openLogTitle, countMax: 30) {
            $0.text.utf8.count
        }
        let rows = part.shown.map { decision -> [HTML] in
            let about: HTML =
                decision.item.map {
                    " <a href=\"\(Place.item($0, visit.brain))\">\(Text.theItem)</a>"
                } ?? ""
            return [
                "\(when: decision.time)", "\(Text.decision(decision))", "\(decision.text)\(about)",
                "\(Text.state(decision))",
            ]
        }
        return """
            <h2 id="log">\(Text.openLogTitle)</h2>
            \(visit.table(.everyoneReads, [(.whenWord, false), (.whatWord, false), (.whyWord, false), (.stateWord, false)], rows))\(part.links)
            """
    }

    /// What is shown of the words on one item.
    private static let flagsMax = 3

    private static func acts(_ visit: Visit) -> HTML {
        let team = visit.brain.team
        let people = (team?.members ?? []).map(\.person).filter { $0.id != visit.me.id }
        let former = (team?.former ?? []).map(\.person)
        var html: HTML = "<h2 id=\"acts\">\(Text.asModerator)</h2>"
        if !people.isEmpty {
            html += """
                <details><summary>\(Text.addressSomeone)</summary><p class="hint">\(Text.addressMeans)</p>
                \(visit.form("/safety/address", """
                    \(visit.choice(.whoWord, of: people, id: "addressed"))
                    \(visit.area("text", .whatUndermines, isRequired: true, rows: 4))
                    \(visit.field("item", .aboutItem, hint: .aboutItemHint))
                    \(visit.submit(.addressIt))
                    """))</details>
                <details><summary>\(Text.excludeSomeone)</summary><p class="hint">\(Text.excludeMeans)</p>
                \(visit.form("/safety/exclude", """
                    \(visit.choice(.whoWord, of: people, id: "excluded"))
                    \(visit.area("reason", .whyWord, isRequired: true, rows: 4))
                    \(visit.check("severe", .severeMeans))
                    \(visit.submit(.goOn))
                    """))</details>
                """
        }
        if !former.isEmpty {
            html += """
                <details><summary>\(Text.restoreSomeone)</summary>
                \(visit.form("/safety/restore", """
                    \(visit.choice(.whoWord, of: former, id: "restored"))
                    \(visit.submit(.restoreIt))
                    """))</details>
                """
        }
        return html
    }

    private static func forks(_ visit: Visit) async throws -> HTML {
        guard visit.brain.mayGovern else { return "" }
        let forks = try await visit.brain.forks()
        guard !forks.isEmpty else { return "" }
        let part = visit.part(of: forks, "forks", .twoHistories, countMax: 20)
        let list = part.shown.map { "<li>\(Text.fork($0))</li>" as HTML }
        return """
            <h2 id="forks">\(Text.twoHistories)</h2><p>\(Text.forksTitle)</p><ul>\(list)</ul>\(part.links)
            """
    }

    /// Putting someone out is asked twice, with all that would follow.
    static func confirmExclusion(
        _ exclusion: Exclusion, _ report: ExclusionReport, _ visit: Visit
    ) -> PageContent {
        PageContent(
            .excludeSomeone,
            """
            <h1>\(Text.excludeSomeone)</h1>
            \(visit.notice("\(Text.wouldExclude(report, exclusion.since?.milliseconds))", "bad"))
            \(report.alsoOut.isEmpty ? "" : visit.notice("\(Text.alsoOut(report.alsoOut.map(\.name), isDone: false))", "bad"))
            <p>\(Text.whyWord): \(exclusion.reason)</p>
            \(visit.form("/safety/exclude", """
                <input type="hidden" name="person" value="\(exclusion.person.description)">\
                <input type="hidden" name="reason" value="\(exclusion.reason)">\
                \(exclusion.isSevere ? "<input type=\"hidden\" name=\"severe\" value=\"1\">" as HTML : "")
                \(visit.field("confirm", .typeTitle(report.person.name), isRequired: true))
                <div class="actions"><button class="severe">\(Text.excludeSomeone)</button> <a href="/safety">\(Text.back)</a></div>
                """))
            """)
    }
}

extension Flag {
    /// The same with the beginning of a long reason: its item has all of it.
    fileprivate var begun: Flag {
        Flag(person: person, reason: reason.begun(bytesMax: 500), wall: wall)
    }
}
