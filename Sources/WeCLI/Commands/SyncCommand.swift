import Weonomy

/// `weonomy sync`: meets one colleague, or waits for all.
enum SyncCommand: BrainCommand {
    static let needsTeam = false

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let address = context.arguments.operand(0)
        let isProbing = context.arguments.has("probe")
        if isProbing, address != nil || context.arguments.has("listen") {
            throw Failure.usage("probe-for-all", .probeIsForAll)
        }
        if context.arguments.has("listen") {
            if let address {
                throw Failure.usage(
                    "too-many-arguments", .listenOrDial(address), hint: .listenWhere)
            }
            // Nobody comes to who was put out; to dial shows whether that still holds.
            if try await brain.verdict().map({ $0.kind != .leave }) == true {
                try await brain.checkIsIn()
            }
            var listening = Listening(context, brain)
            return try await listening.run()
        }
        if address == nil, let running = UpFiles(try context.team()).running() {
            throw Failure(.busy, "up-runs", .upSyncs(running.peers.count), hint: .upSyncsHint)
        }
        let progress = context.progress(.exchanging)
        defer { progress.finish() }
        let format = context.output.format
        let report = try await brain.sync(
            with: address.map { .tcp($0) } ?? .lan(isProbing: isProbing)
        ) { now in
            let done = now.eventsReceived + now.eventsSent
            progress.update(
                done, of: now.eventsToReceive + now.eventsToSend,
                files: (now.fileBytesReceived, { brain.fileBytesToCome }))
            if format == .jsonLines { context.output.emit(progressLine(now)) }
        }
        progress.finish()
        let status = try await brain.status()
        return reply(address, report, status)
    }

    private static func reply(
        _ address: String?, _ report: SyncReport, _ status: BrainStatus
    ) -> Reply {
        let names = report.peers.map(\.person.name).filter { !$0.isEmpty }
        let who = names.isEmpty ? address ?? "" : names.joined(separator: ", ")
        var page = Page(.syncedWith(who, report.receivedCount, report.sentCount))
        let received = report.peers.reduce(0) { $0 + $1.progress.fileBytesReceived }
        let sent = report.peers.reduce(0) { $0 + $1.progress.fileBytesSent }
        if received + sent > 0 { page.say(.filesExchanged(received, sent)) }
        page.say(.syncCost(report.wireBytesIn + report.wireBytesOut, report.roundTrips), .faint)
        let next =
            report.receivedCount > 0
            ? [Reply.Hint(command: "weonomy today", why: .hintWhatIsNew)] : []
        return Reply(
            [
                "peers": .array(report.peers.map { json($0, address) }),
                "digest": .string(status.digest),
            ], page, next: next)
    }

    private static func json(_ met: SyncReport.Met, _ address: String?) -> JSONValue {
        [
            "person": JSONValue(met.person), "address": .string(address ?? met.address),
            "state": "same", "received": JSONValue(met.progress.eventsStored),
            "sent": JSONValue(met.progress.eventsSent),
            "bytes_received": JSONValue(met.progress.wireBytesIn),
            "bytes_sent": JSONValue(met.progress.wireBytesOut),
            "file_bytes_received": JSONValue(met.progress.fileBytesReceived),
            "file_bytes_sent": JSONValue(met.progress.fileBytesSent),
            "round_trips": JSONValue(met.progress.roundTrips), "reason": nil,
        ]
    }

    static func progressLine(_ progress: SyncProgress) -> JSONValue {
        Envelope.success(
            "progress",
            [
                "received": JSONValue(progress.eventsReceived),
                "to_receive": JSONValue(progress.eventsToReceive),
                "sent": JSONValue(progress.eventsSent),
                "to_send": JSONValue(progress.eventsToSend),
                "file_bytes_received": JSONValue(progress.fileBytesReceived),
                "file_bytes_sent": JSONValue(progress.fileBytesSent),
            ])
    }
}
