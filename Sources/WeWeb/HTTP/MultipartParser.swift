import Weonomy

/// Cuts a form with files into its parts (RFC 7578; RFC 2046, section 5.1), as strictly as browsers
/// write them.
///
/// It gives `nil` for "need more" and throws for "never valid". How the bytes were split never
/// matters. Of a part no more than a delimiter's length is kept back, so a file passes through.
package struct MultipartParser: Sendable {
    /// What comes next.
    package enum Event: Hashable, Sendable {
        /// A part begins; one with a file name is a file, even where the name is empty.
        case part(name: String, fileName: String?)
        /// More of the part.
        case data([UInt8])
        /// The part is whole.
        case partEnd
        /// The form is whole.
        case end
    }

    private enum State {
        case start, afterDelimiter, headers, data, over
    }

    private let delimiter: [UInt8]
    private let limits: WebLimits
    private var state = State.start
    private var buffer: [UInt8] = []
    /// Where the bytes begin that have not been understood yet.
    private var start = 0
    private var partCount = 0

    /// The longest headers of a part, in bytes: a file name of 255 bytes, escaped, and its type.
    private static let headerBytesMax = 4 << 10

    /// Starts with the value of the request's `Content-Type`; `nil` where that is no such form.
    package init?(contentType: String, limits: WebLimits = WebLimits()) {
        guard let boundary = MultipartParser.boundary(contentType) else { return nil }
        delimiter = Array("\r\n--".utf8) + boundary
        self.limits = limits
    }

    /// Bytes that were taken in and not understood yet.
    package var bufferedCount: Int { buffer.count - start }

    /// Takes in what has arrived.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if start > buffer.count / 2 {
            buffer = Array(buffer[start...])
            start = 0
        }
        buffer += bytes
    }

    /// What the bytes say next.
    package mutating func next() throws(WebRefusal) -> Event? {
        while true {
            switch state {
            case .start:
                // Text before the first delimiter is allowed, and nobody writes any.
                let first = delimiter.dropFirst(2)
                guard first.starts(with: buffer[start...].prefix(first.count)) else {
                    throw .badRequest
                }
                guard bufferedCount >= first.count else { return nil }
                start += first.count
                state = .afterDelimiter
            case .afterDelimiter:
                guard bufferedCount >= 2 else { return nil }
                let pair = buffer[start..<(start + 2)]
                start += 2
                if pair.elementsEqual("--".utf8) {
                    state = .over
                    return .end
                }
                guard pair.elementsEqual("\r\n".utf8) else { throw .badRequest }
                guard partCount < limits.formFieldCountMax else { throw .tooLarge }
                partCount += 1
                state = .headers
            case .headers: return try headers()
            case .data: return data()
            case .over:
                // Nothing but a line end may follow.
                guard Array("\r\n".utf8).starts(with: buffer[start...]) else { throw .badRequest }
                return nil
            }
        }
    }

    private mutating func headers() throws(WebRefusal) -> Event? {
        let end = Array("\r\n\r\n".utf8)
        let seen = buffer[start...].prefix(Self.headerBytesMax)
        guard let place = Self.place(of: end, in: seen) else {
            guard seen.count < Self.headerBytesMax else { throw .headersTooLarge }
            return nil
        }
        let part = try Self.part(buffer[start..<place])
        start = place + end.count
        state = .data
        return part
    }

    private mutating func data() -> Event? {
        let place = Self.place(of: delimiter, in: buffer[start...])
        // Where none is whole, one may have begun at the end.
        let end = place ?? max(start, buffer.count - delimiter.count + 1)
        if end > start {
            defer { start = end }
            return .data(Array(buffer[start..<end]))
        }
        guard place != nil else { return nil }
        start += delimiter.count
        state = .afterDelimiter
        return .partEnd
    }

    /// Where a word stands first.
    private static func place(of word: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        var rest = bytes
        while let place = rest.firstIndex(of: 0x0d), bytes.endIndex - place >= word.count {
            if bytes[place..<(place + word.count)].elementsEqual(word) { return place }
            rest = bytes[(place + 1)...]
        }
        return nil
    }

    // MARK: - Headers

    /// What the headers of a part say; others than the one that names it are passed over.
    private static func part(_ head: ArraySlice<UInt8>) throws(WebRefusal) -> Event {
        guard let text = String(validating: head, as: UTF8.self), !head.contains(0) else {
            throw .badRequest
        }
        var found: Event?
        for line in text.unicodeScalars.split(separator: "\n") {
            let line = String(Substring(line.last == "\r" ? line.dropLast() : line))
            guard let colon = line.firstIndex(of: ":") else { throw .badRequest }
            guard line[..<colon].lowercased() == "content-disposition" else { continue }
            guard found == nil else { throw .badRequest }
            let (kind, parameters) = try words(of: line[line.index(after: colon)...])
            guard kind == "form-data", let name = parameters["name"] else { throw .badRequest }
            found = .part(name: name, fileName: parameters["filename"])
        }
        guard let found else { throw .badRequest }
        return found
    }

    /// A header's first word, and its parameters; a quoted one ends at the next quotation mark, as
    /// browsers write it (WHATWG HTML, 4.10.21.8).
    private static func words(
        of value: Substring
    ) throws(WebRefusal) -> (first: String, parameters: [String: String]) {
        var rest = value.unicodeScalars[...]
        let first = rest.prefix { $0 != ";" }
        rest = rest[first.endIndex...]
        var parameters: [String: String] = [:]
        while rest.first == ";" {
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let key = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest[key.endIndex...]
            guard rest.first == "=" else { throw .badRequest }
            rest = rest.dropFirst()
            let isQuoted = rest.first == "\""
            if isQuoted { rest = rest.dropFirst() }
            let word = rest.prefix { isQuoted ? $0 != "\"" : $0 != ";" && $0 != " " }
            rest = rest[word.endIndex...]
            if isQuoted {
                guard rest.first == "\"" else { throw .badRequest }
                rest = rest.dropFirst()
            }
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = String(Substring(key)).lowercased()
            guard parameters[name] == nil else { throw .badRequest }
            parameters[name] = String(Substring(word))
        }
        guard rest.isEmpty else { throw .badRequest }
        return (String(Substring(first)).trimmed.lowercased(), parameters)
    }

    /// The boundary that such a type names.
    private static func boundary(_ contentType: String) -> [UInt8]? {
        guard let (kind, parameters) = try? words(of: contentType[...]),
            kind == "multipart/form-data", let boundary = parameters["boundary"]
        else { return nil }
        // RFC 2046, section 5.1.1.
        let bytes = Array(boundary.utf8)
        let isRight = bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "'()+_,-./:=? ".utf8.contains(byte)
            }
        }
        return (1...70).contains(bytes.count) && bytes.last != 0x20 && isRight ? bytes : nil
    }
}
