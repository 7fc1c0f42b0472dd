import Weonomy

/// What forms do.
///
/// Each ends in another page, so that a reload does nothing twice.
enum Actions {
    static func perform(_ visit: Visit) async throws -> Outcome {
        let steps = visit.request.segments
        switch steps.first {
        case "s" where steps.count == 3:
            return try await onItem(steps[2], try await visit.brain.resolve(steps[1]), visit)
        case "profile": return try await onProfile(steps.dropFirst().first, visit)
        case "new" where steps.count == 1: return try await share(visit)
        case "ask" where steps.count == 1: return try await ask(visit)
        case "brain" where steps.dropFirst().first == "goal":
            return try await onGoal(steps.count > 2 ? steps[2] : nil, visit)
        case "communities", "community": return try await CommunitiesPage.perform(steps, visit)
        case "nudge" where steps.count == 1:
            try await visit.brain.putOffNudge()
            return .done(Place.today)
        case "settings" where steps == ["settings", "files"]: return try await files(visit)
        case "settings" where steps.count == 2: return try await mute(steps[1], visit)
        case "settings" where steps.count == 1: return settings(visit)
        case "sync" where steps.count == 2:
            guard steps[1] == "carry" else {
                return try await onSync(steps[1], visit)
            }
            let report = try await CarryForm.perform(visit)
            return .page(try await SyncPage.show(visit, carried: report))
        case "safety" where steps.count == 2: return try await onSafety(steps[1], visit)
        default: return .notFound
        }
    }

    // MARK: - Writing

    private static func share(_ visit: Visit) async throws -> Outcome {
        var draft = ComposePages.Draft(visit.request.form)
        let licence = draft.licence.trimmed.nonEmpty
        // A page that asks once more must not ask for the files once more.
        for file in visit.request.files {
            draft.attached.append(
                try await visit.brain.attach(file.bytes, name: file.name, licence: licence))
        }
        let gone = draft.attached.filter { !visit.brain.holds($0.id) }.map(\.name)
        guard gone.isEmpty else {
            draft.attached.removeAll { gone.contains($0.name) }
            return .page(
                try await ComposePages.share(draft, visit, problem: .chooseFilesAgain(gone)))
        }
        guard !draft.title.trimmed.isEmpty else {
            return .page(try await ComposePages.share(draft, visit, problem: .titleNeeded))
        }
        guard let kind = ShareKind(rawValue: draft.kind) else { return .notFound }
        if visit.request.form["sure"] == nil, kind != .status {
            let near = try await same(draft, visit)
            if !near.isEmpty {
                return .page(try await ComposePages.share(draft, visit, near: near))
            }
        }
        let goal = draft.goal.isEmpty ? nil : try await visit.brain.resolve(draft.goal)
        let item = try await visit.brain.share(
            kind, title: draft.title, body: Prompts.withoutEmpty(draft.body),
            topics: draft.topicList, files: draft.attached,
            source: draft.source.trimmed.nonEmpty, goal: goal,
            reuses: try await draft.reused(visit.brain)?.id)
        return .done(Place.item(item))
    }

    /// Shares with nearly this text or this title: what is shared twice is found half.
    private static func same(_ draft: ComposePages.Draft, _ visit: Visit) async throws -> [Item] {
        let words = Set(draft.title.words)
        let near = try await visit.brain.nearDuplicates(
            title: draft.title, body: draft.body.lineEndsUnified)
        let titled = try await visit.brain.nearest(to: draft.title).filter { item in
            let others = Set(item.title.words)
            let common = words.intersection(others).count
            return item.kind == .share && common * 4 >= 3 * max(words.count, others.count)
        }
        return near + titled.filter { item in !near.contains { $0.id == item.id } }
    }

    private static func ask(_ visit: Visit) async throws -> Outcome {
        let draft = ComposePages.Draft(visit.request.form)
        guard !draft.title.trimmed.isEmpty else {
            return .page(ComposePages.ask(draft, visit, problem: .titleNeeded))
        }
        if visit.request.form["sure"] == nil {
            let near = try await visit.brain.nearest(to: draft.title + " " + draft.body)
            if !near.isEmpty { return .page(ComposePages.ask(draft, visit, near: near)) }
        }
        func given(_ text: String) -> String? { text.trimmed.isEmpty ? nil : text.lineEndsUnified }
        let item = try await visit.brain.ask(
            draft.title, body: draft.body, topics: draft.topicList, tried: given(draft.tried),
            goodEnoughWhen: given(draft.good),
            askedFor: given(draft.askedFor), isHeard: draft.isHeard, isShadow: draft.isShadow)
        return .done(Place.item(item))
    }

    // MARK: - Items

    private static func onItem(
        _ act: String, _ id: ObjectID, _ visit: Visit
    ) async throws -> Outcome {
        let (brain, form) = (visit.brain, visit.request.form)
        let back = form["to"] ?? Place.item(id, brain)
        switch act {
        case "answer":
            let body = form["body"]?.lineEndsUnified ?? ""
            guard !body.trimmed.isEmpty else { return .done(back + "#answer") }
            let text = Prompts.withoutEmpty(body)
            guard !text.isEmpty else { return .done(back + "#answer") }
            let answer = try await brain.answer(id, text, isLesson: form["lesson"] != nil)
            return .done(Place.answer(answer, to: Place.item(id, brain)))
        case "react":
            guard let reaction = form["reaction"].flatMap({ Reaction(rawValue: $0) }) else {
                return .notFound
            }
            try await brain.react(id, reaction, isRemoved: form["remove"] == "1")
        case "validate":
            let until = form["until"].flatMap { CalendarDate(lastDayOf: $0) }
            try await brain.validate(
                id, note: form["note"] ?? "",
                until: until.map { Instant(milliseconds: $0.lastMoment) })
        case "settle":
            guard let status = form["status"].flatMap({ NeedStatus(rawValue: $0) }) else {
                return .notFound
            }
            try await brain.settle(id, as: status)
        case "log":
            let entry = form["entry"]?.lineEndsUnified.trimmed ?? ""
            if !entry.isEmpty { try await brain.addLog(to: id, entry) }
            return .done(back + "#log")
        case "invite":
            var people: [PersonID] = []
            for chosen in form.all("person") {
                if let person = try await visit.person(chosen: chosen) { people.append(person) }
            }
            try await brain.inviteReactions(to: id, from: people)
            return .done(back + "#invite")
        case "recall":
            let canDoIt = form["can"] == "yes"
            let need = try await brain.recall(id, canDoIt: canDoIt)
            let offers = try await brain.profile(of: nil).offers.map(\.topic)
            for topic in need.topics where form["offer"] != nil && canDoIt {
                guard !offers.contains(topic) else { continue }
                try await brain.profile.offer(topic, level: .beginner)
            }
        case "file-get", "file-free": return try await ItemPage.perform(act, id, visit)
        case "keep": try await brain.edit(id, title: form["title"])
        case "edit": return try await edit(id, visit)
        case "retract": try await brain.retract(id)
        case "flag": try await brain.flag(id, reason: form["reason"] ?? "")
        case "erase":
            let item = try await brain.item(id)
            guard form["confirm"]?.trimmed == item.shortID else {
                return .done(Place.item(item) + "/erase")
            }
            return .page(ItemPage.erased(try await brain.erase(id), visit))
        default: return .notFound
        }
        return .done(back)
    }

    private static func edit(_ id: ObjectID, _ visit: Visit) async throws -> Outcome {
        let form = visit.request.form
        let draft = ComposePages.Draft(form)
        let current = try await visit.brain.item(id)
        guard !draft.title.trimmed.isEmpty else {
            return .page(ComposePages.edit(current, visit, problem: .titleNeeded))
        }
        let heads = (form["heads"] ?? "").split(separator: " ").compactMap {
            EventID(hex: String($0))
        }
        let saw = current.asSeen(
            heads: heads, body: (form["old"] ?? "").lineEndsUnified)
        let item = try await visit.brain.edit(
            id, title: draft.title, body: draft.body, topics: draft.topicList, saw: saw)
        return .done(Place.item(item))
    }

    // MARK: - The profile

    private static func onProfile(_ act: String?, _ visit: Visit) async throws -> Outcome {
        let (form, profile) = (visit.request.form, visit.brain.profile)
        func given(_ name: String) -> String { (form[name] ?? "").trimmed }
        switch act {
        case nil:
            let now = try await profile.current()
            if !given("name").isEmpty, given("name") != now.person.name {
                try await profile.name(given("name"))
            }
            if given("role") != now.role { try await profile.role(given("role")) }
            if given("contact") != now.contact { try await profile.contact(given("contact")) }
        case "offer":
            try await profile.offer(
                given("topic"), level: Level(rawValue: given("level")) ?? .average)
        case "learn": try await profile.learn(given("learn"))
        case "duty":
            try await profile.responsibility(
                given("what"), result: given("result"), why: given("why"))
        case "language": try await profile.language(given("language"))
        case "confirm": try await profile.confirm()
        case "remove":
            let value = form["value"] ?? ""
            switch given("kind") {
            case "offer": try await profile.withdrawOffer(value)
            case "learn": try await profile.learn(value, isRemoved: true)
            case "duty": try await profile.responsibility(value, isRemoved: true)
            case "language": try await profile.language(value, isRemoved: true)
            default: return .notFound
            }
        default: return .notFound
        }
        return .done(Place.profile)
    }

    private static func settings(_ visit: Visit) -> Outcome {
        let form = visit.request.form
        let language = form["language"].flatMap { Language(rawValue: $0) }?.rawValue ?? ""
        return .settings(
            Place.settings,
            [(Cookies.language, language), (Cookies.keys, form["keys"] == nil ? "off" : "on")])
    }

    /// Which files come here by themselves.
    private static func files(_ visit: Visit) async throws -> Outcome {
        guard let policy = FilePolicy(parsing: visit.request.form["policy"] ?? "") else {
            return .notFound
        }
        try await visit.brain.setFilePolicy(policy)
        return .done(Place.settings + "#files")
    }

    /// What Today leaves out on this laptop.
    private static func mute(_ act: String, _ visit: Visit) async throws -> Outcome {
        let typed = (visit.request.form["what"] ?? "").trimmed
        guard ["mute", "unmute"].contains(act), !typed.isEmpty else { return .notFound }
        try await visit.brain.setMuted(typed, act == "mute")
        return .done(Place.settings + "#muted")
    }

    private static func onGoal(_ act: String?, _ visit: Visit) async throws -> Outcome {
        let form = visit.request.form
        switch act {
        case nil:
            guard let metric = form["metric"].flatMap({ GoalMetric(rawValue: $0) }) else {
                return .notFound
            }
            let by = form["by"].flatMap { CalendarDate(lastDayOf: $0) }
            try await visit.brain.addGoal(
                metric, topic: form["topic"], min: form["min"].flatMap { Int($0) } ?? 0,
                by: by.map { Instant(milliseconds: $0.lastMoment) })
        case "drop":
            try await visit.brain.dropGoal(try await visit.brain.resolve(form["id"] ?? ""))
        default: return .notFound
        }
        return .done(Place.brain + "#goals")
    }

    // MARK: - Together

    private static func onSync(_ act: String, _ visit: Visit) async throws -> Outcome {
        let form = visit.request.form
        switch act {
        case "invite":
            let issued = try await visit.brain.invite(
                uses: form["uses"].flatMap { Int($0) } ?? 1, note: form["note"] ?? "")
            // The code is shown once and kept nowhere.
            return .page(try await SyncPage.show(visit, issued: issued))
        case "close":
            try await visit.brain.closeInvitation(form["id"] ?? "")
            return .done(Place.sync)
        default: return .notFound
        }
    }

    private static func onSafety(_ act: String, _ visit: Visit) async throws -> Outcome {
        let (brain, form) = (visit.brain, visit.request.form)
        guard let person = try await visit.person(chosen: form["person"] ?? "") else {
            return .notFound
        }
        switch act {
        case "address":
            let typed = (form["item"] ?? "").trimmed
            let item = typed.isEmpty ? nil : try await brain.resolve(typed)
            try await brain.address(person, text: form["text"] ?? "", about: item)
        case "exclude":
            let exclusion = Exclusion(
                person: person, reason: (form["reason"] ?? "").lineEndsUnified,
                isSevere: form["severe"] != nil)
            let report = try await brain.previewExclusion(exclusion)
            guard form["confirm"]?.trimmed == report.person.name else {
                return .page(SafetyPage.confirmExclusion(exclusion, report, visit))
            }
            _ = try await brain.exclude(exclusion)
        case "restore": _ = try await brain.restore(person)
        default: return .notFound
        }
        return .done(Place.safety)
    }
}
