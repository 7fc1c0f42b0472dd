import Synchronization
import Weonomy

/// Pages that were made lately: what ten tabs ask for at once is made once.
///
/// A page is kept for a second, and only while nothing was written since.
final class SharedPages: Sendable {
    /// All that a page depends on but the brain and the time.
    struct Question: Hashable {
        let path: String
        let query: [String]
        let language: Language
        let hasKeys: Bool
        let isReadOnly: Bool
        let token: String
    }

    private struct Kept {
        let position: Int64
        let moment: Int64
        let answer: Task<WebResponse, Never>
    }

    private let kept = Mutex<[Question: Kept]>([:])
    private static let keptMilliseconds: Int64 = 1_000
    private static let keptMax = 16

    /// Makes every page anew: something was chosen here that no event says.
    func forget() { kept.withLock { $0 = [:] } }

    /// The page that was made of a brain as it was at this position, or a new one.
    func answer(
        _ question: Question, position: Int64, at moment: Instant,
        _ make: @escaping @Sendable () async -> WebResponse
    ) async -> WebResponse {
        let now = moment.milliseconds
        let answer = kept.withLock { kept in
            func isFresh(_ page: Kept) -> Bool {
                page.position == position
                    && (0..<SharedPages.keptMilliseconds).contains(
                        now.subtractingReportingOverflow(page.moment).partialValue)
            }
            if let page = kept[question], isFresh(page) { return page.answer }
            if kept.count >= SharedPages.keptMax { kept = kept.filter { isFresh($0.value) } }
            if kept.count >= SharedPages.keptMax { kept = [:] }
            let answer = Task { await make() }
            kept[question] = Kept(position: position, moment: now, answer: answer)
            return answer
        }
        return await answer.value
    }
}
