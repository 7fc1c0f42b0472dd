import Weonomy

/// The frame of every page: what it is called, where one can go, how this laptop stands.
enum Layout {
    static func page(_ content: PageContent, _ visit: Visit, _ assets: Assets, sync: HTML) -> String
    {
        let team = visit.brain.teamName
        let language = visit.voice.language.rawValue
        let live: HTML = visit.request.method == .get ? " data-live=\"1\"" : ""
        let keys: HTML = visit.hasKeys ? " data-keys=\"1\"" : ""
        let query = visit.request.path == Place.search ? visit.request.query["q"] ?? "" : ""
        let html: HTML = """
            <!DOCTYPE html>
            <html lang="\(language)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(content.title) · \(team)</title>
            <link rel="stylesheet" href="\(assets.path(of: "style.css"))">
            <link rel="icon" type="image/svg+xml" href="\(assets.path(of: "favicon.svg"))">
            <script src="\(assets.path(of: "app.js"))" defer></script>
            </head>
            <body data-news="\(Text.thereIsNews)"\(live)\(keys)>
            <a class="skip" href="#main">\(Text.skipToContent)</a>
            <header>
            <div class="frame">
            <a class="brand" href="/">weonomy <span>\(team)</span></a>
            <nav aria-label="\(Text.pages)"><ul>
            \(Section.allCases.map { link($0, isHere: $0 == content.section) })\
            </ul></nav>
            <form action="/search" role="search">
            <label class="hidden" for="search">\(Text.search)</label>
            <input id="search" type="search" name="q" value="\(query)" \
            placeholder="\(Text.searchExample)">
            </form>
            <div class="sync" id="sync">\(sync)</div>
            </div>
            </header>
            <div class="news" id="news" role="status" aria-live="polite"></div>
            <main id="main" class="frame" tabindex="-1">
            \(content.main)
            </main>
            <footer><div class="frame">
            <nav aria-label="\(Text.more)"><ul>
            \(more.map { path, name -> HTML in "<li><a href=\"\(path)\">\(name)</a></li>" })\
            </ul></nav>
            </div></footer>
            </body>
            </html>

            """
        return html.rendered(visit.voice)
    }

    private static func link(_ section: Section, isHere: Bool) -> HTML {
        let here: HTML = isHere ? " aria-current=\"page\"" : ""
        return "<li><a href=\"\(section.path)\"\(here)>\(section.name)</a></li>\n"
    }

    private static var more: [(String, Text)] {
        [
            (Place.new, .shareSomething), (Place.ask, .askSomething), (Place.profile, .myProfile),
            (Place.safety, .safety), (Place.settings, .settings), (Place.keys, .keys),
        ]
    }
}
