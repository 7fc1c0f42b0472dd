import Testing
import WeData

@Suite("Values")
struct ValueTests {
    @Test("a value gives itself out as what it is, and as nothing else")
    func accessors() {
        let values: [Value] = [
            nil, true, 7, .bytes([1, 2]), "text", [1, "x"], Value(map: ["a": 1, "b": "y"]),
        ]
        #expect(values.map(\.bool) == [nil, true, nil, nil, nil, nil, nil])
        #expect(values.map(\.int) == [nil, nil, 7, nil, nil, nil, nil])
        #expect(values.map(\.bytes) == [nil, nil, nil, [1, 2], nil, nil, nil])
        #expect(values.map(\.text) == [nil, nil, nil, nil, "text", nil, nil])
        #expect(values.map(\.array) == [nil, nil, nil, nil, nil, [1, "x"], nil])
        #expect(values.map { $0["b"] } == [nil, nil, nil, nil, nil, nil, "y"])
        #expect(values[6]["c"] == nil)
    }

    @Test("a map of small integers is read by rising key, and unknown keys are passed over")
    func integerMap() throws {
        func read(_ pairs: [(key: Int64, value: Value)]) throws(DecodingError) -> [Int64: String] {
            var writer = Writer()
            writer.map(pairs.count)
            for (key, value) in pairs {
                writer.int(key)
                value.write(to: &writer)
            }
            var reader = Reader(writer.take())
            var found: [Int64: String] = [:]
            try reader.integerMap { key, reader throws(DecodingError) in
                guard key < 5 else { return false }
                found[key] = try reader.text()
                return true
            }
            try reader.finish()
            return found
        }
        #expect(try read([(0, "a"), (3, "b"), (9, [1, "x"])]) == [0: "a", 3: "b"])
        for keys in [[1, 0], [2, 2], [-1, 0]] as [[Int64]] {
            #expect(throws: DecodingError.self, "\(keys)") {
                try read(keys.map { ($0, "a") })
            }
        }
    }
}
