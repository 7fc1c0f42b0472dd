import Weonomy

/// `weonomy export`.
enum ExportCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        guard let path = context.arguments.value("to") else {
            throw Failure.usage("needs-option", .needsTo, hint: .exportHow)
        }
        let format = format(context.arguments.value("format"), path)
        let progress = context.progress(.exporting)
        defer { progress.finish() }
        progress.update(0, of: 0)
        if path == "-" {
            guard format == .jsonl, context.output.format == .text else {
                throw Failure.usage("no-standard-output", .onlyJSONL)
            }
            return try await pour(context, brain, progress)
        }
        let report = try await brain.export(format, to: path)
        progress.finish()
        let page =
            format == .vault
            ? Page(.exportedVault(report.itemCount, report.fileCount, path))
            : Page(.exportedJSONL(report.itemCount, path))
        return Reply(
            [
                "format": .string(format.rawValue), "to": .string(path),
                "items": JSONValue(report.itemCount), "files": JSONValue(report.fileCount),
                "digest": .string(try await brain.digest()),
            ], page)
    }

    private static func format(_ word: String?, _ path: String) -> ExportFormat {
        if let word, let format = ExportFormat(rawValue: word) { return format }
        return path == "-" || path.hasSuffix(".jsonl") ? .jsonl : .vault
    }

    /// Writes the brain file to standard output.
    private static func pour(
        _ context: Context, _ brain: Brain, _ progress: Progress
    ) async throws -> Reply {
        let parent = context.environment["TMPDIR"] ?? "/tmp"
        guard let folder = Terminal.makePrivateFolder(in: parent) else {
            throw Failure(.failure, "no-temporary-folder", .cannotWrite(parent))
        }
        defer { Terminal.remove(folder: folder, files: ["brain.jsonl"]) }
        let path = folder + "/brain.jsonl"
        try await brain.export(.jsonl, to: path)
        guard let bytes = Terminal.contents(of: path, bytesMax: .max) else {
            throw Failure(.failure, "cannot-read", .cannotRead(path))
        }
        progress.finish()
        context.screen.write(String(decoding: bytes, as: UTF8.self), to: .output)
        return Reply([:], Page())
    }
}
