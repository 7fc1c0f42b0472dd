/// Tables: a row of names, a row of hyphens that tells how columns align, and rows of cells.
extension MarkdownBlockParser {
    /// How many cells that the text lacks are added to the rows of a document, all together: a
    /// wide head over many short rows must not take more room than the text by far.
    private static let cellsAddedMax = 1 << 16

    /// Whether the line has a cell: a single bar has none.
    var hasCells: Bool {
        let start = byte(textStart) == 0x7C ? textStart + 1 : textStart
        return !isBlank(from: start)
    }

    /// Makes the last line of a paragraph the head of a table, if this line is the one below it.
    mutating func beginTable(from paragraph: Int) -> Bool {
        guard let alignments else { return false }
        let content = blocks[paragraph].content
        var headEnd = content.upperBound
        if headEnd > content.lowerBound, bytes[headEnd - 1] == 0x0A { headEnd -= 1 }
        let head = bytes[content.lowerBound..<headEnd].lastIndex(of: 0x0A).map { $0 + 1 }
        let headStart = head ?? content.lowerBound
        stepCount += headEnd - headStart
        let count = bytes.count
        let names = cells(in: headStart..<headEnd)
        guard names.count == alignments.count else {
            // The paragraph goes on: its content must lie together.
            bytes.removeLast(bytes.count - count)
            return false
        }
        var table = paragraph
        if headStart > content.lowerBound {
            blocks[paragraph].content = content.lowerBound..<headStart
            table = begin(.table)
        } else {
            blocks[paragraph].kind = .table
        }
        blocks[table].content = 0..<0
        let row = add(.row, to: table)
        for (name, alignment) in zip(names, alignments) { addCell(name, alignment, to: row) }
        return true
    }

    /// Adds the line as a row.
    mutating func addRow(to table: Int) {
        let start = bytes.count
        bytes += source[textStart..<lineEnd]
        let found = cells(in: start..<bytes.count)
        let row = add(.row, to: table)
        var name = blocks[blocks[table].firstChild].firstChild
        var index = 0
        while name >= 0 {
            if index < found.count {
                addCell(found[index], blocks[name].alignment, to: row)
            } else if cellsAddedCount < Self.cellsAddedMax {
                cellsAddedCount += 1
                addCell(bytes.count..<bytes.count, blocks[name].alignment, to: row)
            } else {
                break
            }
            index += 1
            name = blocks[name].next
        }
    }

    private mutating func addCell(
        _ content: Range<Int>, _ alignment: MarkdownBlock.Alignment, to row: Int
    ) {
        let cell = add(.cell, to: row)
        blocks[cell].alignment = alignment
        blocks[cell].content = content
    }

    /// The contents of the cells of a row, with `\|` as a bar.
    private mutating func cells(in row: Range<Int>) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var start = row.lowerBound
        let end = row.upperBound
        while start < end, bytes[start].isMarkdownSpace { start += 1 }
        if start < end, bytes[start] == 0x7C { start += 1 }
        while true {
            while start < end, bytes[start].isMarkdownSpace { start += 1 }
            guard start < end else { return cells }
            var place = start
            var hasEscapedBar = false
            while place < end, bytes[place] != 0x7C {
                if bytes[place] == 0x5C, place + 1 < end, bytes[place + 1] == 0x7C {
                    hasEscapedBar = true
                    place += 1
                }
                place += 1
            }
            place = min(place, end)
            let cell = bytes.trimmed(start..<place)
            cells.append(hasEscapedBar ? withoutEscapedBars(cell) : cell)
            guard place < end else { return cells }
            start = place + 1
        }
    }

    private mutating func withoutEscapedBars(_ range: Range<Int>) -> Range<Int> {
        let start = bytes.count
        for index in range {
            let isEscape = bytes[index] == 0x5C && index + 1 < range.upperBound
            if !isEscape || bytes[index + 1] != 0x7C { bytes.append(bytes[index]) }
        }
        return start..<bytes.count
    }

    /// How the columns align, where the line tells that and nothing else.
    private var alignments: [MarkdownBlock.Alignment]? {
        let first = byte(textStart)
        guard first == 0x7C || first == 0x2D || first == 0x3A else { return nil }
        var alignments: [MarkdownBlock.Alignment] = []
        var place = first == 0x7C ? textStart + 1 : textStart
        while true {
            while byte(place).isSpaceOrTab { place += 1 }
            if place >= lineEnd { break }
            let isLeft = byte(place) == 0x3A
            if isLeft { place += 1 }
            let start = place
            while byte(place) == 0x2D { place += 1 }
            guard place > start else { return nil }
            let isRight = byte(place) == 0x3A
            if isRight { place += 1 }
            while byte(place).isSpaceOrTab { place += 1 }
            alignments.append(
                isLeft ? (isRight ? .center : .left) : (isRight ? .right : .none))
            if place >= lineEnd { break }
            guard byte(place) == 0x7C else { return nil }
            place += 1
        }
        return alignments.isEmpty ? nil : alignments
    }
}
