import Weonomy

// Two brains in one process: Anna founds a team and listens, Bram joins with her code.
let anna = try await Brain.open(at: nil, as: "Anna", team: "Team Noord")
try await anna.share(.howto, title: "Reset the pump", body: "Hold both buttons.")
let door = try await anna.listen(host: "127.0.0.1", port: 0)
let invitation = try await anna.invite()

let (bram, report) = try await Brain.join(
    nil, as: "Bram", code: invitation.code, at: door.description)
print("Bram took in \(report.receivedCount) events")

// What either writes from now on reaches the other at the next meeting.
try await bram.ask("Which pump is loudest?", topics: ["pumps"])
_ = try await bram.sync(with: .tcp(door.description))

let digests = (try await anna.digest(), try await bram.digest())
print(digests.0 == digests.1 ? "one brain" : "two brains", try await anna.find("pump").items.count)
await bram.close()
await anna.close()
