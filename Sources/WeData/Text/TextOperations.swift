/// What each event did, in order of local version, and the text that was ever inserted.
struct TextOperations: Sendable {
    /// What the events of a row do.
    enum Kind: UInt8, Sendable {
        /// Each inserts one scalar after the one before.
        case insert
        /// Each deletes at the same position.
        case delete
        /// Each deletes one place before the last: backspaces.
        case deleteBackward
    }

    /// A stretch of events that one rule describes.
    ///
    /// It ends where the next begins.
    struct Row: Sendable {
        /// The first event.
        let version: Int
        /// The position of the first event at its parents' version.
        let position: Int
        /// Where its text begins in `text`, in bytes.
        var byte: Int
        /// How many scalars were inserted by all rows before.
        let inserted: Int
        let kind: Kind
    }

    /// Text that isn't ASCII is cut into rows of at most this many scalars, which bounds the
    /// search for a place inside one.
    static let wideRowMax = 4_096
    /// Rows of backspaces are at most so long, for as hunks each is one of its own.
    static let backwardRowMax = 1 << 14

    fileprivate(set) var rows: [Row] = []
    fileprivate(set) var text: [UInt8] = []
    /// Where in `text` the inserted text begins.
    fileprivate(set) var textStart = 0
    /// How many scalars were ever inserted.
    fileprivate(set) var insertedCount = 0
    /// How many events there are.
    fileprivate(set) var count = 0

    func end(ofRow row: Int) -> Int { row + 1 < rows.count ? rows[row + 1].version : count }

    func byteEnd(ofRow row: Int) -> Int { row + 1 < rows.count ? rows[row + 1].byte : text.count }

    /// The row that holds an event.
    ///
    /// - Complexity: O(log rows).
    func row(at version: Int) -> Int {
        if let last = rows.last, version >= last.version { return rows.count - 1 }
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].version <= version { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// The row that holds an event, looked for first in another row and the few after it.
    func row(at version: Int, near hint: Int) -> Int {
        guard hint + 4 < rows.count, rows[hint].version <= version else { return row(at: version) }
        for row in hint..<(hint + 4) where version < rows[row + 1].version { return row }
        return row(at: version)
    }

    /// How many scalars were inserted by the events before `version`.
    func inserted(before version: Int) -> Int {
        guard version < count else { return insertedCount }
        let row = rows[self.row(at: version)]
        return row.kind == .insert ? row.inserted + (version - row.version) : row.inserted
    }

    /// The bytes of the scalars that the events of `range`, inside one row, inserted.
    ///
    /// - Complexity: O(1) where the row is ASCII or the range all of it.
    func bytes(of range: Range<Int>, inRow row: Int) -> Range<Int> {
        let start = rows[row].version
        let whole = rows[row].byte..<byteEnd(ofRow: row)
        let length = end(ofRow: row) - start
        let from = range.lowerBound - start
        if whole.count == length {
            return (whole.lowerBound + from)..<(whole.lowerBound + from + range.count)
        }
        if range.count == length { return whole }
        let low = UTF8Count.index(ofScalar: from, in: text, from: whole.lowerBound)
        return low..<UTF8Count.index(ofScalar: range.count, in: text, from: low)
    }

    // MARK: - Growth

    /// Appends insertions of the scalars of `utf8`.
    mutating func insert(
        _ utf8: some Collection<UInt8>, scalars: Int, at position: Int, isNewRun: Bool
    ) {
        let byte = text.count
        text.append(contentsOf: utf8)
        push(scalars, at: position, byte: byte, isNewRun: isNewRun)
    }

    /// Appends insertions of the scalars of a string.
    mutating func insert(_ string: String, at position: Int, isNewRun: Bool) {
        let byte = text.count
        text.append(contentsOf: string.utf8)
        var scalars = 0
        for index in byte..<text.count where text[index] & 0xc0 != 0x80 { scalars += 1 }
        push(scalars, at: position, byte: byte, isNewRun: isNewRun)
    }

    /// Appends insertions of scalars whose bytes have just been appended.
    private mutating func push(_ scalars: Int, at position: Int, byte: Int, isNewRun: Bool) {
        let bytes = text.count - byte
        guard bytes == scalars || scalars <= Self.wideRowMax else {
            return pushWide(scalars, at: position, byte: byte, isNewRun: isNewRun)
        }
        push(.insert, at: position, scalars, byte: byte, bytes: bytes, isNewRun: isNewRun)
        insertedCount += scalars
    }

    private mutating func pushWide(_ scalars: Int, at position: Int, byte: Int, isNewRun: Bool) {
        var left = scalars
        var from = byte
        var position = position
        var isNew = isNewRun
        while left > 0 {
            let part = min(left, Self.wideRowMax)
            let to = UTF8Count.index(ofScalar: part, in: text, from: from)
            push(.insert, at: position, part, byte: from, bytes: to - from, isNewRun: isNew)
            insertedCount += part
            left -= part
            position += part
            from = to
            isNew = false
        }
    }

    /// Appends deletions at one position, or of successive places backwards from it.
    mutating func delete(_ scalars: Int, at position: Int, isBackward: Bool = false, isNewRun: Bool)
    {
        push(
            isBackward && scalars > 1 ? .deleteBackward : .delete, at: position, scalars,
            byte: text.count, bytes: 0, isNewRun: isNewRun)
    }

    private mutating func push(
        _ kind: Kind, at position: Int, _ length: Int, byte: Int, bytes: Int, isNewRun: Bool
    ) {
        defer { count += length }
        if !isNewRun, let last = rows.last,
            let joined = join(last, kind, at: position, length, byte: byte, bytes: bytes)
        {
            if joined != last.kind {
                rows[rows.count - 1] = Row(
                    version: last.version, position: last.position, byte: last.byte,
                    inserted: last.inserted, kind: joined)
            }
            return
        }
        rows.append(
            Row(version: count, position: position, byte: byte, inserted: insertedCount, kind: kind)
        )
    }

    /// The kind of the last row once it takes in more events; `nil` where one rule can't say both.
    private func join(
        _ last: Row, _ kind: Kind, at position: Int, _ length: Int, byte: Int, bytes: Int
    ) -> Kind? {
        let lastLength = count - last.version
        switch (last.kind, kind) {
        case (.insert, .insert):
            guard position == last.position + lastLength else { return nil }
            if byte - last.byte == lastLength, bytes == length { return .insert }
            return lastLength + length <= Self.wideRowMax ? .insert : nil
        case (.delete, .delete):
            if position == last.position { return .delete }
            let isBackspace = lastLength == 1 && length == 1 && position + 1 == last.position
            return isBackspace ? .deleteBackward : nil
        case (.deleteBackward, .delete):
            guard lastLength < Self.backwardRowMax else { return nil }
            return length == 1 && position == last.position - lastLength ? .deleteBackward : nil
        case (.deleteBackward, .deleteBackward):
            guard lastLength + length <= Self.backwardRowMax else { return nil }
            return position == last.position - lastLength ? .deleteBackward : nil
        case (.delete, .deleteBackward):
            guard length < Self.backwardRowMax else { return nil }
            return lastLength == 1 && position + 1 == last.position ? .deleteBackward : nil
        default:
            return nil
        }
    }
}

extension TextOperations {
    /// Makes room for rows that are sure to come.
    mutating func reserveRows(_ count: Int) { rows.reserveCapacity(count) }

    /// Appends a row without text.
    mutating func appendRow(_ row: Row, length: Int) {
        rows.append(row)
        count += length
        if row.kind == .insert { insertedCount += length }
    }

    /// Gives the rows their text, the end of some bytes; `false` where it has another length.
    ///
    /// The bytes before it stay, so that nothing is copied.
    mutating func adoptText(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard range.upperBound == bytes.count else { return false }
        text = bytes
        textStart = range.lowerBound
        var byte = textStart
        let isASCII = range.count == insertedCount
        for index in rows.indices {
            rows[index].byte = byte
            guard rows[index].kind == .insert else { continue }
            let length = end(ofRow: index) - rows[index].version
            if isASCII {
                byte += length
            } else {
                guard let next = UTF8Count.end(ofScalars: length, in: text, from: byte) else {
                    return false
                }
                byte = next
            }
        }
        return byte == text.count
    }
}

/// Counts in UTF-8 that is known to be valid.
enum UTF8Count {
    /// Where `count` scalars from `start` end; `nil` where there are fewer.
    static func end(ofScalars count: Int, in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        for _ in 0..<count {
            guard index < bytes.count else { return nil }
            let lead = bytes[index]
            index += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
        }
        return index
    }

    /// Where the scalar `count` places after `start` begins.
    static func index(ofScalar count: Int, in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        var left = count
        while index < bytes.count {
            if bytes[index] & 0xc0 != 0x80 {
                if left == 0 { return index }
                left -= 1
            }
            index += 1
        }
        return index
    }
}
