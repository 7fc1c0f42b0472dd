/// Why a request got no answer of its own.
package enum WebRefusal: Error, Sendable, CaseIterable {
    /// It is no HTTP/1.1 as RFC 9112 wants it, or its address has no meaning.
    case badRequest
    /// The browser has not entered by a one-time URL, or did so before the program was started anew.
    case noSession
    /// Another site's page sent it.
    case foreignOrigin
    /// A form without the token of the session, so perhaps of another site.
    case badToken
    case notFound
    case methodNotAllowed
    /// This server only shows.
    case readOnly
    /// It did not come in whole in time.
    case timedOut
    /// More is sent than is read.
    case tooLarge
    /// More files are sent at once than are read.
    case filesTooLarge
    /// The address is longer than is read.
    case longTarget
    /// What is sent is not a form.
    case notAForm
    /// It wants something first that is not known here.
    case expectation
    /// It is meant for another server, as when a foreign name is bound to this machine.
    case foreignHost
    /// There are more or longer headers than are read.
    case headersTooLarge
    /// The program made a mistake.
    case failed
    /// Its body comes in a coding that is not read here.
    case notImplemented
    /// Too much is open at the same time.
    case busy
    /// There was no answer in time.
    case overdue
    /// It speaks another HTTP.
    case unsupportedVersion

    /// As RFC 9110 and RFC 6585 number them.
    package var status: Int {
        switch self {
        case .badRequest: 400
        case .noSession: 401
        case .foreignOrigin, .badToken: 403
        case .notFound: 404
        case .methodNotAllowed, .readOnly: 405
        case .timedOut: 408
        case .tooLarge, .filesTooLarge: 413
        case .longTarget: 414
        case .notAForm: 415
        case .expectation: 417
        case .foreignHost: 421
        case .headersTooLarge: 431
        case .failed: 500
        case .notImplemented: 501
        case .busy, .overdue: 503
        case .unsupportedVersion: 505
        }
    }
}
