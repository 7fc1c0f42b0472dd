import Weonomy
import Synchronization

/// Tells how far long work is: a line that is drawn again, or a new line now and then.
final class Progress: Sendable {
    private struct State {
        var shown: Int64?
        var isDrawn = false
    }

    private let output: Output
    private let title: Text
    private let state = Mutex(State(shown: nil))
    private let isSilent: Bool

    /// Between two lines where nothing can be drawn again.
    private static let linePause: Int64 = 10_000
    /// Between two drawings; more often only flickers.
    private static let drawPause: Int64 = 80

    init(_ title: Text, output: Output) {
        self.output = output
        self.title = title
        isSilent = output.isQuiet
        // The first plain line also waits: short work needs no words.
        if !output.mayRedraw { state.withLock { $0.shown = output.screen.ticks() } }
    }

    /// So much is done; `total` 0 while it isn't known.
    ///
    /// - Parameter files: bytes of files that came, and what is still to come of them; asked only
    ///   when something is shown.
    func update(
        _ done: Int, of total: Int, files: (came: Int, toCome: () -> Int) = (0, { 0 })
    ) {
        guard !isSilent else { return }
        let now = output.screen.ticks()
        let pause = output.mayRedraw ? Progress.drawPause : Progress.linePause
        let text: String? = state.withLock { state in
            let isUnderWay = done < total || total == 0 || files.came > 0
            if let shown = state.shown, now - shown < pause, isUnderWay { return nil }
            if !output.mayRedraw, let shown = state.shown, now - shown < pause { return nil }
            state.shown = now
            state.isDrawn = output.mayRedraw
            let text =
                count(done, total)
                + self.files(files.came, files.came == 0 ? 0 : files.toCome())
            return output.mayRedraw ? drawn(done, total, text) : spoken(text)
        }
        if let text { output.screen.write(text, to: .error) }
    }

    /// Takes the line away; what was reached is said by the command's answer.
    func finish() {
        let wasDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if wasDrawn { output.screen.write("\r\u{1B}[K", to: .error) }
    }

    private func spoken(_ text: String) -> String {
        "\(title.plain(output.voice.language)) \(text)\n"
    }

    private func drawn(_ done: Int, _ total: Int, _ text: String) -> String {
        let voice = output.voice
        let bar = total > 0 ? " " + bar(done, total) : ""
        return "\r\u{1B}[K\(title.plain(voice.language))\(bar) \(text)"
    }

    /// What has come of files, and of how much.
    private func files(_ came: Int, _ toCome: Int) -> String {
        guard came > 0 else { return "" }
        let voice = output.voice
        return Text.filesCame(came, of: came.addingReportingOverflow(toCome).partialValue)
            .plain(voice.language)
    }

    private func count(_ done: Int, _ total: Int) -> String {
        let voice = output.voice
        return total > 0
            ? "\(voice.grouped(done))/\(voice.grouped(total))" : voice.grouped(done)
    }

    private func bar(_ done: Int, _ total: Int) -> String {
        let cells = 24
        let full = min(cells, max(0, Int(Double(done) / Double(total) * Double(cells))))
        return "[" + String(repeating: "=", count: full)
            + String(repeating: " ", count: cells - full) + "]"
    }
}
