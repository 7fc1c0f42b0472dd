import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a person must hear about safety and clocks, whatever they came for.
struct Notices {
    /// What put this laptop out.
    let verdict: SafetyDecision?
    /// Addresses of this person that were not told yet, with what they are about.
    let addressed: [(decision: SafetyDecision, item: Item?)]
    /// What waits for this moderator to agree.
    let proposals: [SafetyDecision]
    /// What is flagged, for a moderator.
    let flagCount: Int
    let clocks: [ClockFault]
    private let teamName: String
    private let team: Paths.Team

    init(_ brain: Brain, _ team: Paths.Team) async throws {
        self.team = team
        teamName = brain.teamName
        verdict = try await brain.verdict()
        let told = Notices.told(team)
        var addressed: [(decision: SafetyDecision, item: Item?)] = []
        for decision in try await brain.addresses() where !told.contains(decision.id) {
            var item: Item?
            if let id = decision.item { item = try? await brain.item(id) }
            addressed.append((decision, item))
        }
        self.addressed = addressed
        let mayGovern = brain.mayGovern
        proposals =
            mayGovern
            ? try await brain.safetyLog().filter { $0.waitsForSecond && $0.by.id != brain.me.id }
            : []
        flagCount = mayGovern ? try await brain.flagged().count : 0
        clocks = try await brain.clocks()
    }

    /// In words; who reads them has been told.
    func page() -> Page {
        var page = Page()
        if let verdict {
            page.say(.putOut(verdict, teamName), .bad)
            page.say(.putOutMeans, .faint)
        }
        for (decision, item) in addressed {
            page.say(.addressedYou(decision), .warn)
            if let item { page.say(.itIsAbout(item.title, item.shortID), indent: 2) }
            page.say(.toldOnce, .faint, indent: 2)
        }
        for proposal in proposals { page.say(.proposed(proposal), .warn) }
        if flagCount > 0 { page.say(.flagCount(flagCount), .warn) }
        for clock in clocks { page.say(.clock(clock), .warn) }
        return page
    }

    var json: JSONValue {
        [
            "put_out": verdict.map { JSONValue($0) } ?? nil,
            "addressed": .array(addressed.map { JSONValue($0.decision) }),
            "proposals": .array(proposals.map { JSONValue($0) }),
            "flagged": JSONValue(flagCount), "clocks": .array(clocks.map { JSONValue($0) }),
        ]
    }

    // MARK: - What was told

    /// Remembers that the person read the addresses.
    func noteTold() {
        guard !addressed.isEmpty else { return }
        let all = Notices.told(team).union(addressed.map(\.decision.id)).sorted()
        // What can't be kept is told again.
        try? Data(all.map { $0 + "\n" }.joined().utf8)
            .write(to: URL(filePath: team.told), options: .atomic)
    }

    private static func told(_ team: Paths.Team) -> Set<String> {
        guard let bytes = Terminal.contents(of: team.told, bytesMax: 1 << 20) else { return [] }
        return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
    }
}

extension Context {
    /// What must be heard, ahead of what was asked; whoever reads it as text has been told.
    func notices(_ brain: Brain) async throws -> Notices {
        let notices = try await Notices(brain, try team())
        if output.format == .text { notices.noteTold() }
        return notices
    }

    /// Whose clocks make the times of these items wrong.
    func clockNotes(_ items: some Sequence<Item>, _ brain: Brain) async throws -> Page {
        var page = Page()
        let faults = try await brain.clocks()
        if let own = faults.first(where: \.isThisLaptop) {
            page.say(.clock(own), .warn)
            return page
        }
        var named: Set<PersonID> = []
        for item in items where !named.contains(item.author.id) {
            if let fault = faults.first(where: { $0.person.id == item.author.id }) {
                named.insert(item.author.id)
                page.say(.clock(fault), .warn)
            } else if let ahead = ahead(item) {
                named.insert(item.author.id)
                page.say(.clockWas(item.author.name, ahead), .warn)
            }
        }
        return page
    }

    /// How far an item lies in the future, where that is too far for a clock that is right.
    private func ahead(_ item: Item) -> Int64? {
        let latest = min(max(item.created, item.changed).milliseconds, 1 << 50)
        let ahead = latest - now.milliseconds
        return ahead > Brain.clockToleranceMilliseconds ? ahead : nil
    }
}

extension JSONValue {
    init(_ decision: SafetyDecision) {
        self = [
            "id": .string(decision.id), "kind": .string(decision.kind.rawValue),
            "by": JSONValue(decision.by), "about": decision.about.map { JSONValue($0) } ?? nil,
            "text": .string(decision.text), "item": JSONValue(decision.item?.description),
            "device": JSONValue(decision.device), "role": JSONValue(decision.role),
            "severe": .bool(decision.isSevere), "at": JSONValue(decision.time),
            "effective": .bool(decision.isEffective),
            "waits_for_second": .bool(decision.waitsForSecond),
            "settled": .bool(decision.isSettled),
        ]
    }

    init(_ clock: ClockFault) {
        self = [
            "person": JSONValue(clock.person), "this_laptop": .bool(clock.isThisLaptop),
            "ahead_ms": .int(clock.ahead),
        ]
    }
}
