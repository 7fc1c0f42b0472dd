import WeWeb
import Weonomy

/// `weonomy ui`: serves the page of this laptop's brain, on this laptop alone.
enum UICommand: BrainCommand {
    /// How often what other processes write is looked for.
    private static let noticeMilliseconds = 25

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let team = try context.team()
        if let reply = openRunning(context, team) { return reply }
        let stop = StopSignal()
        let site = site(context, brain, team)
        let server: WebServer
        let address: WebAddress
        do throws(WebError) {
            server = try WebServer(
                port: arguments.number("port") ?? 0, isReadOnly: arguments.has("read-only"),
                openPaths: Site.openPaths, handler: site)
            address = try await server.start()
        } catch {
            throw Failure(.failure, "cannot-serve", .cannotServe(error.description))
        }
        let warming = Task { await site.warmUp() }
        defer { warming.cancel() }
        try await brain.noticeOthers()
        let watching = Task {
            await brain.watchOthers(milliseconds: noticeMilliseconds)
        }
        announce(address, context)
        await stop.wait()
        watching.cancel()
        await server.stop()
        return Reply(
            ["port": JSONValue(Int(address.port))], Page(.stoppedListening), schema: "ui-stopped")
    }

    /// The page of a brain.
    static func site(_ context: Context, _ brain: Brain, _ team: Paths.Team) -> Site {
        let screen = context.screen
        return Site(
            brain, language: context.language, clock: { Instant(milliseconds: screen.now()) },
            offset: Terminal.offset)
    }

    /// Opens the page of the node that runs already; `nil` where there is none.
    private static func openRunning(_ context: Context, _ team: Paths.Team) -> Reply? {
        let arguments = context.arguments
        guard !arguments.has("read-only"), arguments.number("port") == nil,
            let state = UpFiles(team).running(), let port = state.pagePort,
            let url = UpFiles(team).takeURL()
        else { return nil }
        if !arguments.has("no-open") { openBrowser(url, context) }
        var page = Page(.pageIsAt)
        page.line("\(url, .strong)", indent: 2)
        return Reply(
            ["url": .string(url), "port": JSONValue(port), "read_only": false], page)
    }

    private static func announce(_ address: WebAddress, _ context: Context) {
        guard context.output.format == .text else {
            context.output.emit(
                Envelope.success(
                    "ui",
                    [
                        "url": .string(address.oneTimeURL), "port": JSONValue(Int(address.port)),
                        "read_only": .bool(context.arguments.has("read-only")),
                    ]))
            return
        }
        var page = Page(.pageIsAt)
        page.line("\(address.oneTimeURL, .strong)", indent: 2)
        context.output.show(page)
        context.output.note(.pageIsYours, .faint)
        context.output.note(.stopWith, .faint)
        if !context.arguments.has("no-open") { openBrowser(address.oneTimeURL, context) }
    }

    /// Where a person sits in front of it.
    private static func openBrowser(_ url: String, _ context: Context) {
        guard context.screen.isTerminal(.output) else { return }
        let environment = context.environment
        let hasDesktop = environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil
        guard Paths.isDarwin || hasDesktop else { return }
        _ = Subprocess(
            ["/usr/bin/env", Paths.isDarwin ? "open" : "xdg-open", url], environment: environment)
    }
}
