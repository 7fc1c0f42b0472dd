import Weonomy

/// `weonomy community`: who takes part in what, and who helps on the way.
enum CommunityListCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let communities = try await brain.communities()
        var page = Page()
        if communities.isEmpty { page.say(.noCommunities) }
        page.table(context.table(communities, me: brain.me.id))
        return Reply(
            ["communities": .array(communities.map { JSONValue($0, me: brain.me.id) })], page,
            next: communities.isEmpty
                ? [Reply.Hint(command: "weonomy community add NAME -t TOPIC", why: .hintCommunity)]
                : [Reply.Hint(command: "weonomy community listen", why: .hintListenTo)],
            schema: "community")
    }
}

/// `weonomy community add`, `edit`, `join`, `leave` and `coach`.
enum CommunityChangeCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let (community, said): (Community, Text)
        switch arguments.spec.name {
        case "add":
            community = try await brain.addCommunity(
                arguments.required(0), about: arguments.value("about") ?? "",
                topics: arguments.values("topic"))
            said = .communityMade(community.name)
        case "edit":
            let topics = arguments.values("topic")
            community = try await brain.editCommunity(
                try await brain.community(named: arguments.required(0)).id,
                about: arguments.value("about"), topics: topics.isEmpty ? nil : topics)
            said = .communityChanged(community.name)
        case "join", "leave":
            let isJoining = arguments.spec.name == "join"
            community = try await brain.setMember(
                try await brain.community(named: arguments.required(0)).id, isJoining)
            said = isJoining ? .communityJoined(community.name) : .communityLeft(community.name)
        default:
            let isAdded = ["add", "erbij"].contains(arguments.required(0))
            let person = try await context.person(brain, arguments.required(1))
            community = try await brain.setCoach(
                person.id, isAdded, in: try await meant(context, brain).id)
            said =
                isAdded
                ? .coaches(person.name, community.name)
                : .coachesNoMore(person.name, community.name)
        }
        return Reply(
            ["communities": [JSONValue(community, me: brain.me.id)]], Page(said),
            schema: "community")
    }

    /// The one that is named, or else the person's only one.
    private static func meant(_ context: Context, _ brain: Brain) async throws -> Community {
        if let name = context.arguments.value("in") {
            return try await brain.community(named: name)
        }
        let own = try await brain.communities(of: nil)
        guard own.count == 1, let only = own.first else {
            throw Failure.usage(
                "needs-option", .needsOption("--in"), hint: .communitiesThere(own.map(\.name)))
        }
        return only
    }
}

/// `weonomy community show`.
enum CommunityShowCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let community = try await brain.community(named: context.arguments.required(0))
        let needs = try await brain.items(on: community.topics, .need)
        let shares = try await brain.items(on: community.topics, .share)
        var page = Page()
        page.line("\(community.name, .strong)")
        if !community.topics.isEmpty {
            page.line("\(community.topics.joined(separator: ", "), .topic)")
        }
        if !community.about.isEmpty {
            page.blank()
            page.prose(community.about)
        }
        page.blank()
        page.say(.membersOf(community.members.map(\.name)))
        page.say(.coachesOf(community.coaches.map(\.name)))
        for (title, items) in [(Text.openNeeds, needs), (Text.shares, shares)] where !items.isEmpty
        {
            page.blank()
            page.say(title, .strong)
            page.table(context.table(items))
        }
        let name = community.shortID
        return Reply(
            [
                "community": JSONValue(community, me: brain.me.id),
                "needs": JSONValue(needs, now: context.now),
                "shares": JSONValue(shares, now: context.now),
            ], page,
            next: community.has(brain.me.id)
                ? [Reply.Hint(command: "weonomy community listen \(name)", why: .hintListenTo)]
                : [Reply.Hint(command: "weonomy community join \(name)", why: .hintJoinIt)],
            schema: "community-show")
    }
}

/// `weonomy community listen`: on one's own communities' topics, or on all.
enum CommunityListenCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let listened =
            if let name = context.arguments.operand(0) {
                [try await brain.community(named: name)]
            } else {
                try await brain.communities(of: nil)
            }
        let heard = try await brain.listening(
            to: listened.isEmpty ? nil : listened.flatMap(\.topics))
        var page = Page()
        page.say(.listeningTo(listened.map(\.name), heard.topics), .faint)
        var next: [Reply.Hint] = []
        section(.needsWait, heard.needs, &page, context)
        section(.heardOutside, heard.heard, &page, context) { item in
            Text.onBehalf(item) ?? Text.kind(item)
        }
        if let need = heard.needs.first ?? heard.heard.first {
            next.append(Reply.Hint(command: "weonomy answer \(need.shortID)", why: .hintAnswer))
        }
        if !heard.heads.isEmpty {
            page.blank()
            page.say(.onlyInHeads, .strong)
            var table = Table(flexible: 1)
            for topic in heard.heads {
                table.add(
                    "\(topic.topic, .topic)",
                    "\(Text.offeredBy(topic.offering.map(\.name)), .faint)")
            }
            page.table(table)
        }
        if let topic = heard.heads.first?.topic {
            next.append(
                Reply.Hint(
                    command: "weonomy share -k experience -t \(topic)", why: .hintWriteDown))
        }
        if heard.isQuiet { page.say(.nothingLacks) }
        next.append(Reply.Hint(command: "weonomy ask --heard --for NAME \"…\"", why: .hintHeard))
        return Reply(
            [
                "communities": .array(listened.map { JSONValue($0, me: brain.me.id) }),
                "topics": JSONValue(heard.topics),
                "needs": JSONValue(heard.needs, now: context.now),
                "heard": JSONValue(heard.heard, now: context.now),
                "only_in_heads": .array(
                    heard.heads.map {
                        [
                            "topic": .string($0.topic),
                            "offered_by": .array($0.offering.map { JSONValue($0) }),
                        ]
                    }),
            ], page, next: next, schema: "community-listen")
    }

    private static func section(
        _ title: Text, _ items: [Item], _ page: inout Page, _ context: Context,
        says: ((Item) -> Text)? = nil
    ) {
        guard !items.isEmpty else { return }
        page.blank()
        page.say(title, .strong)
        guard let says else { return page.table(context.table(items)) }
        var table = Table(flexible: 1)
        for item in items {
            table.add("\(item.shortID, .id)", "\(item.title)", "\(says(item), .faint)")
        }
        page.table(table)
    }
}

extension Context {
    /// Communities in a table: id, name, what about, who coaches, and whether one takes part.
    fileprivate func table(_ communities: [Community], me: PersonID) -> Table {
        var table = Table(flexible: 1, indent: 0)
        for community in communities {
            let coaches = community.coaches.map { short($0.name) }
            table.add(
                "\(community.shortID, .id)",
                "\(community.name, community.has(me) ? .strong : .plain)",
                "\(community.topics.joined(separator: ", "), .topic)",
                "\(Text.members(community.members.count), .faint)",
                "\(coaches.isEmpty ? Text(same: "") : .coachedBy(coaches), .faint)")
        }
        return table
    }
}

extension JSONValue {
    init(_ community: Community, me: PersonID) {
        self = [
            "id": .string(community.id.description), "short": .string(community.shortID),
            "name": .string(community.name), "about": .string(community.about),
            "topics": JSONValue(community.topics), "maker": JSONValue(community.maker),
            "coaches": .array(community.coaches.map { JSONValue($0) }),
            "members": .array(community.members.map { JSONValue($0) }),
            "is_member": .bool(community.has(me)),
        ]
    }
}
