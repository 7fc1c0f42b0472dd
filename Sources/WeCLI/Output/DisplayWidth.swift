extension String {
    /// Columns that a terminal gives it.
    var displayWidth: Int {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
        return reduce(0) { $0 + $1.displayWidth }
    }

    /// As much of its start as fits in some columns.
    func prefix(columns: Int) -> Substring {
        var used = 0
        var end = startIndex
        while end < endIndex {
            used += self[end].displayWidth
            guard used <= columns else { break }
            end = index(after: end)
        }
        return self[..<end]
    }
}

extension Character {
    /// Columns that a terminal gives it: 0, 1 or 2.
    var displayWidth: Int {
        if isEmojiSequence { return 2 }
        return unicodeScalars.reduce(0) { $0 + $1.displayWidth }
    }

    /// A flag, a family, or a sign that is shown as a picture.
    private var isEmojiSequence: Bool {
        guard let first = unicodeScalars.first, unicodeScalars.count > 1 else { return false }
        if (0x1F1E6...0x1F1FF).contains(first.value) { return true }
        guard first.properties.isEmoji else { return false }
        return unicodeScalars.contains {
            $0.value == 0xFE0F || $0.value == 0x200D || $0.properties.isEmojiModifier
        }
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        if (0x20..<0x7F).contains(value) { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control: return 0
        case .format: return value == 0xAD ? 1 : 0
        default: break
        }
        if (0x1160...0x11FF).contains(value) { return 0 }  // joins the letter before it
        return properties.isEmojiPresentation || isWide ? 2 : 1
    }

    /// East Asian Width W or F, by blocks.
    private var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF: true
        case 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19: true
        case 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6: true
        case 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265: true
        case 0x1F300...0x1F320, 0x20000...0x3FFFD: true
        default: false
        }
    }
}
