import Weonomy

extension CommandTable {
    private static func port(_ name: String, _ summary: Text, short: Character? = nil) -> OptionSpec
    {
        OptionSpec(
            name: name, short: short,
            value: ValueSpec(name: "PORT", kind: .number(0...65_535)), summary: summary)
    }

    /// Of `up` and of `sync`.
    static let probe = OptionSpec(
        name: "probe",
        summary: Text("also ask each address of the network", "vraag ook elk adres van het netwerk")
    )

    /// Staying in touch on the network.
    static let lan: [CommandSpec] = [
        CommandSpec(
            name: "up", group: .carry,
            summary: Text("stay in touch: find colleagues, push live", "blijf in contact"),
            options: [
                port(
                    "port", Text("listen here (7431; 0: any)", "luister hier (7431; 0: vrij)"),
                    short: "p"),
                OptionSpec(
                    name: "host", value: ValueSpec(name: "HOST"),
                    summary: Text("on this address only", "alleen op dit adres")),
                OptionSpec(
                    name: "no-discovery",
                    summary: Text(
                        "say nothing on the network", "laat niets horen op het netwerk")),
                probe,
                port(
                    "page-port",
                    Text("the page's port (7432)", "de poort van de pagina (7432)")),
                OptionSpec(
                    name: "no-page", summary: Text("without the page", "zonder de pagina")),
                OptionSpec(
                    name: "install",
                    summary: Text(
                        "start it with this laptop, from now on",
                        "start voortaan vanzelf, met deze laptop")),
                OptionSpec(
                    name: "uninstall",
                    summary: Text("no longer start it by itself", "start niet meer vanzelf")),
                OptionSpec(
                    name: "as-root",
                    summary: Text("--install for root itself", "--install voor root zelf")),
            ],
            examples: [
                CommandSpec.Example(
                    words: "up", why: Text("until Ctrl-C", "tot Ctrl-C")),
                CommandSpec.Example(
                    words: "up --install", why: Text("from now on", "van nu af aan")),
            ],
            note: Text(
                "Only your team can read what it says on the network.",
                "Alleen je team kan lezen wat het op het netwerk laat horen.")),
        CommandSpec(
            name: "peer", group: .carry,
            summary: Text("addresses of colleagues", "adressen van collega's"),
            examples: [
                CommandSpec.Example(
                    words: "peer add 10.0.0.7:7431",
                    why: Text("where no beacon reaches", "waar geen baken komt"))
            ],
            subcommands: [
                CommandSpec(
                    name: "list",
                    summary: Text("where colleagues may be found", "waar collega's te vinden zijn")),
                CommandSpec(
                    name: "add",
                    summary: Text("dial this address too", "bel dit adres ook"),
                    operands: [Operand(name: "HOST:PORT")]),
                CommandSpec(
                    name: "remove", summary: Text("forget an address", "vergeet een adres"),
                    operands: [Operand(name: "HOST:PORT")]),
            ]),
    ]
}
