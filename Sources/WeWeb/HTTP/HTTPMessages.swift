/// Reads whole requests, one after the other, for comparing with other readers.
package struct HTTPMessages: Sendable {
    private var parser: HTTPParser
    private var head: HTTPHead?

    /// A request with its body.
    package struct Message: Sendable {
        package let method: String
        /// `host:port`, when the target was a whole URL.
        package let authority: String?
        package let path: String
        package let segments: [String]
        package let query: WebForm
        /// Names in lower case.
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]
        /// Whether no other one may follow.
        package let isLast: Bool
    }

    /// Starts before the first request.
    package init(limits: WebLimits = WebLimits()) { parser = HTTPParser(limits: limits) }

    /// Bytes that were taken in and not understood yet.
    package var bufferedCount: Int { parser.bufferedCount }

    /// Takes in what has arrived.
    package mutating func append(_ bytes: some Collection<UInt8>) { parser.append(bytes) }

    /// The next request; `nil` for "need more".
    package mutating func next() throws(WebRefusal) -> Message? {
        if head == nil { head = try parser.nextHead() }
        guard let head, let body = parser.nextBody(head.bodyCount) else { return nil }
        self.head = nil
        return Message(
            method: head.method.rawValue, authority: head.target.authority, path: head.target.path,
            segments: head.target.segments, query: head.target.query, headers: head.fields.lines,
            body: body, isLast: head.isLast)
    }
}
