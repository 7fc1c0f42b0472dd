import Weonomy

extension CommandTable {
    static let find: [CommandSpec] = [
        CommandSpec(
            name: "today", group: .find,
            summary: Text("what waits for you, what is new", "wat op je wacht, wat er nieuw is"),
            options: [
                OptionSpec(
                    name: "status",
                    summary: Text("also what people are busy with", "ook waar men mee bezig is"))
            ],
            examples: [
                CommandSpec.Example(
                    words: "today", why: Text("once a day is enough", "eens per dag is genoeg"))
            ]),
        CommandSpec(
            name: "find", group: .find,
            summary: Text("search everything the team knows", "doorzoek alles wat het team weet"),
            operands: [Operand(name: "QUERY", isRepeated: true, completes: .query)],
            options: [limit],
            examples: [
                CommandSpec.Example(
                    words: "find sqlite wal", why: Text("both words", "beide woorden")),
                CommandSpec.Example(
                    words: "find topic:git is:howto -is:retracted",
                    why: Text("how-tos about git", "handleidingen over git")),
                CommandSpec.Example(
                    words: "find is:unresolved by:Anna",
                    why: Text("what Anna still needs", "wat Anna nog zoekt")),
                CommandSpec.Example(
                    words: "find '\"network share\"' after:2026-06",
                    why: Text("a phrase, since June", "een zinsdeel, sinds juni")),
            ],
            note: Text(
                "All search words: weonomy help search", "Alle zoekwoorden: weonomy help search"),
            takesDashedWords: true),
        CommandSpec(
            name: "show", group: .find,
            summary: Text("one item, person or topic", "één bijdrage, mens of onderwerp"),
            operands: [Operand(name: "ID|PERSON|TOPIC", completes: .query)],
            options: [
                OptionSpec(
                    name: "history",
                    summary: Text(
                        "who changed what, when", "wie wat wanneer wijzigde")),
                OptionSpec(
                    name: "blame",
                    summary: Text("who wrote what of the text", "wie wat van de tekst schreef")),
                OptionSpec(
                    name: "versions",
                    summary: Text("versions side by side", "versies naast elkaar")),
                OptionSpec(
                    name: "erased",
                    summary: Text("who has erased it", "wie het heeft gewist")),
                OptionSpec(
                    name: "file", value: ValueSpec(name: "NAME"),
                    summary: Text(
                        "what one of its files holds", "wat er in een van de bestanden staat")),
                OptionSpec(
                    name: "to", short: "o", value: ValueSpec(name: "PATH", completes: .folder),
                    summary: Text("save that file there", "bewaar dat bestand daar")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "show k3vq", why: Text("a share with its answers", "een bijdrage")),
                CommandSpec.Example(
                    words: "show sqlite", why: Text("who knows about sqlite", "wie sqlite kent")),
                CommandSpec.Example(
                    words: "show k3vq --file plan.pdf --to ~/Downloads",
                    why: Text("a file that goes with it", "een bestand erbij")),
            ]),
        files,
        CommandSpec(
            name: "brain", group: .find,
            summary: Text("topics: who knows, who asks", "onderwerpen: wie weet, wie vraagt"),
            examples: [
                CommandSpec.Example(
                    words: "brain",
                    why: Text("and what hangs on one person", "en wat aan één mens hangt")),
                CommandSpec.Example(
                    words: "brain risk --without Josh",
                    why: Text("a fire drill", "een brandoefening")),
                CommandSpec.Example(
                    words: "brain overlap",
                    why: Text("where needs meet offers", "waar vraag en aanbod elkaar raken")),
            ],
            subcommands: [
                CommandSpec(
                    name: "topics",
                    summary: Text("who knows, who asks", "wie weet, wie vraagt"),
                    options: [limit]),
                CommandSpec(
                    name: "risk",
                    summary: Text("what hangs on one person", "wat aan één mens hangt"),
                    options: [
                        limit,
                        OptionSpec(
                            name: "without",
                            value: ValueSpec(name: "PERSON", completes: .person),
                            summary: Text("what would be lost", "wat kwijt zou zijn")),
                        OptionSpec(
                            name: "plan", value: ValueSpec(name: "TOPIC", completes: .topic),
                            summary: Text("who could learn it", "wie het kan leren")),
                    ]),
                CommandSpec(
                    name: "overlap",
                    summary: Text("where needs meet offers", "waar vraag en aanbod elkaar raken"),
                    options: [limit]),
                CommandSpec(
                    name: "goals",
                    summary: Text("what the team wants to reach", "wat het team wil bereiken"),
                    options: [
                        OptionSpec(
                            name: "metric",
                            value: ValueSpec(
                                name: "METRIC",
                                kind: .choice(
                                    GoalMetric.allCases.map { Choice(word: $0.rawValue) }),
                                completes: .words(GoalMetric.allCases.map(\.rawValue))),
                            summary: Text("set one: which figure", "stel er een: welk cijfer")),
                        OptionSpec(
                            name: "min", value: ValueSpec(name: "N", kind: .number(1...1_000_000)),
                            summary: Text("what it should be", "wat het moet worden")),
                        OptionSpec(
                            name: "topic", short: "t",
                            value: ValueSpec(name: "TOPIC", completes: .topic),
                            summary: Text("of one topic", "van één onderwerp")),
                        OptionSpec(
                            name: "by", value: ValueSpec(name: "DATE", kind: .date),
                            summary: Text("until when", "tot wanneer")),
                        OptionSpec(
                            name: "drop", value: ValueSpec(name: "ID", completes: .id),
                            summary: Text("give one up", "geef er een op")),
                    ],
                    examples: [
                        CommandSpec.Example(
                            words: "brain goals --metric bus-factor --min 2 --topic elixir",
                            why: Text("two who know", "twee die het weten"))
                    ]),
            ]),
    ]
}
