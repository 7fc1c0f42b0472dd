import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Lets someone write a text in their own editor, from a template.
///
/// The file is mode 0600 in a folder of its own that only this user can open, and is gone
/// afterwards.
struct Editor: Sendable {
    let screen: any Screen
    let environment: [String: String]
    /// Whether anyone may be asked.
    let isAllowed: Bool

    /// The longest text that is taken back.
    static let bytesMax = 4 << 20

    private static let fileName = "WEONOMY.md"

    /// The text as it was saved without the help; nil when nothing was changed or left.
    ///
    /// - Parameter help: Lines that explain; they stand in a comment on top and are dropped.
    func edit(_ text: String, help: String) throws(Failure) -> String? {
        // An editor that was named may be a program that needs no terminal.
        guard isAllowed, screen.isTerminal(.input) || named != nil else {
            throw .usage("needs-text", .needsText)
        }
        let temporary = environment["TMPDIR"] ?? "/tmp"
        guard let folder = Terminal.makePrivateFolder(in: temporary) else {
            throw Failure(.failure, "no-temporary-folder", .cannotWrite(temporary))
        }
        defer { Terminal.remove(folder: folder, files: [Editor.fileName]) }
        let path = folder + "/" + Editor.fileName
        let template = Editor.template(text, help: help)
        guard Terminal.create(path, bytes: Array(template.utf8)) else {
            throw Failure(.failure, "no-temporary-file", .cannotWrite(path))
        }
        guard screen.edit(path, command: command) == 0 else {
            throw Failure(.failure, "editor-failed", .editorFailed(command), hint: .setEditor)
        }
        return try readBack(path, template: template)
    }

    private var command: String { named ?? "vi" }

    private var named: String? {
        ["VISUAL", "EDITOR"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }

    private func readBack(_ path: String, template: String) throws(Failure) -> String? {
        guard let bytes = Terminal.contents(of: path, bytesMax: Editor.bytesMax) else {
            throw Failure(.failure, "cannot-read", .cannotRead(path))
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.failure, "not-utf8", .notUTF8(path))
        }
        guard text != template else { return nil }
        let written = Editor.strip(text).trimmed
        return written.isEmpty || written == Editor.strip(template).trimmed ? nil : written
    }

    static func template(_ text: String, help: String) -> String {
        "<!--\n\(help)\n-->\n\n\(text)\n"
    }

    /// Drops the comment on top, if it is still there.
    static func strip(_ text: String) -> String {
        let body = text.drop { $0.isWhitespace }
        guard body.hasPrefix("<!--"), let end = body.firstRange(of: "-->") else { return text }
        return String(body[end.upperBound...])
    }
}
