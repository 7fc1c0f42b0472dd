/// What the demo answers to programs.
struct DemoReport {
    let folder: String
    let laptops: [DemoLaptop]
    let statuses: [DemoAnswer.Status]
    let isEqual: Bool
    let exported: DemoRun.Exported
    let meetings: [DemoRun.Meeting]
    let versions: [DemoAnswer.Item]
    let questions: [DemoRun.Question]
    let risks: [DemoRun.Risk]
    let milliseconds: Int

    var json: JSONValue {
        [
            "folder": .string(folder),
            "laptops": .array(zip(laptops, statuses).map(laptop)),
            "digest": isEqual ? JSONValue(statuses.first?.digest) : .null,
            "equal": .bool(isEqual),
            "exported": [
                "folders": JSONValue(exported.folders),
                "identical": .bool(exported.files != nil),
                "files": exported.files.map { JSONValue($0) } ?? .null,
                "notes": JSONValue(exported.notes),
            ],
            "meetings": .array(meetings.map(meeting)),
            "versions": .array(versions.flatMap(competing)),
            "matches": .array(questions.flatMap(matches)),
            "risks": .array(risks.map(risk)),
            "seconds": .double(Double(milliseconds) / 1000),
        ]
    }

    private func laptop(_ laptop: DemoLaptop, _ status: DemoAnswer.Status) -> JSONValue {
        [
            "name": .string(laptop.name), "home": .string(laptop.home),
            "digest": .string(status.digest), "events": JSONValue(status.events),
            "shares": JSONValue(status.shares),
        ]
    }

    private func meeting(_ meeting: DemoRun.Meeting) -> JSONValue {
        [
            "visitor": .string(meeting.visitor), "host": .string(meeting.host),
            "received": JSONValue(meeting.received), "sent": JSONValue(meeting.sent),
            "bytes": JSONValue(meeting.bytes), "round_trips": JSONValue(meeting.roundTrips),
            "seconds": .double(Double(meeting.milliseconds) / 1000),
        ]
    }

    private func competing(_ item: DemoAnswer.Item) -> [JSONValue] {
        item.versions.map {
            [
                "id": .string(item.id), "field": .string($0.field),
                "texts": JSONValue($0.versions.map(\.text)),
            ]
        }
    }

    private func matches(_ question: DemoRun.Question) -> [JSONValue] {
        question.helpers.map {
            [
                "question": .string(question.title), "asker": .string(question.asker),
                "helper": .string($0.name), "reasons": JSONValue($0.reasons),
            ]
        }
    }

    private func risk(_ risk: DemoRun.Risk) -> JSONValue {
        [
            "topic": .string(risk.topic), "shares": JSONValue(risk.shares),
            "person": .string(risk.holder),
        ]
    }
}
