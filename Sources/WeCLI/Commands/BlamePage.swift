import Weonomy

/// Who wrote what of a text, line by line.
enum BlamePage {
    /// A row for each line, or for each part of a line that several wrote.
    static func table(_ blame: [Authorship]) -> Table {
        var table = Table(flexible: 2, wraps: true)
        for line in lines(blame) {
            for (place, part) in line.enumerated() {
                table.add(
                    "\(when: part.wall.milliseconds, .faint)", "\(part.author.name)",
                    place == 0 ? "\(part.text)" : "… \(part.text)")
            }
        }
        return table
    }

    /// The stretches cut at the ends of lines, without lines that are empty.
    private static func lines(_ blame: [Authorship]) -> [[Authorship]] {
        var lines: [[Authorship]] = [[]]
        for run in blame {
            let pieces = run.text.split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            for (place, piece) in pieces.enumerated() {
                if place > 0 { lines.append([]) }
                guard !piece.isEmpty else { continue }
                lines[lines.count - 1].append(
                    Authorship(
                        text: String(piece), author: run.author, wall: run.wall, event: run.event))
            }
        }
        return lines.map(joined).filter { line in
            line.contains { !$0.text.allSatisfy(\.isWhitespace) }
        }
    }

    /// What one person wrote in a row is one part, however often they came back to it.
    private static func joined(_ line: [Authorship]) -> [Authorship] {
        var parts: [Authorship] = []
        for part in line {
            guard let last = parts.last, last.author == part.author else {
                parts.append(part)
                continue
            }
            let newest = last.wall < part.wall ? part : last
            parts[parts.count - 1] = Authorship(
                text: last.text + part.text, author: last.author, wall: newest.wall,
                event: newest.event)
        }
        return parts
    }

    static func json(_ blame: [Authorship]) -> JSONValue {
        .array(
            blame.map { run in
                [
                    "event": .string(run.event.description), "by": JSONValue(run.author),
                    "at": JSONValue(run.wall), "text": .string(run.text),
                ]
            })
    }
}
