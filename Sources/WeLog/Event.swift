public import WeData
public import WeKeys

/// A signed change: a header, its signature, and, unless it was erased, its body.
public struct Event: Sendable, Hashable {
    /// What was signed.
    public let header: EventHeader
    /// The author's signature over the header.
    public let signature: Signature
    /// BLAKE2b-256 of header and signature.
    public let id: EventID
    /// The changes; `nil` where the body was erased or withheld.
    public let body: [UInt8]?

    /// Signs a new event.
    public init(header: EventHeader, body: [UInt8], key: SigningKey) {
        let bytes = header.encoded
        let signature = key.sign(bytes, domain: .event)
        self.init(header: header, headerBytes: bytes, signature: signature, body: body)
    }

    /// Rebuilds an event from its parts; nothing is verified.
    public init(header: EventHeader, signature: Signature, body: [UInt8]?) {
        self.init(
            header: header, headerBytes: header.encoded, signature: signature, body: body)
    }

    package init(
        header: EventHeader, headerBytes: [UInt8], signature: Signature, body: [UInt8]?
    ) {
        self.header = header
        self.signature = signature
        self.body = body
        id = Event.id(headerBytes: headerBytes, signature: signature)
    }

    /// Rebuilds an event from stored parts, without hashing anew where its id is one of them; `nil`
    /// where the signature isn't 64 bytes.
    package init?(
        header: EventHeader, signatureBytes: [UInt8], id: EventID? = nil, body: [UInt8]?
    ) {
        guard let signature = Signature(signatureBytes) else { return nil }
        self.header = header
        self.signature = signature
        self.id = id ?? Event.id(headerBytes: header.encoded, signature: signature)
        self.body = body
    }

    /// The id that a header and a signature make.
    package static func id(headerBytes: [UInt8], signature: Signature) -> EventID {
        unsafe signature.withBytes { signature in
            var hasher = Blake2bHasher()
            hasher.update(headerBytes)
            unsafe hasher.update(signature)
            return EventID(hasher.finish())
        }
    }

    /// The log it is in.
    public var key: LogKey { header.key }
    /// The object it changes: the one it creates is named by its own id.
    public var object: ObjectID { header.object ?? ObjectID(id.value) }

    /// Whether the signature is the author's.
    ///
    /// - Complexity: one Ed25519 verification.
    public var isSignatureValid: Bool {
        signature.isValid(for: header.encoded, domain: .event, by: header.key.device)
    }

    /// Refuses a body that the header does not commit to, or that has no valid form.
    public func checkBody() throws(LogError) {
        guard let body else { return }
        guard body.count == header.bodyByteCount, Digest(Blake2b.hash(body)) == header.bodyHash
        else { throw .bodyMismatch }
        try Event.checkForm(of: body, in: header.key.logClass)
    }

    /// Refuses a body that isn't canonical or not `[salt, ...]` of its class.
    package static func checkForm(
        of body: [UInt8], in logClass: LogClass
    ) throws(LogError) {
        do throws(DecodingError) {
            var reader = Reader(body)
            try reader.array(count: logClass == .content ? 2 : 3)
            guard
                try reader.bytesRange(countMax: ContentBody.saltBytes).count
                    == ContentBody.saltBytes
            else { throw reader.error(.outOfBounds) }
            if logClass == .content {
                try ContentBody.checkChanges(&reader)
            } else {
                _ = try reader.int(in: 0...Int.max)
                guard reader.next == .map else { throw reader.error(.unexpectedType) }
                try reader.skip(in: 1)
            }
            try reader.finish()
        } catch {
            throw .encoding(error)
        }
    }
}
