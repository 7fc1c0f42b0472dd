import WeData

extension Tally {
    /// What is counted of one topic.
    struct Gathering: Sendable {
        /// How many shares each group of ``Hands`` holds.
        var holders: [Int: Int] = [:]
        var shareCount = 0
        var validated = 0
        var validatable = 0
        /// Shares by when they were made.
        var shares = Timeline()
        /// Questions by when they were asked.
        private(set) var questions = Timeline()
        /// The last question that later hits are counted by.
        var askedCounted: Int64 = .min
        var openCount = 0
        var unmetCount = 0
        /// Who asks what is open, and how often.
        var askers: [PersonID: Int] = [:]
        var offering: Set<PersonID> = []
        var learning: Set<PersonID> = []
        /// How many shares each wrote, and how many of others each validated.
        var wrote: [PersonID: Int] = [:]
        var checked: [PersonID: Int] = [:]
        /// What is told of it, until something changes.
        var shown: BrainFigures.Topic?

        var isEmpty: Bool {
            shareCount == 0 && questions.isEmpty && offering.isEmpty && learning.isEmpty
        }

        mutating func lastAsked() -> Int64 { questions.greatest() ?? .min }

        /// - Parameter isValid: `nil` for what need not be validated.
        mutating func add(_ slot: Int, _ facts: Facts, _ holders: Int, isValid: Bool?) {
            shares.insert(facts.created.milliseconds, slot)
            count(facts, holders, isValid: isValid, by: 1)
        }

        mutating func remove(_ slot: Int, _ facts: Facts, _ holders: Int, isValid: Bool?) {
            shares.remove(facts.created.milliseconds, slot)
            count(facts, holders, isValid: isValid, by: -1)
        }

        private mutating func count(
            _ facts: Facts, _ holders: Int, isValid: Bool?, by step: Int
        ) {
            shareCount += step
            self.holders.count(holders, by: step)
            // Who brought in the work of others need not know it.
            if facts.byline == nil { wrote.count(facts.author, by: step) }
            for person in facts.validators.keys where person != facts.author {
                checked.count(person, by: step)
            }
            guard let isValid else { return }
            validatable += step
            if isValid { validated += step }
        }

        mutating func ask(_ slot: Int, _ facts: Facts, isUnmet: Bool) {
            questions.insert(facts.created.milliseconds, slot)
            count(facts, isUnmet: isUnmet, by: 1)
        }

        mutating func unask(_ slot: Int, _ facts: Facts, isUnmet: Bool) {
            questions.remove(facts.created.milliseconds, slot)
            count(facts, isUnmet: isUnmet, by: -1)
        }

        private mutating func count(_ need: Facts, isUnmet: Bool, by step: Int) {
            if isUnmet { unmetCount += step }
            guard need.isOpenNeed else { return }
            openCount += step
            askers.count(need.author, by: step)
        }
    }
}

extension Dictionary where Value == Int {
    /// Counts one more or less; what comes to nothing is left out.
    fileprivate mutating func count(_ key: Key, by step: Int) {
        self[key, default: 0] += step
        if step < 0, self[key] == 0 { self[key] = nil }
    }
}

/// Who holds shares, by numbers that are quickly compared.
struct Hands: Sendable {
    /// A member, or who is known by a byline only.
    private enum Hand: Hashable {
        case member(PersonID)
        case byline(String)
    }

    /// Who made a share alone.
    private struct Maker: Hashable {
        let author: PersonID
        let byline: String?
    }

    private(set) var names: [PersonID: String] = [:]
    private var members: [String: PersonID] = [:]
    /// Bylines that were asked for, and whose they are.
    private var bylines: [String: PersonID?] = [:]
    private var hands: [Hand] = []
    private var places: [Hand: Int] = [:]
    /// Who holds a share together, by their places, sorted; a group is its place here.
    private(set) var groups: [[Int]] = []
    private var numbers: [[Int]: Int] = [:]
    private var alone: [Maker: Int] = [:]
    private var order: Order?

    /// Everyone in order, by their places' ranks.
    struct Order {
        let ranks: [Int]
        let holders: [Holder]
        /// By group, its ranks.
        fileprivate(set) var groups: [[Int]]
    }

    /// Takes what everyone is called; gives whether a byline has become another's.
    mutating func call(_ names: [PersonID: String]) -> Bool {
        self.names = names
        members = Dictionary(names.map { ($0.value, $0.key) }) { min($0, $1) }
        order = nil
        return bylines.contains { members[$0.key] != $0.value }
    }

    /// Forgets who is who.
    mutating func forget() {
        bylines = [:]
        hands = []
        places = [:]
        groups = []
        numbers = [:]
        alone = [:]
        order = nil
    }

    /// The group that holds a share.
    mutating func holders(of facts: Facts) -> Int {
        // Most shares are of one hand alone.
        let maker = Maker(author: facts.author, byline: facts.byline)
        if facts.isSolo, let known = alone[maker] { return known }
        let first = place(of: writer(of: facts))
        var edits: [Int: Int] = [:]
        for (person, count) in facts.changeCounts {
            edits[person == facts.author ? first : place(of: .member(person)), default: 0] += count
        }
        if edits.isEmpty { edits[first] = 1 }
        let validators = facts.validators.keys.map { place(of: .member($0)) }
        let found = group(
            BusFactor.holders(first: first, edits: edits, validators: validators).sorted())
        if facts.isSolo { alone[maker] = found }
        return found
    }

    private mutating func group(_ places: [Int]) -> Int {
        if let known = numbers[places] { return known }
        numbers[places] = groups.count
        groups.append(places)
        return groups.count - 1
    }

    private mutating func writer(of facts: Facts) -> Hand {
        guard let byline = facts.byline else { return .member(facts.author) }
        let member = members[byline]
        bylines.updateValue(member, forKey: byline)
        return member.map { .member($0) } ?? .byline(byline)
    }

    private mutating func place(of hand: Hand) -> Int {
        if let known = places[hand] { return known }
        order = nil
        places[hand] = hands.count
        hands.append(hand)
        return hands.count - 1
    }

    /// Everyone in order.
    mutating func ranked() -> Order {
        if var order {
            for group in groups.dropFirst(order.groups.count) {
                order.groups.append(group.map { order.ranks[$0] })
            }
            self.order = order
            return order
        }
        let all = hands.map { hand in
            switch hand {
            case .member(let person): Holder(name: names[person] ?? "", person: person)
            case .byline(let name): Holder(name: name, person: nil)
            }
        }
        let places = all.indices.sorted { all[$0] < all[$1] }
        var ranks = [Int](repeating: 0, count: all.count)
        for (rank, place) in places.enumerated() { ranks[place] = rank }
        let found = Order(
            ranks: ranks, holders: places.map { all[$0] },
            groups: groups.map { $0.map { ranks[$0] } })
        order = found
        return found
    }
}
