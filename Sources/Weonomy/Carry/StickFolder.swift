/// Why something on a stick could not be read or written.
enum StickFault: Error, Hashable, Sendable {
    /// It is not there.
    case missing
    /// There is something else of that name: a file, a link.
    case other
    /// Nothing can be written there.
    case readOnly
    /// There is no room.
    case full
    /// The system does not let this user.
    case denied
    /// It was pulled out, or is failing; the number is the system's.
    case failed(Int32)
    /// What was to be written could not be made.
    case unmade
}

/// What a visit asks of a team's folder on a stick.
///
/// Names are plain: they never hold a slash.
protocol StickFolder: Sendable {
    /// The names of what is in it, sorted.
    func names() throws(StickFault) -> [String]
    /// Opens a plain file, never through a link.
    func open(_ name: String) throws(StickFault) -> any StickReading
    /// Makes a new file under a name that nobody reads.
    func create(_ name: String) throws(StickFault) -> any StickWriting
    /// Gives a file that was written a name, in place of what has it; durable on return.
    func rename(_ name: String, to other: String) throws(StickFault)
    /// Takes a file away, if it is there.
    func remove(_ name: String) throws(StickFault)
}

/// A file that is read from its beginning.
protocol StickReading {
    /// The next bytes; empty at the end.
    mutating func next() throws(StickFault) -> [UInt8]
}

/// A file that is written from its beginning.
protocol StickWriting {
    mutating func append(_ bytes: [UInt8]) throws(StickFault)
    /// Makes it durable and ends it.
    mutating func finish() throws(StickFault)
}

extension StickFolder {
    /// Writes a file under its name all at once: before, what had the name is there as it was.
    ///
    /// - Parameters:
    ///   - mark: tells two processes of one laptop apart that write the same file.
    ///   - body: gives the next bytes; none at the end.
    func replace(
        _ name: String, mark: String, _ body: () throws(StickFault) -> [UInt8]
    ) throws(StickFault) {
        let part = "\(name).\(mark)\(StickName.part)"
        do throws(StickFault) {
            var file = try create(part)
            while true {
                let bytes = try body()
                guard !bytes.isEmpty else { break }
                try file.append(bytes)
            }
            try file.finish()
            try rename(part, to: name)
        } catch {
            // What stays is taken away by the next visit.
            try? remove(part)
            throw error
        }
    }
}

/// Names on a stick.
enum StickName {
    static let part = ".part"
}
