/// What a browser asks for, after everything that ``WebGuard`` checks has been checked.
package struct WebRequest: Sendable {
    /// What may be asked; HEAD is answered like GET, and the body is left out on the way.
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    package let method: Method
    /// Decoded: begins with `/` and has no control characters, no `\`, no empty or dot segment.
    package let path: String
    /// The parts of the path between slashes, each decoded on its own: only here a `%2F` stays apart
    /// from a `/`.
    package let segments: [String]
    /// What stands behind the `?`.
    package let query: WebForm
    /// The fields of the form that was sent; empty for other methods than POST.
    package let form: WebForm
    /// The files that came with the form.
    package let files: [WebFile]
    /// What the field `token` of every form that is sent with POST must hold; empty without a session.
    package let csrfToken: String
    /// Whether every POST is refused, so that forms are better left out.
    package let isReadOnly: Bool

    private let headers: HTTPFields

    /// Puts a request together.
    package init(
        method: Method = .get, path: String, segments: [String]? = nil, query: WebForm = WebForm(),
        form: WebForm = WebForm(), files: [WebFile] = [],
        headers: [(name: String, value: String)] = [],
        csrfToken: String = "", isReadOnly: Bool = false
    ) {
        self.method = method
        self.path = path
        self.segments = segments ?? path.split(separator: "/").map(String.init)
        self.query = query
        self.form = form
        self.files = files
        self.headers = HTTPFields(headers)
        self.csrfToken = csrfToken
        self.isReadOnly = isReadOnly
    }

    init(
        _ head: HTTPHead, form: WebForm, files: [WebFile], csrfToken: String, isReadOnly: Bool
    ) {
        method = head.method
        path = head.target.path
        segments = head.target.segments
        query = head.target.query
        headers = head.fields
        self.form = form
        self.files = files
        self.csrfToken = csrfToken
        self.isReadOnly = isReadOnly
    }

    /// The first header of that name in any case.
    package func header(_ name: String) -> String? { headers[name] }

    /// The languages that the person prefers, as the browser says it; empty when it does not.
    package var acceptLanguage: String { header("accept-language") ?? "" }

    /// The last event that an event stream got before it was cut.
    package var lastEventID: String? { header("last-event-id") }
}
