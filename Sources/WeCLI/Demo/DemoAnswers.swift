#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the demo reads from the answers of the commands it runs, as their schemas promise.
enum DemoAnswer {
    /// What every answer is wrapped in.
    struct Envelope<Value: Decodable>: Decodable {
        let data: Value
    }

    struct Fault: Decodable {
        struct Detail: Decodable {
            let code: String
            let message: String
        }
        let error: Detail
    }

    struct Person: Decodable, Hashable, Sendable {
        let id: String
        let name: String
    }

    struct Invitation: Decodable {
        let code: String?
    }

    struct Listening: Decodable {
        let port: Int
    }

    struct Status: Decodable, Sendable {
        let digest: String
        let events: Int
        let shares: Int
    }

    struct Import: Decodable {
        struct Skipped: Decodable {
            let path: String
        }
        let added: Int
        let changed: Int
        let skipped: [Skipped]
    }

    struct Sync: Decodable {
        struct Peer: Decodable {
            let state: String
            let received: Int
            let sent: Int
            let bytes_received: Int
            let bytes_sent: Int
            let round_trips: Int
            let reason: String?
        }
        let peers: [Peer]
        let digest: String
    }

    struct Item: Decodable, Sendable {
        struct Competing: Decodable, Sendable {
            struct Version: Decodable, Sendable {
                let by: Person
                let text: String
            }
            let field: String
            let versions: [Version]
        }
        let id: String
        let short: String
        let title: String
        let body: String
        let topics: [String]
        let author: Person
        let source: String?
        let versions: [Competing]
    }

    /// Who wrote a stretch of a text.
    struct Blame: Decodable, Sendable {
        let by: Person
        let event: String
        let text: String
    }

    struct Shown: Decodable, Sendable {
        let item: Item
        let blame: [Blame]?
    }

    struct Asked: Decodable {
        let need: Item?
    }

    struct Match: Decodable, Sendable {
        let need: Item
        let person: Person
        let reasons: [String]
    }

    struct Today: Decodable {
        let can_help: [Match]
    }

    struct Brain: Decodable, Sendable {
        struct Topic: Decodable, Sendable {
            let topic: String
            let shares: Int
            let offered_by: [Person]
            let held_by: [Person]
            let bus_factor: Int
        }
        let topics: [Topic]
    }

    struct Export: Decodable {
        let items: Int
        let files: Int
        let digest: String
    }

    /// What a command does not say, or what the demo does not need.
    struct Nothing: Decodable {
        init(from decoder: any Decoder) throws {}
    }
}
