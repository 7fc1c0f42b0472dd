import Weonomy

/// Which part of a long list a page shows.
///
/// Every list of every page has a bound, so that a page stays under 60 KB whatever a brain holds, and
/// leads to all that it leaves out.
struct Part {
    /// The places that are shown.
    let range: Range<Int>
    /// What is shown of how many, and links to the parts around it; empty where all is shown.
    let links: HTML
}

extension Visit {
    /// The part of a list that the parameter of its name asks for, the first where none does.
    ///
    /// - Parameters:
    ///   - name: of the parameter, and the id of the list on its page.
    ///   - place: what must be shown where no part is asked for.
    func part(
        of count: Int, _ name: String, _ heading: Text, countMax: Int, showing place: Int? = nil
    ) -> Part {
        let starts = Array(stride(from: 0, to: max(count, 1), by: countMax))
        return part(of: count, startingAt: starts, name, heading, showing: place)
    }

    /// The same of a list whose elements may be long: no part has more than ``partBytesMax`` but
    /// where one element has.
    func part<Element>(
        of all: some Collection<Element>, _ name: String, _ heading: Text, countMax: Int,
        showing place: Int? = nil, bytes: (Element) -> Int
    ) -> (shown: [Element], links: HTML) {
        var starts = [0]
        var (count, sum) = (0, 0)
        for (place, element) in all.enumerated() {
            let size = bytes(element)
            if count == countMax || count > 0 && sum + size > Visit.partBytesMax {
                starts.append(place)
                (count, sum) = (0, 0)
            }
            count += 1
            sum += size
        }
        let part = part(of: all.count, startingAt: starts, name, heading, showing: place)
        return (
            all.dropFirst(part.range.lowerBound).prefix(part.range.count).map(\.self), part.links
        )
    }

    func part<Element>(
        of all: some Collection<Element>, _ name: String, _ heading: Text, countMax: Int
    ) -> (shown: [Element], links: HTML) {
        part(of: all, name, heading, countMax: countMax) { _ in 0 }
    }

    private static let partBytesMax = 12_000

    private func part(
        of count: Int, startingAt starts: [Int], _ name: String, _ heading: Text,
        showing place: Int?
    ) -> Part {
        let asked = request.query[name].flatMap { Int($0) }
        let found = place.flatMap { place in starts.lastIndex { $0 <= place } }
        let number = min(max(asked.map { $0 - 1 } ?? found ?? 0, 0), starts.count - 1)
        let end = number + 1 < starts.count ? starts[number + 1] : count
        let range = starts[number]..<max(end, starts[number])
        guard starts.count > 1 else { return Part(range: range, links: "") }
        func link(_ number: Int, _ words: Text, _ rel: String) -> HTML {
            """
            <a class="button" rel="\(rel)" href="\(partPath(name, number + 1))">\(words)\
            <span class="hidden"> (\(heading))</span></a>
            """
        }
        let before: HTML = number > 0 ? link(number - 1, .previousPage, "prev") : ""
        let after: HTML = number + 1 < starts.count ? link(number + 1, .nextPage, "next") : ""
        return Part(
            range: range,
            links: """
                <div class="actions"><span class="meta">\(Text.shownOf(range, count))</span>\
                \(before)\(after)</div>
                """)
    }

    /// This page with another part of one of its lists.
    private func partPath(_ name: String, _ number: Int) -> String {
        // What a form brought about is shown on the page that the form stands on.
        let steps = request.segments
        let isAct = request.method == .post && steps.count > 1
        let path =
            isAct
            ? steps.dropLast().map { "/" + Percent.segment($0) }.joined() : request.path
        let others = request.query.pairs.filter { $0.name != name }
        return path + "?" + WebForm.encode(others + [(name: name, value: "\(number)")]) + "#" + name
    }
}
