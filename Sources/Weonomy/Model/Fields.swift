/// What an object is, as its `create` change says.
package enum ObjectKind {
    package static let share = "share"
    package static let need = "need"
    package static let answer = "answer"
    package static let profile = "profile"
    package static let goal = "goal"
    package static let community = "community"
}

/// The names of the fields of Weonomy's own kinds, in this one place.
package enum Field {
    // Registers of items.
    package static let title = "title"
    package static let kind = "kind"
    package static let lang = "lang"
    package static let source = "source"
    /// Who wrote it, where that is not who brought it in.
    package static let byline = "byline"
    package static let sourceHash = "sourceHash"
    package static let status = "status"
    package static let about = "about"
    package static let lesson = "lesson"
    /// On an answer: when its need first was on the laptop of who answers, by that laptop's clock.
    package static let arrived = "arrived"
    package static let tried = "tried"
    package static let good = "good"
    package static let retracted = "retracted"
    package static let files = "files"
    /// Who needs it, where somebody asks on behalf of another; a plain name.
    package static let askedFor = "for"
    /// Whether a need was heard outside the team's pages.
    package static let heard = "heard"
    /// Whether the asker wants to look over a shoulder.
    package static let shadow = "shadow"
    /// The goal that a share serves.
    package static let goal = "goal"
    /// The item whose files or words a share uses again.
    package static let reuses = "reuses"
    // The text of items.
    package static let body = "body"
    // The set of items.
    package static let topics = "topics"
    // Marks on items.
    package static let reaction = "reaction"
    package static let validation = "validation"
    /// On a need, by who answered it; the key is the answer.
    package static let answered = "answered"
    /// On an item, by its author: whom it asks what they think of it; the key is the person, and
    /// the value says until when.
    package static let invited = "invited"
    /// On a need, by its asker: can do it without help by now.
    package static let learnt = "learnt"
    /// On a community, by who takes part in it.
    package static let member = "member"
    /// On an item, by who points it out to the moderators; the value says why.
    package static let flag = "flag"
    /// On a profile: up to where a device has erased what was to be erased; the key is the device.
    package static let erased = "erased"

    /// The set of a community's coaches; ``Community/coaches`` says whose writes to it count.
    package static let coaches = "coaches"

    // Registers of goals.
    package static let metric = "metric"
    package static let topic = "topic"
    package static let min = "min"
    package static let by = "by"

    // Registers of profiles.
    package static let name = "name"
    package static let role = "role"
    package static let contact = "contact"
    package static let confirmed = "confirmed"
    // Sets of profiles.
    package static let offers = "offers"
    package static let learning = "learning"
    package static let languages = "languages"
    package static let responsibilities = "responsibilities"
}

/// The keys of the maps that some fields hold.
package enum Key {
    // Elements of `files`.
    package static let name = "name"
    package static let size = "size"
    package static let hash = "hash"
    package static let licence = "licence"
    // The value of a `validation` mark.
    package static let note = "note"
    package static let until = "until"
    // Elements of `offers`.
    package static let level = "level"
    package static let topic = "topic"
    // Elements of `responsibilities`.
    package static let result = "result"
    package static let what = "what"
    package static let why = "why"
}
