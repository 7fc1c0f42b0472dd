import Weonomy

/// What could not be done, why, and how to mend it.
enum ErrorPage {
    static func show(_ error: BrainError, _ visit: Visit) async -> PageContent {
        let status =
            switch error.code {
            case .notFound, .ambiguous: 404
            case .invalid, .exists: 422
            case .notAllowed, .excluded, .trust: 403
            case .busy, .diskFull, .readOnly: 503
            default: 500
            }
        let hint = Text.mending(error)
        return PageContent(
            .thatDidNotWork, status: status,
            """
            <h1>\(Text.thatDidNotWork)</h1><p>\(Text.what(error))</p>\
            \(hint.map { "<p>\($0)</p>" as HTML })\(await visit.askCoach())
            <p><a href="/">\(Section.today.name)</a></p>
            """)
    }

    static func notFound(_ visit: Visit) async -> PageContent {
        PageContent(
            .noSuchPage, status: 404,
            """
            <h1>\(Text.noSuchPage)</h1><p>\(Text.noSuchPageMeans)</p>\(await visit.askCoach())
            <p><a href="/search">\(Text.search)</a></p>
            """)
    }

    /// A page without frame: who is refused learns nothing of the team.
    static func refused(_ refusal: WebRefusal, _ assets: Assets) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="\(Text.languageTag)"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Weonomy</title><link rel="stylesheet" href="\(assets.path(of: "style.css"))">
        <link rel="icon" type="image/svg+xml" href="\(assets.path(of: "favicon.svg"))"></head>
        <body><main class="frame"><h1>Weonomy</h1><p>\(Text.refusal(refusal))</p></main></body></html>

        """
    }
}
