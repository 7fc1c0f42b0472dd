import WeData

/// What the figures of a brain count of one profile.
package struct ProfileFacts: Hashable, Sendable {
    /// Whose it is.
    package let person: PersonID
    /// What its owner wants to be called; empty where that says nothing.
    package let name: String
    /// The best first, one for each topic.
    package let offers: [Offer]
    /// As its owner wrote them.
    package let learning: [String]

    /// Joins the parts.
    package init(person: PersonID, name: String = "", offers: [Offer] = [], learning: [String] = [])
    {
        self.person = person
        self.name = name
        self.offers = offers
        self.learning = learning
    }

    /// What counts of a profile.
    package init(_ profile: Profile) {
        self.init(
            person: profile.person.id, name: profile.person.name, offers: profile.offers,
            learning: profile.learning)
    }

    private static let version = 1

    /// As the search view keeps them.
    package var encoded: [UInt8] {
        var writer = Writer()
        writer.array(5)
        writer.int(ProfileFacts.version)
        writer.id(person)
        writer.text(name)
        writer.array(offers.count)
        for offer in offers { offer.value.write(to: &writer) }
        writer.array(learning.count)
        for topic in learning { writer.text(topic) }
        return writer.bytes
    }

    /// Whether bytes begin as these do and nothing else that is kept of objects does.
    static func isForm(of bytes: [UInt8]) -> Bool { bytes.first == 0x85 }

    /// Reads them; `nil` for anything else.
    package init?(decoding bytes: [UInt8]) {
        guard ProfileFacts.isForm(of: bytes), let facts = try? ProfileFacts.read(bytes) else {
            return nil
        }
        self = facts
    }

    private static func read(_ bytes: [UInt8]) throws(DecodingError) -> ProfileFacts? {
        var reader = Reader(bytes)
        try reader.array(count: 5)
        guard try reader.int() == Int64(version) else { return nil }
        let person: PersonID = try reader.id()
        let name = try reader.text()
        var offers: [Offer] = []
        for _ in 0..<(try reader.array()) {
            if let offer = Offer(try reader.value()) { offers.append(offer) }
        }
        var learning: [String] = []
        for _ in 0..<(try reader.array()) { learning.append(try reader.text()) }
        return ProfileFacts(person: person, name: name, offers: offers, learning: learning)
    }
}
