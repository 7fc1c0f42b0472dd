#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Level: Decodable {}
extension Reaction: Decodable {}

/// An invented team with notes worth reading, to try everything with.
public struct DemoTeam: Sendable, Decodable {
    /// Who someone is, and what they bring and seek.
    public struct Person: Sendable, Decodable {
        /// The whole name.
        public let name: String
        /// What they do.
        public let role: String
        /// What they can help with.
        public let offers: [Offer]
        /// Topics that they want to learn.
        public let learn: [String]
        /// Languages that they speak.
        public let languages: [String]
        /// How to reach them.
        public let contact: String
    }

    /// A topic that someone can help with.
    public struct Offer: Sendable, Decodable {
        /// The topic.
        public let topic: String
        /// How well they know it.
        public let level: Level
    }

    /// A question.
    public struct Need: Sendable, Decodable {
        /// What answers name it by.
        public let slug: String
        /// Who asks.
        public let author: String
        /// The question in a line.
        public let title: String
        /// More about it.
        public let body: String
        /// What it is about.
        public let topics: [String]
        /// What was tried already.
        public let tried: String
        /// When an answer would do.
        public let goodEnoughWhen: String
    }

    /// An answer to a need.
    public struct Answer: Sendable, Decodable {
        /// The slug of the need.
        public let need: String
        /// Who answers.
        public let author: String
        /// `lesson`, or else `answer`.
        public let kind: String
        /// The answer.
        public let body: String

        /// Whether it teaches how to find the answer oneself.
        public var isLesson: Bool { kind == "lesson" }
    }

    /// What someone says of a note in a word.
    public struct Feedback: Sendable, Decodable {
        /// The slug of the note.
        public let note: String
        /// Who says it.
        public let author: String
        /// The word.
        public let reaction: Reaction
    }

    /// That someone checked a note.
    public struct Check: Sendable, Decodable {
        /// The slug of the note.
        public let note: String
        /// Who checked.
        public let author: String
        /// How long it holds, as a date.
        public let until: String
        /// What was checked.
        public let text: String
    }

    /// Changes to one note by several people who did not know of each other.
    public struct Edit: Sendable, Decodable {
        /// The slug of the note.
        public let note: String
        /// The changes.
        public let changes: [Change]

        /// Joins the parts.
        public init(note: String, changes: [Change]) {
            self.note = note
            self.changes = changes
        }
    }

    /// One change to a note.
    public struct Change: Sendable, Decodable {
        /// Who changed it.
        public let author: String
        /// `title` or `body`.
        public let field: String
        /// The part of the body that is replaced; the title is replaced as a whole.
        public let find: String?
        /// What comes in its place; at the end, when nothing is named.
        public let text: String

        /// Joins the parts.
        public init(author: String, field: String, find: String? = nil, text: String) {
            self.author = author
            self.field = field
            self.find = find
            self.text = text
        }
    }

    /// What the team is called.
    public let team: String
    /// The colleagues; the first founded the team.
    public let people: [Person]
    /// What they ask.
    public let needs: [Need]
    /// What they answer.
    public let answers: [Answer]
    /// How they react to notes.
    public let reactions: [Feedback]
    /// Which notes they checked.
    public let validations: [Check]
    /// What they changed while apart.
    public let edits: [Edit]
}

extension DemoTeam {
    /// The team that comes with the program; nil only where the program was built wrongly.
    public static func embedded() -> DemoTeam? {
        try? JSONDecoder().decode(DemoTeam.self, from: Data(PackageResources.team_json))
    }

    /// The notes that come with the program, by the first name of who wrote them, in lower case.
    public static func embeddedNotes() -> [String: [ImportFile]] {
        notes(in: String(decoding: PackageResources.notes_txt, as: UTF8.self))
    }

    /// Takes joined notes apart: each begins with a line `=== person/topic/slug.md`.
    static func notes(in text: String) -> [String: [ImportFile]] {
        var notes: [String: [ImportFile]] = [:]
        var current: (person: String, path: String)?
        var lines: [Substring] = []
        func finish() {
            guard let (person, path) = current else { return }
            while lines.last?.isEmpty == true { lines.removeLast() }
            let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
            notes[person, default: []].append(ImportFile(path: path, bytes: bytes))
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("=== ") else {
                lines.append(line)
                continue
            }
            finish()
            lines = []
            let parts = line.dropFirst(4).split(separator: "/", maxSplits: 1)
            current = parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        finish()
        return notes
    }
}
