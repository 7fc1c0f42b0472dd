/// One place of a text edit: at `position` delete, then insert (Protocol.md, "Data types").
///
/// Positions and counts are Unicode scalars of the text as the author had it.
public struct TextHunk: Hashable, Sendable {
    /// Where, in scalars from the start.
    public let position: Int
    /// How many scalars go.
    public let deleteCount: Int
    /// What comes in their place.
    public let insert: String

    /// Joins the three.
    public init(position: Int, deleteCount: Int, insert: String) {
        self.position = position
        self.deleteCount = deleteCount
        self.insert = insert
    }

    /// The smallest single hunk that turns `old` into `new`; none when they are equal.
    ///
    /// - Complexity: O(scalars of both).
    public static func replacing(_ old: String, with new: String) -> [TextHunk] {
        guard !old.isEmpty else {
            return new.isEmpty ? [] : [TextHunk(position: 0, deleteCount: 0, insert: new)]
        }
        let before = Array(old.unicodeScalars)
        let after = Array(new.unicodeScalars)
        var prefix = 0
        while prefix < before.count, prefix < after.count, before[prefix] == after[prefix] {
            prefix += 1
        }
        var suffix = 0
        while suffix < before.count - prefix, suffix < after.count - prefix,
            before[before.count - 1 - suffix] == after[after.count - 1 - suffix]
        {
            suffix += 1
        }
        let deleteCount = before.count - prefix - suffix
        var insert = String.UnicodeScalarView()
        insert.append(contentsOf: after[prefix..<(after.count - suffix)])
        guard deleteCount > 0 || !insert.isEmpty else { return [] }
        return [TextHunk(position: prefix, deleteCount: deleteCount, insert: String(insert))]
    }

    /// The text after these hunks.
    ///
    /// Any position has a meaning: it is cut to what is there.
    ///
    /// - Complexity: O(scalars of the text) for each hunk.
    public static func apply(_ hunks: [TextHunk], to text: String) -> String {
        var result = text
        for hunk in hunks { result = hunk.applied(to: result) }
        return result
    }

    private func applied(to text: String) -> String {
        guard !text.isEmpty else { return insert }
        let scalars = text.unicodeScalars
        let from =
            scalars.index(
                scalars.startIndex, offsetBy: position, limitedBy: scalars.endIndex)
            ?? scalars.endIndex
        let to =
            scalars.index(from, offsetBy: deleteCount, limitedBy: scalars.endIndex)
            ?? scalars.endIndex
        var result = String.UnicodeScalarView(scalars[..<from])
        result.append(contentsOf: insert.unicodeScalars)
        result.append(contentsOf: scalars[to...])
        return String(result)
    }

    func write(to writer: inout Writer) {
        writer.array(3)
        writer.int(position)
        writer.int(deleteCount)
        writer.text(insert)
    }

    static func check(_ reader: inout Reader) throws(DecodingError) {
        try reader.array(count: 3)
        _ = try reader.int(in: 0...Int.max)
        _ = try reader.int(in: 0...Int.max)
        try reader.skipText()
    }

    init(from reader: inout Reader) throws(DecodingError) {
        try reader.array(count: 3)
        position = try reader.int(in: 0...Int.max)
        deleteCount = try reader.int(in: 0...Int.max)
        insert = try reader.text()
    }
}
