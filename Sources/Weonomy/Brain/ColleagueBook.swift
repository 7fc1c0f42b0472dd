#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import WeData
import WeLog
import WeSync
import WeTransport

/// What this laptop knows of others: what they hold, and where they were found.
///
/// Only hints for people and for whom to dial: without them everything syncs all the same. Whose
/// word a hint rests upon is kept with it.
struct ColleagueBook: Equatable {
    /// What a laptop held.
    struct Held: Equatable {
        /// When, in milliseconds since 1970.
        var moment: Int64
        /// How many of the events that are here it held then.
        var count: Int
        /// Whether a stick says so, not a meeting.
        var isByStick = false
        /// Who told it; `nil` for what this laptop saw.
        var teller: DeviceKey?
    }

    /// What a laptop was seen to hold that was not here then.
    struct Ahead: Equatable {
        var moment: Int64
        var logs: [ColleagueNews.Ahead]
        /// Who told it; `nil` for what a stick said.
        var teller: DeviceKey?
    }

    /// Where others found a laptop.
    struct Place: Equatable {
        /// When it was told.
        var moment: Int64
        var addresses: [String]
        var teller: DeviceKey
    }

    struct Entry: Equatable {
        /// When it was met last, or a stick that it had seen.
        var met: Held?
        var told: Held?
        var ahead: Ahead?
        var place: Place?
    }

    /// Laptops that are known: those heard of last stay.
    static let devicesMax = 1_024
    /// Told addresses that are dialled, and for how long.
    static let placesMax = 32
    static let placeMillisecondsMax: Int64 = 7 * 86_400_000
    /// How long ago others are told of a meeting.
    static let newsMillisecondsMax: Int64 = 14 * 86_400_000
    private static let fileBytesMax = 4 << 20

    var entries: [DeviceKey: Entry] = [:]

    // MARK: - What happens

    /// This laptop and another one held the same.
    mutating func met(_ device: DeviceKey, eventCount: Int, at moment: Int64) {
        entries[device, default: Entry()].met = Held(moment: moment, count: eventCount)
        bound()
    }

    /// A stick says what another laptop held.
    mutating func sawOnStick(
        _ device: DeviceKey, heldCount: Int, ahead: [ColleagueNews.Ahead], at moment: Int64
    ) {
        let held = Held(moment: moment, count: heldCount, isByStick: true)
        var entry = Entry(met: held)
        if !ahead.isEmpty { entry.ahead = Ahead(moment: moment, logs: ahead) }
        entries[device, default: Entry()].take(entry)
        bound()
    }

    /// One laptop tells of others; a moment that is still to come is now.
    mutating func heard(_ news: [ColleagueNews], from teller: DeviceKey, at now: Int64) {
        for one in news where one.device != teller {
            let moment = min(one.met, now)
            var entry = Entry(told: Held(moment: moment, count: one.heldCount, teller: teller))
            if !one.ahead.isEmpty {
                entry.ahead = Ahead(moment: moment, logs: one.ahead, teller: teller)
            }
            let addresses = one.addresses.filter { (try? PeerAddress($0))?.isRoutable == true }
            if !addresses.isEmpty {
                entry.place = Place(moment: now, addresses: addresses, teller: teller)
            }
            entries[one.device, default: Entry()].take(entry)
        }
        bound()
    }

    /// Takes in what another process of this laptop wrote: of each hint the newer one stays.
    mutating func merge(_ other: ColleagueBook) {
        for (device, entry) in other.entries { entries[device, default: Entry()].take(entry) }
        bound()
    }

    private mutating func bound() {
        guard entries.count > ColleagueBook.devicesMax else { return }
        let oldest = entries.sorted { $0.value.moment < $1.value.moment }
        for (device, _) in oldest.prefix(entries.count - ColleagueBook.devicesMax) {
            entries[device] = nil
        }
    }

    // MARK: - What follows

    /// Where to dial beside the places that this laptop knows itself, the latest told first.
    func places(now: Int64) -> [KnownAddress] {
        let told = entries.compactMap { device, entry in entry.place.map { (device, $0) } }
            .filter { now - $0.1.moment < ColleagueBook.placeMillisecondsMax }
            .sorted { ($1.1.moment, $0.0) < ($0.1.moment, $1.0) }
        return Array(
            told.flatMap { device, place in
                place.addresses.map { KnownAddress(address: $0, device: device) }
            }.prefix(ColleagueBook.placesMax))
    }

    /// What others are told: what this laptop saw itself, so that no rumour goes round.
    func news(
        addresses: [DeviceKey: [String]], now: Int64, isWorthIt: (DeviceKey) -> Bool
    ) -> [ColleagueNews] {
        let met = entries.compactMap { device, entry in entry.met.map { (device, $0, entry) } }
            .filter { now - $0.1.moment < ColleagueBook.newsMillisecondsMax && isWorthIt($0.0) }
            .sorted { ($1.1.moment, $0.0) < ($0.1.moment, $1.0) }
        return met.prefix(ColleagueNews.devicesMax).map { device, held, entry in
            let ahead = entry.ahead.flatMap { $0.teller == nil ? $0.logs : nil } ?? []
            return ColleagueNews(
                device: device, met: held.moment, heldCount: held.count, ahead: ahead,
                addresses: addresses[device] ?? [])
        }
    }

    // MARK: - The file

    init() {}

    /// Reads it; what is damaged is left out.
    init(path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            data.count <= ColleagueBook.fileBytesMax
        else { return }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map {
                String($0)
            }
            guard parts.count == 5, let device = ColleagueBook.device(parts[1]),
                let moment = Int64(parts[2])
            else { continue }
            var entry = Entry()
            let teller = ColleagueBook.device(parts[4])
            switch parts[0] {
            case "met":
                guard let count = Int(parts[3]), count >= 0 else { continue }
                entry.met = Held(moment: moment, count: count, isByStick: parts[4] == "stick")
            case "told":
                guard let count = Int(parts[3]), count >= 0, let teller else { continue }
                entry.told = Held(moment: moment, count: count, teller: teller)
            case "ahead":
                let logs = parts[3].split(separator: " ").compactMap { ColleagueBook.ahead($0) }
                guard !logs.isEmpty else { continue }
                entry.ahead = Ahead(moment: moment, logs: logs, teller: teller)
            case "place":
                let addresses = parts[3].split(separator: " ").map { String($0) }
                guard let teller, !addresses.isEmpty else { continue }
                entry.place = Place(moment: moment, addresses: addresses, teller: teller)
            default: continue
            }
            entries[device, default: Entry()].take(entry)
        }
        bound()
    }

    /// Writes it; a hint that cannot be kept is no reason to fail.
    func save(path: String) {
        var lines: [String] = []
        for (device, entry) in entries.sorted(by: { $0.key < $1.key }) {
            func line(_ kind: String, _ moment: Int64, _ value: String, _ from: String) {
                lines.append("\(kind)\t\(device)\t\(moment)\t\(value)\t\(from)\n")
            }
            if let met = entry.met {
                line("met", met.moment, "\(met.count)", met.isByStick ? "stick" : "")
            }
            if let told = entry.told {
                line("told", told.moment, "\(told.count)", told.teller?.description ?? "")
            }
            if let ahead = entry.ahead {
                let logs = ahead.logs.map { "\(Hex.encode($0.key.bytes)):\($0.eventCount)" }
                let from = ahead.teller?.description ?? ""
                line("ahead", ahead.moment, logs.joined(separator: " "), from)
            }
            if let place = entry.place {
                let addresses = place.addresses.joined(separator: " ")
                line("place", place.moment, addresses, place.teller.description)
            }
        }
        try? Data(lines.joined().utf8).write(to: URL(filePath: path), options: .atomic)
    }

    private static func device(_ text: String) -> DeviceKey? {
        Hex.decode(text).flatMap { DeviceKey($0) }
    }

    private static func ahead(_ text: Substring) -> ColleagueNews.Ahead? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let count = Int(parts[1]), count > 0,
            let key = Hex.decode(String(parts[0])).flatMap({ LogKey($0) })
        else { return nil }
        return ColleagueNews.Ahead(key: key, eventCount: count)
    }
}

extension ColleagueBook.Entry {
    /// The latest moment of all hints.
    var moment: Int64 {
        max(met?.moment ?? .min, told?.moment ?? .min, ahead?.moment ?? .min, place?.moment ?? .min)
    }

    /// Of each hint the newer one stays; of two as new, the one that says more.
    mutating func take(_ other: ColleagueBook.Entry) {
        met = ColleagueBook.Entry.newer(met, other.met)
        told = ColleagueBook.Entry.newer(told, other.told)
        if let new = other.ahead, (ahead?.moment ?? .min) <= new.moment { ahead = new }
        if let new = other.place, (place?.moment ?? .min) <= new.moment { place = new }
    }

    private static func newer(
        _ one: ColleagueBook.Held?, _ other: ColleagueBook.Held?
    ) -> ColleagueBook.Held? {
        guard let one, let other else { return one ?? other }
        return (one.moment, one.count) < (other.moment, other.count) ? other : one
    }
}
