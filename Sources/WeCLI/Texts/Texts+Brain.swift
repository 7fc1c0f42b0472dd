import Weonomy

/// What is said about ids, names and the words of the domain.
extension Text {
    static func noSuchID(_ typed: String) -> Text {
        Text("Nothing here has the id '\(typed)'.", "Niets hier heeft de id '\(typed)'.")
    }

    static let copyID = Text(
        "Copy an id from \("weonomy find", .command) or \("weonomy today", .command).",
        "Neem een id over uit \("weonomy find", .command) of \("weonomy today", .command).")

    static func ambiguousID(_ typed: String) -> Text {
        Text(
            "The id '\(typed)' fits more than one item.",
            "Op de id '\(typed)' past er meer dan één.")
    }

    /// - Parameter hint: The library's, which ends in the ids that fit.
    static func typeMore(_ hint: String) -> Text {
        let ids = hint.firstRange(of: ": ").map { String(hint[$0.upperBound...]) } ?? hint
        return Text("Type more of it: \(ids, .id)", "Typ er meer van: \(ids, .id)")
    }

    static func noSuchPerson(_ typed: String) -> Text {
        Text("Nobody here is called '\(typed)'.", "Niemand heet hier '\(typed)'.")
    }

    static func ambiguousPerson(_ typed: String, _ names: String) -> Text {
        Text("'\(typed)' may be \(names): type more.", "'\(typed)' kan zijn: \(names). Typ meer.")
    }

    static func people(_ names: [String]) -> Text {
        Text("There are: \(list: names).", "Wel hier: \(list: names).")
    }

    static func nothingCalled(_ typed: String) -> Text {
        Text(
            "There is no item, person or topic '\(typed)'.",
            "Er is geen bijdrage, mens of onderwerp '\(typed)'.")
    }

    static func tryFind(_ typed: String) -> Text {
        Text(
            "Search for it: \("weonomy find \(typed)", .command)",
            "Zoek ernaar: \("weonomy find \(typed)", .command)")
    }
}
