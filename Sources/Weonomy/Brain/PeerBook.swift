#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import WeData
import WeTransport

/// The addresses that this laptop keeps of its colleagues, in a file beside the replica.
///
/// Only a hint where to dial; it stays on this laptop.
struct PeerBook: Equatable {
    struct Entry: Equatable {
        let address: String
        /// Whether a person typed it; the others come and go by themselves.
        var isTyped: Bool
        var device: DeviceKey?
        /// When somebody was met there last, in milliseconds since 1970.
        var met: Int64?
    }

    /// Addresses that were typed.
    static let typedMax = 32
    /// Addresses where somebody was met: the latest stay.
    static let metMax = 24
    private static let fileBytesMax = 65_536

    var entries: [Entry] = []

    init() {}

    init(path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            data.count <= PeerBook.fileBytesMax
        else { return }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard parts.count == 4, (try? PeerAddress(String(parts[0]))) != nil,
                entries.count < PeerBook.typedMax + PeerBook.metMax
            else { continue }
            entries.append(
                Entry(
                    address: String(parts[0]), isTyped: parts[1] == "typed",
                    device: Hex.decode(String(parts[2])).flatMap { DeviceKey($0) },
                    met: Int64(parts[3])))
        }
    }

    /// Writes it; a hint that cannot be kept is no reason to fail.
    func save(path: String) -> Bool {
        let lines = entries.map { entry in
            [
                entry.address, entry.isTyped ? "typed" : "met",
                entry.device.map(\.description) ?? "", entry.met.map(String.init) ?? "",
            ].joined(separator: "\t") + "\n"
        }
        do {
            try Data(lines.joined().utf8).write(to: URL(filePath: path), options: .atomic)
            return true
        } catch {
            return false
        }
    }

    /// Somebody answered at an address; what they had before they moved is dropped.
    mutating func note(_ address: String, device: DeviceKey, at moment: Int64) {
        if let index = entries.firstIndex(where: { $0.address == address }) {
            entries[index].device = device
            entries[index].met = moment
        } else {
            entries.append(Entry(address: address, isTyped: false, device: device, met: moment))
        }
        let met = entries.filter { !$0.isTyped }.sorted { ($0.met ?? 0) > ($1.met ?? 0) }
        let kept = Set(met.prefix(PeerBook.metMax).map(\.address))
        entries.removeAll { !$0.isTyped && !kept.contains($0.address) }
    }

    /// Where each device answered, the latest first, as far as other laptops can use it.
    var found: [DeviceKey: [String]] {
        let met = entries.filter { $0.device != nil && $0.met != nil }
            .sorted { ($1.met ?? 0, $0.address) < ($0.met ?? 0, $1.address) }
        var found: [DeviceKey: [String]] = [:]
        for entry in met where (try? PeerAddress(entry.address))?.isRoutable == true {
            if let device = entry.device { found[device, default: []].append(entry.address) }
        }
        return found
    }

    /// For the engine, those that were typed first.
    var addresses: [KnownAddress] {
        let sorted = entries.filter(\.isTyped) + entries.filter { !$0.isTyped }
        return sorted.map { KnownAddress(address: $0.address, device: $0.device) }
    }
}
