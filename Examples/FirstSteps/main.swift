import Weonomy

let brain = try await Brain.open(at: nil, as: "Anna de Vries", team: "Team Noord")
try await brain.profile.offer("sqlite", level: .expert)

let need = try await brain.ask("How do I spread Elixir knowledge?", topics: ["elixir"])
let share = try await brain.share(
    .experience, title: "WAL over NFS", body: "What I did: …", topics: ["sqlite"])

if let colleague = CommandLine.arguments.dropFirst().first {
    let report = try await brain.sync(with: .tcp(colleague))
    print("took in \(report.receivedCount), gave \(report.sentCount)")
}
for match in try await brain.matches(for: need) { print(match.person.name, match.reasons) }
print(need.title, share.title, try await brain.digest().prefix(8), separator: " · ")
