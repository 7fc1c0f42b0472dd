public import WeData

/// Why an event, a run or a membership document can never be valid.
public enum LogError: Error, Hashable, Sendable {
    /// The bytes are not canonical or not of the format.
    case encoding(DecodingError)
    /// The header is longer than allowed.
    case headerTooLong
    /// Fields contradict one another.
    case form(String)
    /// The body isn't the one that the header commits to.
    case bodyMismatch
    /// It belongs to another team.
    case otherTeam
    /// The lamport isn't one more than the greatest of prev and parents.
    case lamport
    /// The first event of a log does not name a membership event that introduces its device.
    case notIntroduced
}

/// A store that could not answer, in words for the person who can mend it.
public struct StoreFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened.
    public let description: String

    /// Wraps the words.
    public init(_ description: String) { self.description = description }
}
