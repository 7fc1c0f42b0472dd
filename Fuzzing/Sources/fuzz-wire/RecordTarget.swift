import FuzzDriver
import WeData
import WeLog

/// Any events of one object, in any order, make the same record.
enum RecordTarget {
    private static let eventsMax = 24

    static func run(_ bytes: [UInt8]) -> Int {
        var input = Input(bytes)
        let (events, order) = history(&input)
        let record = Record(events)
        let other = Record(order.map { events[$0] } + events.prefix(2))
        let object = ObjectID(.zero)
        expect(record.encoded(object: object) == other.encoded(object: object), "order is nothing")
        expect(record.heads == other.heads, "heads do not depend on order")
        expect(record.marks == other.marks && record.kind == other.kind, "nor do marks and kind")
        let history = History(events)
        for (field, text) in record.texts {
            expect(history.text(of: field).text == text, "a text is its history's")
            let written = history.text(of: field).blame.reduce(0) { $0 + $1.scalars.count }
            expect(written == text.unicodeScalars.count, "blame covers the text")
        }
        return record.encoded(object: object).count
    }

    private static func history(_ input: inout Input) -> ([History.Entry], [Int]) {
        var events: [History.Entry] = []
        let seed = input.byte()
        while !input.isAtEnd, events.count < eventsMax {
            var parents: [EventID] = []
            var lamport = -1
            for _ in 0..<input.below(4) {
                guard let parent = input.pick(events) else { break }
                parents.append(parent.id)
                lamport = max(lamport, parent.lamport)
            }
            let author = PersonID(Digest(hashing: [UInt8(input.below(4))]).value)
            let isVoid = input.below(8) == 7
            let changes = input.bool() ? decoded(input.chunk()) : written(&input)
            let id = EventID(Digest(hashing: [UInt8(events.count), UInt8(seed)]).value)
            events.append(
                isVoid
                    ? .void(id: id, parents: parents, lamport: lamport + 1)
                    : History.Entry(
                        id: id, parents: parents, lamport: lamport + 1, author: author, wall: 0,
                        changes: changes))
        }
        var order = Array(events.indices)
        var random = Seeded(UInt64(seed))
        order.shuffle(using: &random)
        return (events, order)
    }

    /// Changes as a peer sends them.
    private static func decoded(_ chunk: [UInt8]) -> [Change] {
        let salt = [UInt8](repeating: 0, count: ContentBody.saltBytes)
        let body = [0x82, 0x50] + salt + chunk
        return (try? ContentBody(decoding: body))?.changes ?? []
    }

    /// Changes that meet one another more often than random bytes do.
    private static func written(_ input: inout Input) -> [Change] {
        (0..<(1 + input.below(3))).map { _ in
            let field = ["a", "b"][input.below(2)]
            let value: Value = [.int(1), .int(2), .null, .text("x")][input.below(4)]
            switch input.below(8) {
            case 0: return .create(kind: field)
            case 1: return .set(field: field, value: value)
            case 2: return .add(field: field, element: value)
            case 3: return .remove(field: field, element: value)
            case 4: return .count(field: field, delta: input.bool() ? .max : -3)
            case 5: return .mark(field: field, key: value, value: [.null, .int(1)][input.below(2)])
            default:
                let hunk = TextHunk(
                    position: input.below(12), deleteCount: input.below(5),
                    insert: ["", "ab", "é𝄞", "x\u{301}"][input.below(4)])
                return .text(field: field, hunks: [hunk])
            }
        }
    }
}
