package import WeData

/// What the figures of a brain count of one item: little enough to read all of them at once.
///
/// The search view keeps them beside its words, so that nothing has to be folded to count. A class,
/// since a brain has many of them, and each is handed on often.
package final class Facts: Sendable {
    /// The item.
    package let id: ObjectID
    /// Whether it gives, asks or answers.
    package let kind: ItemKind
    /// What a share is.
    package let shareKind: ShareKind?
    package let author: PersonID
    /// Who wrote it, where somebody else brought it in.
    package let byline: String?
    /// When it was made, by its author's clock.
    package let created: Instant
    /// Folded as ``Facet/folded(_:)`` does, sorted.
    package let topics: [String]
    package let status: NeedStatus?
    /// The need that an answer is for.
    package let about: ObjectID?
    package let isLesson: Bool
    /// How many changes each person made, the first among them; empty for the one change that made
    /// it, as of most.
    package let changeCounts: [PersonID: Int]
    /// Who says that it is right as it is now, and until when.
    package let validators: [PersonID: Instant?]
    /// Of an answer: when its question reached who answered.
    package let arrived: Instant?
    /// The telling words of its title; see ``FoldedWords``.
    let words: [UInt32]
    /// Of a share that is no status.
    package let signature: TextSignature?

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
        var validators: [PersonID: Instant?] = [:]
        for validation in item.validations where validation.isCurrent {
            validators[validation.person.id] = validation.until
        }
        self.validators = validators
        arrived = item.arrived
        words = FoldedWords.telling(item.title)
        signature =
            item.kind == .share && item.shareKind != .status
            ? TextSignature(title: item.title, body: item.body) : nil
    }

    /// Reads ``encoded``; `nil` for those of another version.
    package convenience init?(decoding bytes: [UInt8]) {
        guard !bytes.isEmpty else { return nil }
        do throws(DecodingError) { try self.init(reading: bytes) } catch { return nil }
    }

    private init?(reading bytes: [UInt8]) throws(DecodingError) {
        var reader = Reader(bytes)
        try reader.array(count: 16)
        guard try reader.int() == Int64(Facts.version) else { return nil }
        id = try reader.id()
        guard let kind: ItemKind = Facts.choice(try reader.int()) else { return nil }
        self.kind = kind
        shareKind = Facts.choice(try reader.int())
        author = try reader.id()
        let byline = try reader.text()
        self.byline = byline.isEmpty ? nil : byline
        created = Instant(milliseconds: try reader.int())
        var topics: [String] = []
        for _ in 0..<(try reader.array()) { topics.append(try reader.text()) }
        self.topics = topics
        status = Facts.choice(try reader.int())
        about = try reader.optionalID()
        isLesson = try reader.bool()
        var changeCounts: [PersonID: Int] = [:]
        for _ in 0..<(try reader.array() / 2) {
            let person: PersonID = try reader.id()
            changeCounts[person] = try reader.int(in: 0...Int.max)
        }
        self.changeCounts = changeCounts
        var validators: [PersonID: Instant?] = [:]
        for _ in 0..<(try reader.array() / 2) {
            let person: PersonID = try reader.id()
            let until: Instant? =
                reader.null() ? nil : Instant(milliseconds: try reader.int())
            validators.updateValue(until, forKey: person)
        }
        self.validators = validators
        arrived = reader.null() ? nil : Instant(milliseconds: try reader.int())
        words = [UInt32](bigEndian: bytes[try reader.bytesRange()])
        signature = TextSignature(bytes[try reader.bytesRange()])
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
    private static let version = 3

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
}

extension Facts: Equatable {
    package static func == (left: Facts, right: Facts) -> Bool { left.encoded == right.encoded }
}
