/// Why bytes can never be a canonical encoding, and where that shows.
public struct DecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong (Protocol.md, "Encoding": each is a MUST reject).
    public enum Reason: String, Sendable {
        /// The input ends inside an item.
        case truncated
        /// Bytes follow the last item.
        case trailingBytes
        /// A head uses more bytes than its number needs.
        case notShortest
        /// An indefinite length, a float, a tag, `undefined` or another simple value.
        case forbiddenType
        /// An integer outside -2^63 ..< 2^63.
        case integerOutOfRange
        /// Text that isn't UTF-8.
        case invalidText
        /// Map keys that repeat, descend, or are neither integers nor text.
        case keyOrder
        /// More than sixteen containers inside one another.
        case tooDeep
        /// An item of another type than the format calls for here.
        case unexpectedType
        /// A length or number outside what the format allows here.
        case outOfBounds
    }

    /// What is wrong.
    public let reason: Reason
    /// Distance in bytes from the start of the input.
    public let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// What it is, in words.
    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
