/// Limits of discovery (Protocol.md, "Finding each other").
package enum DiscoveryLimit {
    /// The UDP port that beacons are sent to.
    package static let port: UInt16 = 7431
    /// ff12::7765:6f6e: of the local link, and assigned by nobody (RFC 4291, 2.7); the last four
    /// bytes are "weon".
    package static let group: [UInt8] =
        [0xff, 0x12] + [UInt8](repeating: 0, count: 10)
        + [0x77, 0x65, 0x6f, 0x6e]

    /// After a start and a change of the network, before the next announcement.
    static let burst: [Milliseconds] = [400, 1_000, 3_000, 5_000]
    /// Between announcements at rest: at least this.
    static let intervalMillisecondsMin: Milliseconds = 5_000
    /// The same for each colleague that is heard: 50 laptops stay under 1 KB/s.
    static let intervalMillisecondsEach: Milliseconds = 600
    /// The longest.
    static let intervalMillisecondsMax: Milliseconds = 60_000
    /// How long the greater of two waits for the lesser one's dial.
    static let deferralMilliseconds: Milliseconds = 1_000
    /// After the start, before the first dial.
    static let listeningMilliseconds: Milliseconds = 400
    /// Before an address where somebody was met is dialled, where a beacon may be sooner.
    static let addressMilliseconds: Milliseconds = 2_000
    /// Between two sessions that end because there are more than the mesh needs.
    static let hangUpMilliseconds: Milliseconds = 3_000
    /// How often neighbours are found out anew, but for newcomers.
    static let meshMilliseconds: Milliseconds = 1_000
    /// Dials at once, and a minute.
    static let dialsAtOnceMax: Int64 = 30
    static let dialsPerMinuteMax: Int64 = 60
    /// Addresses of one round of a probe of the networks around.
    static let probedMax = 1_024
    /// A wider network is probed this far around the own address: 254 others.
    static let probedPrefixBitsMin = 24
    /// Addresses at once, and the time between them: a round of 254 takes less than a second.
    static let probedAtOnceMax = 16
    static let probedMilliseconds: Milliseconds = 50
    /// Before the first round, so that who is heard is not asked as well.
    static let probeWaitMilliseconds: Milliseconds = 1_000
    /// Between two rounds: whoever came meanwhile hears nothing else.
    static let roundMilliseconds: Milliseconds = 300_000
    /// After a dial that failed; twice as long after each further one.
    static let backoffMillisecondsMin: Milliseconds = 1_000
    static let backoffMillisecondsMax: Milliseconds = 60_000
    /// Failed dials of a colleague who is heard before remembered addresses are tried as well.
    static let failuresHeardMax = 2
    /// Between two dials of one colleague, whatever is heard meanwhile.
    static let redialMilliseconds: Milliseconds = 2_000
    /// Colleagues that are remembered, and those of one address.
    static let colleaguesMax = 256
    static let colleaguesPerHostMax = 8
    /// A colleague who is not heard is forgotten after so long.
    static let forgetMilliseconds: Milliseconds = 600_000
    /// Up to so many laptops each has a session with each; more form a ring with chords.
    static let fullMeshMax = 16
    /// Sessions beyond which nobody is dialled only because it holds something else.
    static let sessionsMax = 32
    /// Beacons in a row that differ before someone outside the mesh is dialled.
    static let differencesMax = 3
    /// A session that heard nothing for so long may be dead: 10 seconds bring a ping.
    static let silenceMilliseconds: Milliseconds = 12_000
    /// One colleague that is lost is sent a beacon so often.
    static let probeMilliseconds: Milliseconds = 1_000
    /// The same when nobody was heard for a minute.
    static let probeSlowMilliseconds: Milliseconds = 5_000
    /// A colleague that is not heard for so long, and has no session, is lost.
    static let lostMilliseconds: Milliseconds = 4_000
    /// Between two answers to one colleague.
    static let answerMilliseconds: Milliseconds = 2_000
    /// Answers at once and a second, to all together.
    static let answersAtOnceMax: Int64 = 64
    static let answersPerSecondMax: Int64 = 32
    /// Datagrams that are opened, at once and a second: a flood costs no more than that.
    static let openedAtOnceMax: Int64 = 512
    static let openedPerSecondMax: Int64 = 256
}
