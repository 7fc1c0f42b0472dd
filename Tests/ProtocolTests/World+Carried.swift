import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

// What the first laptop leaves on a stick.
extension World {
    /// Carried files by the examples' names.
    var carried: [String: String] {
        get throws {
            let secret = try unwrap(Bytes32([UInt8](repeating: 4, count: 32)))
            let replica = try Replica(path: nil, create: true) { _, _ in nil }
            try replica.adopt(team: team)
            _ = try replica.ingest([
                Run(key: genesis.key, events: [genesis, invite, admit]),
                Run(key: share.key, events: [share, edit]),
            ])
            let (logs, summary, plan) = try replica.read { index in
                let logs = (try? index.logs()) ?? []
                let membership = logs.filter { $0.key.logClass == .membership }
                let summary = (try? index.summary()) ?? .empty
                let about = BundleAbout(
                    device: key.publicKey, wall: wall, fingerprint: summary.fingerprint,
                    count: summary.count)
                let frontier = BundleFrontier(about: about, logs: membership, wanted: [])
                return (logs, summary, try? BundlePlan(for: [frontier], store: index))
            }
            let about = BundleAbout(
                device: key.publicKey, wall: wall, fingerprint: summary.fingerprint,
                count: summary.count)
            var frontier = try BundleWriter(.frontier, secret: secret, salt: (0..<16).map { $0 })
            let frontierBytes =
                try frontier.begin(about, by: key) + frontier.frontier(logs, wanted: [])
            var rest = try unwrap(plan)
            let window = try replica.read { [rest] index in
                var rest = rest
                return (try? rest.next(store: index)) ?? []
            }
            var bundle = try BundleWriter(.bundle, secret: secret, salt: (16..<32).map { $0 })
            var bundleBytes = try bundle.begin(about, by: key)
            bundleBytes += try bundle.totals(events: rest.eventCount, bytes: rest.byteCount)
            bundleBytes += try bundle.events(window) + bundle.end()
            rest = try unwrap(plan)
            return [
                "carried-frontier": Hex.encode(frontierBytes),
                "carried-bundle": Hex.encode(bundleBytes),
                "carried-folder": BundleName.folder(teamPrefix: Array(team.bytes.prefix(8))),
                "carried-name": BundleName.file(
                    .bundle, of: key.publicKey, secret: secret),
            ]
        }
    }

    private func unwrap<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }

    private struct Missing: Error {}
}
