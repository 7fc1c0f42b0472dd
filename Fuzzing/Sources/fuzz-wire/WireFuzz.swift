import FuzzDriver

/// Events, what they say, and what laptops say to each other.
@main
enum Main {
    static func main() {
        let targets = [
            Target("value", run: EncodingTargets.value),
            Target("event", run: EncodingTargets.event),
            Target("body", run: EncodingTargets.body),
            Target("record", run: RecordTarget.run),
            Target("text", run: TextTargets.edits),
            Target("document", run: TextTargets.document),
            Target("membership", run: MembershipTarget.run),
            Target("message", run: EncodingTargets.message),
            Target("handshake", run: HandshakeTarget.run),
            Target("session", run: SessionTarget.run),
            Target("bundle", run: { BundleTarget.run(.bundle, $0) }),
            Target("frontier", run: { BundleTarget.run(.frontier, $0) }),
            Target("beacon", run: BeaconTarget.run),
        ]
        Fuzz.main(targets, seeds: Seeds.inputs)
    }
}
