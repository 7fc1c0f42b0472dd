/// The target of a request (RFC 9112, section 3.2): a path with a query, or a whole URL.
struct HTTPTarget: Sendable {
    /// `host:port`, when the target was a whole URL.
    let authority: String?
    let path: String
    let segments: [String]
    let query: WebForm

    /// Reads a target; refuses what two readers could understand in two ways.
    init(_ bytes: ArraySlice<UInt8>, queryCountMax: Int) throws(WebRefusal) {
        guard bytes.allSatisfy(HTTPTarget.isVisible) else { throw .badRequest }
        var rest = bytes
        let scheme = Array("http://".utf8)
        if rest.starts(with: scheme) {
            rest = rest.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            let authority = rest[..<(end ?? rest.endIndex)]
            guard !authority.isEmpty else { throw .badRequest }
            self.authority = String(decoding: authority, as: UTF8.self)
            rest = rest[authority.endIndex...]
            if rest.first != UInt8(ascii: "/") { rest = [UInt8(ascii: "/")] + rest }
        } else {
            authority = nil
        }
        let mark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        (path, segments) = try HTTPTarget.path(rest[..<mark])
        let query = rest[mark...].dropFirst()
        self.query = try WebForm(decoding: query, countMax: queryCountMax)
    }

    private static func path(
        _ bytes: ArraySlice<UInt8>
    ) throws(WebRefusal) -> (String, [String]) {
        guard bytes.first == UInt8(ascii: "/") else { throw .badRequest }
        var segments: [String] = []
        for part in bytes.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            guard let decoded = Percent.decoded(part),
                !decoded.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == 0x5c }),
                let segment = String(validating: decoded, as: UTF8.self)
            else { throw .badRequest }
            segments.append(segment)
        }
        let path = "/" + segments.joined(separator: "/")
        // Looked at again as a whole, since an escaped slash is one for whoever reads the path.
        let parts = path.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            let isDots = part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8)
            let isLast = place == parts.count - 1
            guard !isDots, !part.isEmpty || isLast else { throw .badRequest }
        }
        if segments.last == "" { segments.removeLast() }
        return (path, segments)
    }

    /// Whether a byte may stand in a target: what is not a space, a control or beyond ASCII, and no
    /// `#`, since a fragment stays in the browser.
    private static func isVisible(_ byte: UInt8) -> Bool {
        0x21...0x7e ~= byte && byte != 0x23 && byte != 0x5c
    }

    /// Whether a text is an address on this server that may stand in `Location`.
    static func isLocal(_ text: String) -> Bool {
        guard text.hasPrefix("/"), !text.hasPrefix("//") else { return false }
        // A fragment is for the browser: the rest is what this server would be asked for.
        let address = text.utf8.prefix { $0 != UInt8(ascii: "#") }
        let fragment = text.utf8.dropFirst(address.count + 1)
        guard fragment.allSatisfy(isVisible) else { return false }
        let limit = WebLimits()
        guard text.utf8.count < limit.requestLineBytesMax / 2 else { return false }
        let bytes = Array(address)
        return (try? HTTPTarget(bytes[...], queryCountMax: limit.formFieldCountMax)) != nil
    }
}
