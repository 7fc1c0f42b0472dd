import Weonomy

/// Where pages are: every address that a page links to is made here.
enum Place {
    static let today = "/"
    static let brain = "/brain"
    static let laterHits = "/brain/later"
    static let needs = "/needs"
    static let people = "/people"
    static let communities = "/communities"
    static let sync = "/sync"
    static let safety = "/safety"
    static let settings = "/settings"
    static let keys = "/keys"
    static let new = "/new"
    static let ask = "/ask"
    static let profile = "/profile"
    static let search = "/search"
    static let events = "/events"

    static func item(_ item: Item) -> String { "/s/\(item.shortID)" }
    static func item(_ id: ObjectID, _ brain: Brain) -> String { "/s/\(brain.shortID(id))" }
    static func file(_ item: Item, _ number: Int) -> String { "/file/\(item.shortID)/\(number)" }
    /// Where an answer stands among those to its question, on whatever part of them.
    static func answer(_ answer: Item, to path: String) -> String {
        "\(path)?answer=\(answer.shortID)#\(answer.shortID)"
    }
    static func person(_ person: PersonRef) -> String { "/p/\(person.id)" }
    static func community(_ community: Community) -> String { "/community/\(community.shortID)" }
    static func topic(_ topic: String) -> String { "/topic/" + Percent.segment(topic) }

    static func search(_ query: String) -> String { search + "?q=" + Percent.segment(query) }

    /// Search for everything with a topic.
    static func all(of topic: String, _ rest: String) -> String {
        search(query(topic) + " " + rest)
    }

    /// What finds a topic, as the brain counts it: it has no spaces, and may have quotes.
    static func query(_ topic: String) -> String { "topic:#\(topic)" }

    /// An address that somebody typed, where a link may lead to it; `nil` for any other.
    static func outside(_ address: String) -> String? {
        let lower = address.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://"),
            !address.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F })
        else { return nil }
        return address
    }
}
