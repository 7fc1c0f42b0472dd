/// What pages load beside themselves: one style sheet, one script, one picture, all from here.
///
/// Each address names its content, so that a browser may keep it as long as it likes.
struct Assets: Sendable {
    struct Asset: Sendable {
        let name: String
        let bytes: [UInt8]
        let type: String
        let version: String
    }

    static let prefix = "/assets/"
    private let byName: [String: Asset]

    init() {
        func asset(_ name: String, _ bytes: [UInt8], _ type: String) -> Asset {
            // FNV-1a (Fowler, Noll, Vo): names a version, protects nothing.
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return Asset(name: name, bytes: bytes, type: type, version: String(hash, radix: 36))
        }
        let all = [
            asset("style.css", PackageResources.style_css, "text/css; charset=utf-8"),
            asset("app.js", PackageResources.app_js, "text/javascript; charset=utf-8"),
            asset("favicon.svg", PackageResources.favicon_svg, "image/svg+xml"),
        ]
        byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The addresses of all of them.
    var paths: Set<String> { Set(byName.keys.map { path(of: $0) }) }

    func path(of name: String) -> String {
        "\(Assets.prefix)\(byName[name]?.version ?? "0")/\(name)"
    }

    /// What an address below ``prefix`` means; the version in it may be an old one.
    subscript(path: String) -> Asset? {
        guard path != "/favicon.ico" else { return byName["favicon.svg"] }
        return path.split(separator: "/").last.flatMap { byName[String($0)] }
    }
}
