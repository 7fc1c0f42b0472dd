import Weonomy

extension CommandTable {
    static let together: [CommandSpec] = [team, community, device, safety]

    // MARK: - Parts that several commands share

    static let person = Operand(name: "PERSON", completes: .person)

    private static let confirmName = confirm("NAME")

    static func confirm(_ what: String) -> OptionSpec {
        OptionSpec(
            name: "confirm", value: ValueSpec(name: what),
            summary: Text("type it once more: you mean it", "typ het nog eens: je meent het"))
    }

    private static let since = OptionSpec(
        name: "since", value: ValueSpec(name: "DATE", kind: .date),
        summary: Text(
            "what was written from then on falls too", "ook wat sindsdien is geschreven, vervalt"))

    private static let dryRun = OptionSpec(
        name: "dry-run",
        summary: Text("only say what would happen", "zeg alleen wat er zou gebeuren"))

    private static let keyFile = OptionSpec(
        name: "key-file", value: ValueSpec(name: "FILE", completes: .file), isList: true,
        summary: Text(
            "recovery keys from a file or -; else asked", "herstelsleutels uit bestand of -"))

    // MARK: - Team

    private static let team = CommandSpec(
        name: "team", group: .together,
        summary: Text(
            "who is in, roles, recovery, leaving", "wie erin zit, rollen, herstel, weggaan"),
        examples: [
            CommandSpec.Example(
                words: "team", why: Text("who is in, and as what", "wie erin zit, en als wat")),
            CommandSpec.Example(
                words: "team promote Bram",
                why: Text("a second moderator", "een tweede moderator")),
            CommandSpec.Example(
                words: "team recovery --keys 1",
                why: Text("print a key, for a lost laptop", "een sleutel op papier")),
        ],
        subcommands: [
            CommandSpec(
                name: "show", summary: Text("members and roles", "leden en rollen")),
            CommandSpec(
                name: "promote", summary: Text("make someone a moderator", "maak moderator"),
                operands: [person]),
            CommandSpec(
                name: "demote",
                summary: Text("a moderator becomes a member", "een moderator wordt lid"),
                operands: [person]),
            CommandSpec(
                name: "leave",
                summary: Text(
                    "go; what you shared stays", "ga weg; wat je deelde, blijft"),
                options: [confirm("TEAM")]),
            CommandSpec(
                name: "recovery",
                summary: Text("keys on paper that replace the founder", "sleutels op papier"),
                options: [
                    OptionSpec(
                        name: "keys", value: ValueSpec(name: "N", kind: .number(1...16)),
                        summary: Text("make so many new ones", "maak zoveel nieuwe")),
                    OptionSpec(
                        name: "agree", value: ValueSpec(name: "N", kind: .number(1...16)),
                        summary: Text(
                            "so many must agree; more than half", "zoveel moeten het eens zijn")),
                    keyFile,
                ],
                examples: [
                    CommandSpec.Example(
                        words: "team recovery --keys 3 --agree 2",
                        why: Text("three keepers", "drie bewaarders"))
                ],
                note: Text(
                    "The keys are shown once and kept nowhere. Later ones need the earlier ones.",
                    "De sleutels zijn één keer te zien en staan nergens. Nieuwe maak je met de "
                        + "vorige.")),
            CommandSpec(
                name: "recover",
                summary: Text("a new founder, with recovery keys", "een nieuwe oprichter"),
                options: [
                    OptionSpec(
                        name: "founder", value: ValueSpec(name: "PERSON", completes: .person),
                        summary: Text("who becomes founder", "wie oprichter wordt")),
                    OptionSpec(
                        name: "replace",
                        summary: Text(
                            "put founders until now out", "zet de oprichter tot nu toe eruit")),
                    since, keyFile,
                ],
                examples: [
                    CommandSpec.Example(
                        words: "team recover --founder Bram --replace",
                        why: Text("a stolen laptop", "een gestolen laptop"))
                ]),
        ])

    // MARK: - Devices

    private static let device = CommandSpec(
        name: "device", group: .together,
        summary: Text("your laptops: add, list, revoke", "je laptops: erbij, lijst, intrekken"),
        examples: [
            CommandSpec.Example(
                words: "device add",
                why: Text("a code for your other laptop", "een code voor je andere laptop")),
            CommandSpec.Example(
                words: "device revoke 3fa9 --confirm \"old laptop\"",
                why: Text("lost or sold", "kwijt of verkocht")),
        ],
        subcommands: [
            CommandSpec(
                name: "list",
                summary: Text("yours, or a person's", "die van jou, of van iemand"),
                operands: [Operand(name: "PERSON", isRequired: false, completes: .person)],
                options: [
                    OptionSpec(
                        name: "all", summary: Text("of the whole team", "van het hele team"))
                ]),
            CommandSpec(
                name: "add",
                summary: Text("let another laptop of yours in", "laat nog een laptop van jou toe"),
                options: [
                    OptionSpec(
                        name: "port", short: "p",
                        value: ValueSpec(name: "PORT", kind: .number(0...65_535)),
                        summary: Text(
                            "listen here (7431; 0: any)", "luister hier (7431; 0: vrij)")),
                    OptionSpec(
                        name: "host", value: ValueSpec(name: "HOST"),
                        summary: Text("on this address only", "alleen op dit adres")),
                ],
                note: Text(
                    "The code works once, only here, and only while this command runs.",
                    "De code werkt één keer, alleen hier, en alleen zolang dit commando loopt.")),
            CommandSpec(
                name: "revoke",
                summary: Text("take a device away", "trek een apparaat in"),
                operands: [Operand(name: "ID")],
                options: [since, confirm("LABEL")]),
        ])

    // MARK: - Safety

    private static let safety = CommandSpec(
        name: "safety", group: .together,
        summary: Text("flag, address, exclude; the open log", "meld, spreek aan, sluit uit"),
        examples: [
            CommandSpec.Example(
                words: "safety flag k3vq --reason \"a customer's name\"",
                why: Text("to the moderators", "aan de moderators")),
            CommandSpec.Example(
                words: "safety address Bram --about k3vq --text \"…\"",
                why: Text("first", "eerst dit")),
            CommandSpec.Example(
                words: "safety exclude Bram --reason \"…\" --confirm Bram",
                why: Text("if it goes on", "als het doorgaat")),
        ],
        subcommands: [
            CommandSpec(
                name: "log",
                summary: Text("who decided what and why", "wie wat besloot en waarom")),
            CommandSpec(
                name: "flag",
                summary: Text("point it out to moderators", "meld het aan de moderators"),
                operands: [id],
                options: [
                    OptionSpec(
                        name: "reason", value: ValueSpec(name: "TEXT"),
                        summary: Text("what is wrong", "wat er mis is")),
                    remove,
                ],
                note: Text(
                    "The moderators are shown it with your name. It is on every laptop of the "
                        + "team, so it is no secret.",
                    "De moderators zien het met je naam erbij. Het staat op elke laptop van het "
                        + "team: het is geen geheim.")),
            CommandSpec(
                name: "flags", summary: Text("what was flagged", "wat er is gemeld")),
            CommandSpec(
                name: "address",
                summary: Text("say what undermines the team", "zeg wat het team ondermijnt"),
                operands: [person],
                options: [
                    OptionSpec(
                        name: "text", value: ValueSpec(name: "TEXT"),
                        summary: Text("your words; everyone can read them", "je woorden: openbaar")),
                    OptionSpec(
                        name: "about", value: ValueSpec(name: "ID", completes: .id),
                        summary: Text("the item it is about", "om welke bijdrage het gaat")),
                ]),
            CommandSpec(
                name: "exclude",
                summary: Text(
                    "put someone out, if it goes on", "zet iemand eruit, als het doorgaat"),
                operands: [person],
                options: [
                    OptionSpec(
                        name: "reason", value: ValueSpec(name: "TEXT"),
                        summary: Text("why; everyone can read it", "waarom: openbaar")),
                    OptionSpec(
                        name: "severe",
                        summary: Text(
                            "it could not wait for an address", "aanspreken kon niet eerst")),
                    since, dryRun, confirmName,
                ],
                note: Text(
                    "Nothing is deleted, and `safety restore` takes it back.",
                    "Er wordt niets gewist, en `safety restore` draait het terug.")),
            CommandSpec(
                name: "restore",
                summary: Text("take someone back in", "laat iemand weer toe"),
                operands: [person]),
            CommandSpec(
                name: "adopt",
                summary: Text(
                    "let what they wrote meanwhile count", "laat tellen wat intussen is geschreven"),
                operands: [person],
                options: [
                    OptionSpec(
                        name: "in", value: ValueSpec(name: "ID", completes: .id),
                        summary: Text("only in this item", "alleen in deze bijdrage")),
                    dryRun,
                ]),
        ])

    // MARK: - Erasure

    static let erase = CommandSpec(
        name: "erase", group: .share,
        summary: Text("remove its words everywhere, for good", "wis de tekst overal, voorgoed"),
        operands: [id], options: [confirm("TITLE")],
        examples: [
            CommandSpec.Example(
                words: "erase k3vq --confirm \"WAL over NFS\"",
                why: Text("yours; a moderator: anyone's", "van jou; moderators: alles"))
        ],
        note: Text(
            "Each laptop drops it when it hears of it, and says so: weonomy show ID --erased. One "
                + "that never syncs again keeps its copy. To hide it only: weonomy retract",
            "Elke laptop wist het zodra hij ervan hoort, en meldt dat: weonomy show ID --erased. "
                + "Een laptop die nooit meer synct, houdt zijn kopie. Alleen uit beeld: weonomy "
                + "retract"))
}
