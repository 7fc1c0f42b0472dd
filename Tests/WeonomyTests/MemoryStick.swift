import Synchronization

@testable import Weonomy

/// A stick in memory that can be pulled out, full or read only at any of its writes.
final class MemoryStick: StickFolder {
    struct State {
        var files: [String: [UInt8]] = [:]
        /// Writes that still succeed; `nil` for all.
        var writesLeft: Int?
        /// Reads that still succeed; `nil` for all.
        var readsLeft: Int?
        /// What fails from then on.
        var fault = StickFault.failed(5)
        var writes = 0
        var reads = 0

        mutating func write() throws(StickFault) {
            writes += 1
            guard let left = writesLeft else { return }
            guard left > 0 else { throw fault }
            writesLeft = left - 1
        }

        mutating func read() throws(StickFault) {
            reads += 1
            guard let left = readsLeft else { return }
            guard left > 0 else { throw fault }
            readsLeft = left - 1
        }
    }

    private let state: Mutex<State>

    init(_ files: [String: [UInt8]] = [:]) { state = Mutex(State(files: files)) }

    var files: [String: [UInt8]] {
        get { state.withLock { $0.files } }
        set { state.withLock { $0.files = newValue } }
    }
    var writes: Int { state.withLock { $0.writes } }
    var reads: Int { state.withLock { $0.reads } }

    /// The same files on a stick that fails after so many writes or reads.
    func copy(
        writes: Int? = nil, reads: Int? = nil, fault: StickFault = .failed(5)
    ) -> MemoryStick {
        let copy = MemoryStick(files)
        copy.state.withLock {
            $0.writesLeft = writes
            $0.readsLeft = reads
            $0.fault = fault
        }
        return copy
    }

    func names(ending suffix: String) -> [String] {
        files.keys.filter { $0.hasSuffix(suffix) }.sorted()
    }

    func names() throws(StickFault) -> [String] {
        try state.withLock { state throws(StickFault) in
            try state.read()
            return state.files.keys.sorted()
        }
    }

    func open(_ name: String) throws(StickFault) -> any StickReading {
        let bytes = try state.withLock { state throws(StickFault) in
            try state.read()
            guard let bytes = state.files[name] else { throw .missing }
            return bytes
        }
        return Reading(stick: self, rest: bytes[...])
    }

    func create(_ name: String) throws(StickFault) -> any StickWriting {
        try state.withLock { state throws(StickFault) in
            try state.write()
            guard state.files[name] == nil else { throw .other }
            state.files[name] = []
        }
        return Writing(stick: self, name: name)
    }

    func rename(_ name: String, to other: String) throws(StickFault) {
        try state.withLock { state throws(StickFault) in
            try state.write()
            guard let bytes = state.files.removeValue(forKey: name) else { throw .missing }
            state.files[other] = bytes
        }
    }

    func remove(_ name: String) throws(StickFault) {
        try state.withLock { state throws(StickFault) in
            try state.write()
            state.files[name] = nil
        }
    }

    private struct Reading: StickReading {
        let stick: MemoryStick
        var rest: ArraySlice<UInt8>

        mutating func next() throws(StickFault) -> [UInt8] {
            try stick.state.withLock { state throws(StickFault) in try state.read() }
            let bytes = Array(rest.prefix(3_000))
            rest = rest.dropFirst(bytes.count)
            return bytes
        }
    }

    private struct Writing: StickWriting {
        let stick: MemoryStick
        let name: String

        func append(_ bytes: [UInt8]) throws(StickFault) {
            try stick.state.withLock { state throws(StickFault) in
                do throws(StickFault) {
                    try state.write()
                } catch {
                    // A write that is cut short has written something.
                    state.files[name]? += bytes.prefix(bytes.count / 2)
                    throw error
                }
                state.files[name]? += bytes
            }
        }

        func finish() throws(StickFault) {
            try stick.state.withLock { state throws(StickFault) in try state.write() }
        }
    }
}
