/// A file that a browser sent with a form.
package struct WebFile: Hashable, Sendable {
    /// What it is called there: nothing that a path may be made of.
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// A form with files, while it comes in.
package struct WebUpload: Sendable {
    private var parser: MultipartParser
    private let limits: WebLimits
    private var pairs: [(name: String, value: String)] = []
    private var fieldBytes = 0
    /// What it holds so far.
    private var part: (name: String, fileName: String?, bytes: [UInt8])?
    private(set) var files: [WebFile] = []
    private var isWhole = false

    /// Files of one form.
    private static let filesMax = 100

    /// Starts with the value of the request's `Content-Type`; `nil` where that is no such form.
    package init?(contentType: String, limits: WebLimits = WebLimits()) {
        guard let parser = MultipartParser(contentType: contentType, limits: limits) else {
            return nil
        }
        self.parser = parser
        self.limits = limits
    }

    /// The fields that are whole.
    package var form: WebForm { WebForm(pairs) }

    /// Whether the first file has begun.
    var hasFile: Bool { !files.isEmpty || part?.fileName != nil }

    /// Takes in what has arrived.
    package mutating func take(_ bytes: some Collection<UInt8>) throws(WebRefusal) {
        parser.append(bytes)
        while let event = try parser.next() {
            switch event {
            case .part(let name, let fileName): part = (name, fileName, [])
            case .data(let bytes):
                // Files are bounded by the length of the request.
                if part?.fileName == nil {
                    fieldBytes += bytes.count
                    guard fieldBytes <= limits.bodyBytesMax else { throw .tooLarge }
                }
                part?.bytes += bytes
            case .partEnd: try close()
            case .end: isWhole = true
            }
        }
    }

    private mutating func close() throws(WebRefusal) {
        guard let part else { return }
        self.part = nil
        if let name = part.fileName {
            // A field for files of which none was chosen is sent as an empty one without a name.
            guard !name.isEmpty || !part.bytes.isEmpty else { return }
            guard files.count < Self.filesMax else { throw .tooLarge }
            files.append(WebFile(name: name, bytes: part.bytes))
            return
        }
        guard let text = String(validating: part.bytes, as: UTF8.self), !part.bytes.contains(0)
        else { throw .badRequest }
        pairs.append((part.name, text))
    }

    /// All of it, once the request has ended.
    package func finish() throws(WebRefusal) -> (form: WebForm, files: [WebFile]) {
        guard isWhole else { throw .badRequest }
        return (form, files)
    }
}
