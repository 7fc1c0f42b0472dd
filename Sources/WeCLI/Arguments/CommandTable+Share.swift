import Weonomy

extension CommandTable {
    static let share: [CommandSpec] = [
        CommandSpec(
            name: "share", group: .share,
            summary: Text(
                "share an experience, how-to, insight…", "deel een ervaring, handleiding, inzicht…"),
            operands: [Operand(name: "FILE|-", isRequired: false, completes: .file)],
            options: [
                OptionSpec(
                    name: "kind", short: "k", value: .choice("KIND", kinds),
                    summary: Text(
                        "experience, howto, insight, lesson, status, file, log",
                        "experience, howto, insight, lesson, status, file, log")),
                topics, message, invited,
                OptionSpec(
                    name: "on", value: ValueSpec(name: "ID", completes: .id),
                    summary: Text("whose work log (-k log)", "in wiens werklog (-k log)")),
                OptionSpec(
                    name: "goal", value: ValueSpec(name: "ID"),
                    summary: Text("the goal that it serves", "het doel dat het dient")),
                OptionSpec(
                    name: "title", value: ValueSpec(name: "TEXT"),
                    summary: Text("the title; else its first line", "de titel; anders regel één")),
                OptionSpec(
                    name: "source", value: ValueSpec(name: "URL"),
                    summary: Text("where it comes from", "waar het vandaan komt")),
                OptionSpec(
                    name: "attach", short: "a",
                    value: ValueSpec(name: "FILE", completes: .file), isList: true,
                    summary: Text(
                        "a file that goes with it; repeat", "een bestand erbij; herhaalbaar")),
                licence,
                OptionSpec(
                    name: "reuses", value: ValueSpec(name: "ID", completes: .id),
                    summary: Text(
                        "what it uses again, with its files", "wat het opnieuw gebruikt")),
                writtenIn,
            ],
            examples: [
                CommandSpec.Example(
                    words: "share -k experience -t sqlite",
                    why: Text("write it in your editor", "schrijf het in je editor")),
                CommandSpec.Example(
                    words: "share -t git -m \"Rebase every day\"",
                    why: Text("one line, at once", "één regel, meteen")),
                CommandSpec.Example(
                    words: "share -k howto restore.md",
                    why: Text("a note you already have", "een notitie die je al hebt")),
                CommandSpec.Example(
                    words: "share -k log --on k3vq -m \"Half of it moved\"",
                    why: Text("a work log", "een werklog")),
            ],
            note: Text(
                "Rough is fine: what you did, what happened, what you would do next time.",
                "Ruw is goed: wat je deed, wat er gebeurde, wat je de volgende keer zou doen.")),
        CommandSpec(
            name: "edit", group: .share,
            summary: Text("change something you shared", "wijzig iets wat je deelde"),
            operands: [id],
            options: [
                OptionSpec(
                    name: "title", value: ValueSpec(name: "TEXT"),
                    summary: Text("a new title", "een nieuwe titel")),
                message,
                OptionSpec(
                    name: "body-file", value: ValueSpec(name: "FILE", completes: .file),
                    summary: Text(
                        "the new text, from a file or -", "de nieuwe tekst, uit bestand of -")),
                topics, invited,
                OptionSpec(
                    name: "attach", short: "a",
                    value: ValueSpec(name: "FILE", completes: .file), isList: true,
                    summary: Text(
                        "one more file; repeat", "nog een bestand erbij; herhaalbaar")),
                licence,
            ],
            examples: [
                CommandSpec.Example(
                    words: "edit k3vq", why: Text("opens your editor", "opent je editor")),
                CommandSpec.Example(
                    words: "edit k3vq --title \"WAL over NFS\"",
                    why: Text("only the title", "alleen de titel")),
            ]),
        CommandSpec(
            name: "retract", group: .share,
            summary: Text("take back something of yours", "trek iets van jezelf in"),
            operands: [id],
            options: [
                OptionSpec(
                    name: "yes", short: "y",
                    summary: Text("without asking", "zonder te vragen"))
            ],
            examples: [
                CommandSpec.Example(
                    words: "retract k3vq",
                    why: Text("a share, question or answer", "een bijdrage, vraag of antwoord"))
            ],
            note: Text(
                "It leaves everyone's lists at their next sync; the history keeps it.",
                "Na de volgende sync staat het bij niemand meer in beeld; de geschiedenis bewaart "
                    + "het.")),
        erase, ask, answer,
        CommandSpec(
            name: "react", group: .share,
            summary: Text("say thanks, used, new to me…", "zeg bedankt, gebruikt, nieuw voor mij…"),
            operands: [
                id,
                Operand(
                    name: "REACTION", kind: .choice(reactions),
                    completes: .words(reactions.map(\.word))),
            ],
            options: [remove],
            examples: [
                CommandSpec.Example(
                    words: "react k3vq thanks", why: Text("it helped you", "je had er iets aan")),
                CommandSpec.Example(
                    words: "react k3vq outdated",
                    why: Text("it no longer holds", "het klopt niet meer")),
            ],
            note: Text(
                "REACTION is thanks, used, new, unclear or outdated.",
                "REACTION is thanks, used, new, unclear of outdated.")),
        CommandSpec(
            name: "validate", group: .share,
            summary: Text("confirm it, as an expert", "bevestig het, als deskundige"),
            operands: [id],
            options: [
                OptionSpec(
                    name: "until", value: ValueSpec(name: "DATE", kind: .date),
                    summary: Text("as long as: 2027, 2027-05…", "zo lang: 2027, 2027-05…")),
                OptionSpec(
                    name: "note", value: ValueSpec(name: "TEXT"),
                    summary: Text("what you checked", "wat je nakeek")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "validate k3vq --until 2027-05",
                    why: Text("good until the end of May 2027", "goed tot en met mei 2027"))
            ],
            note: Text(
                "It holds for exactly this version: after an edit it says \"changed since\".",
                "Het geldt voor precies deze versie: na een wijziging staat er \"sindsdien "
                    + "gewijzigd\".")),
    ]

    private static let licence = OptionSpec(
        name: "licence", value: ValueSpec(name: "TEXT"),
        summary: Text("how others may use the files", "hoe anderen de bestanden mogen gebruiken"))

    private static let ask = CommandSpec(
        name: "ask", group: .share,
        summary: Text("state what you need", "zeg wat je nodig hebt"),
        operands: [Operand(name: "QUESTION")],
        options: [
            topics,
            OptionSpec(
                name: "message", short: "m", value: ValueSpec(name: "TEXT"),
                summary: Text("more about it", "meer erover")),
            OptionSpec(
                name: "tried", value: ValueSpec(name: "TEXT"),
                summary: Text("what you tried already", "wat je al probeerde")),
            OptionSpec(
                name: "good-enough-when", value: ValueSpec(name: "TEXT"),
                summary: Text("when you are helped", "wanneer je geholpen bent")),
            OptionSpec(
                name: "for", value: ValueSpec(name: "NAME"),
                summary: Text(
                    "who needs it, if not you", "wie het nodig heeft, als jij het niet bent")),
            OptionSpec(
                name: "heard",
                summary: Text("you heard it outside the team", "je hoorde het buiten het team")),
            OptionSpec(
                name: "shadow",
                summary: Text("you want to watch how it is done", "je wilt meekijken hoe het gaat")),
            OptionSpec(
                name: "yes", short: "y",
                summary: Text("even if answers exist", "ook als er antwoorden zijn")),
        ],
        examples: [
            CommandSpec.Example(
                words: "ask \"How do I put SQLite on a network share?\" -t sqlite",
                why: Text("shows near answers first", "toont eerst wat er al is")),
            CommandSpec.Example(
                words: "ask \"Who can move a piano?\" --for Ria --heard",
                why: Text("for someone else", "voor een ander")),
        ])

    private static let answer = CommandSpec(
        name: "answer", group: .share,
        summary: Text("answer a question, or teach", "beantwoord een vraag, of leer het aan"),
        operands: [id],
        options: [
            message,
            OptionSpec(
                name: "teach",
                summary: Text("as a lesson: how to find it", "als les: hoe vind je het zelf")),
            OptionSpec(
                name: "can",
                value: .choice(
                    "yes|no", [Choice(word: "yes", dutch: "ja"), Choice(word: "no", dutch: "nee")]),
                summary: Text("of yours: can you do it now?", "van jou: kun je het nu zelf?")),
            OptionSpec(
                name: "resolve", summary: Text("and the need is met", "en de vraag is opgelost")),
        ],
        examples: [
            CommandSpec.Example(
                words: "answer 7f3a --teach",
                why: Text("a lesson, in your editor", "een les, in je editor")),
            CommandSpec.Example(
                words: "answer 7f3a -m \"Copy it first\" --resolve",
                why: Text("short, and done", "kort, en klaar")),
        ])
}
