public import WeData
import WeLog
import WeReplica

extension Brain {
    /// The shortest beginning of an id, four characters or more, that fits nothing else here.
    public nonisolated func shortID(_ id: ObjectID) -> String { shortIDs([id])[id] ?? "" }

    /// The same of many, looked up together.
    nonisolated func shortIDs(_ ids: [ObjectID]) -> [ObjectID: String] {
        var shortIDs: [ObjectID: String] = [:]
        var open = ids
        for length in 4...12 where !open.isEmpty {
            let ranges = open.compactMap { ShortID.range(String(ShortID.of($0).prefix(length))) }
            let found = (try? replica.objects(in: ranges, countMax: 3)) ?? []
            guard found.count == open.count else { continue }
            var ambiguous: [ObjectID] = []
            for (id, near) in zip(open, found) {
                let short = String(ShortID.of(id).prefix(length))
                if near.filter({ ShortID.of($0).hasPrefix(short) }).count <= 1 {
                    shortIDs[id] = short
                } else {
                    ambiguous.append(id)
                }
            }
            open = ambiguous
        }
        for id in open { shortIDs[id] = ShortID.of(id) }
        return shortIDs
    }
}

/// How people type ids: base 32 without look-alikes, lower case, from the front.
enum ShortID {
    static func of(_ id: ObjectID) -> String { Base32.encode(id.bytes) }

    /// What was typed with look-alikes put right.
    static func normal(_ text: String) -> String {
        String(
            text.lowercased().map { character in
                switch character {
                case "o": "0"
                case "i", "l": "1"
                default: character
                }
            })
    }

    /// The least and the greatest id that begin so; `nil` for what can't be an id.
    static func range(_ text: String) -> ClosedRange<ObjectID>? {
        let digits = "0123456789abcdefghjkmnpqrstvwxyz"
        var bits: [UInt8] = []
        for character in normal(text) {
            guard let index = digits.firstIndex(of: character) else { return nil }
            let value = digits.distance(from: digits.startIndex, to: index)
            for shift in (0..<5).reversed() { bits.append(UInt8(value >> shift & 1)) }
        }
        guard bits.count <= 256 else { return nil }
        func bound(_ filling: UInt8) -> ObjectID? {
            let all = bits + [UInt8](repeating: filling, count: 256 - bits.count)
            let bytes = stride(from: 0, to: 256, by: 8).map { start in
                all[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | $1 }
            }
            return ObjectID(bytes)
        }
        guard let low = bound(0), let high = bound(1) else { return nil }
        return low...high
    }
}
