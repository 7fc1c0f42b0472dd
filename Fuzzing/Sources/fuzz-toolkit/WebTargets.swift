import FuzzDriver
import WeWeb

/// What a browser, or a program that is none, sends to the page.
enum WebTargets {
    /// What was read, and how it ended.
    private struct Reading {
        var messages: [HTTPMessages.Message] = []
        var refusal: WebRefusal?

        init(_ bytes: some Collection<UInt8>, size: Int) {
            var reader = HTTPMessages()
            var rest = bytes[...]
            do {
                repeat {
                    reader.append(rest.prefix(size))
                    rest = rest.dropFirst(size)
                    while let message = try reader.next() { messages.append(message) }
                    expect(reader.bufferedCount < 32 << 10 + size, "what waits is bounded")
                } while !rest.isEmpty
            } catch {
                refusal = error
            }
        }
    }

    /// What a form with files held, and how it ended.
    private struct Form {
        var fields: [String] = []
        var files: [WebFile] = []
        var refusal: WebRefusal?

        init(_ bytes: some Collection<UInt8>, size: Int) {
            let type = "multipart/form-data; boundary=XbX"
            guard var upload = WebUpload(contentType: type) else { fail("the boundary is right") }
            var rest = bytes[...]
            do throws(WebRefusal) {
                repeat {
                    try upload.take(rest.prefix(size))
                    rest = rest.dropFirst(size)
                } while !rest.isEmpty
                let whole = try upload.finish()
                fields = whole.form.pairs.flatMap { [$0.name, $0.value] }
                files = whole.files
            } catch {
                refusal = error
            }
        }
    }

    static func multipart(_ bytes: [UInt8]) -> Int {
        let content = bytes.dropFirst()
        let whole = Form(content, size: max(content.count, 1))
        let split = Form(content, size: Int(bytes.first ?? 0) + 1)
        expect(
            whole.refusal == split.refusal && whole.fields == split.fields
                && whole.files == split.files, "how bytes are split never matters")
        let held =
            whole.fields.reduce(0) { $0 + $1.utf8.count }
            + whole.files.reduce(0) { $0 + $1.bytes.count + $1.name.utf8.count }
        expect(held <= content.count, "no more is held than was sent")
        var parser = MultipartParser(contentType: "multipart/form-data; boundary=XbX")
        parser?.append(content)
        var isOver = false
        do throws(WebRefusal) {
            while let event = try parser?.next() {
                expect(!isOver, "nothing comes after the end")
                isOver = event == .end
                if case .data(let bytes) = event { expect(!bytes.isEmpty, "data holds something") }
            }
            expect(parser?.bufferedCount ?? .max <= 4 << 10, "what waits is bounded")
        } catch {
            expect(error == whole.refusal || whole.refusal != nil, "both refuse it")
        }
        return held + whole.files.count + (whole.refusal?.status ?? 0)
    }

    static func http(_ bytes: [UInt8]) -> Int {
        let content = bytes.dropFirst()
        let whole = Reading(content, size: max(content.count, 1))
        let split = Reading(content, size: Int(bytes.first ?? 0) + 1)
        expect(
            whole.refusal == split.refusal && whole.messages.count == split.messages.count,
            "how bytes are split never matters")
        var sum = whole.refusal?.status ?? 0
        for (message, again) in zip(whole.messages, split.messages) {
            expect(
                message.path == again.path && message.body == again.body
                    && message.headers.count == again.headers.count,
                "how bytes are split never matters")
            let parts = message.path.utf8.split(separator: UInt8(ascii: "/"))
            expect(
                message.path.hasPrefix("/") && !message.path.contains("//")
                    && !parts.contains { $0.elementsEqual("..".utf8) }
                    && !message.path.utf8.contains { $0 < 0x20 || $0 == 0x5c },
                "a path is one way down")
            let text = WebForm.encode(message.query.pairs)
            let query = try? WebForm(decoding: text.utf8, countMax: message.query.pairs.count)
            expect(
                query?.pairs.elementsEqual(message.query.pairs, by: ==) == true,
                "a query is read as it was written")
            sum += message.headers.count + message.body.count + message.segments.count
        }
        for path in [String(decoding: content, as: UTF8.self)] + whole.messages.map(\.path) {
            let location = WebResponse.seeOther(path).headers.first?.value ?? ""
            expect(
                location.hasPrefix("/") && !location.hasPrefix("//")
                    && location.utf8.allSatisfy { 0x21...0x7e ~= $0 && $0 != 0x5c },
                "only addresses of this server are led to")
        }
        return sum
    }
}
