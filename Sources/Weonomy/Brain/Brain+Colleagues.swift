import WeData
import WeLog
import WeReplica
import WeSync

/// Who has what: how a colleague stands to this laptop.
public struct ColleagueStanding: Sendable, Hashable {
    /// Events here that none of their laptops is known to hold.
    public let lackedCount: Int
    /// Events that one of their laptops is known to hold and that are not here.
    public let aheadCount: Int
    /// When one of their laptops was met last, or had seen a stick; `nil` for never.
    public let met: Instant?
    /// Whether that was by a stick.
    public let isByStick: Bool
    /// Whose word the counts rest upon; `nil` for what this laptop saw itself.
    public let toldBy: PersonRef?

    /// Whether both hold the same, as far as is known.
    public var isSame: Bool { lackedCount == 0 && aheadCount == 0 }
}

extension Brain {
    /// How those stand who were met, or heard of.
    ///
    /// - Complexity: O(laptops known), and a look at each log that one of them is ahead in.
    public func standings() throws(BrainError) -> [PersonID: ColleagueStanding] {
        guard let team = replica.currentTeam else { return [:] }
        let names = try names()
        let own = identity.signing.publicKey
        var laptops: [PersonID: [ColleagueBook.Entry]] = [:]
        for (device, entry) in node.colleagues.book.entries where device != own {
            guard let person = team.owners[device], team.isActive(device) else { continue }
            laptops[person, default: []].append(entry)
        }
        let ownCount = try eventCount()
        var standings: [PersonID: ColleagueStanding] = [:]
        for (person, entries) in laptops {
            let met = entries.compactMap(\.met).max { $0.moment < $1.moment }
            let held = entries.flatMap { [$0.met, $0.told].compactMap(\.self) }
                .max { ($0.count, $1.teller == nil ? 1 : 0) < ($1.count, $0.teller == nil ? 1 : 0) }
            var ahead: (count: Int, teller: DeviceKey?) = (0, nil)
            for seen in entries.compactMap(\.ahead) {
                let count = try aheadCount(seen.logs)
                if count > ahead.count { ahead = (count, seen.teller) }
            }
            let teller = ahead.count > 0 ? ahead.teller : held?.teller
            let toldBy = teller.flatMap { team.owners[$0] }
            standings[person] = ColleagueStanding(
                lackedCount: max(0, ownCount - (held?.count ?? 0)), aheadCount: ahead.count,
                met: met.map { Instant(milliseconds: $0.moment) },
                isByStick: met?.isByStick ?? false,
                toldBy: toldBy.map { PersonRef(id: $0, name: names[$0] ?? "") })
        }
        return standings
    }

    /// Events here that no colleague is known to hold.
    public func pendingCount(
        _ standings: [PersonID: ColleagueStanding]
    ) throws(BrainError) -> Int {
        let own = node.person
        let others = standings.filter { $0.key != own }
        guard let least = others.map(\.value.lackedCount).min() else { return try eventCount() }
        return least
    }

    private func aheadCount(_ logs: [ColleagueNews.Ahead]) throws(BrainError) -> Int {
        try translating { () throws(ReplicaError) in
            try replica.lend { index in
                var count = 0
                for log in logs {
                    let here = try? index.log(log.key).count
                    count += max(0, log.eventCount - (here ?? log.eventCount))
                }
                return count
            }
        }
    }
}

// MARK: - What connections say

extension BrainNode {
    func synced(with device: DeviceKey) {
        guard let count = try? replica.lend({ try? $0.summary().count }) ?? nil else { return }
        let moment = now().milliseconds
        colleagues.change { $0.met(device, eventCount: count, at: moment) }
    }

    func newsOfOthers() -> [ColleagueNews] {
        guard let team = replica.currentTeam else { return [] }
        return colleagues.news(now: now().milliseconds) {
            $0 != identity.signing.publicKey && team.isActive($0)
        }
    }

    func heard(_ news: [ColleagueNews], from device: DeviceKey) {
        guard let team = replica.currentTeam, team.isActive(device) else { return }
        let own = identity.signing.publicKey
        let known = news.filter { $0.device != own && team.isActive($0.device) }
        guard !known.isEmpty else { return }
        let moment = now().milliseconds
        colleagues.change { $0.heard(known, from: device, at: moment) }
    }
}

extension BundleFrontier {
    /// Logs of which a laptop held more than there is here, those with the most first.
    func ahead(of store: some LogIndex) throws(StoreFault) -> [ColleagueNews.Ahead] {
        var found: [(log: ColleagueNews.Ahead, count: Int)] = []
        for log in logs {
            let count = log.count - (try store.log(log.key).count)
            guard count > 0 else { continue }
            found.append((ColleagueNews.Ahead(key: log.key, eventCount: log.count), count))
        }
        found.sort { ($1.count, $0.log.key) < ($0.count, $1.log.key) }
        return found.prefix(ColleagueNews.logsMax).map(\.log)
    }
}
