/// What the changes of an item did, as people say it.
extension Text {
    package static let blame = Text("Who wrote what", "Wie wat schreef")

    package static func changes(_ changes: [ChangeSummary]) -> Text {
        if changes.contains(where: { $0.verb == "create" }) { return Text("made it", "gemaakt") }
        let texts = changes.map(change)
        guard let first = texts.first else { return Text(same: "") }
        return texts.dropFirst().reduce(first) {
            Text($0.english + "; " + $1.english, $0.dutch + "; " + $1.dutch)
        }
    }

    private static func change(_ change: ChangeSummary) -> Text {
        let value = change.value
        switch (change.verb, change.field) {
        case ("set", "title"): return Text("title: \(value)", "titel: \(value)")
        case ("set", "retracted"): return Text("took it back", "ingetrokken")
        case ("set", "status"):
            guard let status = NeedStatus(rawValue: value) else { break }
            return Text.status(status)
        case ("text", "body"): return Text("text: \(value)", "tekst: \(value)")
        case ("add", "topics"): return Text("topic +\(value)", "onderwerp +\(value)")
        case ("remove", "topics"): return Text("topic −\(value)", "onderwerp −\(value)")
        case ("mark", "answered"): return Text("answered", "beantwoord")
        case ("mark", "invited"): return Text("asked for a reaction", "om een reactie gevraagd")
        case ("mark", "learnt"): return Text("can do it now", "kan het nu zelf")
        case ("mark", "validation"): return Text("validated", "bevestigd")
        case ("mark", "reaction"):
            guard let reaction = Reaction(rawValue: value) else { break }
            return Text.reaction(reaction)
        default: break
        }
        let what = change.field.isEmpty ? change.verb : "\(change.verb) \(change.field)"
        return Text(same: "\(value.isEmpty ? what : "\(what): \(value)")")
    }
}
