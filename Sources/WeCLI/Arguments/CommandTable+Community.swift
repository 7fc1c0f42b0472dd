import Weonomy

extension CommandTable {
    static let community = CommandSpec(
        name: "community", group: .together,
        summary: Text("join, listen, coach", "meedoen, luisteren, coach"),
        examples: [
            CommandSpec.Example(
                words: "community add Databases -t sqlite -t postgres",
                why: Text("it sees what is on these", "die ziet wat daarover gaat")),
            CommandSpec.Example(
                words: "community coach add Bram --in Databases",
                why: Text("whom to ask", "aan wie je het vraagt")),
            CommandSpec.Example(
                words: "community listen",
                why: Text("where help is welcome", "waar behoefte aan is")),
        ],
        subcommands: [
            CommandSpec(
                name: "list", summary: Text("what there is", "welke er zijn")),
            CommandSpec(
                name: "add", summary: Text("make one, and join it", "begin er een, en doe mee"),
                operands: [communityName], options: [about, topics]),
            CommandSpec(
                name: "edit",
                summary: Text("what it is for or about", "waar die voor is of over gaat"),
                operands: [communityName], options: [about, topics],
                note: Text(
                    "Topics take the place of those that there were.",
                    "Onderwerpen komen in de plaats van wat er stond.")),
            CommandSpec(
                name: "show",
                summary: Text("its people, questions, shares", "de mensen, vragen, bijdragen"),
                operands: [communityName]),
            CommandSpec(
                name: "join", summary: Text("take part", "doe mee"), operands: [communityName]),
            CommandSpec(
                name: "leave", summary: Text("take part no more", "doe niet meer mee"),
                operands: [communityName]),
            CommandSpec(
                name: "coach",
                summary: Text("who helps others on their way", "wie anderen op weg helpt"),
                operands: [
                    Operand(
                        name: "add|remove",
                        kind: .choice([
                            Choice(word: "add", dutch: "erbij"),
                            Choice(word: "remove", dutch: "eraf"),
                        ]), completes: .words(["add", "remove"])),
                    person,
                ],
                options: [
                    OptionSpec(
                        name: "in", value: ValueSpec(name: "NAME"),
                        summary: Text("which, if not your only one", "welke, als er meer zijn"))
                ],
                note: Text(
                    "Who made it, its coaches and moderators may.",
                    "Dat mogen wie die begon, de coaches ervan en moderators.")),
            CommandSpec(
                name: "listen",
                summary: Text("where help is welcome", "waar behoefte aan is"),
                operands: [Operand(name: "NAME", isRequired: false)]),
        ])

    private static let communityName = Operand(name: "NAME")

    private static let about = OptionSpec(
        name: "about", value: ValueSpec(name: "TEXT"),
        summary: Text("what it is for", "waar die voor is"))

    // MARK: - What this laptop leaves out

    static let config = CommandSpec(
        name: "config",
        summary: Text("what Today leaves out", "wat Vandaag weglaat"),
        examples: [
            CommandSpec.Example(
                words: "config mute payroll", why: Text("a topic", "een onderwerp")),
            CommandSpec.Example(words: "config unmute Bram", why: Text("a person", "een mens")),
        ],
        subcommands: [
            CommandSpec(name: "show", summary: Text("what is left out", "wat wordt weggelaten")),
            CommandSpec(
                name: "mute", summary: Text("leave it out", "laat weg"), operands: [muted]),
            CommandSpec(
                name: "unmute", summary: Text("take it in again", "toon weer"), operands: [muted]),
            CommandSpec(
                name: "later",
                summary: Text("no nudge to write this week", "deze week geen duwtje")),
        ],
        note: Text(
            "It stays on this laptop; nobody hears of it. Search still finds all.",
            "Het blijft op deze laptop; niemand hoort ervan. Zoeken vindt alles."))

    private static let muted = Operand(name: "TOPIC|PERSON", completes: .topic)
}
