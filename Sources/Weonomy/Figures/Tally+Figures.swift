import WeData

extension Tally {
    /// All that is counted, as of a moment; the same facts give the same on every laptop.
    ///
    /// - Complexity: O(topics), and what the topics that changed need.
    mutating func figures(at now: Instant) -> BrainFigures {
        advance(to: now)
        if let shown { return shown }
        settle()
        let ranked = hands.ranked()
        let isIn = ranked.holders.map { self.isIn($0) }
        var counted: [BrainFigures.Topic] = []
        counted.reserveCapacity(topics.count)
        for (name, gathered) in topics {
            let topic = gathered.shown ?? topic(name, gathered, ranked, isIn)
            if gathered.shown == nil { topics[name]?.shown = topic }
            if topic.isThere { counted.append(topic) }
        }
        counted.sort { ($1.shareCount, $0.topic) < ($0.shareCount, $1.topic) }
        let demanded = counted.filter { $0.overlap == .matched || $0.overlap == .unmet }
        let figures = BrainFigures(
            topics: counted, shareCount: shareCount, statusCount: statusCount,
            openNeedCount: openNeeds.count, unmetNeedCount: unmetCount,
            validated: Ratio(count: validated, of: validatable),
            lessons: Ratio(count: lessonCount, of: answerCount),
            unique: Ratio(count: shareCount - duplicates.count, of: shareCount),
            laterHits: Ratio(count: hitCount, of: shareCount),
            answerMillisecondsMedian: waits.median(),
            askedToArrivedMillisecondsMedian: waitsToArrive.median(),
            arrivedToAnsweredMillisecondsMedian: waitsToAnswer.median(),
            overlap: Ratio(
                count: demanded.count { $0.overlap == .matched }, of: demanded.count))
        shown = figures
        return figures
    }

    private func isIn(_ holder: Holder) -> Bool { holder.person.map(isIn) ?? true }

    /// People with their names, by name.
    func people(_ ids: some Sequence<PersonID>) -> [PersonRef] {
        ids.map { PersonRef(id: $0, name: hands.names[$0] ?? "") }.sorted()
    }

    /// - Parameter isHolding: by rank, whether who has it is in the team.
    private func topic(
        _ name: String, _ gathered: Gathering, _ ranked: Hands.Order, _ isHolding: [Bool]
    ) -> BrainFigures.Topic {
        let factor = BusFactor(
            gathered.holders.map { group, count in
                let ranks = ranked.groups[group]
                let isWhole = ranks.allSatisfy { isHolding[$0] }
                return (holders: isWhole ? ranks : ranks.filter { isHolding[$0] }, count: count)
            })
        let offering = gathered.offering.filter(isIn)
        let learning = gathered.learning.filter(isIn)
        let holders = factor.holders.map { (ranked.holders[$0.person], $0.shareCount) }
        // More than two make no difference.
        var people: Set<PersonID> = []
        for (holder, _) in holders where people.count < 2 {
            if let person = holder.person { people.insert(person) }
        }
        for person in offering where people.count < 2 { people.insert(person) }
        let wanting = learning.union(gathered.askers.keys)
        // Nobody is their own help.
        let isSupplied =
            wanting.isEmpty
            ? !people.isEmpty || !holders.isEmpty
            : people.count > 1 || people.first.map { one in wanting.contains { $0 != one } } == true
                || holders.contains { $0.0.person == nil }
        let overlap: BrainFigures.Overlap =
            switch (wanting.isEmpty, isSupplied) {
            case (false, true): .matched
            case (false, false): .unmet
            case (true, true): .unused
            case (true, false): .quiet
            }
        return BrainFigures.Topic(
            topic: name, shareCount: gathered.shareCount,
            validated: Ratio(count: gathered.validated, of: gathered.validatable),
            openNeedCount: gathered.openCount, unmetNeedCount: gathered.unmetCount,
            holders: holders.map { (holder: $0.0, shareCount: $0.1) },
            offering: self.people(offering), learning: self.people(learning),
            busFactor: factor.count, overlap: overlap)
    }

    /// Shares on a topic about which something was asked later, the newest first.
    ///
    /// - Complexity: O(shares).
    func laterHits(countMax: Int, offset: Int = 0) -> [ObjectID] {
        let hits = entries.lazy.compactMap(\.self).filter { $0.hitCount > 0 }.map(\.facts)
        return hits.sorted { ($1.created, $0.id) < ($0.created, $1.id) }.dropFirst(offset)
            .prefix(countMax).map(\.id)
    }

    /// The numbers of all shares that are nearly the same as an earlier one.
    ///
    /// - Complexity: O(shares).
    func duplicateNumbers() -> [Int64] {
        entries.indices.filter { duplicates.contains($0) }.compactMap { entries[$0]?.number }
    }

    /// What a team would lose without everyone of a name.
    ///
    /// - Complexity: O(topics × those who hold it).
    mutating func fireDrill(without name: String, _ figures: BrainFigures) -> FireDrill {
        let ranked = hands.ranked()
        func isMeant(_ place: Int) -> Bool { ranked.holders[ranked.ranks[place]].name == name }
        func isGone(_ place: Int) -> Bool {
            isMeant(place) || !isIn(ranked.holders[ranked.ranks[place]])
        }
        let losses = figures.topics.compactMap { topic -> FireDrill.Loss? in
            let groups = topics[topic.topic]?.holders ?? [:]
            let lost = groups.reduce(0) { sum, group in
                let places = hands.groups[group.key]
                let isLost = places.contains(where: isMeant) && places.allSatisfy(isGone)
                return isLost ? sum + group.value : sum
            }
            guard lost * 2 > topic.shareCount else { return nil }
            var seen: Set<String> = [name]
            let heirs = topic.learning.map(\.name) + topic.knowers
            return FireDrill.Loss(
                topic: topic.topic, lostCount: lost, shareCount: topic.shareCount,
                heirs: heirs.filter { seen.insert($0).inserted })
        }
        let others = figures.topics.filter { $0.knowers.contains(name) }
        let isOnlyTheirs = Dictionary(
            others.map { ($0.topic, $0.knowers.allSatisfy { $0 == name }) }
        ) { first, _ in first }
        let isKnown = Set(figures.topics.filter { !$0.knowers.isEmpty }.map(\.topic))
        let stranded = openNeeds.compactMap { slot -> ObjectID? in
            guard let facts = facts(slot) else { return nil }
            let theirs = facts.topics.filter { isOnlyTheirs[$0] != nil }
            let known = facts.topics.filter(isKnown.contains)
            return !theirs.isEmpty && known.allSatisfy { isOnlyTheirs[$0] == true }
                ? facts.id : nil
        }
        return FireDrill(
            name: name,
            losses: losses.sorted { ($1.lostCount, $0.topic) < ($0.lostCount, $1.topic) },
            stranded: stranded.sorted())
    }
}

extension BrainFigures.Topic {
    /// Whether there is anything to tell: solved questions alone are nothing.
    fileprivate var isThere: Bool {
        shareCount > 0 || openNeedCount > 0 || !offering.isEmpty || !learning.isEmpty
    }
}
