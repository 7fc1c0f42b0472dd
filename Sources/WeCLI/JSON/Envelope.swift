import Weonomy

/// The one object that a command prints under `--json`, whatever happened.
enum Envelope {
    /// The name of a command's schema: `weonomy.find/1`.
    static func schema(_ command: String) -> String {
        "weonomy.\(command)/1"
    }

    static func success(_ command: String, _ data: JSONValue) -> JSONValue {
        ["schema": .string(schema(command)), "ok": true, "data": data]
    }

    /// Errors are written in English: programs and the people who maintain them read them.
    static func failure(_ failure: Failure) -> JSONValue {
        [
            "schema": .string(schema("error")), "ok": false,
            "error": [
                "code": .string(failure.name),
                "exit": .int(Int64(failure.code.rawValue)),
                "message": .string(failure.message.plain(.english)),
                "hint": JSONValue(failure.hint?.plain(.english)),
            ],
        ]
    }
}
