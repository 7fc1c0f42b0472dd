import Weonomy

/// `weonomy peer list`: where colleagues may be found, and who was met there.
enum PeerListCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let peers = try await brain.peers()
        var page = Page()
        var table = Table(flexible: 1)
        for peer in peers {
            let who: Line = peer.person.map { "\($0.name)" } ?? "\(Text.noOneMetThere, .faint)"
            let met: Line = peer.lastMet.map { "\(when: $0.milliseconds, .faint)" } ?? ""
            let way =
                peer.toldBy.map { Text.told(by: $0.name) }
                ?? (peer.isTyped ? .typedByYou : .metThere)
            table.add("\(peer.address)", who, "\(way, .faint)", met)
        }
        page.table(table)
        if peers.isEmpty { page.say(.noPeers, .faint) }
        return Reply(
            [
                "peers": .array(
                    peers.map { peer in
                        [
                            "address": .string(peer.address),
                            "person": peer.person.map { JSONValue($0) } ?? nil,
                            "typed": .bool(peer.isTyped),
                            "last_met": JSONValue(moment: peer.lastMet?.milliseconds),
                            "told_by": peer.toldBy.map { JSONValue($0) } ?? nil,
                        ]
                    })
            ], page)
    }
}

/// `weonomy peer add HOST:PORT`.
enum PeerAddCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let typed = context.arguments.operand(0) ?? ""
        let (address, isNew) = try await brain.addPeer(typed)
        let isUp = UpFiles(try context.team()).running() != nil
        return Reply(
            ["address": .string(address), "added": .bool(isNew), "up": .bool(isUp)],
            Page(isNew ? .peerAdded(address) : .peerWasThere(address)),
            next: isUp ? [] : [Reply.Hint(command: "weonomy up", why: .hintStayInTouch)])
    }
}

/// `weonomy peer remove HOST:PORT`.
enum PeerRemoveCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let address = try await brain.removePeer(context.arguments.operand(0) ?? "")
        return Reply(["address": .string(address)], Page(.peerRemoved(address)))
    }
}
