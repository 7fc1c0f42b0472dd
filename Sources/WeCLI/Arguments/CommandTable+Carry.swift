import Weonomy

extension CommandTable {
    static let carry: [CommandSpec] = [
        CommandSpec(
            name: "sync", group: .carry,
            summary: Text("exchange with colleagues", "wissel uit met collega's"),
            operands: [Operand(name: "HOST:PORT", isRequired: false)],
            options: [
                OptionSpec(
                    name: "listen", short: "l",
                    summary: Text("wait for colleagues", "wacht op collega's")),
                OptionSpec(
                    name: "port", short: "p",
                    value: ValueSpec(name: "PORT", kind: .number(0...65_535)),
                    summary: Text("listen here (7431; 0: any)", "luister hier (7431; 0: vrij)")),
                OptionSpec(
                    name: "host", value: ValueSpec(name: "HOST"),
                    summary: Text("on this address only", "alleen op dit adres")),
                OptionSpec(
                    name: "once",
                    summary: Text("stop when both are the same", "stop zodra jullie gelijk zijn")),
                probe,
            ],
            examples: [
                CommandSpec.Example(
                    words: "sync",
                    why: Text("with all who are up here", "met wie hier bereikbaar is")),
                CommandSpec.Example(
                    words: "sync --listen", why: Text("on one laptop", "op de ene laptop")),
                CommandSpec.Example(
                    words: "sync 10.0.0.7:7431", why: Text("on the other", "op de andere")),
            ],
            note: Text(
                "A cut connection loses nothing: run it again and it goes on.",
                "Valt de verbinding weg, dan raakt er niets kwijt: start opnieuw en hij gaat verder."
            )
        ),
        CommandSpec(
            name: "carry", group: .carry,
            summary: Text("exchange by USB stick, both ways", "wissel uit per USB-stick"),
            operands: [Operand(name: "FOLDER", completes: .folder)],
            options: [
                OptionSpec(
                    name: "full",
                    summary: Text(
                        "leave everything, for who has not seen this stick",
                        "laat alles achter, voor wie deze stick niet zag")),
                OptionSpec(
                    name: "files", value: ValueSpec(name: "SIZE"),
                    summary: Text(
                        "files that others want as well, so much of them (or all)",
                        "ook bestanden die anderen willen, zoveel ervan (of alles)")),
                OptionSpec(
                    name: "dry-run",
                    summary: Text("only say what would happen", "zeg alleen wat er zou gebeuren")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "carry /media/usb", why: Text("then hand it on", "geef hem dan door")),
                CommandSpec.Example(
                    words: "carry /media/usb --dry-run", why: Text("look first", "kijk eerst")),
                CommandSpec.Example(
                    words: "carry /media/usb --files 4GB",
                    why: Text("with files", "met bestanden")),
            ],
            note: Text(
                "All on it is sealed. Pull it out when you like: nothing is lost.",
                "Alles erop is verzegeld. Trek hem er gerust uit: er raakt niets kwijt.")),
        CommandSpec(
            name: "status", group: .carry,
            summary: Text("who has what, and what competes", "wie wat heeft, en wat botst"),
            options: [
                OptionSpec(
                    name: "check",
                    summary: Text("exit 1 if something is amiss", "exit 1 als er iets mis is"))
            ],
            examples: [
                CommandSpec.Example(
                    words: "status --json", why: Text("with the brain's digest", "met de digest"))
            ]),
        CommandSpec(
            name: "import", group: .carry,
            summary: Text("take in Markdown or JSONL", "neem Markdown of JSONL op"),
            operands: [Operand(name: "PATH", isRepeated: true, completes: .file)],
            options: [
                OptionSpec(
                    name: "author", value: ValueSpec(name: "NAME"),
                    summary: Text(
                        "who wrote it, if not you", "wie het schreef, als jij het niet was")),
                OptionSpec(
                    name: "dry-run",
                    summary: Text("only say what would happen", "zeg alleen wat er zou gebeuren")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "import ~/notes --dry-run", why: Text("look first", "kijk eerst")),
                CommandSpec.Example(
                    words: "import ~/notes",
                    why: Text("twice adds nothing twice", "tweemaal voegt niets dubbel toe")),
            ],
            note: Text(
                "A folder of notes becomes shares; a folder's name becomes a topic.",
                "Een map met notities wordt bijdragen; de naam van een map wordt een onderwerp.")),
        CommandSpec(
            name: "export", group: .carry,
            summary: Text("the whole brain as plain files", "het hele brein als gewone bestanden"),
            options: [
                OptionSpec(
                    name: "format", short: "f",
                    value: .choice("FORMAT", [Choice(word: "vault"), Choice(word: "jsonl")]),
                    summary: Text(
                        "vault (Markdown) or jsonl (signed)",
                        "vault (Markdown) of jsonl (ondertekend)")),
                OptionSpec(
                    name: "to", short: "o", value: ValueSpec(name: "PATH", completes: .folder),
                    summary: Text(
                        "where to; - is standard output", "waarheen; - is standaarduitvoer")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "export --to brain/",
                    why: Text("opens in Obsidian", "opent in Obsidian")),
                CommandSpec.Example(
                    words: "export --format jsonl --to brain.jsonl",
                    why: Text("everything, signed", "alles, ondertekend")),
            ]),
        CommandSpec(
            name: "ui", group: .carry,
            summary: Text("open the page of the brain", "open de pagina van het brein"),
            options: [
                OptionSpec(
                    name: "port", short: "p",
                    value: ValueSpec(name: "PORT", kind: .number(0...65_535)),
                    summary: Text("serve here (0: any)", "op deze poort (0: vrij)")),
                OptionSpec(
                    name: "read-only",
                    summary: Text(
                        "only show, for a screen on a wall",
                        "alleen tonen, voor een scherm aan de muur")),
                OptionSpec(
                    name: "no-open",
                    summary: Text("do not open a browser", "open geen browser")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "ui",
                    why: Text("for those who like no terminal", "voor wie geen terminal wil"))
            ],
            note: Text(
                "It is served by this laptop, to this laptop alone.",
                "Deze laptop toont hem, en alleen aan zichzelf.")),
    ]

    static let tool: [CommandSpec] = [
        key, config,
        CommandSpec(
            name: "doctor",
            summary: Text(
                "check the brain, or the network", "kijk het brein na, of het netwerk"),
            operands: [Operand(name: "HOST:PORT", isRequired: false)],
            options: [
                OptionSpec(
                    name: "network",
                    summary: Text(
                        "why colleagues are not found", "waarom collega's niet te vinden zijn")),
                OptionSpec(
                    name: "rebuild",
                    summary: Text("make all views again and compare", "bouw alles op en vergelijk")),
                OptionSpec(
                    name: "repair",
                    summary: Text(
                        "save what can be read of a damaged file",
                        "red wat leesbaar is van een beschadigd bestand")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "doctor", why: Text("is all of it sound?", "klopt alles nog?")),
                CommandSpec.Example(
                    words: "doctor --network 10.0.0.7:7431",
                    why: Text("step by step", "stap voor stap")),
            ]),
        CommandSpec(
            name: "demo",
            summary: Text(
                "see three laptops become one brain", "zie drie laptops één brein worden"),
            operands: [
                Operand(name: "FOLDER", isRequired: false, isRepeated: true, completes: .folder)
            ],
            options: [
                OptionSpec(
                    name: "keep", value: ValueSpec(name: "FOLDER", completes: .folder),
                    summary: Text("keep the result here", "bewaar het resultaat hier"))
            ],
            examples: [
                CommandSpec.Example(
                    words: "demo", why: Text("in half a minute", "in een halve minuut")),
                CommandSpec.Example(
                    words: "demo ~/notes",
                    why: Text(
                        "with your own notes", "met je eigen notities")),
            ],
            note: Text(
                "It works in a temporary folder and touches nothing of yours.",
                "Het werkt in een tijdelijke map en komt nergens aan.")),
        CommandSpec(
            name: "completion",
            summary: Text(
                "completion for your shell, man page", "aanvullen in je shell, man-pagina"),
            operands: [
                Operand(
                    name: "SHELL",
                    kind: .choice(["bash", "zsh", "fish", "man"].map { Choice(word: $0) }),
                    completes: .words(["bash", "zsh", "fish", "man"]))
            ],
            examples: [
                CommandSpec.Example(
                    words: "completion bash >> ~/.bashrc",
                    why: Text("for bash", "voor bash")),
                CommandSpec.Example(
                    words: "completion man | man -l -",
                    why: Text("everything on one page", "alles op één pagina")),
            ]),
        CommandSpec(
            name: "help",
            summary: Text("help on a command or subject", "uitleg over commando of onderwerp"),
            operands: [
                Operand(name: "COMMAND", isRequired: false, isRepeated: true, completes: .command)
            ],
            examples: [
                CommandSpec.Example(
                    words: "help share", why: Text("one command", "één commando")),
                CommandSpec.Example(
                    words: "help exit-codes",
                    why: Text(
                        "or: search, environment, options", "of: search, environment, options")),
            ]),
        CommandSpec(
            name: "version", summary: Text("which version this is", "welke versie dit is"),
            examples: [
                CommandSpec.Example(
                    words: "version --json", why: Text("for programs", "voor programma's"))
            ]),
        CommandSpec(
            name: "__complete",
            summary: Text("candidates for a shell", "suggesties voor een shell"),
            operands: [Operand(name: "WORD", isRequired: false, isRepeated: true)],
            isHidden: true),
    ]
}
