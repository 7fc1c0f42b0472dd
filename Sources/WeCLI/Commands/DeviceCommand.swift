import Weonomy

/// `weonomy device list`.
enum DeviceListCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        var person = brain.me
        if let typed = context.arguments.operand(0) {
            person = try await context.person(brain, typed)
        }
        let isAll = context.arguments.has("all")
        let devices = try await brain.devices(of: isAll ? nil : person.id)
        return context.reply(devices, context.page(devices))
    }
}

/// `weonomy device add`: lets one more laptop of this person in, and waits for it.
enum DeviceAddCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        var listening = Listening(context, brain)
        let before = Set(try await brain.devices(of: brain.me.id).map(\.id))
        let came = try await listening.awaitDevice(besides: before)
        let devices = try await brain.devices(of: brain.me.id)
        guard let came else {
            throw Failure(.failure, "no-device", .noDeviceCame, hint: .hintDeviceAgain)
        }
        return context.reply(devices, Page(.deviceCame(came.label)))
    }
}

/// `weonomy device revoke`: exit 3 while a second moderator has to agree.
enum DeviceRevokeCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let device = try await brain.device(context.arguments.required(0))
        if !device.isRevoked, !device.isThis {
            try context.confirm(device.label, Page(.wouldRevoke(device.label, device.owner.name)))
        }
        let isOut = try await brain.revoke(device.id, since: context.since)
        let devices = try await brain.devices(of: device.owner.id)
        return context.reply(
            devices, Page(isOut ? .deviceRevoked(device.label) : .revokeWaits(device.label)),
            exit: isOut ? .ok : .partly)
    }
}

extension Context {
    fileprivate func page(_ devices: [DeviceInfo]) -> Page {
        var page = Page()
        var table = Table(flexible: 1, indent: 0)
        for device in devices {
            let state: Line =
                device.isRevoked
                ? "\(Text.revoked, .warn)" : device.isThis ? "\(Text.thisLaptop, .good)" : ""
            table.add(
                "\(String(device.id.prefix(8)), .id)", "\(device.label)", "\(device.owner.name)",
                state)
        }
        page.table(table)
        return page
    }

    fileprivate func reply(
        _ devices: [DeviceInfo], _ page: Page, exit: ExitCode = .ok
    ) -> Reply {
        Reply(
            ["devices": .array(devices.map { JSONValue($0) })], page, exit: exit, schema: "device")
    }
}

extension JSONValue {
    init(_ device: DeviceInfo) {
        self = [
            "id": .string(device.id), "label": .string(device.label),
            "owner": JSONValue(device.owner), "this_laptop": .bool(device.isThis),
            "revoked": .bool(device.isRevoked),
        ]
    }
}
