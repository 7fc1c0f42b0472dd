package import Dispatch
import WeData
import WeLog

/// What the search index takes in: the documents of the objects that some events touch.
///
/// Reading and folding objects costs about as much as filling FTS5, so the next documents are made
/// on another thread while these are written. The snapshot must stay open until every promise was
/// kept. Not Sendable: ``Guarded`` keeps it behind a lock.
final class DocumentSource {
    /// One object as it is after the events.
    struct Document: Sendable {
        /// The object's reference.
        let reference: Int64
        /// Whether it was created by one of the events.
        let isNew: Bool
        /// What is to be indexed; `nil` where nothing of the object counts.
        let content: Content?
    }

    /// The words and the state of an object.
    struct Content: Sendable {
        /// The hash of all that shows.
        let state: Bytes32
        /// The three columns of the index.
        let title: String
        let body: String
        let facets: String
        /// What it has in common with what is like it.
        let keys: [UInt32]
        /// What the app counts.
        let facts: [UInt8]
    }

    /// How many documents are made at a time.
    static let chunkCount = 256

    private let index: ReplicaIndex
    private let rows: Statement
    private let standings: Standings
    private let describe: (ObjectID, Record) -> SearchDocument?
    /// The objects that existed when one of the events changed them.
    private let changed: Set<Int64>
    /// The objects of which an older event changed.
    private var refreshed: [Int64]
    private var taken: Set<Int64> = []
    private var isAtEnd = false
    private var tokens: [String: String] = [:]
    private static let tokensCachedMax = 4_096

    /// Prepares to read the content events of one range of positions.
    init(
        _ index: ReplicaIndex, standings: Standings, after low: Int64,
        through high: Int64, refreshed: [Int64],
        describe: @escaping (ObjectID, Record) -> SearchDocument?
    ) throws(ReplicaError) {
        self.index = index
        self.standings = standings
        self.describe = describe
        self.refreshed = refreshed
        changed = try index.changed(after: low, through: high).union(refreshed)
        rows = try index.contentRows(after: low, through: high)
    }

    /// The next documents, fewer than ``chunkCount`` only at the end; each object comes once.
    func next() throws(ReplicaError) -> [Document] {
        var documents: [Document] = []
        while documents.count < DocumentSource.chunkCount, !isAtEnd {
            // Another step behind the last row would begin again at the first.
            guard try rows.step() else {
                isAtEnd = true
                break
            }
            let isCreation = rows.isNull(9)
            let reference = isCreation ? rows.int(0) : rows.int(9)
            guard changed.contains(reference) else {
                if let entry = try ReplicaIndex.entry(rows, standings: standings) {
                    documents.append(
                        document(ObjectID(entry.id.value), reference, [entry], isNew: true))
                }
                continue
            }
            if let document = try folded(reference, isNew: isCreation) {
                documents.append(document)
            }
        }
        while documents.count < DocumentSource.chunkCount, let reference = refreshed.popLast() {
            if let document = try folded(reference, isNew: false) { documents.append(document) }
        }
        return documents
    }

    private func folded(_ reference: Int64, isNew: Bool) throws(ReplicaError) -> Document? {
        guard taken.insert(reference).inserted, let object = try index.objectID(of: reference)
        else { return nil }
        let entries = try index.entries(of: reference, standings: standings)
        return document(object, reference, entries, isNew: isNew)
    }

    private func document(
        _ object: ObjectID, _ reference: Int64, _ entries: [History.Entry], isNew: Bool
    ) -> Document {
        guard entries.contains(where: { !$0.isVoid }) else {
            return Document(reference: reference, isNew: isNew, content: nil)
        }
        let record = Record(entries)
        let described = describe(object, record)
        let content = Content(
            state: Digest(hashing: record.encoded(object: object)).value,
            title: described?.title ?? "", body: described?.body ?? "",
            facets: column(of: described?.facets ?? []), keys: described?.keys ?? [],
            facts: described?.facts ?? [])
        return Document(reference: reference, isNew: isNew, content: content)
    }

    // MARK: - Facets

    /// The word that every document has.
    static let everything = "xall"

    /// A facet as one word that no tokenizer splits: a hash, since facets are any text.
    static func token(_ facet: String) -> String {
        "x" + Base32.encode(Digest(hashing: Array(facet.utf8)).bytes.prefix(8))
    }

    private func column(of facets: [String]) -> String {
        var text = DocumentSource.everything
        for facet in facets {
            text += " "
            if let known = tokens[facet] {
                text += known
                continue
            }
            if tokens.count >= DocumentSource.tokensCachedMax { tokens = [:] }
            let token = DocumentSource.token(facet)
            tokens[facet] = token
            text += token
        }
        return text
    }
}

/// A value that another thread is making.
package final class Promise<Value: Sendable>: Sendable {
    private let kept = DispatchSemaphore(value: 0)
    private let result = Guarded(Slot())

    private final class Slot {
        var result: Result<Value, ReplicaError>?
    }

    /// Begins to make it.
    package init(
        on queue: DispatchQueue, _ make: @escaping @Sendable () throws(ReplicaError) -> Value
    ) {
        queue.async { [result, kept] in
            let made: Result<Value, ReplicaError>
            do throws(ReplicaError) { made = .success(try make()) } catch { made = .failure(error) }
            result.with { $0.result = made }
            kept.signal()
        }
    }

    /// Waits for it; to be asked once.
    package func value() throws(ReplicaError) -> Value {
        kept.wait()
        guard let made = result.with({ $0.result }) else {
            throw ReplicaError(.corrupt, "a promise was broken")
        }
        return try made.get()
    }
}
