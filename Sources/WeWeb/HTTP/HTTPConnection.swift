import Weonomy

/// One browser's connection: it decides, its shell acts (``WebConnection``).
///
/// Requests are answered one at a time, in the order sent. Each event gives the actions that are to
/// be done in that order; then ``deadline`` says when ``tick(now:)`` is due, and ``wantsInput``
/// whether to read.
struct HTTPConnection {
    private enum State {
        /// Between two requests; closed at `due`, without a word.
        case idle(due: Milliseconds)
        /// A request has begun.
        case head(due: Milliseconds)
        /// Its body is on the way.
        case body(HTTPHead, WebSession, due: Milliseconds)
        /// Its body, with files, is on the way.
        case upload(HTTPHead, WebSession, due: Milliseconds)
        /// The handler is asked.
        case asked(HTTPHead, due: Milliseconds)
        /// The answer is whole, and on its way.
        case answering(isLast: Bool)
        /// The answer is read and sent piece by piece; all up to `place` was given to the shell.
        case sending(WebPieces, place: Int, isLast: Bool)
        /// Events are handed on; `due` is when a comment is to show that it is alive.
        case streaming(isChunked: Bool, due: Milliseconds)
        /// The last answer is on its way; what else comes is not looked at.
        case finishing
        /// All is sent; the other side's end is awaited, since closing earlier could destroy what
        /// it has not read yet.
        case lingering(due: Milliseconds)
        case closed
    }

    private let context: Context
    private var limits: WebLimits { context.limits }
    private var state: State
    private var parser: HTTPParser
    /// The form with files that is on its way, and how many bytes of it are still to come.
    private var upload: (form: WebUpload, rest: Int, isJudged: Bool)?
    private var isStopping = false
    private var isInputOver = false
    /// Bytes that were given to the shell and not written yet.
    private var unsentCount = 0
    private var writeDue: Milliseconds = .max

    /// Requests that a browser sends ahead are read while one is answered up to this size: only by
    /// reading is it noticed that the browser has gone.
    private static let aheadBytesMax = 64 << 10

    init(_ context: Context, now: Milliseconds) {
        self.context = context
        parser = HTTPParser(limits: context.limits)
        state = .idle(due: now + context.limits.idleMillisecondsMax)
    }

    // MARK: - Questions

    /// When to call ``tick(now:)`` if nothing else happens before.
    var deadline: Milliseconds {
        let due: Milliseconds =
            switch state {
            case .idle(let due), .head(let due), .body(_, _, let due), .upload(_, _, let due),
                .asked(_, let due), .streaming(_, let due), .lingering(let due):
                due
            case .answering, .sending, .finishing, .closed: .max
            }
        return min(due, writeDue)
    }

    /// Whether to read.
    var wantsInput: Bool {
        switch state {
        case .idle, .head, .body, .upload, .streaming, .lingering: true
        case .asked, .sending: parser.bufferedCount < Self.aheadBytesMax
        // What was refused may go on for long, and must be read for the answer to get through.
        case .finishing: true
        case .answering, .closed: false
        }
    }

    /// Whether it may make room for another one: nothing was promised to it.
    var isIdle: Bool { if case .idle = state { true } else { false } }

    /// Whether its request is not whole.
    var isReceiving: Bool {
        switch state {
        case .head, .body, .upload: true
        default: false
        }
    }

    var isClosed: Bool { if case .closed = state { true } else { false } }

    // MARK: - What the browser does

    /// Takes in what was read.
    mutating func received(_ bytes: some Collection<UInt8>, now: Milliseconds) -> [Action] {
        switch state {
        case .idle:
            parser.append(bytes)
            state = .head(due: now + limits.headerMillisecondsMax)
            return advance(now)
        case .head, .body, .upload:
            parser.append(bytes)
            return advance(now)
        case .asked, .answering, .sending:
            parser.append(bytes)
            return []
        case .streaming, .finishing, .lingering, .closed:
            return []
        }
    }

    /// The browser sends no more: it has gone, for one that waits keeps its side open.
    mutating func ended() -> [Action] {
        isInputOver = true
        switch state {
        case .asked(let head, _) where head.method == .post:
            // What a person has sent is done, whether they wait for the answer or not.
            return close(cancelling: false)
        case .finishing where unsentCount > 0:
            return []
        default:
            return close()
        }
    }

    /// Reading or writing has failed: there is no other side any more.
    mutating func failed() -> [Action] {
        if case .asked(let head, _) = state, head.method == .post {
            return close(cancelling: false)
        }
        return close()
    }

    /// The system took so many bytes of what was to be sent.
    mutating func wrote(_ count: Int, now: Milliseconds) -> [Action] {
        unsentCount = max(0, unsentCount - count)
        writeDue = unsentCount == 0 ? .max : now + limits.writeMillisecondsMax
        guard unsentCount == 0 else { return [] }
        switch state {
        case .answering(let isLast):
            return isLast ? linger(now) : nextRequest(now)
        case .sending(let pieces, let place, let isLast):
            guard place == pieces.byteCount else { return [.read(pieces, from: place)] }
            return isLast ? linger(now) : nextRequest(now)
        case .finishing:
            return linger(now)
        default:
            return []
        }
    }

    // MARK: - What the handler does

    /// The handler's answer.
    mutating func answered(_ response: WebResponse, now: Milliseconds) -> [Action] {
        guard case .asked(let head, _) = state else { return [] }
        guard 200...599 ~= response.status else { return refuse(.failed, head, now) }
        let response = completed(response)
        let isBodiless = response.status == 204 || response.status == 304
        switch response.body {
        case .events(let events) where head.method != .head && !isBodiless:
            let framing: HTTPWriter.Framing = head.isVersion10 ? .close : .chunks
            state = .streaming(
                isChunked: !head.isVersion10, due: now + limits.commentMilliseconds)
            let bytes = HTTPWriter.head(of: response, framing: framing, isLast: true)
            return [send(bytes, now), .follow(events)]
        case .events:
            return answer(response, isBodiless ? .none : .close, [], isLast: true, now)
        case .bytes(let bytes):
            let framing: HTTPWriter.Framing = isBodiless ? .none : .length(bytes.count)
            let body = head.method == .head || isBodiless ? [] : bytes
            return answer(response, framing, body, isLast: head.isLast || isStopping, now)
        case .pieces(let pieces):
            let isLast = head.isLast || isStopping
            let framing: HTTPWriter.Framing = isBodiless ? .none : .length(pieces.byteCount)
            guard head.method != .head, !isBodiless, pieces.byteCount > 0 else {
                return answer(response, framing, [], isLast: isLast, now)
            }
            // The first piece is asked for when the head has gone.
            state = .sending(pieces, place: 0, isLast: isLast)
            return [send(HTTPWriter.head(of: response, framing: framing, isLast: isLast), now)]
        }
    }

    /// The piece that was asked for.
    mutating func came(_ bytes: [UInt8], now: Milliseconds) -> [Action] {
        guard case .sending(let pieces, let place, let isLast) = state else { return [] }
        // The length was promised: what is cut short must be seen to be.
        guard !bytes.isEmpty, bytes.count <= pieces.byteCount - place else { return close() }
        state = .sending(pieces, place: place + bytes.count, isLast: isLast)
        return [send(bytes, now)]
    }

    /// Something happened that the browser wants to know.
    mutating func happened(_ event: WebEvent, now: Milliseconds) -> [Action] {
        stream(event.encoded, now)
    }

    /// No more events will come.
    mutating func streamEnded(now: Milliseconds) -> [Action] {
        guard case .streaming(let isChunked, _) = state else { return [] }
        state = .finishing
        if isChunked { return [send(HTTPWriter.lastChunk, now)] }
        return unsentCount == 0 ? linger(now) : []
    }

    // MARK: - Time

    /// Does what is due.
    mutating func tick(now: Milliseconds) -> [Action] {
        if now >= writeDue { return close() }
        switch state {
        case .idle(let due) where now >= due, .lingering(let due) where now >= due:
            return close()
        case .head(let due) where now >= due:
            return refuse(.timedOut, nil, now)
        case .body(let head, _, let due) where now >= due,
            .upload(let head, _, let due) where now >= due:
            return refuse(.timedOut, head, now)
        case .asked(let head, let due) where now >= due:
            return [.cancel] + refuse(.overdue, head, now)
        case .streaming(_, let due) where now >= due:
            return stream(Array(":\n\n".utf8), now)
        default:
            return []
        }
    }

    /// Ends after the answer that is being made; at once if there is none.
    mutating func stop(now: Milliseconds) -> [Action] {
        isStopping = true
        switch state {
        case .asked(let head, _) where head.method == .post:
            return []
        case .answering:
            state = .answering(isLast: true)
            return []
        case .sending(let pieces, let place, _):
            state = .sending(pieces, place: place, isLast: true)
            return []
        case .streaming:
            return [.cancel] + streamEnded(now: now)
        case .finishing, .lingering:
            return []
        case .idle, .head, .body, .upload, .asked, .closed:
            return close()
        }
    }

    /// Ends at once.
    mutating func close() -> [Action] { close(cancelling: true) }

    private mutating func close(cancelling isCancelling: Bool) -> [Action] {
        let before = state
        state = .closed
        upload = nil
        writeDue = .max
        switch before {
        case .closed: return []
        case .asked, .sending, .streaming: return isCancelling ? [.cancel, .close] : [.close]
        default: return [.close]
        }
    }

    // MARK: - Requests

    /// Understands as much of what has come as there is.
    private mutating func advance(_ now: Milliseconds) -> [Action] {
        do throws(WebRefusal) {
            if case .head = state {
                guard let head = try parser.nextHead() else { return [] }
                return judge(head, now)
            }
            if case .body(let head, let session, _) = state {
                guard let body = parser.nextBody(head.bodyCount) else { return [] }
                let form = try WebForm(decoding: body, countMax: limits.formFieldCountMax)
                if let refusal = context.guardian.judge(form, session) {
                    return refuse(refusal, head, now)
                }
                return ask(head, form, [], session, now)
            }
            if case .upload(let head, let session, _) = state {
                return try advanceUpload(head, session, now)
            }
            return []
        } catch {
            return refuse(error, nil, now)
        }
    }

    /// Takes in what has come of a form with files.
    ///
    /// The token stands before the files: without it none of them is kept.
    private mutating func advanceUpload(
        _ head: HTTPHead, _ session: WebSession, _ now: Milliseconds
    ) throws(WebRefusal) -> [Action] {
        let piece = parser.nextPiece(upload?.rest ?? 0)
        upload?.rest -= piece.count
        try upload?.form.take(piece)
        guard let upload else { return [] }
        if !upload.isJudged, upload.form.hasFile || upload.rest == 0 {
            if let refusal = context.guardian.judge(upload.form.form, session) {
                self.upload = nil
                return refuse(refusal, head, now)
            }
            self.upload?.isJudged = true
        }
        guard upload.rest == 0 else { return [] }
        let (form, files) = try upload.form.finish()
        self.upload = nil
        return ask(head, form, files, session, now)
    }

    private mutating func judge(_ head: HTTPHead, _ now: Milliseconds) -> [Action] {
        switch context.guardian.judge(head, now: now) {
        case .refuse(let refusal):
            return refuse(refusal, head, now)
        case .enter(let cookie, let path):
            var response = WebResponse.seeOther(path)
            if let cookie { response.headers.append(("Set-Cookie", cookie)) }
            return answer(response, .length(0), [], isLast: head.isLast || isStopping, now)
        case .open:
            return ask(head, WebForm(), [], nil, now)
        case .session(let session):
            guard head.method == .post else { return ask(head, WebForm(), [], session, now) }
            let type = head.fields["content-type"]
            if let form = WebUpload(contentType: type ?? "", limits: limits) {
                upload = (form, head.bodyCount, false)
                state = .upload(head, session, due: now + limits.uploadMillisecondsMax)
            } else if isForm(head) {
                state = .body(head, session, due: now + limits.bodyMillisecondsMax)
            } else {
                return refuse(.notAForm, head, now)
            }
            let isWaiting = head.isContinueExpected && parser.bufferedCount < head.bodyCount
            return (isWaiting ? [send(HTTPWriter.goOn, now)] : []) + advance(now)
        }
    }

    private func isForm(_ head: HTTPHead) -> Bool {
        guard let type = HTTPHead.essence(head.fields["content-type"]) else {
            return head.bodyCount == 0
        }
        return type == "application/x-www-form-urlencoded"
    }

    private mutating func ask(
        _ head: HTTPHead, _ form: WebForm, _ files: [WebFile], _ session: WebSession?,
        _ now: Milliseconds
    ) -> [Action] {
        state = .asked(head, due: now + limits.handlerMillisecondsMax)
        let request = WebRequest(
            head, form: form, files: files, csrfToken: session?.csrfToken ?? "",
            isReadOnly: context.guardian.isReadOnly)
        return [.ask(request)]
    }

    private mutating func nextRequest(_ now: Milliseconds) -> [Action] {
        guard !isStopping else { return close() }
        guard !parser.isBetweenRequests else {
            state = .idle(due: now + limits.idleMillisecondsMax)
            return []
        }
        state = .head(due: now + limits.headerMillisecondsMax)
        return advance(now)
    }

    // MARK: - Answers

    /// Says what was refused, and ends: what else was sent may not be what it seems.
    private mutating func refuse(
        _ refusal: WebRefusal, _ head: HTTPHead?, _ now: Milliseconds
    ) -> [Action] {
        var response = completed(
            context.refuse(refusal, head?.fields["accept-language"] ?? ""))
        response.status = refusal.status
        response = completed(response)
        guard case .bytes(let bytes) = response.body else { return close() }
        let body = head?.method == .head ? [] : bytes
        let written = HTTPWriter.head(of: response, framing: .length(bytes.count), isLast: true)
        state = .finishing
        return [send(written + body, now)]
    }

    /// Adds what goes with a status (RFC 9110, section 15.5.6).
    private func completed(_ response: WebResponse) -> WebResponse {
        guard response.status == 405,
            !response.headers.contains(where: { $0.name.lowercased() == "allow" })
        else { return response }
        var response = response
        let methods = context.guardian.isReadOnly ? "GET, HEAD" : "GET, HEAD, POST"
        response.headers.append(("Allow", methods))
        return response
    }

    private mutating func answer(
        _ response: WebResponse, _ framing: HTTPWriter.Framing, _ body: [UInt8], isLast: Bool,
        _ now: Milliseconds
    ) -> [Action] {
        state = .answering(isLast: isLast)
        let head = HTTPWriter.head(of: response, framing: framing, isLast: isLast)
        return body.isEmpty ? [send(head, now)] : [send(head, now), send(body, now)]
    }

    private mutating func stream(_ bytes: [UInt8], _ now: Milliseconds) -> [Action] {
        guard case .streaming(let isChunked, _) = state else { return [] }
        // A browser that does not read its events gets them anew when it comes back.
        guard unsentCount + bytes.count <= limits.streamBytesMax else { return close() }
        state = .streaming(isChunked: isChunked, due: now + limits.commentMilliseconds)
        return [send(isChunked ? HTTPWriter.chunk(bytes) : bytes, now)]
    }

    private mutating func send(_ bytes: [UInt8], _ now: Milliseconds) -> Action {
        if unsentCount == 0 { writeDue = now + limits.writeMillisecondsMax }
        unsentCount += bytes.count
        return .send(bytes)
    }

    private mutating func linger(_ now: Milliseconds) -> [Action] {
        guard !isInputOver else { return close() }
        state = .lingering(due: now + limits.lingerMillisecondsMax)
        return [.finishWriting]
    }
}
