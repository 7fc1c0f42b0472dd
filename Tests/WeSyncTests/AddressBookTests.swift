import Testing

@testable import WeSync

@Suite("Addresses that are remembered")
struct AddressBookTests {
    private static func book(_ addresses: [String], now: Milliseconds = 0) -> AddressBook {
        var book = AddressBook()
        book.replace(addresses.map { ($0, nil) }, now: now)
        return book
    }

    @Test("a failing address waits twice as long each time, up to five minutes, never in step")
    func backoff() {
        var book = Self.book(["a:1"])
        var now: Milliseconds = 0
        var pauses: [Milliseconds] = []
        for _ in 0..<12 {
            #expect(book.popDue(now, besides: [])?.address == "a:1")
            #expect(book.popDue(now, besides: []) == nil, "it is being dialled")
            book.ended("a:1", device: nil, now: now, spread: 500)
            let due = book.deadline(besides: []) ?? now
            pauses.append(due - now)
            now = due
        }
        #expect(pauses.prefix(4) == [2_000, 4_000, 8_000, 16_000])
        #expect(pauses.last == 300_000)
        var low = Self.book(["a:1"])
        var high = low
        for (book, spread) in [(0, Int64(0)), (1, 999)] {
            if book == 0 {
                _ = low.popDue(0, besides: [])
                low.ended("a:1", device: nil, now: 0, spread: spread)
            } else {
                _ = high.popDue(0, besides: [])
                high.ended("a:1", device: nil, now: 0, spread: spread)
            }
        }
        #expect(low.deadline(besides: []) == 1_500 && high.deadline(besides: []) == 2_498)
    }

    @Test("who is connected is not dialled, and another network makes all worth a try")
    func connected() {
        var book = Self.book(["a:1", "b:1"])
        _ = book.popDue(0, besides: [])
        book.ended("a:1", device: 7, now: 0, spread: 0)
        _ = book.popDue(0, besides: [])
        book.ended("b:1", device: nil, now: 0, spread: 0)
        #expect(book.popDue(1_000_000, besides: [7])?.address == "b:1")
        #expect(book.popDue(1_000_000, besides: [7]) == nil)
        #expect(book.popDue(1_000_000, besides: [])?.address == "a:1")
        book.ended("a:1", device: nil, now: 1_000_000, spread: 0)
        book.ended("b:1", device: nil, now: 1_000_000, spread: 0)
        book.refresh(1_000_001)
        #expect(book.deadline(besides: []) == 1_000_001)
    }

    @Test("another list keeps what is known, drops the rest, and holds so many at most")
    func replaced() {
        var book = Self.book(["a:1", "b:1"])
        _ = book.popDue(0, besides: [])
        book.ended("a:1", device: nil, now: 0, spread: 0)
        book.replace((0..<200).map { ("\($0):1", nil) } + [("x:1", nil)], now: 5)
        #expect(book.entries.count == AddressBook.countMax)
        book.replace([("a:1", nil), ("a:1", nil)], now: 5)
        #expect(book.entries.count == 1)
        book.ended("gone:1", device: nil, now: 5, spread: 0)
    }
}
