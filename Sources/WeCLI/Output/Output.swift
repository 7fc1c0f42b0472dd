import Weonomy

/// Where a command's words go: data to standard output, everything else to standard error.
struct Output: Sendable {
    /// How standard output is written.
    enum Format: Sendable, Equatable {
        case text, json, jsonLines
    }

    let screen: any Screen
    let voice: Voice
    let format: Format
    let isQuiet: Bool
    let isVerbose: Bool
    let usesPager: Bool
    let style: Style
    let errorStyle: Style
    let environment: [String: String]

    init(screen: any Screen, voice: Voice, globals: Globals, environment: [String: String]) {
        self.screen = screen
        self.voice = voice
        self.environment = environment
        format = globals.format
        isQuiet = globals.isQuiet
        isVerbose = globals.isVerbose
        usesPager = !globals.noPager && globals.format == .text
        style = Style(
            environment: environment, isTerminal: screen.isTerminal(.output),
            noColor: globals.noColor)
        errorStyle = Style(
            environment: environment, isTerminal: screen.isTerminal(.error),
            noColor: globals.noColor)
    }

    /// Columns to lay text out in; nil where nobody looks.
    var width: Int? { width(of: .output) }

    /// Whether lines may be drawn again: on a terminal, unless someone listens to it.
    var mayRedraw: Bool {
        screen.isTerminal(.error) && environment["TERM"] != "dumb"
            && (environment["WEONOMY_ACCESSIBLE"] ?? "").isEmpty
    }

    // MARK: - Standard output

    /// Shows a page, in a pager when it is taller than the screen.
    func show(_ page: Page) {
        let text = page.rendered(voice, style: style, width: width)
        guard !text.isEmpty else { return }
        if usesPager, screen.isTerminal(.output), let rows = screen.size?.rows,
            text.utf8.count(where: { $0 == 0x0A }) >= rows, let command = pagerCommand
        {
            let extra = environment["LESS"] == nil ? ["LESS": "FIRX"] : [:]
            if screen.page(text, command: command, environment: extra) { return }
        }
        screen.write(text, to: .output)
    }

    /// One JSON value on a line of its own.
    func emit(_ json: JSONValue) {
        screen.write(json.text + "\n", to: .output)
    }

    private var pagerCommand: String? {
        let named = environment["WEONOMY_PAGER"] ?? environment["PAGER"]
        guard let named else { return "less -FIRX" }
        return named.isEmpty || named == "cat" ? nil : named
    }

    // MARK: - Standard error

    /// Says something that is not the answer itself; quiet leaves it out.
    func note(_ text: Text, _ tone: Line.Tone = .plain) {
        guard !isQuiet else { return }
        sayAside(text, tone)
    }

    /// Says something that must be heard, however quiet.
    func warn(_ text: Text) {
        sayAside(text, .warn)
    }

    /// Says why a command failed, and what to do.
    func complain(_ failure: Failure) {
        var page = Page()
        page.line("\(Text.error, .bad): \(failure.message)", hanging: 2)
        if let hint = failure.hint { page.say(hint, indent: 2) }
        let width = width(of: .error)
        screen.write(page.rendered(voice, style: errorStyle, width: width), to: .error)
    }

    /// Shows a page beside the answer.
    ///
    /// - Parameter isApart: whether an empty line comes first, where someone reads both.
    func aside(_ page: Page, isApart: Bool = false) {
        guard !isQuiet else { return }
        let width = width(of: .error)
        let text = page.rendered(voice, style: errorStyle, width: width)
        guard !text.isEmpty else { return }
        screen.write((isApart && width != nil ? "\n" : "") + text, to: .error)
    }

    private func sayAside(_ text: Text, _ tone: Line.Tone) {
        var page = Page()
        page.say(text, tone)
        let width = width(of: .error)
        screen.write(page.rendered(voice, style: errorStyle, width: width), to: .error)
    }

    private func width(of stream: Stream) -> Int? {
        guard screen.isTerminal(stream) else { return nil }
        if let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns >= 20 {
            return min(columns, Output.widthMax)
        }
        return screen.size.map { min(max($0.columns, 20), Output.widthMax) }
    }

    /// Lines longer than this are hard to read, however wide the screen.
    private static let widthMax = 120
}
