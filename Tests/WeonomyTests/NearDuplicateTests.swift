import Testing
import WeData

@testable import Weonomy

/// Whether texts that are nearly the same are found, and others are not.
@Suite("Near duplicates")
struct NearDuplicateTests {
    private func signature(_ text: String) -> TextSignature { TextSignature(title: "", body: text) }

    @Test("case, punctuation and line breaks make no other text; one word among many hardly does")
    func folding() {
        let text = "Put the journal in WAL mode, keep the file local and copy it with VACUUM INTO."
        #expect(signature(text) == signature(text.uppercased().replacing(",", with: " –\n")))
        let long = (0..<200).map { "word\($0)" }.joined(separator: " ")
        #expect(signature(long).isNear(signature(long + " more")))
        #expect(!signature(long).isNear(signature(text)))
        #expect(signature("Été à Zürich") == signature("été à ZÜRICH"))
        #expect(TextSignature(title: "A b", body: "c d") == signature("a b c d"))
    }

    @Test("of a short text only an equal one is near")
    func short() {
        #expect(
            signature("Seven words are a few too little")
                == signature("seven WORDS are a few too little!"))
        #expect(
            !signature("Seven words are a few too little").isNear(
                signature("seven words are a few too small")))
        #expect(signature("").isNear(signature("…")))
        #expect(!signature("").isNear(signature("a")))
    }

    /// Two texts of `count` words without order between them, and how much their shingles resemble.
    private func pair(
        _ count: Int, replacing replaced: Int, _ random: inout Seeded
    ) -> (one: [Int], other: [Int], resemblance: Double) {
        let one = (0..<count).map { _ in Int.random(in: 0..<1_000_000, using: &random) }
        var other = one
        // Side by side, so that as few shingles as may be are lost.
        let start = Int.random(in: 0...(count - replaced), using: &random)
        for place in start..<(start + replaced) {
            other[place] = .random(in: 0..<1_000_000, using: &random)
        }
        func shingles(_ words: [Int]) -> Set<[Int]> {
            Set((0...(words.count - 3)).map { Array(words[$0..<($0 + 3)]) })
        }
        let (left, right) = (shingles(one), shingles(other))
        let common = Double(left.intersection(right).count)
        return (one, other, common / Double(left.union(right).count))
    }

    @Test("the estimate is off by 0.08, and few texts are taken for what they are not")
    func error() {
        var random = Seeded(state: 11)
        for count in [60, 200] {
            var squares = 0.0
            var (wrongly, missed, far, close) = (0, 0, 0, 0)
            for round in 0..<400 {
                let replaced = round % 4 == 0 ? 1 : Int.random(in: 1...(count / 2), using: &random)
                let (one, other, truth) = pair(count, replacing: replaced, &random)
                func text(_ words: [Int]) -> TextSignature {
                    signature(words.map { "w\($0)" }.joined(separator: " "))
                }
                let (left, right) = (text(one), text(other))
                #expect(!left.isNear(right) || !Set(left.keys).isDisjoint(with: right.keys))
                let estimate = Double(left.equalCount(right)) / Double(TextSignature.binCount)
                squares += (estimate - truth) * (estimate - truth)
                if truth <= 0.6 {
                    far += 1
                    if left.isNear(right) { wrongly += 1 }
                }
                if truth >= 0.9 {
                    close += 1
                    if !left.isNear(right) { missed += 1 }
                }
            }
            let deviation = (squares / 400).squareRoot()
            #expect(deviation < 0.09, "\(count) words: \(deviation)")
            #expect(far > 50 && close > 50)
            #expect(wrongly * 50 <= far, "\(count) words: \(wrongly) of \(far)")
            #expect(missed * 20 <= close, "\(count) words: \(missed) of \(close)")
        }
    }

    @Test("the stored form comes back, and nothing else is one")
    func storedForm() {
        let one = signature("a b c d e f g h i j k l m n o p")
        #expect(TextSignature(one.bytes[...]) == one)
        #expect(TextSignature([]) == nil)
        #expect(TextSignature(one.bytes.dropLast()) == nil)
    }

    /// One of many with the same text, as late as its number.
    private func share(_ number: Int) throws -> Facts {
        let item = Item(
            id: object(number), kind: .share, shareKind: .howto, title: "",
            body: "a b c d e f g h i j k l m n o p", author: anna,
            created: Instant(milliseconds: Int64(number)))
        return try #require(Facts(item, changeCounts: [:]))
    }

    @Test("the earliest is no duplicate, whatever comes and goes in whatever order")
    func earliest() throws {
        var near = NearDuplicates()
        for slot in [3, 1, 2, 0] {
            near.insert(slot, try share(slot))
            near.settle()
        }
        #expect(near.count == 3 && !near.contains(0) && near.contains(3))
        near.remove(0)
        near.settle()
        #expect(near.count == 2 && !near.contains(1) && near.contains(2))
        near.remove(2)
        near.remove(3)
        near.settle()
        #expect(near.count == 0)
    }

    @Test("ten thousand texts that are all nearly the same are told apart in their number's time")
    func many() throws {
        var near = NearDuplicates()
        for slot in (0..<10_000).reversed() { near.insert(slot, try share(slot)) }
        near.settle()
        #expect(near.count == 9_999 && !near.contains(0))
    }
}
