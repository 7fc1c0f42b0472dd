package import Weonomy

/// The page of one brain: finds what an address means, does what a form asks, and puts it into
/// words.
package final class Site: WebHandler {
    private let brain: Brain
    private let clock: @Sendable () -> Instant
    /// Seconds east of Greenwich at a moment.
    private let offset: @Sendable (Int64) -> Int
    private let language: Language
    private let assets = Assets()
    private let shared = SharedPages()
    private let pace = FilePace()

    /// - Parameter language: for a browser that says nothing of its own.
    package init(
        _ brain: Brain, language: Language, clock: @escaping @Sendable () -> Instant,
        offset: @escaping @Sendable (Int64) -> Int
    ) {
        self.brain = brain
        self.language = language
        self.clock = clock
        self.offset = offset
    }

    /// What a browser may load before it has entered: the same for everybody.
    package static let openPaths = Assets().paths.union(["/favicon.ico"])

    package func respond(to request: WebRequest) async -> WebResponse {
        if request.path.hasPrefix(Assets.prefix) || request.path == "/favicon.ico" {
            return asset(request)
        }
        if request.segments.first == "file" { return await file(request) }
        if request.path == Place.events { return .events(events(since: request.lastEventID)) }
        let visit = visit(request)
        guard request.method == .get, let position = try? await brain.lastPosition() else {
            let response = await answer(visit)
            shared.forget()
            return response
        }
        let question = SharedPages.Question(
            path: request.path, query: request.query.pairs.map { "\($0.name)=\($0.value)" },
            language: visit.voice.language, hasKeys: visit.hasKeys,
            isReadOnly: request.isReadOnly, token: request.csrfToken)
        return await shared.answer(question, position: position, at: visit.now) { [self] in
            await answer(visit)
        }
    }

    /// Makes a few pages that nobody asked for, and gives their paths: what they count and read once
    /// is then there for whoever comes first.
    @discardableResult
    package func warmUp() async -> [String] {
        var paths = [Place.today]
        for query in ["is:share", "is:need"] {
            let newest = (try? await brain.find(query, countMax: 3).items) ?? []
            paths += newest.map { Place.item($0) }
        }
        for path in paths where !Task.isCancelled {
            _ = await answer(visit(WebRequest(path: path)))
        }
        return paths
    }

    private func answer(_ visit: Visit) async -> WebResponse {
        let request = visit.request
        let outcome: Outcome
        do {
            outcome =
                request.method == .post
                ? try await Actions.perform(visit)
                : try await show(visit)
        } catch let error as BrainError {
            outcome = .page(await ErrorPage.show(error, visit))
        } catch {
            outcome = .page(await ErrorPage.show(BrainError(.failed, "\(error)"), visit))
        }
        switch outcome {
        case .done(let path): return .seeOther(path)
        case .settings(let path, let settings):
            var response = WebResponse.seeOther(path)
            response.headers += settings.map { Cookies.setting($0.0, $0.1) }
            return response
        case .notFound: return await respond(await ErrorPage.notFound(visit), visit)
        case .page(let content): return await respond(content, visit)
        }
    }

    private func respond(_ content: PageContent, _ visit: Visit) async -> WebResponse {
        let sync = await SyncPage.line(visit)
        return .html(
            Layout.page(content, visit, assets, sync: sync), status: content.status)
    }

    package func refuse(_ refusal: WebRefusal, acceptLanguage: String) -> WebResponse {
        let voice = Voice(
            language: Language(accepting: acceptLanguage) ?? language,
            now: clock().milliseconds, offset: offset)
        return .html(ErrorPage.refused(refusal, assets).rendered(voice), status: refusal.status)
    }

    private func visit(_ request: WebRequest) -> Visit {
        let cookies = Cookies(request)
        let chosen =
            cookies[Cookies.language].flatMap { Language(rawValue: $0) }
            ?? Language(accepting: request.acceptLanguage) ?? language
        return Visit(
            request: request, brain: brain,
            voice: Voice(language: chosen, now: clock().milliseconds, offset: offset),
            hasKeys: cookies[Cookies.keys] != "off")
    }

    private func asset(_ request: WebRequest) -> WebResponse {
        guard let asset = assets[request.path] else {
            return refuse(.notFound, acceptLanguage: request.acceptLanguage)
        }
        return .asset(
            asset.bytes, type: asset.type, isImmutable: request.path == assets.path(of: asset.name))
    }

    /// A file of an item, only ever to be saved: `/file/ITEM/NUMBER`, counted from 1.
    private func file(_ request: WebRequest) async -> WebResponse {
        let visit = visit(request)
        do throws(BrainError) {
            let steps = request.segments
            guard request.method != .post, steps.count == 3, let number = Int(steps[2]) else {
                return await respond(await ErrorPage.notFound(visit), visit)
            }
            let item = try await brain.item(try await brain.resolve(steps[1]))
            let files = try await brain.files(of: item)
            guard files.indices.contains(number - 1) else {
                return await respond(await ErrorPage.notFound(visit), visit)
            }
            let file = files[number - 1]
            // To look for it fetches nothing: its page says who has it.
            guard file.state == .here else { return .seeOther(Place.item(item) + "#files") }
            let reading = try await brain.read(file.file)
            let pieces = WebPieces(byteCount: reading.byteCount) { place in
                (try? reading.bytes(from: place)) ?? []
            }
            return .attachment(pieces, name: Brain.safeName(of: file.file))
        } catch {
            return await respond(await ErrorPage.show(error, visit), visit)
        }
    }

    /// Tells a page that something has changed; which page shows what, the page finds out.
    private func events(since last: String?) -> AsyncStream<WebEvent> {
        let (changes, files) = (brain.changes, brain.fileArrivals)
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            // Who was away may have missed any number of changes.
            if last != nil { continuation.yield(WebEvent(name: "resync", data: "")) }
            let task = Task {
                for await change in changes {
                    continuation.yield(
                        WebEvent(id: change.event.description, name: "change", data: ""))
                }
                continuation.finish()
            }
            let arrivals = Task {
                for await file in files {
                    continuation.yield(WebEvent(id: file.description, name: "change", data: ""))
                }
            }
            continuation.onTermination = { _ in
                task.cancel()
                arrivals.cancel()
            }
        }
    }

    // MARK: - Which page

    private func show(_ visit: Visit) async throws -> Outcome {
        let steps = visit.request.segments
        switch steps.first {
        case nil: return .page(try await TodayPage.show(visit))
        case "s" where (2...3).contains(steps.count): return try await item(steps, visit)
        case "topic" where steps.count == 2:
            let page = try await BrainPage.topic(steps[1], visit)
            return page.map { .page($0) } ?? .notFound
        case "p" where steps.count == 2:
            guard let id = PersonID(hex: steps[1]) else { return .notFound }
            let profile = try await brain.profile(of: id)
            return .page(try await PeoplePage.person(profile, visit))
        case "community" where steps.count == 2:
            let community = try await brain.community(try await brain.resolve(steps[1]))
            return .page(try await CommunitiesPage.show(community, visit))
        case "brain" where steps == ["brain", "later"]:
            return .page(try await BrainPage.laterHits(visit))
        default: break
        }
        guard steps.count == 1 else { return .notFound }
        switch visit.request.path {
        case Place.brain: return .page(try await BrainPage.show(visit))
        case Place.needs: return .page(try await NeedsPage.show(visit))
        case Place.people: return .page(try await PeoplePage.show(visit))
        case Place.communities: return .page(try await CommunitiesPage.show(visit))
        case Place.profile: return .page(try await PeoplePage.editor(visit))
        case Place.search: return .page(try await SearchPage.show(visit))
        case Place.sync: return .page(try await SyncPage.show(visit, pace))
        case Place.safety: return .page(try await SafetyPage.show(visit))
        case Place.settings: return .page(try await SettingsPage.show(visit))
        case Place.keys: return .page(SettingsPage.keys(visit))
        case Place.new:
            return .page(
                try await ComposePages.share(
                    .init(beginning: visit.request.query, visit.voice.language), visit))
        case Place.ask: return .page(ComposePages.ask(.init(visit.request.query), visit))
        default: return .notFound
        }
    }

    private func item(_ steps: [String], _ visit: Visit) async throws -> Outcome {
        let id = try await brain.resolve(steps[1])
        let found: Item
        do throws(BrainError) {
            found = try await brain.item(id)
        } catch {
            // Nothing is left of what was erased but who erased it.
            guard error.code == .notFound, let report = try? await brain.erasure(of: id) else {
                throw error
            }
            return .page(ItemPage.erased(report, visit))
        }
        switch steps.dropFirst(2).first {
        case nil: return .page(try await ItemPage.show(found, visit))
        case "history": return .page(try await ItemPage.history(found, visit))
        case "blame": return .page(try await ItemPage.blame(found, visit))
        case "edit": return .page(ComposePages.edit(found, visit))
        case "erase": return .page(ItemPage.erasing(found, visit))
        default: return .notFound
        }
    }
}

extension Language {
    /// The first language of an `Accept-Language` header that Weonomy speaks (RFC 9110, 12.5.4), by
    /// weight; `nil` where it speaks none of them.
    init?(accepting header: String) {
        var best: (weight: Double, language: Language)?
        for part in header.prefix(1_000).split(separator: ",") {
            let fields = part.split(separator: ";").map { String($0).trimmed }
            guard let tag = fields.first, let language = Language(tag: tag) else { continue }
            let weight =
                fields.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
                ?? 1
            if weight > best?.weight ?? 0 { best = (weight, language) }
        }
        guard let best else { return nil }
        self = best.language
    }
}
