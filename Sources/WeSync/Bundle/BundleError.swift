public import WeData

/// Why a carried file is not read, or not further than where this showed.
public enum BundleError: Error, Hashable, Sendable {
    /// It does not begin as one, or is of another kind.
    case notABundle
    /// A newer version wrote it.
    case newerVersion(UInt8)
    /// None of the secrets that are known here opens it.
    case unknownSecret
    /// What follows was changed, or is not what was written.
    case damaged
    /// It ends before its end.
    case truncated
    /// A message has no valid encoding.
    case badMessage(DecodingError)
    /// A message that has no place here.
    case unexpectedMessage
    /// It does not come from the device that it names.
    case badProof
    /// It holds events of another team.
    case otherTeam
    /// It holds more than a file may, by the name of the limit.
    case tooMuch(String)
    /// Keys could not be used: no memory, or a wrong length.
    case keys

    /// Whether only the end is missing, as after a stick was pulled out.
    public var isLossOfTail: Bool {
        switch self {
        case .damaged, .truncated: true
        default: false
        }
    }
}

extension BundleError: CustomStringConvertible {
    /// What happened, in one line.
    public var description: String {
        switch self {
        case .notABundle: "this is no file of Weonomy's"
        case .newerVersion(let version): "version \(version) wrote it, which is newer"
        case .unknownSecret: "no secret of this laptop opens it"
        case .damaged: "it is damaged from here on"
        case .truncated: "its end is missing"
        case .badMessage(let error): "a message cannot be read (\(error))"
        case .unexpectedMessage: "a message has no place in it"
        case .badProof: "it is not by the laptop that it names"
        case .otherTeam: "it is of another team"
        case .tooMuch(let limit): "it holds too much (\(limit))"
        case .keys: "this laptop's keys could not be used"
        }
    }
}
