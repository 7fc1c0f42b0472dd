/// Addresses where colleagues may be found without a beacon: typed by a person, or met before.
struct AddressBook: Sendable {
    struct Entry: Sendable, Equatable {
        let address: String
        /// Whose it was when it last answered.
        var device: Beacon.DeviceTag?
        var failures = 0
        var due: Milliseconds
        var isDialling = false
    }

    /// Addresses at most: those that come first are kept.
    static let countMax = 96
    /// After the first failure; twice as long after each further one.
    static let backoffMillisecondsMin: Milliseconds = 2_000
    /// The longest pause.
    static let backoffMillisecondsMax: Milliseconds = 300_000

    private(set) var entries: [Entry] = []

    /// Takes another list; what is known of those that stay is kept.
    ///
    /// Where somebody was met before is dialled after `wait`: a beacon may be sooner.
    mutating func replace(
        _ addresses: [(address: String, device: Beacon.DeviceTag?)], wait: Milliseconds = 0,
        now: Milliseconds
    ) {
        let known = Dictionary(entries.map { ($0.address, $0) }) { first, _ in first }
        var seen: Set<String> = []
        entries = addresses.prefix(AddressBook.countMax).compactMap { item in
            guard seen.insert(item.address).inserted else { return nil }
            let due = item.device == nil ? now : now + wait
            return known[item.address]
                ?? Entry(address: item.address, device: item.device, due: due)
        }
    }

    /// When the next one is due; `nil` for none, when those whose device is in `met` are left out.
    func deadline(besides met: Set<Beacon.DeviceTag>) -> Milliseconds? {
        entries.filter { isOpen($0, met) }.map(\.due).min()
    }

    private func isOpen(_ entry: Entry, _ met: Set<Beacon.DeviceTag>) -> Bool {
        !entry.isDialling && !(entry.device.map { met.contains($0) } ?? false)
    }

    /// The next one to dial now; it counts as being dialled from here on.
    mutating func popDue(_ now: Milliseconds, besides met: Set<Beacon.DeviceTag>) -> Entry? {
        guard let index = entries.firstIndex(where: { isOpen($0, met) && $0.due <= now })
        else { return nil }
        entries[index].isDialling = true
        return entries[index]
    }

    /// A dial is over; without a device it failed.
    ///
    /// `spread` is from 0 up to 1,000.
    mutating func ended(
        _ address: String, device: Beacon.DeviceTag?, now: Milliseconds, spread: Int64
    ) {
        guard let index = entries.firstIndex(where: { $0.address == address }) else { return }
        entries[index].isDialling = false
        if let device {
            entries[index].device = device
            entries[index].failures = 0
            entries[index].due = now + AddressBook.backoffMillisecondsMin
            return
        }
        let failures = entries[index].failures
        entries[index].failures = min(failures + 1, 20)
        let pause = min(
            AddressBook.backoffMillisecondsMin << Milliseconds(min(failures, 10)),
            AddressBook.backoffMillisecondsMax)
        // From three quarters to five quarters of it, so that a team does not dial in step.
        entries[index].due = now + pause * (750 + spread / 2) / 1_000
    }

    /// The network is another one: all are worth a try again.
    mutating func refresh(_ now: Milliseconds) {
        for index in entries.indices where !entries[index].isDialling {
            entries[index].failures = 0
            entries[index].due = now
        }
    }
}
