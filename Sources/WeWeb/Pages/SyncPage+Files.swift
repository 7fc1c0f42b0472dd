import Synchronization
import Weonomy

/// The part of `/sync` that says which files are still to come, and who has them.
extension SyncPage {
    static func files(_ visit: Visit, _ pace: FilePace) async throws -> HTML {
        let files = try await visit.brain.files()
        guard !files.isEmpty else { return "" }
        let here = files.filter { $0.state == .here }
        let waiting = files.filter { $0.state != .here && $0.state != .left }
        let left = files.count { $0.state == .left }
        var html: HTML = """
            <section aria-labelledby="files"><h2 id="files">\(Text.filesWord)</h2>
            <p>\(Text.filesHereNow(here.count, await visit.brain.fileBytes(), left: left))
            <a href="/settings#files">\(Text.filesChoose)</a></p>
            """
        guard !waiting.isEmpty else { return html + "</section>" }
        let come = waiting.reduce(0) { $0 + $1.hereBytes }
        let all = waiting.reduce(0) { $0 + $1.file.byteCount }
        let seconds = pace.secondsLeft(come: come, of: all, at: visit.now)
        let rest: HTML = seconds.map { " \(Text.timeLeft(seconds: $0))" } ?? ""
        html += """
            <p><progress max="\(all)" value="\(come)" aria-label="\(Text.filesComing)"></progress> \
            \(Text.bytesOf(come, all))\(rest)</p>
            """
        let part = visit.part(of: waiting, "files", .filesComing, countMax: 12)
        html += visit.table(
            .filesComing, [(.fileWord, false), (.stateWord, false), (.whoHasIt, false)],
            part.shown.map { file in
                let shown = file.file.name.shortened
                let name: HTML =
                    file.uses.first.map {
                        "<a href=\"/s/\($0.shortID)#files\">\(shown)</a>"
                    } ?? "\(shown)"
                let holders: HTML =
                    file.holders.isEmpty
                    ? "\(Text.nobodyToldIt)" : "\(Text.holders(of: file))"
                return [
                    "\(name) (\(Text(same: "\(size: file.file.byteCount)")))",
                    "\(Text.state(of: file))", holders,
                ]
            })
        return html + part.links + "</section>"
    }
}

/// How fast files come, by what a page showed before.
final class FilePace: Sendable {
    private struct Look {
        let come: Int
        let all: Int
        let moment: Int64
    }

    private let last = Mutex<Look?>(nil)
    private static let lookMilliseconds: ClosedRange<Int64> = 1_000...120_000

    /// How long the rest takes at the pace since the last look; `nil` where there was none lately,
    /// or nothing came.
    func secondsLeft(come: Int, of all: Int, at now: Instant) -> Int? {
        let moment = now.milliseconds
        let before = last.withLock { last in
            defer {
                let isRecent = last.map { moment - $0.moment < Self.lookMilliseconds.lowerBound }
                if isRecent != true { last = Look(come: come, all: all, moment: moment) }
            }
            return last
        }
        guard let before, before.all == all, come > before.come,
            Self.lookMilliseconds.contains(moment - before.moment)
        else { return nil }
        let rest = Double(all - come) / Double(come - before.come)
        return Int(min(rest * Double(moment - before.moment) / 1_000, 1e9).rounded(.up))
    }
}
