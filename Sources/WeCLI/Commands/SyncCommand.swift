import Weonomy

/// `weonomy sync`: meets one colleague, or waits for all.
enum SyncCommand: BrainCommand {
    static let needsTeam = false

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        if context.arguments.has("listen") {
            if let address = context.arguments.operand(0) {
                throw Failure.usage(
                    "too-many-arguments", .listenOrDial(address), hint: .listenWhere)
            }
            // Nobody comes to who was put out; to dial shows whether that still holds.
            if try await brain.verdict().map({ $0.kind != .leave }) == true {
                try await brain.checkIsIn()
            }
            var listening = Listening(context, brain, try context.team())
            return try await listening.run()
        }
        guard let address = context.arguments.operand(0) else {
            throw Failure.usage("needs-argument", .needsArgument("HOST:PORT"), hint: .syncHow)
        }
        let progress = context.progress(.exchanging)
        defer { progress.finish() }
        let format = context.output.format
        let report = try await brain.sync(with: .tcp(address)) { now in
            let done = now.eventsReceived + now.eventsSent
            progress.update(done, of: now.eventsToReceive + now.eventsToSend)
            if format == .jsonLines { context.output.emit(progressLine(now)) }
        }
        progress.finish()
        let status = try await brain.status()
        Meetings.note(
            report.peer, events: status.eventCount, at: context.now, in: try context.team())
        return reply(address, report, status)
    }

    private static func reply(
        _ address: String, _ report: SyncReport, _ status: BrainStatus
    ) -> Reply {
        var page = Page(
            .syncedWith(report.peer?.name ?? address, report.receivedCount, report.sentCount))
        page.say(.syncCost(report.wireBytesIn + report.wireBytesOut, report.roundTrips), .faint)
        let next =
            report.receivedCount > 0
            ? [Reply.Hint(command: "weonomy today", why: .hintWhatIsNew)] : []
        return Reply(
            [
                "peers": [
                    [
                        "person": report.peer.map { JSONValue($0) } ?? nil,
                        "address": .string(address), "state": "same",
                        "received": JSONValue(report.receivedCount),
                        "sent": JSONValue(report.sentCount),
                        "bytes_received": JSONValue(report.wireBytesIn),
                        "bytes_sent": JSONValue(report.wireBytesOut),
                        "round_trips": JSONValue(report.roundTrips), "reason": nil,
                    ]
                ],
                "digest": .string(status.digest),
            ], page, next: next)
    }

    static func progressLine(_ progress: SyncProgress) -> JSONValue {
        Envelope.success(
            "progress",
            [
                "received": JSONValue(progress.eventsReceived),
                "to_receive": JSONValue(progress.eventsToReceive),
                "sent": JSONValue(progress.eventsSent),
                "to_send": JSONValue(progress.eventsToSend),
            ])
    }
}
