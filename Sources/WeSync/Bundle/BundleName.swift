public import WeData
import WeKeys
import WeLog

/// What things on a stick are called: the same for who knows the team, nothing for others.
public enum BundleName {
    /// Where all teams' folders are.
    public static let parent = "Weonomy"
    private static let tagBytes = 10

    private static func tag(_ value: Bytes32) -> String {
        Base32.encode(value.bytes.prefix(tagBytes))
    }

    /// A team's folder, by the first eight bytes of its id: an invitation holds as many, and they
    /// stay when the secret changes.
    public static func folder(teamPrefix: [UInt8]) -> String {
        tag(Blake2b.derive(label: "weonomy/1 stick folder", Array(teamPrefix.prefix(8))))
    }

    /// A device's file; under another secret it has another name.
    public static func file(
        _ kind: BundleKind, of device: DeviceKey, secret: Bytes32
    ) -> String {
        tag(Blake2b.derive(label: "weonomy/1 stick file", secret.bytes, device.bytes))
            + suffix(kind)
    }

    /// What kind of file a name stands for; `nil` for someone else's.
    public static func kind(of name: String) -> BundleKind? {
        [BundleKind.bundle, .frontier, .request].first { name.hasSuffix(suffix($0)) }
    }

    private static func suffix(_ kind: BundleKind) -> String {
        switch kind {
        case .bundle: ".bundle"
        case .frontier: ".frontier"
        case .request: ".request"
        }
    }
}
