/// A request up to its body.
struct HTTPHead: Sendable {
    let method: WebRequest.Method
    let target: HTTPTarget
    let fields: HTTPFields
    /// What the browser calls this server, exactly as it came.
    let host: String
    /// Bytes of body that follow.
    let bodyCount: Int
    /// Whether it waits for a word before it sends the body.
    let isContinueExpected: Bool
    /// Whether it knows no chunks.
    let isVersion10: Bool
    /// Whether the connection ends with the answer.
    let isLast: Bool
}

/// The first line of a request (RFC 9112, section 3).
struct HTTPRequestLine {
    let method: WebRequest.Method
    let target: HTTPTarget
    let isVersion10: Bool

    init(_ line: ArraySlice<UInt8>, limits: WebLimits) throws(WebRefusal) {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(HTTPFields.isToken) else {
            throw .badRequest
        }
        isVersion10 = try HTTPRequestLine.isVersion10(parts[2])
        let method = WebRequest.Method(rawValue: String(decoding: parts[0], as: UTF8.self))
        guard let method else { throw .methodNotAllowed }
        self.method = method
        target = try HTTPTarget(parts[1], queryCountMax: limits.formFieldCountMax)
    }

    private static func isVersion10(_ bytes: ArraySlice<UInt8>) throws(WebRefusal) -> Bool {
        let text = Array(bytes)
        if text == Array("HTTP/1.1".utf8) { return false }
        if text == Array("HTTP/1.0".utf8) { return true }
        guard text.count == 8, text.starts(with: "HTTP/".utf8), 0x30...0x39 ~= text[5],
            text[6] == UInt8(ascii: "."), 0x30...0x39 ~= text[7]
        else { throw .badRequest }
        throw .unsupportedVersion
    }
}

extension HTTPHead {
    /// Judges the headers that say where the request ends (RFC 9112, section 6.3).
    init(_ line: HTTPRequestLine, _ fields: HTTPFields, limits: WebLimits) throws(WebRefusal) {
        let hosts = fields.all("host")
        guard hosts.count == 1, let host = hosts.first else { throw .badRequest }
        let lengths = fields.all("content-length")
        if !fields.all("transfer-encoding").isEmpty {
            throw lengths.isEmpty && !line.isVersion10 ? .notImplemented : .badRequest
        }
        guard lengths.count <= 1 else { throw .badRequest }
        let hasFiles = HTTPHead.essence(fields["content-type"]) == "multipart/form-data"
        let count = try lengths.first.map { value throws(WebRefusal) in
            try hasFiles
                ? HTTPHead.length(value, max: limits.uploadBytesMax, orElse: .filesTooLarge)
                : HTTPHead.length(value, max: limits.bodyBytesMax, orElse: .tooLarge)
        }
        // A body whose method gives it no meaning is how one request is passed off as two.
        guard line.method == .post || (count ?? 0) == 0 else { throw .badRequest }
        let expectations = fields.list("expect")
        guard expectations.allSatisfy({ $0 == "100-continue" }) else { throw .expectation }
        method = line.method
        target = line.target
        isVersion10 = line.isVersion10
        self.fields = fields
        self.host = host
        bodyCount = count ?? 0
        isContinueExpected = !expectations.isEmpty && !line.isVersion10
        isLast = line.isVersion10 || fields.list("connection").contains("close")
    }

    /// A media type without its parameters.
    static func essence(_ type: String?) -> String? {
        type.map { String($0.lowercased().prefix { $0 != ";" && $0 != " " && $0 != "\t" }) }
    }

    private static func length(
        _ value: String, max: Int, orElse refusal: WebRefusal
    ) throws(WebRefusal) -> Int {
        let digits = value.utf8
        guard !digits.isEmpty, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { throw .badRequest }
        // More digits than an integer has are too large as well.
        guard let count = Int(value), count <= max else { throw refusal }
        return count
    }
}
