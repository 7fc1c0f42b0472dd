/// What begins a block.
extension MarkdownBlockParser {
    /// Begins the blocks that the line begins; `true` where it begins none.
    mutating func beginBlocks(wasParagraph: Bool) -> Bool {
        var container = open[matchedCount - 1]
        var kind = blocks[container].kind
        var mayBeLazy = wasParagraph
        var isUntouched = true
        while kind != .code, kind != .html {
            findText()
            let mayNest = open.count <= MarkdownDocument.depthMax
            if indent >= 4 {
                guard !mayBeLazy, !isBlank else { break }
                advance(columns: 4)
                container = begin(.code)
            } else if byte(textStart) == 0x3E, mayNest {
                advance(bytes: textStart + 1 - offset)
                if byte(offset).isSpaceOrTab { advance(columns: 1) }
                container = begin(.quote)
            } else if let level = headingLevel {
                advance(bytes: textStart + level - offset)
                container = begin(.heading)
                blocks[container].level = level
                advanceOverSpace()
            } else if let length = fenceLength {
                beginFence(length)
                container = tip
            } else if let condition = htmlCondition(interrupting: kind == .paragraph) {
                // The tag is a part of the content.
                container = begin(.html)
                blocks[container].condition = condition
            } else if kind == .paragraph, let level = underlineLevel {
                guard takeReferences(from: container) else {
                    blocks[container].content = bytes.count..<bytes.count
                    break
                }
                blocks[container].kind = .heading
                blocks[container].level = level
                advance(bytes: lineEnd - offset)
            } else if takesRule() {
                container = begin(.rule)
                advance(bytes: lineEnd - offset)
            } else if mayNest, let item = listItem(interrupting: kind == .paragraph) {
                container = begin(item, in: container)
            } else if kind == .table {
                addRow(to: container)
                isTaken = true
                return false
            } else if kind == .paragraph, beginTable(from: container) {
                isTaken = true
                return false
            } else {
                break
            }
            isUntouched = false
            if blocks[container].takesLines { break }
            kind = blocks[container].kind
            mayBeLazy = false
        }
        return isUntouched
    }

    // MARK: - Headings and rules

    /// How many hashes begin a heading.
    private var headingLevel: Int? {
        guard byte(textStart) == 0x23 else { return nil }
        var end = textStart
        while byte(end) == 0x23, end - textStart < 7 { end += 1 }
        guard end - textStart < 7, end >= lineEnd || source[end].isSpaceOrTab else { return nil }
        return end - textStart
    }

    private mutating func advanceOverSpace() {
        while offset < lineEnd, source[offset].isSpaceOrTab { advance(bytes: 1) }
    }

    /// The level of the heading that this line underlines.
    private var underlineLevel: Int? {
        let mark = byte(textStart)
        guard mark == 0x3D || mark == 0x2D else { return nil }
        var end = textStart
        while byte(end) == mark { end += 1 }
        guard isBlank(from: end) else { return nil }
        return mark == 0x3D ? 1 : 2
    }

    private mutating func takesRule() -> Bool {
        let mark = byte(textStart)
        // Items in items on one line must not look at the rest of it again each.
        guard mark == 0x2A || mark == 0x2D || mark == 0x5F, textStart >= ruleEnd else {
            return false
        }
        var count = 0
        var index = textStart
        defer { stepCount += index - textStart }
        while index < lineEnd {
            if source[index] == mark {
                count += 1
            } else if !source[index].isSpaceOrTab {
                ruleEnd = index
                return false
            }
            index += 1
        }
        return count >= 3
    }

    // MARK: - Code

    private var fenceLength: Int? {
        let mark = byte(textStart)
        guard mark == 0x60 || mark == 0x7E else { return nil }
        var end = textStart
        while byte(end) == mark { end += 1 }
        guard end - textStart >= 3 else { return nil }
        if mark == 0x60, source[end..<lineEnd].contains(0x60) { return nil }
        return end - textStart
    }

    private mutating func beginFence(_ length: Int) {
        var fence = MarkdownFence(mark: source[textStart], length: length, offset: indent)
        advance(bytes: textStart + length - offset)
        let start = bytes.count
        bytes += source[offset..<lineEnd]
        fence.info = bytes.unescaped(bytes.trimmed(start..<bytes.count))
        let index = begin(.code)
        blocks[index].fence = fence
        isTaken = true
    }

    // MARK: - Lists

    /// The item that begins here; one that interrupts a paragraph has text and is the first.
    private func listItem(interrupting: Bool) -> (list: MarkdownList, length: Int)? {
        var list = MarkdownList()
        var end = textStart
        let first = byte(textStart)
        if first == 0x2A || first == 0x2B || first == 0x2D {
            list.marker = first
            end += 1
        } else {
            var number = 0
            while byte(end).isASCIIDigit, end - textStart < 9 {
                number = number * 10 + Int(byte(end) - 0x30)
                end += 1
            }
            guard end > textStart, byte(end) == 0x2E || byte(end) == 0x29 else { return nil }
            guard !interrupting || number == 1 else { return nil }
            list.marker = byte(end)
            list.start = number
            end += 1
        }
        guard end >= lineEnd || source[end].isSpaceOrTab else { return nil }
        guard !interrupting || !isBlank(from: end) else { return nil }
        return (list, end - textStart)
    }

    private mutating func begin(_ item: (list: MarkdownList, length: Int), in container: Int) -> Int
    {
        var list = item.list
        list.markerOffset = indent
        advance(bytes: textStart + item.length - offset)
        let before = (offset, column, isInTab)
        while column - before.1 <= 5, byte(offset).isSpaceOrTab { advance(columns: 1) }
        let width = column - before.1
        if width >= 5 || width < 1 || offset >= lineEnd {
            list.padding = item.length + 1
            (offset, column, isInTab) = before
            textStart = offset
            if width > 0 { advance(columns: 1) }
        } else {
            list.padding = item.length + width
        }
        if blocks[container].kind != .list || !blocks[container].list.continues(list) {
            let index = begin(.list)
            blocks[index].list = list
        }
        let index = begin(.item)
        blocks[index].list = list
        newItem = index
        return index
    }
}
