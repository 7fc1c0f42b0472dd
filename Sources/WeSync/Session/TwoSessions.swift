public import WeData

/// Which of two sessions with one device stays (Protocol.md, "Two sessions with one device").
public enum TwoSessions {
    /// Whether the older one stays, between this device and another.
    ///
    /// As a rule it goes: it may be dead without knowing. But where both sides dialled at once each
    /// would call another one the newer, so then the one that the lesser key dialled stays. Who
    /// dials well after the older was established knew of that one, and has lost it.
    ///
    /// - Parameters:
    ///   - older: who dialled the one that was there first, seen from here.
    ///   - establishedAt: when the older had proved the other side.
    ///   - newer: the same of the other.
    ///   - begunAt: when the newer had its first byte on the way, or could have.
    ///   - own: this device.
    ///   - other: the one that both sessions are with.
    public static func olderStays(
        _ older: SessionRole, establishedAt: Milliseconds, _ newer: SessionRole,
        begunAt: Milliseconds, own: DeviceKey, other: DeviceKey
    ) -> Bool {
        guard older != newer, own != other,
            begunAt - establishedAt < SyncLimit.crossedMilliseconds
        else { return false }
        return (older == .initiator) == (own < other)
    }
}
