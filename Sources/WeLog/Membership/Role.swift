/// What a person may do in a team (Protocol.md, "Membership").
public enum Role: Int, Comparable, Sendable, CaseIterable {
    /// Nothing: excluded.
    case none = 0
    /// Read.
    case reader = 1
    /// Write, and admit who was invited.
    case member = 2
    /// Invite, promote, address, exclude juniors.
    case moderator = 3
    /// The first moderator.
    case founder = 4

    /// Orders by what it holds, the first difference first.
    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }

    /// Whether the role allows inviting and granting.
    public var canGovern: Bool { self >= .moderator }
    /// Whether the role allows writing and admitting.
    public var canWrite: Bool { self >= .member }
}
