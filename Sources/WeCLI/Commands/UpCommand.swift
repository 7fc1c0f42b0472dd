import WeWeb
import Weonomy

/// `weonomy up`: the node that stays, or what makes it start with this laptop.
enum UpCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let arguments = context.arguments
        if arguments.has("probe"), arguments.has("no-discovery") {
            throw Failure.usage("probe-silently", .probeSilently, hint: .probeOrNot)
        }
        if arguments.has("install") { return try await UpService.install(context) }
        if arguments.has("uninstall") { return try await UpService.uninstall(context) }
        return try await UpNode.run(context)
    }
}

/// Listens, finds colleagues, keeps sessions and serves the page, until it is stopped.
enum UpNode: BrainCommand {
    /// The page's port, unless another program has it.
    private static let pagePort = 7432
    /// How often what other commands are told is looked at.
    private static let beatMilliseconds = 300
    /// An address that lets a browser in is good for ten minutes.
    private static let urlBeats = 1_500

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let files = UpFiles(try context.team())
        guard let lock = files.lock() else {
            throw Failure(.busy, "up-already", .upAlready(files.running()), hint: .upAlreadyHint)
        }
        files.clear()
        defer {
            files.clear()
            withExtendedLifetime(lock) {}
        }
        let page = try await servePage(context, brain)
        let started = context.screen.now()
        let telling = Task { [brain] in
            var beat = 0
            var last: UpFiles.State?
            while !Task.isCancelled {
                let state = await state(context, brain, page?.address, started)
                if state != last, state.port > 0 { files.write(state) }
                last = state
                if let page, !files.hasURL || beat % urlBeats == 0 {
                    files.leave(url: page.server.newOneTimeURL())
                }
                beat += 1
                try? await Task.sleep(for: .milliseconds(beatMilliseconds))
            }
        }
        defer { telling.cancel() }
        var listening = Listening(context, brain)
        let reply: Reply
        do {
            reply = try await listening.stayUp(page: page?.address)
        } catch {
            await page?.server.stop()
            throw error
        }
        await page?.server.stop()
        return reply
    }

    // MARK: - The page

    private static func servePage(
        _ context: Context, _ brain: Brain
    ) async throws -> (server: WebServer, address: WebAddress)? {
        let arguments = context.arguments
        guard !arguments.has("no-page") else { return nil }
        let site = UICommand.site(context, brain, try context.team())
        let wanted = arguments.number("page-port")
        var failure = WebError.stopped
        for port in wanted.map({ [$0] }) ?? [pagePort, 0] {
            do throws(WebError) {
                let server = try WebServer(port: port, openPaths: Site.openPaths, handler: site)
                let address = try await server.start()
                Task { await site.warmUp() }
                return (server, address)
            } catch {
                failure = error
            }
        }
        throw Failure(.failure, "cannot-serve", .cannotServe(failure.description))
    }

    // MARK: - What other commands see

    private static func state(
        _ context: Context, _ brain: Brain, _ page: WebAddress?, _ started: Int64
    ) async -> UpFiles.State {
        let connections = await brain.connections
        let discovery = await brain.discovery
        let bound = await brain.boundAddress
        return UpFiles.State(
            process: Terminal.processNumber, since: started, host: bound?.host ?? "",
            port: Int(bound?.port ?? 0), pagePort: page.map { Int($0.port) },
            isDiscovering: !context.arguments.has("no-discovery"),
            links: discovery?.linkNames ?? [],
            peers: connections.filter { $0.state != .closing }.map { status in
                UpFiles.State.Peer(
                    person: status.person?.description, address: status.address,
                    state: word(status.state), since: status.since)
            }, found: discovery?.sightings.count ?? 0)
    }

    private static func word(_ state: PeerStatus.State) -> String {
        switch state {
        case .connecting, .handshaking: "connecting"
        case .syncing: "syncing"
        case .live: "live"
        case .closing: "closing"
        }
    }
}
