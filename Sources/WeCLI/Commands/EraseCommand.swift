import Weonomy

/// `weonomy erase`: the words of an item go, here and at every colleague's.
enum EraseCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let item = try await context.item(brain, context.arguments.required(0))
        try context.confirm(item.title, Page(.wouldErase(item.title)))
        let report = try await brain.erase(item.id)
        var reply = context.reply(report, brain)
        reply.next = [
            Reply.Hint(command: "weonomy show \(item.shortID) --erased", why: .hintErased)
        ]
        return reply
    }
}

extension Context {
    /// Who has erased an item, as far as their devices said.
    func reply(_ report: ErasureReport, _ brain: Brain) -> Reply {
        var page = Page(
            .erased(by: report.by?.name, at: report.time?.milliseconds))
        if report.remainingCount > 0 { page.say(.remaining(report.remainingCount), .warn) }
        var table = Table(flexible: 1)
        for receipt in report.receipts {
            table.add(
                "\(receipt.device.owner.name)", "\(receipt.device.label, .faint)",
                receipt.hasErased
                    ? "\(Text.hasErased, .good)" : "\(Text.notErasedYet, .warn)")
        }
        page.table(table)
        page.say(.keepsCopy, .faint)
        return Reply(
            [
                "id": .string(report.item.description),
                "short": .string(brain.shortID(report.item)),
                "by": report.by.map { JSONValue($0) } ?? nil, "at": JSONValue(report.time),
                "erased": JSONValue(report.erasedCount),
                "remaining": JSONValue(report.remainingCount),
                "receipts": .array(
                    report.receipts.map {
                        ["device": JSONValue($0.device), "erased": .bool($0.hasErased)]
                    }),
            ], page, schema: "erase")
    }
}
