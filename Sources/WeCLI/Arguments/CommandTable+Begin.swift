import Weonomy

extension CommandTable {
    static let begin: [CommandSpec] = [
        CommandSpec(
            name: "init", group: .begin,
            summary: Text("make your identity and a team", "maak je identiteit en een team"),
            options: [
                OptionSpec(
                    name: "name", value: ValueSpec(name: "NAME"),
                    summary: Text("how colleagues know you", "zoals collega's je kennen")),
                OptionSpec(
                    name: "second-moderator",
                    summary: Text(
                        "excluding someone takes two moderators",
                        "uitsluiten kan alleen met twee moderators")),
                OptionSpec(
                    name: "conduct", value: ValueSpec(name: "FILE", completes: .file),
                    summary: Text(
                        "what who joins agrees to", "waar wie meedoet mee instemt")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "init --name \"Anna de Vries\" --team \"Team Noord\"",
                    why: Text("begin a team on this laptop", "begin een team op deze laptop"))
            ],
            note: Text(
                "Everything stays on this laptop until you sync with a colleague.",
                "Alles blijft op deze laptop totdat je met een collega synct.")),
        CommandSpec(
            name: "invite", group: .begin,
            summary: Text("bring in a colleague", "nodig een collega uit"),
            options: [
                OptionSpec(
                    name: "uses", value: ValueSpec(name: "N", kind: .number(1...1000)),
                    summary: Text("for so many people (1)", "voor zoveel mensen (1)")),
                OptionSpec(
                    name: "for", value: ValueSpec(name: "TEXT"),
                    summary: Text("whom it is for", "voor wie hij is")),
                OptionSpec(
                    name: "expires", value: ValueSpec(name: "DATE", kind: .date),
                    summary: Text("until then: 2027, 2027-05…", "tot dan: 2027, 2027-05…")),
                OptionSpec(
                    name: "out", value: ValueSpec(name: "FILE", completes: .file),
                    summary: Text("write the code to a file", "schrijf de code naar een bestand")),
                OptionSpec(
                    name: "list", summary: Text("those that are open", "die er openstaan")),
                OptionSpec(
                    name: "close", value: ValueSpec(name: "ID"),
                    summary: Text("nobody joins by it any more", "niemand komt er nog mee binnen")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "invite",
                    why: Text(
                        "one code, for one person", "één code, voor één mens")),
                CommandSpec.Example(
                    words: "invite --uses 5 --for \"the new people\"",
                    why: Text("one code for five people", "één code voor vijf mensen")),
            ],
            note: Text(
                "The code is a secret: who has it can join. Hand it over in person or safely.",
                "De code is geheim: wie hem heeft, kan meedoen. Geef hem zelf of langs een veilige "
                    + "weg.")),
        CommandSpec(
            name: "join", group: .begin,
            summary: Text("join a team with an invitation", "ga bij een team met een uitnodiging"),
            operands: [Operand(name: "HOST:PORT", isRequired: false)],
            options: [
                OptionSpec(
                    name: "name", value: ValueSpec(name: "NAME"),
                    summary: Text("how colleagues know you", "zoals collega's je kennen")),
                OptionSpec(
                    name: "code-file", value: ValueSpec(name: "FILE", completes: .file),
                    summary: Text(
                        "read the code from a file or -", "lees de code uit een bestand of -")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "join 10.0.0.7:7431",
                    why: Text("asks for the code and your name", "vraagt de code en je naam")),
                CommandSpec.Example(
                    words: "join 10.0.0.7:7431 --name Bram --code-file -",
                    why: Text("code from standard input", "code van standaardinvoer")),
                CommandSpec.Example(
                    words: "join /media/usb",
                    why: Text("by a stick alone, in two visits", "alleen per stick, in twee keer")),
            ],
            note: Text(
                "Your colleague keeps `weonomy up` open meanwhile, or carries a stick.",
                "Je collega houdt intussen `weonomy up` open, of brengt een stick.")),
        profile,
    ]

    private static let profile = CommandSpec(
        name: "profile", group: .begin,
        summary: Text("what you and others offer and need", "wat jij en anderen bieden en zoeken"),
        examples: [
            CommandSpec.Example(
                words: "profile offer sqlite --level expert",
                why: Text("you can help with this", "hiermee kun je helpen")),
            CommandSpec.Example(
                words: "profile learn elixir",
                why: Text(
                    "you want to learn this", "dit wil je leren")),
            CommandSpec.Example(
                words: "profile show Anna", why: Text("who Anna is", "wie Anna is")),
        ],
        subcommands: [
            CommandSpec(
                name: "show",
                summary: Text(
                    "a profile, yours by default", "een profiel: dat van jou"),
                operands: [Operand(name: "PERSON", isRequired: false, completes: .person)]),
            CommandSpec(
                name: "check",
                summary: Text("what is still missing (exit 1)", "wat er nog ontbreekt (exit 1)")),
            CommandSpec(
                name: "edit", summary: Text("all of it in your editor", "alles in je editor")),
            CommandSpec(
                name: "offer", summary: Text("a topic you can help with", "hier kun je mee helpen"),
                operands: [Operand(name: "TOPIC", completes: .topic)],
                options: [
                    OptionSpec(
                        name: "level", value: .choice("LEVEL", levels),
                        summary: Text("beginner, average, expert", "beginner, average, expert")),
                    remove,
                ]),
            CommandSpec(
                name: "learn", summary: Text("a topic to learn", "een onderwerp om te leren"),
                operands: [Operand(name: "TOPIC", completes: .topic)], options: [remove]),
            CommandSpec(
                name: "role", summary: Text("what you do here", "wat je hier doet"),
                operands: [Operand(name: "TEXT", isRequired: false)], options: [remove]),
            CommandSpec(
                name: "responsibility",
                summary: Text("what you answer for", "waar je voor staat"),
                operands: [Operand(name: "TEXT")],
                options: [
                    OptionSpec(
                        name: "result", value: ValueSpec(name: "TEXT"),
                        summary: Text("what must come of it", "wat het moet opleveren")),
                    OptionSpec(
                        name: "why", value: ValueSpec(name: "TEXT"),
                        summary: Text("why that matters", "waarom dat ertoe doet")),
                    remove,
                ]),
            CommandSpec(
                name: "language", summary: Text("a language you speak", "een taal die je spreekt"),
                operands: [Operand(name: "LANG")], options: [remove]),
            CommandSpec(
                name: "contact", summary: Text("how to reach you", "hoe je te bereiken bent"),
                operands: [Operand(name: "TEXT", isRequired: false)], options: [remove]),
        ])
}
