import Foundation
import FuzzDriver
import WeData
import WeKeys
import WeLog
import Weonomy

/// What people really type, import and carry about, as inputs to begin with.
enum Seeds {
    static func inputs(_ target: String) throws -> [[UInt8]] {
        switch target {
        case "code":
            let code = try anna().invite().0.code
            let codes = [code, "0123456789abcdefghjkmnpqrstvwxyz", "00ff7a"]
            return (codes + ["192.168.1.7:7431", "[::1]:7431", "laptop.local", "a[:1]::7431"])
                .map { Array($0.utf8) }
        case "note": return notes.map { Array($0.utf8) }
        case "markdown": return markdown.map { Array($0.utf8) }
        case "key-file": return try keyFiles()
        case "brain-file": return [try brainFile()]
        case "multipart":
            return forms.map { text in
                [3] + Array(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)
            }
        case "http": return requests.map { Array($0.utf8) }
        default: return []
        }
    }

    // MARK: - The page

    /// A form as browsers send it, and ends that it may have.
    private static let forms = [
        """
        --XbX
        Content-Disposition: form-data; name="token"

        abc
        --XbX
        Content-Disposition: form-data; name="file"; filename="a b.png"
        Content-Type: image/png

        \u{89}PNG

        --Xb
        --XbX
        Content-Disposition: form-data; name="file"; filename=""
        Content-Type: application/octet-stream


        --XbX--

        """,
        "--XbX--\n", "--XbX\n\n\n--XbX--", "--XbX",
    ]

    /// What browsers send; the first byte of an input says how it is split.
    private static let requests = [
        "\u{1}GET /topic/a%2Fb?q=%C3%A9+x&q=2 HTTP/1.1\r\nHost: 127.0.0.1:7400\r\n"
            + "Accept-Language: nl,en;q=0.5\r\nCookie: a=b; weonomy-7400=c\r\n\r\n",
        "\u{9}POST /new HTTP/1.1\r\nHost: localhost:7400\r\nOrigin: http://localhost:7400\r\n"
            + "Sec-Fetch-Site: same-origin\r\nContent-Length: 13\r\n\r\ntoken=1&a=%2BHEAD / "
            + "HTTP/1.0\r\nHost: [::1]:7400\r\n\r\n",
        "\u{3}GET http://a:1/x?y HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n",
        "\u{2}POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked"
            + "\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
    ]

    // MARK: - Files

    private static let notes = [
        "is:tip topic:\"a b\" -by:Anna after:2024-02-30 \"exact words\" validated:yes near:abcd https://x.nl",
        "a.md\0---\ntitle: \"A: b\"\ntags: [one, 'two', three]\ncreated: 2024-02-03\n---\n# Head\n\ntext",
        "b.md\0---\nlist:\n  - a\n- b # c\nother: |\n  kept\n---\nDe kat zit op de mat.",
        "_history.tsv\0a.md\tAnna\t2024-01-01T00:00:00Z\n",
    ]

    private static let markdown = [
        "# A *b* _c_ **d** ~~e~~ `f` #\n\ng  \nh\\\ni\n===",
        "> - [x] j\n> - k\n\n1) l\n\n   m\n***\n",
        "[a](/b \"c\") ![d](http://e 'f') [g][h] [[i|j]]\n\n[h]: <t> (u)",
        "<http://k> <l@m.n> www.o.p q@r.s https://t.u/(v). &amp; &#65; &copy;",
        "```swift\na\n```\n\n    b\n\n|c|d|\n|:-:|-|\n|`e\\|f`|\n\n<div>\n\nx <b y='z'>",
    ]

    private static func keyFiles() throws -> [[UInt8]] {
        let secret = try SecretBytes(copying: [UInt8](repeating: 1, count: 64))
        return try [SealedKeyFile.Purpose.device, .backup].map { purpose in
            let file = try SealedKeyFile.seal(
                secret, for: purpose, subject: .zero, passphrase: ToolkitTargets.passphrase,
                cost: .least)
            return unsafe file.withUnsafeBytes { bytes in unsafe Array(bytes) }
        }
    }

    /// Who founded a team.
    private static func anna() throws -> Laptop {
        let anna = try Laptop("Anna", seed: 1)
        anna.found()
        return anna
    }

    private static func brainFile() throws -> [UInt8] {
        let anna = try anna()
        anna.write(5)
        let team = anna.store.teamID.map { "\($0)" } ?? ""
        func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
        let lines = anna.store.events.map { event in
            "{\"id\":\"\(event.id)\",\"header\":\"\(base64(event.header.encoded))\","
                + "\"signature\":\"\(base64(event.signature.bytes))\","
                + "\"body\":\"\(base64(event.body ?? []))\"}"
        }
        let heading = "{\"schema\":\"weonomy.brain-file/1\",\"team\":\"\(team)\"}"
        return Array(([heading] + lines).joined(separator: "\n").utf8)
    }
}
