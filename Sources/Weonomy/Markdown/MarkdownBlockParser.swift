/// Finds the blocks of a text, line by line, as the appendix of CommonMark describes: which open
/// blocks a line continues, which it begins, and to which the rest of it is added.
struct MarkdownBlockParser {
    let source: [UInt8]
    /// The contents of leaves: only the deepest open block takes lines, so each lies together.
    var bytes: [UInt8] = []
    var blocks = [MarkdownBlock(.document, parent: -1)]
    var references = MarkdownReferences()
    var stepCount = 0

    /// The blocks that the next line may continue, from the document to the deepest.
    private(set) var open = [0]
    /// How many of `open` the current line continues.
    private(set) var matchedCount = 1
    /// Of a table, how many cells rows have got that the text lacks.
    var cellsAddedCount = 0

    // MARK: - The current line

    /// The end of the current line, without what ends it.
    var lineEnd = 0
    /// What has been read of it, and the column that this is.
    var offset = 0
    var column = 0
    /// Where the first byte that is no space or tab stands, and in which column.
    var textStart = 0
    var textColumn = 0
    /// Whether `offset` stands at a tab of which some columns have been read.
    var isInTab = false
    /// Whether nothing of the line is left to add to a block.
    var isTaken = false
    /// Up to where there is no rule, though its marks may stand there.
    var ruleEnd = 0
    /// The item that the line began.
    var newItem = -1

    init(_ text: String) {
        var source = Array(text.utf8)
        if source.starts(with: [0xEF, 0xBB, 0xBF]) { source.removeFirst(3) }
        if source.contains(0) {
            source = source.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }
        }
        self.source = source
        bytes.reserveCapacity(source.count + source.count / 8)
    }

    mutating func run() {
        var start = 0
        while start < source.count {
            var end = start
            while end < source.count, source[end] != 0x0A, source[end] != 0x0D { end += 1 }
            lineEnd = end
            (offset, column, textStart, isInTab) = (start, 0, start, false)
            takeLine()
            start = end + 1
            if end + 1 < source.count, source[end] == 0x0D, source[end + 1] == 0x0A { start += 1 }
        }
        stepCount += source.count
        close(to: 0)
    }

    private mutating func takeLine() {
        guard let matched = continued() else { return }
        matchedCount = matched
        (isTaken, newItem) = (false, -1)
        let wasParagraph = tipKind == .paragraph
        let isLazy = beginBlocks(wasParagraph: wasParagraph)
        addText(mayBeLazy: isLazy && wasParagraph)
    }

    var tip: Int { open[open.count - 1] }
    private var tipKind: MarkdownBlock.Kind { blocks[tip].kind }

    // MARK: - Open blocks

    /// How many open blocks the line continues; `nil` where it only closes a fence.
    private mutating func continued() -> Int? {
        var count = 1
        while count < open.count {
            findText()
            let index = open[count]
            switch blocks[index].kind {
            case .quote:
                guard indent <= 3, byte(textStart) == 0x3E else { return count }
                advance(bytes: textStart + 1 - offset)
                if byte(offset).isSpaceOrTab { advance(columns: 1) }
            case .item:
                let width = blocks[index].list.markerOffset + blocks[index].list.padding
                if indent >= width {
                    advance(columns: width)
                } else if isBlank, blocks[index].firstChild >= 0 {
                    advance(bytes: textStart - offset)
                } else {
                    return count
                }
            case .code:
                switch continuesCode(index) {
                case nil:
                    close(to: count)
                    return nil
                case false?: return count
                case true?: break
                }
            case .html:
                if isBlank, blocks[index].condition >= 6 { return count }
            case .paragraph:
                if isBlank { return count }
            case .table:
                if isBlank || !hasCells { return count }
            case .list: break
            case .document, .heading, .rule, .row, .cell: return count
            }
            count += 1
        }
        return count
    }

    /// Whether the line goes on with code; `nil` where it closes its fence.
    private mutating func continuesCode(_ index: Int) -> Bool? {
        let fence = blocks[index].fence
        guard fence.mark != 0 else {
            if indent >= 4 {
                advance(columns: 4)
            } else if isBlank {
                advance(bytes: textStart - offset)
            } else {
                return false
            }
            return true
        }
        if indent <= 3, byte(textStart) == fence.mark {
            var end = textStart
            while byte(end) == fence.mark { end += 1 }
            if end - textStart >= fence.length, isBlank(from: end) { return nil }
        }
        var count = fence.offset
        while count > 0, byte(offset).isSpaceOrTab {
            advance(columns: 1)
            count -= 1
        }
        return true
    }

    /// Adds a block where the line's open blocks allow one, and opens it.
    mutating func begin(_ kind: MarkdownBlock.Kind) -> Int {
        close(to: matchedCount)
        while open.count > 1, !blocks[tip].canHold(kind) { close(to: open.count - 1) }
        let index = add(kind, to: tip)
        open.append(index)
        matchedCount = open.count
        return index
    }

    /// Adds a block as the last child of another.
    mutating func add(_ kind: MarkdownBlock.Kind, to parent: Int) -> Int {
        var block = MarkdownBlock(kind, parent: parent)
        block.previous = blocks[parent].lastChild
        block.content = bytes.count..<bytes.count
        let index = blocks.count
        blocks.append(block)
        if block.previous >= 0 {
            blocks[block.previous].next = index
        } else {
            blocks[parent].firstChild = index
        }
        blocks[parent].lastChild = index
        return index
    }

    /// Closes open blocks until `count` of them are left.
    mutating func close(to count: Int) {
        while open.count > count, let index = open.popLast() {
            switch blocks[index].kind {
            case .paragraph:
                if !takeReferences(from: index) { removeLast(index) }
            case .code where blocks[index].fence.mark == 0:
                trimBlankLines(of: index)
            case .list:
                blocks[index].list.isTight = isTight(index)
            default: break
            }
        }
        matchedCount = min(matchedCount, open.count)
    }

    /// Takes a block that is its parent's last child out of the tree.
    private mutating func removeLast(_ index: Int) {
        let (parent, previous) = (blocks[index].parent, blocks[index].previous)
        blocks[parent].lastChild = previous
        if previous >= 0 {
            blocks[previous].next = -1
        } else {
            blocks[parent].firstChild = -1
        }
    }

    private mutating func trimBlankLines(of index: Int) {
        let content = blocks[index].content
        guard let last = bytes[content].lastIndex(where: { !$0.isMarkdownSpace }),
            let end = bytes[last..<content.upperBound].firstIndex(of: 0x0A)
        else { return }
        blocks[index].content = content.lowerBound..<(end + 1)
    }

    private mutating func isTight(_ list: Int) -> Bool {
        var item = blocks[list].firstChild
        while item >= 0 {
            let isLast = blocks[item].next < 0
            if blocks[item].isLastLineBlank, !isLast { return false }
            var child = blocks[item].firstChild
            while child >= 0 {
                if !isLast || blocks[child].next >= 0, endsWithBlankLine(child) { return false }
                child = blocks[child].next
            }
            item = blocks[item].next
        }
        return true
    }

    /// Whether a blank line ends a block or the last one in it.
    private mutating func endsWithBlankLine(_ index: Int) -> Bool {
        var index = index
        while !blocks[index].isLastLineChecked {
            blocks[index].isLastLineChecked = true
            stepCount += 1
            guard blocks[index].kind == .list || blocks[index].kind == .item,
                blocks[index].lastChild >= 0
            else { break }
            index = blocks[index].lastChild
        }
        return blocks[index].isLastLineBlank
    }

    // MARK: - Text

    private mutating func addText(mayBeLazy: Bool) {
        findText()
        let index = open[matchedCount - 1]
        noteBlankLine(in: index)
        if mayBeLazy, matchedCount < open.count, !isBlank {
            addLine(to: tip)
            return
        }
        close(to: matchedCount)
        guard !isTaken else { return }
        switch blocks[index].kind {
        case .code: addLine(to: index)
        case .html:
            addLine(to: index)
            if endsHTML(blocks[index].condition) { close(to: open.count - 1) }
        case _ where isBlank: break
        case .heading:
            addHeading(to: index)
        case .paragraph:
            advance(bytes: textStart - offset)
            addLine(to: index)
        default:
            let paragraph = begin(.paragraph)
            advance(bytes: textStart - offset)
            addLine(to: paragraph)
        }
    }

    private mutating func noteBlankLine(in index: Int) {
        if isBlank, blocks[index].lastChild >= 0 {
            blocks[blocks[index].lastChild].isLastLineBlank = true
        }
        let block = blocks[index]
        let counts =
            switch block.kind {
            case .quote, .heading, .rule, .table: false
            case .code: block.fence.mark == 0
            // The line that began an item is not a blank one.
            case .item: block.firstChild >= 0 || newItem != index
            default: true
            }
        blocks[index].isLastLineBlank = isBlank && counts
        var parent = block.parent
        while parent >= 0 {
            blocks[parent].isLastLineBlank = false
            parent = blocks[parent].parent
        }
    }

    /// Adds what is left of the line.
    mutating func addLine(to index: Int) {
        if isInTab {
            offset += 1
            for _ in 0..<(4 - column % 4) { bytes.append(0x20) }
        }
        if offset < lineEnd { bytes += source[offset..<lineEnd] }
        bytes.append(0x0A)
        blocks[index].content = blocks[index].content.lowerBound..<bytes.count
    }

    /// Adds what is left of the line without the hashes that close a heading.
    private mutating func addHeading(to index: Int) {
        var end = lineEnd
        while end > offset, source[end - 1].isMarkdownSpace { end -= 1 }
        var hashes = end
        while hashes > offset, source[hashes - 1] == 0x23 { hashes -= 1 }
        if hashes < end, hashes > 0, source[hashes - 1].isSpaceOrTab { end = hashes }
        bytes += source[min(offset, end)..<end]
        bytes.append(0x0A)
        blocks[index].content = blocks[index].content.lowerBound..<bytes.count
        offset = lineEnd
    }
}

// MARK: - Reading a line

extension MarkdownBlockParser {
    /// How far the text of the line is indented from what has been read of it.
    var indent: Int { textColumn - column }
    var isBlank: Bool { textStart >= lineEnd }

    func byte(_ index: Int) -> UInt8 { index < lineEnd ? source[index] : 0x0A }

    func isBlank(from index: Int) -> Bool {
        var index = index
        while byte(index).isSpaceOrTab { index += 1 }
        return index >= lineEnd
    }

    mutating func findText() {
        guard textStart <= offset else { return }
        (textStart, textColumn) = (offset, column)
        while textStart < lineEnd {
            if source[textStart] == 0x20 {
                textColumn += 1
            } else if source[textStart] == 0x09 {
                textColumn += 4 - textColumn % 4
            } else {
                break
            }
            textStart += 1
        }
        stepCount += textStart - offset
    }

    mutating func advance(bytes count: Int) {
        isInTab = false
        for _ in 0..<max(0, min(count, lineEnd - offset)) {
            column += source[offset] == 0x09 ? 4 - column % 4 : 1
            offset += 1
        }
    }

    mutating func advance(columns count: Int) {
        var count = count
        while count > 0, offset < lineEnd {
            let width = source[offset] == 0x09 ? 4 - column % 4 : 1
            isInTab = width > count
            column += min(width, count)
            if !isInTab { offset += 1 }
            count -= width
        }
    }
}
