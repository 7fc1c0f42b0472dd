/// A run of characters that may open or close emphasis.
struct MarkdownDelimiter {
    let mark: UInt8
    /// How long the run was at first.
    let length: Int
    let canOpen: Bool
    let canClose: Bool
    /// The text that is left of it.
    let node: Int
    var previous: Int
    var next = -1
}

/// Emphasis by runs of delimiters (CommonMark 0.31.2, section 6.2, and its appendix).
extension MarkdownInlineParser {
    private static let tilde: UInt8 = 0x7E

    mutating func takeDelimiters(_ mark: UInt8) {
        let run = place
        flushText(to: run)
        var runEnd = run
        while runEnd < end, bytes[runEnd] == mark { runEnd += 1 }
        let before = scalar(before: run, skippingTildes: mark != Self.tilde)
        let after = scalar(after: runEnd, skippingTildes: mark != Self.tilde)
        let isAfterSpace = before.isMarkdownSpace
        let isBeforeSpace = after.isMarkdownSpace
        let isAfterPunctuation = before.isMarkdownPunctuation
        let isBeforePunctuation = after.isMarkdownPunctuation
        let isLeft =
            !isBeforeSpace && (!isBeforePunctuation || isAfterSpace || isAfterPunctuation)
        let isRight =
            !isAfterSpace && (!isAfterPunctuation || isBeforeSpace || isBeforePunctuation)
        let node = append(.text, run..<runEnd)
        place = runEnd
        textStart = runEnd
        let length = runEnd - run
        if mark == Self.tilde, length > 2 { return }
        let isWord = mark == 0x5F
        let delimiter = MarkdownDelimiter(
            mark: mark, length: length,
            canOpen: isLeft && (!isWord || !isRight || isAfterPunctuation),
            canClose: isRight && (!isWord || !isLeft || isBeforePunctuation),
            node: node, previous: lastDelimiter)
        guard delimiter.canOpen || delimiter.canClose else { return }
        if lastDelimiter >= 0 { delimiters[lastDelimiter].next = delimiters.count }
        lastDelimiter = delimiters.count
        delimiters.append(delimiter)
    }

    /// The scalar before a run.
    ///
    /// Runs of tildes count for nothing beside others, so that
    /// `~~*a*~~` is both.
    private mutating func scalar(before index: Int, skippingTildes: Bool) -> Unicode.Scalar {
        var index = index
        if skippingTildes {
            while index > start, bytes[index - 1] == Self.tilde {
                index -= 1
                stepCount += 1
            }
        }
        guard index > start else { return "\n" }
        index -= 1
        while index > start, bytes[index] & 0xC0 == 0x80 { index -= 1 }
        return bytes.scalar(at: index, before: end)
    }

    private mutating func scalar(after index: Int, skippingTildes: Bool) -> Unicode.Scalar {
        var index = index
        if skippingTildes {
            while index < end, bytes[index] == Self.tilde {
                index += 1
                stepCount += 1
            }
        }
        return bytes.scalar(at: index, before: end)
    }

    /// Matches the delimiters after `bottom`, and forgets them.
    mutating func matchDelimiters(from bottom: Int) {
        guard lastDelimiter > bottom else { return }
        /// Below which no opener is, by the kind of closer: mark, length modulo 3, can open.
        var openersFrom = [Int](repeating: bottom, count: 18)
        var closer = lastDelimiter
        while closer >= 0, delimiters[closer].previous > bottom {
            closer = delimiters[closer].previous
        }
        while closer >= 0 {
            stepCount += 1
            let closing = delimiters[closer]
            guard closing.canClose else {
                closer = closing.next
                continue
            }
            let kind = Self.kind(of: closing)
            var opener = closing.previous
            while opener > bottom, opener > openersFrom[kind],
                !Self.matches(delimiters[opener], closing)
            {
                opener = delimiters[opener].previous
                stepCount += 1
            }
            if opener > bottom, opener > openersFrom[kind] {
                closer = match(opener, closer)
            } else {
                openersFrom[kind] = closing.previous
                if !closing.canOpen { remove(closer) }
                closer = closing.next
            }
        }
        while lastDelimiter > bottom { remove(lastDelimiter) }
    }

    private static func kind(of closer: MarkdownDelimiter) -> Int {
        let mark = closer.mark == 0x2A ? 0 : closer.mark == 0x5F ? 6 : 12
        return mark + closer.length % 3 + (closer.canOpen ? 3 : 0)
    }

    private static func matches(_ opener: MarkdownDelimiter, _ closer: MarkdownDelimiter) -> Bool {
        guard opener.canOpen, opener.mark == closer.mark else { return false }
        // A run that both opens and closes does so with lengths that don't add up to 3, 6, …
        return !(closer.canOpen || opener.canClose) || closer.length % 3 == 0
            || (opener.length + closer.length) % 3 != 0
    }

    /// Makes what is between two runs emphasis; the closer to go on with.
    private mutating func match(_ opener: Int, _ closer: Int) -> Int {
        while delimiters[closer].previous > opener { remove(delimiters[closer].previous) }
        let (first, last) = (delimiters[opener].node, delimiters[closer].node)
        let (left, right) = (nodes[first].part.content, nodes[last].part.content)
        let next = delimiters[closer].next
        if delimiters[closer].mark == Self.tilde {
            if left.count == right.count {
                nodes[first].part = MarkdownInline(kind: .strikethrough, content: 0..<0)
                nodes[last].part = MarkdownInline(kind: .strikethroughEnd, content: 0..<0)
            }
            remove(opener)
            remove(closer)
            return next
        }
        let count = min(left.count, right.count) >= 2 ? 2 : 1
        nodes[first].part.content = left.lowerBound..<(left.upperBound - count)
        nodes[last].part.content = (right.lowerBound + count)..<right.upperBound
        insert(count == 2 ? .strong : .emphasis, after: first)
        insert(count == 2 ? .strongEnd : .emphasisEnd, after: nodes[last].previous)
        if left.count == count { remove(opener) }
        guard right.count == count else { return closer }
        remove(closer)
        return next
    }

    private mutating func remove(_ index: Int) {
        let (previous, next) = (delimiters[index].previous, delimiters[index].next)
        if previous >= 0 { delimiters[previous].next = next }
        if next >= 0 { delimiters[next].previous = previous } else { lastDelimiter = previous }
        stepCount += 1
    }
}
