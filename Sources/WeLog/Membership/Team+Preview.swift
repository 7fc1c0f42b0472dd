package import WeData

extension Team {
    /// The team as it would be with one more act by a device that has seen everything.
    ///
    /// Nothing is signed or stored; `nil` where nothing could be made of it.
    ///
    /// - Complexity: as folding all events anew.
    package func after(_ act: MembershipAct, by device: DeviceKey) -> Team? {
        let events = fold.graph.events
        let followed = Set(events.flatMap { $0.parents + [$0.previous].compactMap(\.self) })
        let imagined = MembershipEvent(
            id: EventID(Digest(hashing: device.bytes).value), device: device, log: .max,
            previous: nil, parents: events.map(\.id).filter { !followed.contains($0) },
            lamport: events.reduce(0) { max($0, $1.lamport) } + 1, act: act)
        return Team(id: id, events: events + [imagined])
    }

    /// When the team was founded by its founder's clock, in milliseconds; for display only.
    package var foundingWall: Int64 {
        fold.graph.index(of: EventID(id.value)).map { fold.graph.event($0).wall } ?? 0
    }
}
