import Weonomy

extension CommandTable {
    private static let name = Operand(name: "NAME", isRequired: false)

    /// The files that go with items.
    static let files = CommandSpec(
        name: "files", group: .find,
        summary: Text("files: what is here, who has it", "bestanden: wat is hier, wie heeft het"),
        examples: [
            CommandSpec.Example(
                words: "files", why: Text("all of them, the newest first", "alle, nieuwste eerst")),
            CommandSpec.Example(
                words: "files get k3vq", why: Text("fetch those of one item", "haal ze op")),
            CommandSpec.Example(
                words: "files policy 50MB",
                why: Text("longer ones only when opened", "grotere alleen bij openen")),
        ],
        subcommands: [
            CommandSpec(
                name: "list",
                summary: Text("where each is, and who has it", "waar elk is, en wie het heeft")),
            CommandSpec(
                name: "get",
                summary: Text("fetch it when you can", "haal het op zodra het kan"),
                operands: [id, name]),
            CommandSpec(
                name: "keep",
                summary: Text("it comes and stays, whatever the policy", "het komt en blijft"),
                operands: [id, name]),
            CommandSpec(
                name: "free",
                summary: Text("take it off this laptop", "haal het van deze laptop"),
                operands: [id, name],
                options: [
                    OptionSpec(
                        name: "last",
                        summary: Text(
                            "even if nobody else has it", "ook als niemand anders het heeft"))
                ]),
            CommandSpec(
                name: "policy",
                summary: Text(
                    "what comes by itself: all, opened, 50MB",
                    "wat vanzelf komt: alles, geopend, 50MB"),
                operands: [
                    Operand(
                        name: "POLICY", isRequired: false,
                        completes: .words(["all", "opened", "50MB"]))
                ]),
            CommandSpec(
                name: "check",
                summary: Text(
                    "read all again; fetch what is damaged", "lees alles na; haal kapotte opnieuw")),
        ],
        note: Text(
            "Items always come; their files come by the policy, or when you open them.",
            "Bijdragen komen altijd; hun bestanden volgens het beleid, of als je ze opent."))
}
