import Weonomy

/// The options that every command takes.
struct Globals: Sendable {
    var team: String?
    var home: String?
    var language: String?
    var format = Output.Format.text
    var noColor = false
    var noPager = false
    var noInput = false
    var passphraseFile: String?
    var isQuiet = false
    var isVerbose = false
    var wantsHelp = false
    var wantsVersion = false

    static let options: [OptionSpec] = [
        OptionSpec(
            name: "team", value: ValueSpec(name: "TEAM"),
            summary: Text("which team, when you have several", "welk team, als je er meer hebt")),
        OptionSpec(
            name: "home", value: ValueSpec(name: "FOLDER", completes: .folder),
            summary: Text("keep everything in this folder", "bewaar alles in deze map")),
        OptionSpec(
            name: "json",
            value: ValueSpec(
                name: "lines", kind: .choice([Choice(word: "lines")]), isOptional: true),
            summary: Text(
                "answer in JSON; =lines also reports long work",
                "antwoord in JSON; =lines meldt ook lang werk")),
        OptionSpec(
            name: "lang", value: .choice("LANG", [Choice(word: "en"), Choice(word: "nl")]),
            summary: Text("speak this language: en or nl", "spreek deze taal: en of nl")),
        OptionSpec(
            name: "no-color", summary: Text("without colours", "zonder kleur")),
        OptionSpec(
            name: "no-pager", summary: Text("never open a pager", "open nooit een pager")),
        OptionSpec(
            name: "no-input", summary: Text("never ask anything", "vraag nooit iets")),
        OptionSpec(
            name: "passphrase-file", value: ValueSpec(name: "FILE", completes: .file),
            summary: Text(
                "read the key's passphrase from a file or -",
                "lees de wachtzin van de sleutel uit een bestand of -")),
        OptionSpec(
            name: "quiet", short: "q", summary: Text("only the answer", "alleen het antwoord")),
        OptionSpec(
            name: "verbose", short: "v", summary: Text("tell more", "vertel meer")),
        OptionSpec(
            name: "help", short: "h", summary: Text("help on this command", "uitleg hierover")),
        OptionSpec(
            name: "version", summary: Text("the version", "de versie")),
    ]

    init() {}

    init(_ given: [String: [String]]) {
        team = given["team"]?.last
        home = given["home"]?.last
        language = given["lang"]?.last
        if let json = given["json"] { format = json.last == "lines" ? .jsonLines : .json }
        noColor = given["no-color"] != nil
        noPager = given["no-pager"] != nil
        noInput = given["no-input"] != nil
        passphraseFile = given["passphrase-file"]?.last
        isQuiet = given["quiet"] != nil
        isVerbose = given["verbose"] != nil
        wantsHelp = given["help"] != nil
        wantsVersion = given["version"] != nil
    }
}
