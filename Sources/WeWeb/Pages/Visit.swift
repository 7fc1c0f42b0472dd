import Weonomy

/// One request by the person of this laptop: what is asked, in which language, and when.
struct Visit: Sendable {
    let request: WebRequest
    let brain: Brain
    let voice: Voice
    /// Whether single keys are shortcuts (WCAG 2.2, 2.1.4).
    let hasKeys: Bool

    var now: Instant { Instant(milliseconds: voice.now) }
    var me: PersonRef { brain.me }

    /// Whether forms are shown: not on a wall screen, nor to who is out of the team.
    var mayWrite: Bool { !request.isReadOnly && brain.isIn }

    /// A form that posts to a page of ours.
    ///
    /// - Parameter isUpload: whether files may go with it.
    func form(
        _ path: String, _ content: HTML, named label: Text? = nil, isUpload: Bool = false
    ) -> HTML {
        let coding: HTML = isUpload ? " enctype=\"multipart/form-data\"" : ""
        let name: HTML = label.map { " aria-label=\"\($0)\"" } ?? ""
        return """
            <form method="post" action="\(path)"\(coding)\(name)>\
            <input type="hidden" name="token" value="\(request.csrfToken)">\(content)</form>
            """
    }

    /// A form that is one button.
    func button(
        _ path: String, _ label: Text, _ fields: KeyValuePairs<String, String> = [:],
        look: String = "", about item: String = "", isPressed: Bool? = nil
    ) -> HTML {
        let hidden = fields.map { name, value -> HTML in
            "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
        }
        let pressed: HTML = isPressed.map { " aria-pressed=\"\($0 ? "true" : "false")\"" } ?? ""
        let style: HTML = look.isEmpty ? "" : " class=\"\(look)\""
        // Several buttons of a page say the same: each names what it is about.
        let hint: HTML = item.isEmpty ? "" : "<span class=\"hidden\"> \(item.shortened)</span>"
        return form(path, "\(hidden)<button\(style)\(pressed)>\(label)\(hint)</button>")
    }
}

/// What a page has to say; the frame around it is the same for all.
struct PageContent: Sendable {
    var title: Text
    var main: HTML
    var section: Section?
    var status = 200

    init(_ title: Text, in section: Section? = nil, status: Int = 200, _ main: HTML) {
        self.title = title
        self.section = section
        self.status = status
        self.main = main
    }
}

/// The places that every page links to.
enum Section: CaseIterable, Sendable {
    case today, brain, needs, people, communities, sync

    var path: String {
        switch self {
        case .today: Place.today
        case .brain: Place.brain
        case .needs: Place.needs
        case .people: Place.people
        case .communities: Place.communities
        case .sync: Place.sync
        }
    }

    var name: Text {
        switch self {
        case .today: Text("Today", "Vandaag")
        case .brain: Text("Brain", "Brein")
        case .needs: Text("Questions", "Vragen")
        case .people: Text("People", "Mensen")
        case .communities: .communitiesTitle
        case .sync: Text(same: "Sync")
        }
    }
}

/// What came of a request.
enum Outcome: Sendable {
    case page(PageContent)
    /// Done: the browser goes on to another page, so that reloading does not do it twice.
    case done(String)
    /// The same, with choices that the browser is to remember.
    case settings(String, [(String, String)])
    case notFound
}
