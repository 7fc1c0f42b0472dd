import Weonomy
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where things are kept, by the habits of the system.
struct Paths: Sendable, Equatable {
    /// Holds a folder for each team.
    let data: String

    /// - Parameter option: What `--home` says.
    init(option: String?, environment: [String: String], isDarwin: Bool) throws(Failure) {
        func named(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let home = option ?? named("WEONOMY_HOME") {
            data = home
        } else if let folder = named("XDG_DATA_HOME"), folder.hasPrefix("/") {
            data = folder + "/weonomy"
        } else if let home = named("HOME") {
            data = home + (isDarwin ? "/Library/Application Support" : "/.local/share") + "/weonomy"
        } else {
            throw Failure(.failure, "no-home", .noHome, hint: .useHome)
        }
    }

    /// One team's files.
    struct Team: Sendable, Equatable {
        let folder: String
        var replica: String { folder + "/brain.sqlite" }
        var key: String { folder + "/identity.key" }
        var secrets: String { folder + "/team.secrets" }
        /// Which addresses this person was shown: each is told once.
        var told: String { folder + "/told.txt" }
    }

    func team(slug: String) -> Team {
        Team(folder: data + "/" + slug)
    }

    /// Teams that have a brain here, by the names of their folders.
    func slugs() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
        // A dot hides what is not complete yet.
        return names.filter {
            !$0.hasPrefix(".") && FileManager.default.fileExists(atPath: team(slug: $0).replica)
        }.sorted()
    }

    /// The team that is meant: the one that is named, or else the only one.
    func existing(team name: String?) throws(Failure) -> Team {
        let slugs = slugs()
        if let name {
            let slug = Paths.slug(name)
            guard slugs.contains(slug) else {
                throw Failure(
                    .noReplica, "no-such-team", .noSuchTeam(name),
                    hint: slugs.isEmpty ? .beginHere : .severalTeams(slugs))
            }
            return team(slug: slug)
        }
        guard let only = slugs.first else {
            throw Failure(.noReplica, "no-replica", .noReplica, hint: .beginHere)
        }
        guard slugs.count == 1 else {
            throw .usage("several-teams", .severalTeams(slugs), hint: .chooseTeam)
        }
        return team(slug: only)
    }

    /// A team's name as the name of a folder: letters and digits of any script, and hyphens.
    static func slug(_ name: String) -> String {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        let slug = words.joined(separator: "-")
        // A file name has at most 255 bytes, and a letter at most a few of them.
        var short = slug.prefix(60)
        while short.utf8.count > 180 { short = short.dropLast() }
        return short.isEmpty ? "team" : String(short)
    }

    /// Whether this is a Mac, where applications keep their data elsewhere.
    static var isDarwin: Bool {
        #if canImport(Darwin)
            true
        #else
            false
        #endif
    }
}
