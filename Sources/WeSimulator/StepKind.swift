/// What can happen to a team in a simulation, by whom, and how often.
package enum StepKind: String, CaseIterable, Comparable, Sendable {
    // People.
    case create, editText, editStale, setRegister, addElement, removeElement, count, react, profile
    case erase, eraseOther, invite, grant
    // People about each other and their devices.
    case address, exclude, excludeSince, excludeAgain, demote, readmit, adopt, closeInvite
    case revokeOther, grantHostile, addDevice, revokeDevice, leave, council
    // The network.
    case cut, cutOneSide, silence, stall, clog, partition, partitionOneWay, heal, dialTwice
    case dialOnce
    // Nodes.
    case restart, clone, restore, clockJump, slowStore
    // Disks.
    case powerLoss, powerLossInCall, diskFull, diskError
    // Hostile moderators, and members who act as if they were.
    case excludeEveryone, demoteEveryone, promoteFriends, eraseEverything
    // Hostile members.
    case garbage, garbageMessage, lieHeads, lieEqual, lieCounts, withhold, withholdBodies
    case endlessHave, endlessBlocks, replay, stallMidway, flood, fork, wrongSignature, wrongLamport
    case wrongPrevious, wrongParents, unknownChange, unknownAct, backdatedGrant, backdatedExclusion
    case forgedAdmission, strangersEvent
    // Strangers.
    case knockGarbage, knockOtherSecret, knockStolenSecret, knockReplay
    // People with files.
    case attach, attachVersion, attachAgain, openFile, choosePolicy, eraseItem
    // What happens to files.
    case loseTail, filesFull, rot
    // Hostile members with files.
    case wrongChunk, wrongLeaves, falseHolding, stallChunks, askUnnamed, unaskedChunk, floodAsks
    case misnameFile

    /// Who or what brings it about.
    package enum Source: CaseIterable, Sendable {
        case people, safety, network, node, disk, rogue, member, stranger
        case files, fileNode, fileMember
    }

    /// Who or what brings it about.
    package var source: Source {
        switch self {
        case .create, .editText, .editStale, .setRegister, .addElement, .removeElement, .count,
            .react, .profile, .erase, .eraseOther, .invite, .grant:
            .people
        case .address, .exclude, .excludeSince, .excludeAgain, .demote, .readmit, .adopt,
            .closeInvite, .revokeOther, .grantHostile, .addDevice, .revokeDevice, .leave, .council:
            .safety
        case .powerLoss, .powerLossInCall, .diskFull, .diskError: .disk
        case .excludeEveryone, .demoteEveryone, .promoteFriends, .eraseEverything: .rogue
        case .cut, .cutOneSide, .silence, .stall, .clog, .partition, .partitionOneWay, .heal,
            .dialTwice, .dialOnce:
            .network
        case .restart, .clone, .restore, .clockJump, .slowStore: .node
        case .garbage, .garbageMessage, .lieHeads, .lieEqual, .lieCounts, .withhold,
            .withholdBodies, .endlessHave, .endlessBlocks, .replay, .stallMidway, .flood, .fork,
            .wrongSignature, .wrongLamport, .wrongPrevious, .wrongParents, .unknownChange,
            .unknownAct, .backdatedGrant, .backdatedExclusion, .forgedAdmission, .strangersEvent:
            .member
        case .knockGarbage, .knockOtherSecret, .knockStolenSecret, .knockReplay: .stranger
        case .attach, .attachVersion, .attachAgain, .openFile, .choosePolicy, .eraseItem: .files
        case .loseTail, .filesFull, .rot: .fileNode
        case .wrongChunk, .wrongLeaves, .falseHolding, .stallChunks, .askUnnamed, .unaskedChunk,
            .floodAsks, .misnameFile:
            .fileMember
        }
    }

    /// Whether it is something that goes wrong or an attack, rather than what people do.
    package var isFault: Bool {
        switch source {
        case .people, .safety, .files: false
        case .network: self != .heal && self != .dialOnce
        case .node, .disk, .rogue, .member, .stranger, .fileNode, .fileMember: true
        }
    }

    /// How often it comes, beside the others of its source.
    var weight: Int {
        switch self {
        case .attach: 24
        case .create: 24
        case .editText: 24
        case .setRegister: 16
        case .addElement, .removeElement, .react: 8
        case .editStale, .count, .profile: 5
        case .erase, .grant: 4
        case .eraseOther, .invite: 2
        case .exclude, .excludeSince: 8
        case .addDevice, .excludeAgain, .readmit: 6
        case .powerLoss: 6
        case .cut, .stall: 8
        case .clog, .partition, .partitionOneWay, .heal, .dialOnce: 5
        case .cutOneSide, .silence, .dialTwice: 4
        case .restart: 8
        case .clockJump, .slowStore: 4
        case .clone, .restore: 2
        default: 3
        }
    }

    private static let bySource: [Source: [StepKind]] = Dictionary(
        grouping: allCases.flatMap { [StepKind](repeating: $0, count: $0.weight) }, by: \.source)

    /// All of one source, each as often as it weighs.
    static func weighted(_ source: Source) -> [StepKind] { bySource[source] ?? [] }

    package static func < (left: StepKind, right: StepKind) -> Bool {
        left.rawValue < right.rawValue
    }
}
