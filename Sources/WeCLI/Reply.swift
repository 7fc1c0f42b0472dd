import Weonomy

/// What a command has to say when it succeeded, for programs and for people.
struct Reply: Sendable {
    /// Goes under `data` in the JSON.
    var data: JSONValue
    /// Goes to standard output.
    var page: Page
    /// Something useful to do now; shown beside the answer, unless quiet.
    var next: [Hint]
    /// Partly done still has an answer.
    var exit: ExitCode
    /// The name in the schema, where it isn't the command's own.
    var schema: String?

    /// A command to type next, and why.
    struct Hint: Sendable {
        let command: String
        let why: Text
    }

    init(
        _ data: JSONValue, _ page: Page, next: [Hint] = [], exit: ExitCode = .ok,
        schema: String? = nil
    ) {
        self.data = data
        self.page = page
        self.next = next
        self.exit = exit
        self.schema = schema
    }

    /// The hints as lines.
    var nextPage: Page {
        var page = Page()
        var table = Table(flexible: 2, indent: 0, wraps: true)
        for (index, hint) in next.enumerated() {
            let title: Line = index == 0 ? "\(Text.next, .strong)" : ""
            table.add(title, "\(hint.command, .command)", "\(hint.why, .faint)")
        }
        page.table(table)
        return page
    }
}
