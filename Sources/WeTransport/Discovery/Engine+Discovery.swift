import WeData
import WeLog
import WeSync

extension Engine: DiscoveryHost {
    func heardSessions() -> [Beacon.DeviceTag: Milliseconds] {
        Dictionary(
            recognisedConnections.compactMap { connection in
                connection.status.device.map { ($0.tag, connection.heardAt) }
            }, uniquingKeysWith: max)
    }

    func dial(_ place: DiscoveryAction.Place) -> ConnectionID {
        let id = newID()
        // What fails at once must find the dial in the books.
        let bound = LoopBound(self, on: loop)
        loop.execute {
            switch place {
            case .address(let address, let secret):
                bound.value.connect(id, to: address, secret: secret)
            case .host(let host, let port, let secret):
                bound.value.connect(id, to: SocketAddress(host, port: port), secret: secret)
            }
        }
        return id
    }

    func hangUp(_ device: Beacon.DeviceTag) {
        for connection in recognisedConnections
        where connection.status.device?.tag == device && connection.status.state == .live {
            connection.finish(nil)
        }
    }

    func replicaFacts() -> (fingerprint: UInt64, secrets: [Bytes32]) {
        let summary = try? node.withIndex { try? $0.summary() }
        let fingerprint = summary.flatMap { $0 }?.fingerprint.beaconWord
        return (fingerprint ?? 0, node.beaconSecrets())
    }
}
