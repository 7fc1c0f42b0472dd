package import WeData

/// What the figures of a brain count of one item: little enough to read all of them at once.
///
/// The search view keeps them beside its words, so that nothing has to be folded to count.
package struct Facts: Hashable, Sendable {
    /// The item.
    package var id: ObjectID
    /// Whether it gives, asks or answers.
    package var kind: ItemKind
    /// What a share is.
    package var shareKind: ShareKind?
    package var author: PersonID
    /// Who wrote it, where somebody else brought it in.
    package var byline: String?
    /// When it was made, by its author's clock.
    package var created: Instant
    /// Folded as ``Facet/folded(_:)`` does, sorted.
    package var topics: [String]
    package var status: NeedStatus?
    /// The need that an answer is for.
    package var about: ObjectID?
    package var isLesson: Bool
    /// How many changes each person made, the first among them; empty for the one change that made
    /// it, as of most.
    package var changeCounts: [PersonID: Int]
    /// Who says that it is right as it is now, and until when.
    package var validators: [PersonID: Instant?]
    /// Of an answer: when its question reached who answered.
    package var arrived: Instant?
    /// The telling words of its title; see ``FoldedWords``.
    var words: [UInt64]
    /// Of a share that is no status.
    package var signature: TextSignature?
}

/// Facts that are handed on without being copied: they are large, and a brain has many.
///
/// Without the signature, which is kept where it is compared.
final class KeptFacts: Sendable {
    let facts: Facts

    init(_ facts: consuming Facts) {
        facts.signature = nil
        self.facts = facts
    }
}

extension Facts {
    /// What counts of an item; `nil` for one that is retracted.
    package init?(_ item: Item, changeCounts: [PersonID: Int]) {
        guard !item.isRetracted else { return nil }
        id = item.id
        kind = item.kind
        shareKind = item.shareKind
        author = item.author.id
        byline = item.byline
        created = item.created
        topics = Set(item.topics.map { Facet.folded($0) }).sorted()
        status = item.status
        about = item.about
        isLesson = item.isLesson || item.shareKind == .lesson
        self.changeCounts = changeCounts == [item.author.id: 1] ? [:] : changeCounts
        validators = [:]
        for validation in item.validations where validation.isCurrent {
            validators[validation.person.id] = validation.until
        }
        arrived = item.arrived
        words = FoldedWords.telling(item.title)
        if item.kind == .share, item.shareKind != .status {
            signature = TextSignature(title: item.title, body: item.body)
        }
    }

    /// Whether nobody but who made it has anything to do with it.
    var isSolo: Bool { changeCounts.isEmpty && validators.isEmpty }

    /// How many changes each holder made; who brought in the work of another made it that other's.
    func edits<Holder: Hashable>(
        first: Holder, _ holder: (PersonID) -> Holder
    ) -> [Holder: Int] {
        guard !changeCounts.isEmpty else { return [first: 1] }
        var edits: [Holder: Int] = [:]
        for (person, count) in changeCounts {
            edits[person == author ? first : holder(person), default: 0] += count
        }
        return edits
    }
}

// MARK: - Stored form

extension Facts {
    private static let version = 2

    /// As the search view keeps them.
    package var encoded: [UInt8] {
        var writer = Writer()
        writer.array(16)
        writer.int(Facts.version)
        writer.id(id)
        writer.int(Facts.code(kind))
        writer.int(Facts.code(shareKind))
        writer.id(author)
        writer.text(byline ?? "")
        writer.int(created.milliseconds)
        writer.array(topics.count)
        for topic in topics { writer.text(topic) }
        writer.int(Facts.code(status))
        if let about { writer.id(about) } else { writer.bytes([UInt8]()) }
        writer.bool(isLesson)
        writer.array(changeCounts.count * 2)
        for (person, count) in changeCounts.sorted(by: { $0.key < $1.key }) {
            writer.id(person)
            writer.int(count)
        }
        writer.array(validators.count * 2)
        for (person, until) in validators.sorted(by: { $0.key < $1.key }) {
            writer.id(person)
            if let until { writer.int(until.milliseconds) } else { writer.null() }
        }
        if let arrived { writer.int(arrived.milliseconds) } else { writer.null() }
        writer.bytes(words.bigEndianBytes)
        writer.bytes(signature?.bytes ?? [])
        return writer.bytes
    }

    /// The place of a choice in its list, from 1; 0 for none.
    private static func code<Kind: Choice>(_ choice: Kind?) -> Int {
        guard let choice else { return 0 }
        return Array(Kind.allCases).firstIndex(of: choice).map { $0 + 1 } ?? 0
    }

    private static func choice<Kind: Choice>(_ code: Int64) -> Kind? {
        let all = Kind.allCases
        guard code > 0, code <= all.count else { return nil }
        return all[all.index(all.startIndex, offsetBy: Int(code) - 1)]
    }

    /// Reads them; `nil` for those of another version.
    package init?(decoding bytes: [UInt8]) {
        guard !bytes.isEmpty, let facts = try? Facts.read(bytes) else { return nil }
        self = facts
    }

    private static func read(_ bytes: [UInt8]) throws(DecodingError) -> Facts? {
        var reader = Reader(bytes)
        try reader.array(count: 16)
        guard try reader.int() == Int64(version) else { return nil }
        let id: ObjectID = try reader.id()
        guard let kind: ItemKind = choice(try reader.int()) else { return nil }
        let shareKind: ShareKind? = choice(try reader.int())
        let author: PersonID = try reader.id()
        let byline = try reader.text()
        let created = Instant(milliseconds: try reader.int())
        var topics: [String] = []
        for _ in 0..<(try reader.array()) { topics.append(try reader.text()) }
        let status: NeedStatus? = choice(try reader.int())
        let about: ObjectID? = try reader.optionalID()
        let isLesson = try reader.bool()
        var changeCounts: [PersonID: Int] = [:]
        for _ in 0..<(try reader.array() / 2) {
            let person: PersonID = try reader.id()
            changeCounts[person] = try reader.int(in: 0...Int.max)
        }
        var validators: [PersonID: Instant?] = [:]
        for _ in 0..<(try reader.array() / 2) {
            let person: PersonID = try reader.id()
            let until: Instant? =
                reader.null() ? nil : Instant(milliseconds: try reader.int())
            validators.updateValue(until, forKey: person)
        }
        let arrived: Instant? = reader.null() ? nil : Instant(milliseconds: try reader.int())
        let words = [UInt64](bigEndian: bytes[try reader.bytesRange()])
        let signature = TextSignature(bytes[try reader.bytesRange()])
        return Facts(
            id: id, kind: kind, shareKind: shareKind, author: author,
            byline: byline.isEmpty ? nil : byline, created: created, topics: topics,
            status: status, about: about, isLesson: isLesson, changeCounts: changeCounts,
            validators: validators, arrived: arrived, words: words, signature: signature)
    }
}
