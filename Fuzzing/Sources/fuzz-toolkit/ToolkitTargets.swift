import Foundation
import FuzzDriver
import WeData
import WeKeys
import WeLog
import WeTransport
import Weonomy

/// What people type, import and carry about.
enum ToolkitTargets {
    static func code(_ bytes: [UInt8]) -> Int {
        let text = String(decoding: bytes, as: UTF8.self)
        var sum = 0
        if let invitation = Invitation(code: text) {
            let again = Invitation(code: invitation.code)
            expect(
                again?.seed == invitation.seed && again?.teamPrefix == invitation.teamPrefix
                    && again?.purpose == invitation.purpose, "a code is read as it was written")
            sum += 1
        }
        if let decoded = Base32.decode(text) {
            expect(Base32.encode(decoded) == text, "base 32 has one form")
            sum += decoded.count
        }
        expect(Base32.decode(Base32.encode(bytes)) == bytes, "base 32 holds any bytes")
        if let decoded = Hex.decode(text) {
            expect(
                Hex.encode(decoded) == text.lowercased(), "hexadecimal has one form but for case")
            sum += decoded.count
        }
        expect(Hex.decode(Hex.encode(bytes)) == bytes, "hexadecimal holds any bytes")
        if let address = try? PeerAddress(text) {
            let again = try? PeerAddress(address.description)
            expect(again == address, "an address is read as it was written")
            sum += Int(address.port)
        }
        return sum
    }

    static func note(_ bytes: [UInt8]) -> Int {
        let query = Query(String(decoding: bytes, as: UTF8.self))
        expect(query.terms.count <= Query.partsMax, "a query is bounded")
        var sum = query.terms.count + query.filters.count
        let split = bytes.firstIndex(of: 0) ?? bytes.count
        let path = String(decoding: bytes[..<split], as: UTF8.self)
        let content = Array(bytes[split...].dropFirst())
        for bytes in [bytes, content] {
            guard let note = try? Note(path: path, bytes: bytes) else { continue }
            expect(!note.title.isEmpty, "a note has a title")
            expect(note.title.count <= Note.titleLengthMax, "of bounded length")
            sum += note.tags.count + 1
            guard let properties = note.frontMatter else { continue }
            let text = properties.text + "x"
            let again = try? Note(path: path, bytes: Array(text.utf8))
            expect(again?.frontMatter == properties, "properties are read as they were written")
            var changed = properties
            changed.set("title", ["a: b", "#\n\t"])
            let after = try? Note(path: path, bytes: Array((changed.text + "x").utf8))
            expect(
                after?.frontMatter?["title"] == changed["title"],
                "what is set is read as it was set")
        }
        let files = [
            ImportFile(path: path, bytes: content),
            ImportFile(path: "_history.tsv", bytes: content),
        ]
        let plan = FolderImport.plan(collection: "c", files: files)
        return sum + plan.notes.count
    }

    static let passphrase: SecretBytes = {
        guard let secret = try? SecretBytes(copying: Array("correct horse".utf8)) else {
            fail("no memory")
        }
        return secret
    }()

    static func keyFile(_ bytes: [UInt8]) -> Int {
        // The hash at the end finds damage, and stops nobody who means harm.
        let content = bytes.dropLast(32)
        let sum = Blake2b.derive(label: "weonomy/1 key file", Array(content)).bytes
        var result = 0
        for bytes in [bytes, content + sum] {
            guard let file = try? SecretBytes(copying: bytes),
                let heading = try? SealedKeyFile.heading(of: file)
            else { continue }
            result += heading.cost.passes
            guard heading.cost.memoryKiB <= 64, heading.cost.passes <= 2 else { continue }
            for purpose in [SealedKeyFile.Purpose.device, .backup] {
                let secret = try? SealedKeyFile.open(file, for: purpose, passphrase: passphrase)
                result += secret?.count ?? 0
            }
        }
        return result
    }

    private static let path = FileManager.default.temporaryDirectory
        .appending(path: "fuzz-\(ProcessInfo.processInfo.processIdentifier).jsonl").path

    /// Answers one waiting thread.
    private final class Answer: @unchecked Sendable {
        // Written before the semaphore is raised and read after it.
        var value = 0
    }

    static func brainFile(_ bytes: [UInt8]) -> Int {
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            fail("no temporary file")
        }
        let answer = Answer()
        let done = DispatchSemaphore(value: 0)
        let path = self.path
        Task.detached {
            do {
                let (brain, report) = try await Brain.restore(path, to: nil)
                answer.value = report.eventCount + (try await brain.digest().count)
            } catch {
                answer.value = -1
            }
            done.signal()
        }
        done.wait()
        return answer.value
    }
}
