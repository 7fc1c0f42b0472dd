import Weonomy

/// Rows in columns that line up, however wide their letters are.
struct Table: Sendable {
    /// Which column gives way when the screen is too narrow; the others keep their width.
    var flexible: Int
    var indent: Int
    /// Whether the last column goes on below itself instead of being cut.
    var wraps = false
    private(set) var rows: [[Line]] = []

    init(flexible: Int, indent: Int = 2, wraps: Bool = false) {
        self.flexible = flexible
        self.indent = indent
        self.wraps = wraps
    }

    mutating func add(_ cells: Line...) {
        rows.append(cells)
    }

    mutating func add(_ cells: [Line]) {
        rows.append(cells)
    }

    /// The rows, each cut to `width` columns when there is a width.
    func lines(_ voice: Voice, width: Int?) -> [[Line.Run]] {
        let cells = rows.map { row in row.map { $0.runs(voice) } }
        var widths = columnWidths(cells)
        guard let width else { return cells.map { row(of: $0, widths: widths) } }
        if wraps {
            let start = indent + widths.dropLast().reduce(0) { $0 + ($1 > 0 ? $1 + Table.gap : 0) }
            return cells.flatMap {
                Wrap.lines(row(of: $0, widths: widths), width: width, hanging: start)
            }
        }
        shrink(&widths, to: width)
        return cells.map { row(of: $0, widths: widths) }
    }

    private static let gap = 2

    private func columnWidths(_ cells: [[[Line.Run]]]) -> [Int] {
        var widths = [Int](repeating: 0, count: cells.map(\.count).max() ?? 0)
        for row in cells {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], Table.width(of: cell))
            }
        }
        return widths
    }

    private func shrink(_ widths: inout [Int], to width: Int) {
        let gaps = Table.gap * (widths.filter { $0 > 0 }.count - 1)
        let excess = indent + widths.reduce(0, +) + gaps - width
        guard excess > 0, widths.indices.contains(flexible) else { return }
        widths[flexible] = max(widths[flexible] - excess, min(widths[flexible], 12))
    }

    private func row(of cells: [[Line.Run]], widths: [Int]) -> [Line.Run] {
        var runs = [Line.Run(text: String(repeating: " ", count: indent), tone: .plain)]
        var pending = 0
        for (index, cell) in cells.enumerated() where widths[index] > 0 {
            let cut = Table.cut(cell, to: widths[index])
            if cut.contains(where: { !$0.text.isEmpty }) {
                runs.append(Line.Run(text: String(repeating: " ", count: pending), tone: .plain))
                runs += cut
                pending = 0
            }
            pending += widths[index] - Table.width(of: cut) + Table.gap
        }
        return runs
    }

    private static func width(of runs: [Line.Run]) -> Int {
        runs.reduce(0) { $0 + $1.text.displayWidth }
    }

    /// What fits, with an ellipsis where something was left out.
    static func cut(_ runs: [Line.Run], to columns: Int) -> [Line.Run] {
        guard width(of: runs) > columns else { return runs }
        var room = columns - 1
        var result: [Line.Run] = []
        for run in runs {
            let part = run.text.prefix(columns: room)
            room -= String(part).displayWidth
            result.append(Line.Run(text: String(part), tone: run.tone))
            guard part.endIndex == run.text.endIndex else { break }
        }
        result.append(Line.Run(text: "…", tone: .plain))
        return result
    }
}
