import Weonomy

/// How a command ended; `weonomy help exit-codes` prints this table.
enum ExitCode: Int32, CaseIterable, Sendable {
    case ok = 0
    case failure = 1
    case usage = 2
    case partly = 3
    case trust = 4
    case notFound = 5
    case noReplica = 10
    case busy = 11
    case interrupted = 130

    /// What the code says to a person.
    var meaning: Text {
        switch self {
        case .ok: Text("done", "gelukt")
        case .failure:
            Text(
                "it did not work; the message says why", "mislukt; de melding zegt waarom")
        case .usage: Text("the command was typed wrong", "het commando klopt niet")
        case .partly: Text("partly done: some did not work", "deels gelukt: een deel lukte niet")
        case .trust:
            Text(
                "not trusted: unknown, refused or excluded",
                "niet vertrouwd: onbekend, geweigerd of uitgesloten")
        case .notFound:
            Text("no such id, or more than one fits", "die id bestaat niet, of er passen er meer")
        case .noReplica: Text("no brain on this laptop yet", "nog geen brein op deze laptop")
        case .busy:
            Text(
                "the brain is in use; try again", "het brein is bezig; probeer het opnieuw")
        case .interrupted: Text("stopped with Ctrl-C", "gestopt met Ctrl-C")
        }
    }
}
