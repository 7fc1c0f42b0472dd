import Weonomy

extension CommandTable {
    static let key = CommandSpec(
        name: "key",
        summary: Text(
            "this laptop's key: passphrase, backup", "de sleutel: wachtzin, reservekopie"),
        examples: [
            CommandSpec.Example(
                words: "key", why: Text("what and where it is", "wat en waar hij is")),
            CommandSpec.Example(
                words: "key backup /media/stick/weonomy.key",
                why: Text("before a bad day", "vóór er iets misgaat")),
        ],
        subcommands: [
            CommandSpec(
                name: "show",
                summary: Text("what and where the key file is", "wat en waar de sleutel is")),
            CommandSpec(
                name: "passphrase",
                summary: Text("set, change or remove it", "zet, wijzig of verwijder hem"),
                options: [
                    newPassphraseFile,
                    OptionSpec(
                        name: "remove",
                        summary: Text("do without a passphrase", "doe het zonder wachtzin")),
                ],
                examples: [
                    CommandSpec.Example(
                        words: "key passphrase",
                        why: Text("asks; shows nothing", "vraagt; toont niets"))
                ],
                note: Text(
                    "With a passphrase, every command asks for it, and takes a second longer. A "
                        + "forgotten one cannot be found again.",
                    "Met een wachtzin vraagt elk commando ernaar, en duurt het een seconde langer. "
                        + "Een vergeten wachtzin is niet terug te vinden.")),
            CommandSpec(
                name: "backup",
                summary: Text("the keys in a sealed file", "de sleutels in een verzegeld bestand"),
                operands: [Operand(name: "FILE", completes: .file)],
                options: [newPassphraseFile],
                examples: [
                    CommandSpec.Example(
                        words: "key backup /media/stick/weonomy.key",
                        why: Text("asks for a passphrase", "vraagt om een wachtzin"))
                ],
                note: Text(
                    "It holds your keys and the team's secret, not the brain: colleagues have that.",
                    "Erin staan je sleutels en het teamgeheim, niet het brein: dat hebben collega's."
                )),
            CommandSpec(
                name: "restore",
                summary: Text("put keys back from a backup", "zet sleutels terug uit een kopie"),
                operands: [Operand(name: "FILE", completes: .file)],
                examples: [
                    CommandSpec.Example(
                        words: "key restore /media/stick/weonomy.key",
                        why: Text("on a new laptop", "op een nieuwe laptop"))
                ],
                note: Text(
                    "Then the brain comes back by a sync with a colleague. Keys that are here are "
                        + "never overwritten.",
                    "Daarna komt het brein terug door met een collega te syncen. Sleutels die er al "
                        + "staan, worden nooit overschreven.")),
        ])

    private static let newPassphraseFile = OptionSpec(
        name: "new-passphrase-file", value: ValueSpec(name: "FILE", completes: .file),
        summary: Text("read the new one from a file", "lees de nieuwe uit een bestand"))
}
