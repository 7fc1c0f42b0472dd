import Testing

@testable import WeTransport

@Suite("Door keeper")
struct DoorKeeperTests {
    @Test("four strangers of one address come in, and sixty-four of all")
    func limits() {
        var door = DoorKeeper(SyncPolicy())
        for address in 0..<16 {
            for _ in 0..<4 { #expect(door.admit([UInt8(address)], now: 0) == nil) }
            if address < 15 {
                #expect(door.admit([UInt8(address)], now: 0) == .crowdedFromAddress)
            }
        }
        #expect(door.halfOpenCount == 64)
        #expect(door.admit([99], now: 0) == .crowded)
        door.succeeded([3])
        #expect(door.admit([99], now: 0) == nil)
    }

    @Test("failures double the time outside, up to a limit, and success forgives")
    func backoff() {
        var door = DoorKeeper(SyncPolicy())
        var now: Int64 = 0
        func fail() {
            #expect(door.admit([1], now: now) == nil)
            door.failed([1], now: now)
        }
        for _ in 0..<8 { fail() }
        for wait in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] as [Int64] {
            fail()
            #expect(door.admit([1], now: now + wait - 1) == .backoff)
            #expect(door.admit([2], now: now) == nil)
            door.leave([2])
            now += wait
        }
        #expect(door.admit([1], now: now) == nil)
        door.succeeded([1])
        for _ in 0..<8 { fail() }
        #expect(door.admit([1], now: now) == nil)
        #expect(door.halfOpenCount == 1)
    }

    @Test(
        "this machine itself is never kept waiting",
        arguments: [[127, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0]])
    func loopback(key: [UInt8]) {
        var door = DoorKeeper(SyncPolicy())
        for _ in 0..<100 {
            #expect(door.admit(key, now: 0) == nil)
            door.failed(key, now: 0)
        }
        #expect(door.admit(key, now: 0) == nil)
    }

    @Test("however many addresses fail, the memory for them is bounded")
    func bounded() {
        var policy = SyncPolicy()
        policy.addressesMax = 8
        var door = DoorKeeper(policy)
        for address in 0..<1_000 {
            let key = [UInt8(address >> 8), UInt8(address & 255)]
            #expect(door.admit(key, now: 0) == nil)
            door.failed(key, now: 0)
        }
        #expect(door.rememberedCount <= 8)
        #expect(door.halfOpenCount == 0)
    }
}
