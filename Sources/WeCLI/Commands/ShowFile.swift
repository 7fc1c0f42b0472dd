import Weonomy

/// `weonomy show ID --file NAME`: what a file holds, to standard output or to a place.
enum ShowFile {
    static func run(_ name: String, _ context: Context, _ brain: Brain) async throws -> Reply {
        let item = try await context.item(brain, context.arguments.required(0))
        let file = try await brain.file(of: item, named: name)
        if let place = context.arguments.value("to") {
            let path = try await brain.save(file, to: place)
            return Reply(
                [
                    "name": .string(file.name), "bytes": JSONValue(file.byteCount),
                    "path": .string(path),
                ], Page(.fileSaved(file.name, path)), schema: "show-file")
        }
        guard context.output.format == .text else {
            throw Failure.usage("needs-option", .needsOption("--to"))
        }
        let reading = try await brain.read(file)
        if context.screen.isTerminal(.output) {
            try await checkIsText(reading, file, item)
        }
        var place = 0
        while case let bytes = try reading.bytes(from: place), !bytes.isEmpty {
            context.screen.write(bytes, to: .output)
            place += bytes.count
        }
        return Reply([:], Page())
    }

    /// A terminal obeys some bytes: only plain text may reach it.
    private static func checkIsText(
        _ reading: FileReading, _ file: FileInfo, _ item: Item
    ) async throws {
        let bytes = try reading.bytes(from: 0)
        guard bytes.count == reading.byteCount,
            let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ isPlain($0) })
        else {
            throw Failure(
                .failure, "not-text", .fileIsNoText(file.name),
                hint: .saveFile(item.shortID, file.name))
        }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar == "\n" || scalar == "\t" || scalar == "\r"
        // Marks that turn the direction of what follows.
        case .format: !(0x202A...0x202E ~= scalar.value || 0x2066...0x2069 ~= scalar.value)
        case .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
