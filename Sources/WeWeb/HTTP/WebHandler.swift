/// Who makes the pages.
package protocol WebHandler: Sendable {
    /// Answers a request that may be answered; called on no particular thread, many at a time.
    ///
    /// The task is cancelled when nobody waits for the answer any more. What a person has sent with
    /// POST is done in any case: that task is cancelled only when it is overdue, or still at it some
    /// seconds after the server was told to stop.
    func respond(to request: WebRequest) async -> WebResponse

    /// Says what was refused; called on the server's own thread, so it must be quick.
    ///
    /// The status of the answer is replaced by the refusal's.
    func refuse(_ refusal: WebRefusal, acceptLanguage: String) -> WebResponse
}
