import Weonomy

/// `/sync`: who has what, who is expected, and what competes.
enum SyncPage {
    static func show(
        _ visit: Visit, _ pace: FilePace = FilePace(), issued: IssuedInvitation? = nil,
        carried: CarryReport? = nil
    ) async throws -> PageContent {
        let standings = try await visit.brain.standings()
        let others = colleagues(visit, standings)
        let connected = await visit.brain.connectedPeople
        var main: HTML = "<h1>\(Text.syncTitle)</h1><p class=\"lead\">\(Text.syncLead)</p>"
        let bound = await visit.brain.boundAddress
        if let issued { main += invitation(issued, bound) }
        if others.isEmpty {
            main += "<p class=\"empty\">\(Text.aloneHere)</p>"
        } else {
            let part = visit.part(of: others, "colleagues", .whoHasWhat, countMax: 30)
            let rows = part.shown.map { person in
                row(
                    person, standings[person.id], isConnected: connected.contains(person.id),
                    visit)
            }
            let heads: [(Text, isNumber: Bool)] = [
                (.colleague, false), (.stateWord, false), (.lastMet, false),
            ]
            main += """
                <div id="colleagues">\(visit.table(.whoHasWhat, heads, rows))</div>\(part.links)
                """
        }
        main += visit.notice(
            bound == nil
                ? "\(Text.howToStayInTouch) <code>weonomy up</code>" : "\(Text.staysInTouch)")
        main += try await files(visit, pace)
        main += CarryForm.section(visit, carried)
        if try await !visit.brain.find("is:conflict", countMax: 1).items.isEmpty {
            main += try await visit.list(
                .competingVersions, "is:conflict", countMax: 5, empty: "", id: "conflicts")
        }
        main += try await invitations(visit)
        main += try await devices(visit)
        return PageContent(Text(same: "Sync"), in: .sync, main)
    }

    private static func row(
        _ person: PersonRef, _ standing: ColleagueStanding?, isConnected: Bool, _ visit: Visit
    ) -> [HTML] {
        guard let standing else { return [visit.link(person), "–", "\(Text.neverMetYet)"] }
        let state: HTML =
            "<span class=\"tag\(standing.isSame ? " good" : "")\">"
            + (standing.isSame ? "✓ " : "") + "\(Text.standing(standing))</span>"
        let last: HTML =
            isConnected
            ? "<span class=\"tag good\">● \(Text.connectedWord)</span>"
            : standing.met.map {
                standing.isByStick ? "\(when: $0), \(Text.metByStick)" : "\(when: $0)"
            } ?? "\(Text.neverMetYet)"
        return [visit.link(person), state, last]
    }

    /// Everyone else, who was met last first, then by name.
    private static func colleagues(
        _ visit: Visit, _ standings: [PersonID: ColleagueStanding]
    ) -> [PersonRef] {
        func met(_ person: PersonRef) -> Int64? { standings[person.id]?.met?.milliseconds }
        let others = (visit.brain.team?.members ?? []).map(\.person).filter {
            $0.id != visit.me.id
        }
        let known = others.filter { met($0) != nil }.sorted { met($0) ?? 0 > met($1) ?? 0 }
        return known + others.filter { met($0) == nil }
    }

    /// The line at the top of every page.
    static func line(_ visit: Visit) async -> HTML {
        guard let standings = try? await visit.brain.standings(),
            let pending = try? await visit.brain.pendingCount(standings)
        else { return "" }
        let others = visit.brain.memberIDs.subtracting([visit.me.id])
        guard !others.isEmpty else {
            return "<a href=\"/sync\">\(Text.aloneInShort)</a>"
        }
        let same = others.count { standings[$0]?.isSame == true }
        let connected = await visit.brain.connectedPeople.subtracting([visit.me.id])
        let mark = same == others.count ? "●" : "○"
        let live: HTML = connected.isEmpty ? "" : " · \(Text.connectedCount(connected.count))"
        return """
            <a href="/sync"><span aria-hidden="true">\(mark)</span> \
            \(Text.sameAs(same, of: others.count, waiting: pending))\(live)</a>
            """
    }

    /// The code, and what the newcomer types: this laptop lets people in while it is up.
    private static func invitation(_ issued: IssuedInvitation, _ bound: BoundAddress?) -> HTML {
        let up: HTML =
            bound == nil ? "<p>\(Text.firstLetThemIn) <code>weonomy up</code></p>" : ""
        let bound = bound ?? BoundAddress(host: "::", port: PeerAddress.defaultPort)
        let places = bound.dialled.isEmpty ? ["HOST:PORT"] : bound.dialled.prefix(3)
        let commands = HTML(places.map { "<br><code>weonomy join \($0)</code>" })
        return """
            <section class="notice" aria-labelledby="code"><h2 id="code">\(Text.invitationMade)</h2>
            <p>\(Text.invitationHandOver)</p><pre class="code"><code>\(issued.code)</code></pre>
            \(up)<p>\(Text.theyRun)\(commands)</p></section>
            """
    }

    private static func invitations(_ visit: Visit) async throws -> HTML {
        var html: HTML =
            "<section aria-labelledby=\"invite\"><h2 id=\"invite\">\(Text.invitations)</h2>"
        let open = try await visit.brain.openInvitations()
        let part = visit.part(of: open, "invite", .openInvitations, countMax: 10)
        if !open.isEmpty {
            html += visit.table(
                .openInvitations,
                [
                    (.byWord, false), (.forWhom, false), (.usedWord, true), (.untilHead, false),
                    (.closeWord, false),
                ],
                part.shown.map { invite in
                    let until: HTML = invite.expires.map { "\(date: $0)" } ?? "–"
                    let close: HTML =
                        visit.mayWrite && visit.brain.mayGovern
                        ? visit.button(
                            "/sync/close", .closeIt, ["id": invite.id], about: invite.note) : "–"
                    return [
                        "\(invite.by.name.shortened)", "\(invite.note.isEmpty ? "–" : invite.note)",
                        "\(Text.partOf(invite.used, invite.uses))", until, close,
                    ]
                })
            html += part.links
        }
        if visit.mayWrite, visit.brain.mayGovern {
            html += visit.form(
                "/sync/invite",
                """
                \(visit.field("note", .forWhom, hint: .forWhomHint))
                \(visit.field("uses", .howMany, "1", type: "number"))
                \(visit.submit(.makeInvitation))
                """)
        } else if !visit.brain.mayGovern {
            html += "<p class=\"empty\">\(Text.moderatorsInvite)</p>"
        }
        return html + "</section>"
    }

    private static func devices(_ visit: Visit) async throws -> HTML {
        let devices = try await visit.brain.devices(of: visit.me.id)
        let part = visit.part(of: devices, "devices", .yourDevices, countMax: 20)
        let rows = part.shown.map { device -> [HTML] in
            let state: Text = device.isRevoked ? .takenAway : device.isThis ? .thisLaptop : .inUse
            return ["\(device.label.isEmpty ? "–" : device.label)", "\(state)"]
        }
        return """
            <section aria-labelledby="devices"><h2 id="devices">\(Text.yourDevices)</h2>
            \(visit.table(.laptopsAndState, [(.deviceWord, false), (.stateWord, false)], rows))\(part.links)
            <p class="hint">\(Text.deviceHint) <code>weonomy device add</code></p></section>
            """
    }
}
