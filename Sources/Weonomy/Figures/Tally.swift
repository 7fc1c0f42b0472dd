import WeData

/// The running count of a brain: every item goes in and comes out again, at a cost of its topics.
///
/// Counting anew is the same as putting everything in. What depends on the time of day is counted
/// as of ``moment``; when that moves, the items that count otherwise are put in again.
struct Tally: Sendable {
    /// One item, with what it has added to the counts.
    struct Entry: Sendable {
        let facts: Facts
        let number: Int64
        /// Of a share with topics: which group of ``Hands`` holds it.
        var holders = -1
        /// Whether it is a share with a validation, or a question unmet.
        var isValid = false
        var isUnmet = false
        /// Of a share: about how many of its topics something was asked later.
        var hitCount = 0
        /// Of a question: how long it waited.
        var waits: Waits?

        /// Whether a share can be validated.
        var isToValidate: Bool {
            facts.shareKind != .file && facts.shareKind != .lesson
        }
    }

    /// How long a question waited for its first answer, in milliseconds.
    struct Waits: Hashable, Sendable {
        let all: Int64
        /// Until it had arrived, and from then on, where that is known.
        var toArrive: Int64?
        var toAnswer: Int64?
    }

    /// As of when it is counted, in milliseconds since 1970.
    private(set) var moment: Int64 = .min
    private(set) var entries: [Entry?] = []
    private var freeSlots: [Int] = []
    private(set) var slots: [Int64: Int] = [:]
    private(set) var profiles: [Int64: ProfileFacts] = [:]
    /// What each offers.
    private(set) var offers: [PersonID: [Offer]] = [:]
    /// Topics of one word that somebody offers, by that word; `nil` once a profile has changed.
    private(set) var offered: [UInt32: String]?
    /// Goes up when a profile changes.
    private(set) var profilesVersion = 0

    var hands = Hands()
    /// Who is in the team; `nil` for everyone.
    private(set) var members: Set<PersonID>?
    var topics: [String: Gathering] = [:]
    /// Topics whose questions changed since later hits were counted.
    var asked: Set<String> = []
    /// When items count otherwise.
    private var due = Timeline()
    private(set) var duplicates = NearDuplicates()
    private(set) var titles = TitleWords()

    private(set) var shareCount = 0
    private(set) var statusCount = 0
    private(set) var validated = 0
    private(set) var validatable = 0
    var hitCount = 0
    private(set) var lessonCount = 0
    private(set) var answerCount = 0
    private(set) var unmetCount = 0
    /// Questions that nobody has solved.
    private(set) var openNeeds: Set<Int> = []
    /// Shares that are no status, by who made or brought them.
    private(set) var written: [PersonID: [Int]] = [:]

    private var needs: [ObjectID: Int] = [:]
    private var answers: [ObjectID: [Int]] = [:]
    var waits = Timeline()
    var waitsToArrive = Timeline()
    var waitsToAnswer = Timeline()

    /// What was told last, until something changes.
    var shown: BrainFigures?

    /// Whether someone is in the team.
    func isIn(_ person: PersonID) -> Bool { members?.contains(person) ?? true }

    /// The facts in a slot.
    func facts(_ slot: Int) -> Facts? { entries[slot]?.facts }

    // MARK: - In and out

    /// Makes room for so many items.
    mutating func reserve(_ count: Int) {
        entries.reserveCapacity(count)
        slots.reserveCapacity(count)
        duplicates.reserve(count)
    }

    /// Takes what an object of this number is now.
    mutating func take(_ number: Int64, _ facts: Facts) {
        let slot = freeSlots.popLast() ?? entries.count
        if let old = slots.updateValue(slot, forKey: number) { vacate(old) }
        forgetProfile(number)
        duplicates.insert(slot, facts)
        titles.insert(slot, facts)
        if slot == entries.count {
            entries.append(Entry(facts: facts, number: number))
        } else {
            entries[slot] = Entry(facts: facts, number: number)
        }
        add(slot, facts)
    }

    /// Empties a slot.
    private mutating func vacate(_ slot: Int) {
        remove(slot)
        duplicates.remove(slot)
        if let facts = entries[slot]?.facts { titles.remove(facts) }
        entries[slot] = nil
        freeSlots.append(slot)
    }

    mutating func take(_ number: Int64, _ profile: ProfileFacts) {
        forget(number)
        profiles[number] = profile
        offers[profile.person] = profile.offers.isEmpty ? nil : profile.offers
        offered = nil
        profilesVersion += 1
        shown = nil
        each(profile) {
            $0.offering.insert(profile.person)
        } learning: {
            $0.learning.insert(profile.person)
        }
    }

    mutating func forget(_ number: Int64) {
        if let slot = slots.removeValue(forKey: number) { vacate(slot) }
        forgetProfile(number)
    }

    private mutating func forgetProfile(_ number: Int64) {
        if let profile = profiles.removeValue(forKey: number) {
            offers[profile.person] = nil
            offered = nil
            profilesVersion += 1
            shown = nil
            each(profile) {
                $0.offering.remove(profile.person)
            } learning: {
                $0.learning.remove(profile.person)
            }
        }
    }

    /// Keeps what is offered by its word until a profile changes.
    mutating func settleOffers() { offered = offered ?? offeredNow }

    /// What is offered by its word.
    ///
    /// - Complexity: O(topics).
    var offeredNow: [UInt32: String] {
        var offered: [UInt32: String] = [:]
        for (topic, gathered) in topics where !gathered.offering.isEmpty {
            guard topic.allSatisfy({ $0.isLetter || $0.isNumber }) else { continue }
            if let word = FoldedWords.number(of: topic) { offered[word] = topic }
        }
        return offered
    }

    private mutating func each(
        _ profile: ProfileFacts, offering: (inout Gathering) -> Void,
        learning: (inout Gathering) -> Void
    ) {
        for offer in profile.offers { change(Facet.folded(offer.topic), offering) }
        for topic in profile.learning { change(Facet.folded(topic), learning) }
    }

    /// Changes what is gathered on a topic; one with nothing on it is none.
    mutating func change(_ topic: String, _ body: (inout Gathering) -> Void) {
        guard let place = topics.index(forKey: topic) else {
            var gathered = Gathering()
            body(&gathered)
            if !gathered.isEmpty { topics[topic] = gathered }
            return
        }
        func change(_ gathered: inout Gathering) -> Bool {
            body(&gathered)
            gathered.shown = nil
            return gathered.isEmpty
        }
        if change(&topics.values[place]) { topics.remove(at: place) }
    }

    /// Counts as of another moment.
    ///
    /// - Complexity: O(items that count otherwise then).
    mutating func advance(to now: Instant) {
        // What is due at a moment is so from that moment on.
        let slots = due.slots(
            between: moment.addingReportingOverflow(1).partialValue,
            and: now.milliseconds.addingReportingOverflow(1).partialValue)
        for slot in slots { remove(slot) }
        moment = now.milliseconds
        for slot in slots { add(slot) }
    }

    /// Takes everyone's names, since a byline may be that of one of them, and who is in the team.
    ///
    /// Who is not can help nobody and holds nothing for it. Without a list all are in it.
    ///
    /// - Complexity: O(people); O(items) where a byline changes hands.
    mutating func call(_ names: [PersonID: String], members: Set<PersonID>? = nil) {
        guard names != hands.names || members != self.members else { return }
        self.members = members
        shown = nil
        for topic in topics.keys { topics[topic]?.shown = nil }
        guard hands.call(names) else { return }
        let shares = entries.indices.filter { entries[$0]?.facts.kind == .share }
        for slot in shares { remove(slot) }
        hands.forget()
        for slot in shares { add(slot) }
    }

    private mutating func add(_ slot: Int) {
        if let facts = entries[slot]?.facts { add(slot, facts) }
    }

    private mutating func add(_ slot: Int, _ facts: Facts) {
        shown = nil
        switch facts.kind {
        case .share: addShare(slot, facts)
        case .need: addNeed(slot, facts)
        case .answer:
            answerCount += 1
            if facts.isLesson { lessonCount += 1 }
            guard let need = facts.about else { return }
            answers[need, default: []].append(slot)
            timeAnswers(to: need)
        }
    }

    private mutating func remove(_ slot: Int) {
        guard let entry = entries[slot] else { return }
        shown = nil
        let facts = entry.facts
        switch facts.kind {
        case .share: removeShare(slot, entry)
        case .need: removeNeed(slot, entry)
        case .answer:
            answerCount -= 1
            if facts.isLesson { lessonCount -= 1 }
            guard let need = facts.about else { return }
            answers[need]?.removeAll { $0 == slot }
            if answers[need]?.isEmpty == true { answers[need] = nil }
            timeAnswers(to: need)
        }
    }

    // MARK: - Shares

    private mutating func addShare(_ slot: Int, _ facts: Facts) {
        guard facts.shareKind != .status else {
            statusCount += 1
            return
        }
        guard var entry = entries[slot] else { return }
        shareCount += 1
        let end = facts.validUntil
        entry.isValid = end.map { moment < $0 } ?? false
        if let end, end < .max { due.insert(end, slot) }
        if entry.isToValidate {
            validatable += 1
            if entry.isValid { validated += 1 }
        }
        written[facts.author, default: []].append(slot)
        if !facts.topics.isEmpty {
            let holders = hands.holders(of: facts)
            entry.holders = holders
            let isValid = entry.isToValidate ? entry.isValid : nil
            var hits = 0
            for topic in facts.topics {
                change(topic) { gathered in
                    gathered.add(slot, facts, holders, isValid: isValid)
                    if facts.created.milliseconds < gathered.askedCounted { hits += 1 }
                }
            }
            entry.hitCount = hits
            if hits > 0 { hitCount += 1 }
        }
        entries[slot] = entry
    }

    private mutating func removeShare(_ slot: Int, _ entry: Entry) {
        let facts = entry.facts
        guard facts.shareKind != .status else {
            statusCount -= 1
            return
        }
        shareCount -= 1
        if let end = facts.validUntil, end < .max { due.remove(end, slot) }
        if entry.isToValidate {
            validatable -= 1
            if entry.isValid { validated -= 1 }
        }
        written[facts.author]?.removeAll { $0 == slot }
        for topic in facts.topics {
            change(topic) {
                $0.remove(
                    slot, facts, entry.holders, isValid: entry.isToValidate ? entry.isValid : nil)
            }
        }
        if entry.hitCount > 0 { hitCount -= 1 }
    }

    /// A question on one of a share's topics came after it, or went.
    mutating func hit(_ slot: Int, by count: Int) {
        guard let old = entries[slot]?.hitCount else { return }
        entries[slot]?.hitCount = old + count
        if old == 0, count > 0 { hitCount += 1 }
        if old > 0, old + count == 0 { hitCount -= 1 }
    }

    // MARK: - Questions

    private mutating func addNeed(_ slot: Int, _ facts: Facts) {
        needs[facts.id] = slot
        let from = BrainFigures.unmetFrom(facts.status, since: facts.created)
        let isUnmet = from.map { moment >= $0 } ?? false
        if let from { due.insert(from, slot) }
        entries[slot]?.isUnmet = isUnmet
        if isUnmet { unmetCount += 1 }
        if facts.isOpenNeed { openNeeds.insert(slot) }
        for topic in facts.topics {
            asked.insert(topic)
            change(topic) { $0.ask(slot, facts, isUnmet: isUnmet) }
        }
        timeAnswers(to: facts.id)
    }

    private mutating func removeNeed(_ slot: Int, _ entry: Entry) {
        let facts = entry.facts
        timeAnswers(to: facts.id, isGone: true)
        needs[facts.id] = nil
        if let from = BrainFigures.unmetFrom(facts.status, since: facts.created) {
            due.remove(from, slot)
        }
        if entry.isUnmet { unmetCount -= 1 }
        openNeeds.remove(slot)
        for topic in facts.topics {
            asked.insert(topic)
            change(topic) { $0.unask(slot, facts, isUnmet: entry.isUnmet) }
        }
    }

    /// Measures again how long a question waited.
    private mutating func timeAnswers(to need: ObjectID, isGone: Bool = false) {
        guard let slot = needs[need], let entry = entries[slot] else { return }
        let found = isGone ? nil : waits(of: entry.facts)
        guard found != entry.waits else { return }
        if let old = entry.waits {
            waits.remove(old.all, slot)
            if let wait = old.toArrive { waitsToArrive.remove(wait, slot) }
            if let wait = old.toAnswer { waitsToAnswer.remove(wait, slot) }
        }
        entries[slot]?.waits = found
        guard let found else { return }
        waits.insert(found.all, slot)
        if let wait = found.toArrive { waitsToArrive.insert(wait, slot) }
        if let wait = found.toAnswer { waitsToAnswer.insert(wait, slot) }
    }

    private func waits(of need: Facts) -> Waits? {
        let all = (answers[need.id] ?? []).compactMap { facts($0) }
        guard let first = all.min(by: { ($0.created, $0.id) < ($1.created, $1.id) }) else {
            return nil
        }
        func span(_ one: Instant, _ other: Instant) -> Int64? {
            let span = other.milliseconds.subtractingReportingOverflow(one.milliseconds)
            return span.overflow || span.partialValue < 0 ? nil : span.partialValue
        }
        var waits = Waits(all: span(need.created, first.created) ?? 0)
        // What a clock or a program got wrong says nothing.
        if let arrived = first.arrived, let toArrive = span(need.created, arrived),
            let toAnswer = span(arrived, first.created)
        {
            (waits.toArrive, waits.toAnswer) = (toArrive, toAnswer)
        }
        return waits
    }

    /// Makes the words of titles lead to them.
    ///
    /// - Complexity: O(titles that came since the last time, as many as are allowed).
    mutating func settleTitles(countMax: Int = .max) {
        titles.settle(entries, countMax: countMax)
    }

    // MARK: - What is due

    /// Brings up to date what is not counted item by item.
    mutating func settle() {
        for topic in asked {
            guard let last = topics[topic]?.lastAsked(), let old = topics[topic]?.askedCounted
            else {
                continue
            }
            let slots = topics[topic]?.shares.slots(between: old, and: last) ?? []
            topics[topic]?.askedCounted = last
            for slot in slots { hit(slot, by: last > old ? 1 : -1) }
        }
        asked = []
        duplicates.settle()
    }
}

extension Facts {
    /// Until when a share is valid, in milliseconds since 1970, `.max` for always; `nil` for one
    /// that nobody validated.
    var validUntil: Int64? { validators.values.map { $0?.milliseconds ?? .max }.max() }

    /// Whether it is a question that nobody has solved.
    var isOpenNeed: Bool { kind == .need && (status ?? .open).isUnresolved }
}
