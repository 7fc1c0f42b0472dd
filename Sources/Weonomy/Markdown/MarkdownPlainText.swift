extension MarkdownDocument {
    /// The text without markup, its words apart by single spaces, for excerpts.
    ///
    /// It is no longer than `lengthMax` characters; HTML is left out.
    package func plainText(lengthMax: Int = .max) -> String {
        var text: [UInt8] = []
        // A character rarely takes more than four bytes, and one that does is only cut.
        let (bytesMax, isTooMuch) = lengthMax.multipliedReportingOverflow(by: 4)
        let limit = isTooMuch ? Int.max : max(0, bytesMax)
        var index = 0
        while index >= 0, text.count <= limit {
            let block = blocks[index]
            if block.kind == .code { Self.add(bytes[block.content], to: &text) }
            for part in inlines[block.inlines] {
                switch part.kind {
                case .text, .code: Self.add(bytes[part.content], to: &text)
                case .wikilink: Self.add(bytes[links[part.link].title], to: &text)
                case .softBreak, .hardBreak: Self.add([0x20], to: &text)
                default: break
                }
            }
            Self.add([0x20], to: &text)
            index = block.firstChild >= 0 ? block.firstChild : following(index)
        }
        if text.last == 0x20 { text.removeLast() }
        return String(String(decoding: text, as: UTF8.self).prefix(max(0, lengthMax)))
    }

    /// The block after one and all that is in it; `-1` after the last.
    private func following(_ index: Int) -> Int {
        var index = index
        while index >= 0, blocks[index].next < 0 { index = blocks[index].parent }
        return index < 0 ? -1 : blocks[index].next
    }

    private static func add(_ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
        for byte in bytes {
            if byte.isMarkdownSpace {
                if let last = text.last, last != 0x20 { text.append(0x20) }
            } else if !byte.isASCIIControl {
                text.append(byte)
            }
        }
    }
}
