import Weonomy

// An app with records of its own kind: three people tick off one packing list.
let ria = try await Brain.open(at: nil, as: "Ria", team: "Texel 2027")
let door = try await ria.listen(host: "127.0.0.1", port: 0)
let code = try await ria.invite(uses: 2).code

let list = ria.records(of: "packing")
let tent = try await list.create { $0.set("what", "tent") }
let stove = try await list.create { $0.set("what", "stove") }

let (sam, _) = try await Brain.join(nil, as: "Sam", code: code, at: door.description)
let (tom, _) = try await Brain.join(nil, as: "Tom", code: code, at: door.description)

// Apart from each other, all three tick things off; Sam and Tom both found the tent.
try await sam.records(of: "packing").update(tent) { $0.add("Sam's car", to: "where") }
try await tom.records(of: "packing").update(tent) { $0.add("Tom's attic", to: "where") }
try await ria.records(of: "packing").update(stove) { $0.set("packed", true) }

for friend in [sam, tom, sam] { _ = try await friend.sync(with: .tcp(door.description)) }

for entry in try await sam.records(of: "packing").all() {
    let place = entry.record.set("where").compactMap(\.text).joined(separator: " and ")
    let state = entry["packed"] == true ? "packed" : "to do"
    print(entry["what"]?.text ?? "?", state, place, separator: " | ")
}
let isSame = try await sam.digest() == ria.digest()
print(isSame ? "the same list on every phone" : "lists differ")
for brain in [sam, tom, ria] { await brain.close() }
