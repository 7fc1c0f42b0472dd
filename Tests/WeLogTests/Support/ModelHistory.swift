import Foundation
import WeData

@testable import WeLog

/// One operation of the executable model in `vectors/py/membership_model.py`: content and
/// membership in one graph, persons and devices by name.
struct ModelOp: Hashable {
    var id: String
    var person: String
    var device: String
    var previous: String?
    var deps: Set<String>
    var lamport: Int
    var kind: String
    /// Whom or which device the operation is about.
    var subject = ""
    var owner = ""
    var devices: [String] = []
    var lifts: [String] = []
    var invite = ""
    var role = "none"
    var cut: [String: [String]] = [:]
}

/// A history of the model, as its generator makes them: gossip, forks, backdating, and everything
/// that people with a grudge may write.
struct ModelHistory {
    private(set) var ops: [ModelOp] = []
    private(set) var index: [String: Int] = [:]
    /// Whose each device is, in order of appearance.
    private(set) var owners: [(device: String, person: String)] = []
    private(set) var known: [String: Set<String>] = [:]
    private(set) var persons = ["F"]
    private var last: [String: String] = [:]
    private var random: Seeded
    private var devicesMade = 0

    static let council = "c0"

    init(seed: UInt64, steps: Int = 60) {
        random = Seeded(seed)
        owners = [("f0", "F"), (Self.council, "council")]
        known = ["f0": [], Self.council: []]
        var genesis = blank("genesis")
        genesis.devices = ["f0"]
        emit("f0", genesis)
        for _ in 0..<steps { step() }
    }

    func op(_ id: String) -> ModelOp? { index[id].map { ops[$0] } }
    func person(of device: String) -> String { owners.first { $0.device == device }?.person ?? "" }
    func devices(of person: String) -> [String] {
        owners.filter { $0.person == person }.map(\.device)
    }

    private func blank(_ kind: String, _ subject: String = "") -> ModelOp {
        var op = ModelOp(
            id: "", person: "", device: "", previous: nil, deps: [], lamport: 0, kind: kind)
        op.subject = subject
        return op
    }

    private func past(of heads: Set<String>) -> Set<String> {
        var past: Set<String> = []
        var stack = Array(heads)
        while let next = stack.popLast() {
            guard past.insert(next).inserted, let op = op(next) else { continue }
            stack += op.deps
        }
        return past
    }

    /// Adds an operation by a device; by itself it follows all that the device knows.
    @discardableResult
    mutating func emit(
        _ device: String, _ draft: ModelOp, deps: Set<String>? = nil, previous: String?? = nil
    ) -> ModelOp {
        var deps = deps ?? known[device] ?? []
        let previous = previous ?? last[device]
        if let previous { deps.insert(previous) }
        let below = deps.reduce(into: Set<String>()) { below, dep in
            below.formUnion(self.op(dep)?.deps ?? [])
        }
        let front = deps.subtracting(past(of: below))
        let lamport = 1 + (front.compactMap { self.op($0)?.lamport }.max() ?? -1)
        var op = draft
        op.id = Hex.encode(random.bytes(8))
        op.person = person(of: device)
        op.device = device
        op.previous = previous
        op.deps = front
        op.lamport = lamport
        index[op.id] = ops.count
        ops.append(op)
        last[device] = op.id
        known[device] = past(of: Set([op.id]).union(known[device] ?? []))
        return op
    }

    private mutating func newDevice(_ person: String) -> String {
        devicesMade += 1
        let device = "\(person.lowercased())\(devicesMade)"
        owners.append((device, person))
        known[device] = []
        return device
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    private mutating func pick<Element>(_ items: [Element]) -> Element? {
        items.randomElement(using: &random)
    }

    private mutating func cut(by device: String, of person: String) -> [String: [String]] {
        var cut: [String: [String]] = [:]
        for its in devices(of: person) {
            let seen = ops.filter { $0.device == its && known[device]?.contains($0.id) == true }
            guard let newest = seen.max(by: { $0.lamport < $1.lamport }) else { continue }
            let head = chance(0.3) ? pick(seen) ?? newest : newest
            cut[its] = [head.id]
        }
        return cut
    }

    private mutating func some(_ ops: [ModelOp], _ probability: Double) -> [String] {
        var some: [String] = []
        for op in ops where chance(probability) { some.append(op.id) }
        return some.sorted()
    }

    private mutating func step() {
        let able = owners.map(\.device).filter {
            $0 != Self.council && (known[$0]?.isEmpty == false || $0 == "f0")
        }
        guard let device = pick(able), let target = pick(persons) else { return }
        let me = person(of: device)
        let seen = ops.filter { known[device]?.contains($0.id) == true }
        let reductions = seen.filter { $0.kind == "reduce" }
        let invites = seen.filter { $0.kind == "invite" }
        var draft = blank("content", target)
        switch Double.random(in: 0..<1, using: &random) {
        case ..<0.30:
            guard let other = pick(able) else { return }
            let both = (known[device] ?? []).union(known[other] ?? [])
            known[device] = both
            known[other] = both
        case ..<0.40:
            guard let invite = pick(invites), persons.count < 7 else { return }
            let name = ["A", "B", "C", "D", "E", "G", "H"][persons.count - 1]
            persons.append(name)
            let its = newDevice(name)
            draft = blank("admit", name)
            draft.devices = [its]
            draft.invite = invite.id
            emit(device, draft)
            known[its] = known[device]
        case ..<0.48: emit(device, blank("invite"))
        case ..<0.58:
            draft.kind = "grant"
            draft.devices = devices(of: target)
            draft.lifts = some(reductions, 0.4)
            emit(device, draft)
        case ..<0.70:
            draft.kind = "reduce"
            draft.role = chance(0.66) ? "none" : "member"
            draft.cut = cut(by: device, of: target)
            emit(device, draft)
        case ..<0.74:
            draft.kind = "readmit"
            draft.lifts = reductions.map(\.id).sorted()
            emit(device, draft)
        case ..<0.78:
            let its = newDevice(me)
            draft = blank("adddev", its)
            emit(device, draft)
            known[its] = known[device]
        case ..<0.82:
            guard let its = pick(owners.map(\.device).filter { $0 != Self.council }) else { return }
            draft = blank("revdev", its)
            draft.owner = person(of: its)
            draft.cut = cut(by: device, of: draft.owner).filter { $0.key == its }
            emit(device, draft)
        case ..<0.84:
            guard let invite = pick(invites) else { return }
            draft = blank("close")
            draft.invite = invite.id
            emit(device, draft)
        case ..<0.86:
            let log = ops.filter { $0.device == device }
            guard log.count > 2, let at = pick(Array(log.dropLast())) else { return }
            emit(device, draft, deps: [at.id], previous: at.id)
        case ..<0.88:
            guard let own = ops.last(where: { $0.device == device }) else { return }
            draft.kind = chance(0.5) ? "grant" : "reduce"
            draft.devices = devices(of: target)
            emit(device, draft, deps: [own.id])
        case ..<0.89:
            known[Self.council] = known[device]
            draft.kind = chance(0.5) ? "founder" : "reduce"
            draft.devices = devices(of: target)
            draft.cut = cut(by: Self.council, of: target)
            emit(Self.council, draft)
        default: emit(device, draft)
        }
    }
}

/// The published histories, which lie beside the project; see `membership/` in their README.
struct ModelVectors: Decodable {
    struct Vector: Decodable {
        let name: String
        let ops: [Op]
        let effective: [String]
    }
    struct Op: Decodable {
        let id: String
        let person: String
        let device: String
        let prev: String?
        let deps: [String]
        let lamport: Int
        let kind: String
        let data: Fields
    }
    struct Fields: Decodable {
        let person: String?
        let devices: [String]?
        let lifts: [String]?
        let invite: String?
        let to: String?
        let cut: [String: [String]]?
        let device: String?
        let owner: String?
    }
    let vectors: [Vector]

    /// Another file of the same form, made by `membership_model.py dump`, can be named.
    private static let file =
        ProcessInfo.processInfo.environment["WEONOMY_MEMBERSHIP_VECTORS"].map {
            URL(filePath: $0)
        }
        ?? URL(filePath: #filePath)
        .appending(path: "../../../../../shared/vectors/membership/membership_vectors.json")
        .standardized

    static let arePresent = FileManager.default.fileExists(atPath: file.path)

    static func load() throws -> [Vector] {
        try JSONDecoder().decode(ModelVectors.self, from: Data(contentsOf: file)).vectors
    }
}

extension ModelOp {
    init(_ op: ModelVectors.Op) {
        let data = op.data
        self.init(
            id: op.id, person: op.person, device: op.device, previous: op.prev,
            deps: Set(op.deps), lamport: op.lamport, kind: op.kind,
            subject: data.device ?? data.person ?? "", owner: data.owner ?? "",
            devices: data.devices ?? [], lifts: data.lifts ?? [], invite: data.invite ?? "",
            role: data.to ?? "none", cut: data.cut ?? [:])
    }
}
