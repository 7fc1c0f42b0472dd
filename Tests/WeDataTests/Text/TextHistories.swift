import Foundation
import WeData

/// The only source of chance here: a seed gives the same numbers on every machine.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(next() % UInt64(bound)) : 0 }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

func agent(_ name: String) -> TextAgent {
    TextAgent(Array(name.utf8)) ?? TextAgent([])!
}

/// How many seeds a test tries: `WEONOMY_SEEDS` where it is set.
func seeds(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["WEONOMY_SEEDS"].flatMap { Int($0) } ?? usual
}

/// Edits of a few who write at once, each an edit of the text at its parents' version.
struct RandomHistory {
    var edits: [TextEdit] = []
    private var heads: [[TextID]] = [[]]

    /// How wild the history is.
    struct Shape {
        var edits = 12
        var agents = 4
        var hostilePercent = 0
        var insertPercent = 65
        var rootPercent = 4
        var partialPercent = 5
    }

    init(seed: Int, _ shape: Shape) {
        var chance = Chance(seed)
        var next: [TextAgent: Int] = [:]
        var naive = NaiveText()
        for _ in 0..<shape.edits {
            let parents = chooseParents(&chance, shape)
            let text = naive.text(at: parents)
            let writer = agent(["a", "b", "ab", "c", "", "é"][chance.below(shape.agents)])
            let hunks = Self.hunks(for: text.unicodeScalars.count, &chance, shape)
            let sequence = next[writer, default: chance.chance(10) ? 3 : 0]
            guard
                let edit = try? TextEdit(
                    agent: writer, sequence: sequence, parents: parents, hunks: hunks)
            else { continue }
            next[writer] = sequence + edit.count
            edits.append(edit)
            naive.apply(edit)
        }
    }

    private func chooseParents(_ chance: inout Chance, _ shape: Shape) -> [TextID] {
        guard !edits.isEmpty, !chance.chance(shape.rootPercent) else { return [] }
        let count = [1, 1, 1, 1, 2, 2, 3][chance.below(7)]
        var parents: [TextID] = []
        for _ in 0..<count {
            let recent = chance.chance(60) ? min(edits.count, 3) : edits.count
            let edit = edits[edits.count - 1 - chance.below(recent)]
            let cut =
                chance.chance(shape.partialPercent) ? chance.below(edit.count) : edit.count - 1
            parents.append(TextID(agent: edit.agent, sequence: edit.sequence + cut))
        }
        return parents
    }

    private static func hunks(
        for length: Int, _ chance: inout Chance, _ shape: Shape
    ) -> [TextHunk] {
        var hunks: [TextHunk] = []
        var length = length
        var last = chance.below(length + 1)
        for _ in 0...chance.below(3) {
            var position = chance.chance(50) ? min(last, length) : chance.below(length + 1)
            if chance.chance(shape.hostilePercent) { position = length + chance.below(4) }
            let isInsert = length == 0 || chance.chance(shape.insertPercent)
            var deleteCount = isInsert && !chance.chance(10) ? 0 : 1 + chance.below(4)
            if !chance.chance(shape.hostilePercent) {
                if chance.chance(50), position > 0, deleteCount == 1 { position -= 1 }
                deleteCount = min(deleteCount, max(0, length - position))
            }
            let insert = isInsert ? word(&chance) : ""
            hunks.append(TextHunk(position: position, deleteCount: deleteCount, insert: insert))
            length += insert.unicodeScalars.count - min(deleteCount, max(0, length - position))
            last = isInsert ? position + insert.unicodeScalars.count : max(0, position - 1)
        }
        return hunks
    }

    private static func word(_ chance: inout Chance) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNé€😀".unicodeScalars)
        var view = String.UnicodeScalarView()
        for _ in 0...chance.below(4) { view.append(letters[chance.below(letters.count)]) }
        return String(view)
    }
}
