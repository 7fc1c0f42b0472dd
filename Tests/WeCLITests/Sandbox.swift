import Foundation
import Testing

@testable import WeCLI

/// A Linux namespace of its own for some programs: mounts or a network that nobody else sees.
///
/// It is gone with the process that holds it, also when a test fails or is killed.
struct Sandbox {
    enum Kind: String {
        case mounts = "-m"
        case network = "-n"
    }

    private let holder: Subprocess
    private let kind: Kind
    /// All tests begin at once, and on a busy machine one may wait long for its turn.
    private static let secondsMax = 1_800
    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]

    /// Makes a namespace and runs a script in it; `nil` where the system does not allow it.
    init?(_ kind: Kind, _ script: String, _ arguments: String...) async {
        #if os(Linux)
            let shell = "set -e; \(script); echo ready; exec sleep \(Sandbox.secondsMax)"
            let words = ["/usr/bin/unshare", kind.rawValue, "/bin/sh", "-c", shell, "sh"]
            guard FileManager.default.isExecutableFile(atPath: words[0]),
                FileManager.default.isExecutableFile(atPath: "/usr/bin/nsenter"),
                let holder = Subprocess(words + arguments, environment: Sandbox.environment)
            else { return nil }
            var isReady = false
            for await line in holder.lines where line == "ready" {
                isReady = true
                break
            }
            guard isReady else {
                _ = await holder.ended()
                return nil
            }
            self.holder = holder
            self.kind = kind
        #else
            return nil
        #endif
    }

    var id: pid_t { holder.id }

    /// What a command line begins with to run in here.
    var words: [String] { ["/usr/bin/nsenter", "-t", "\(holder.id)", kind.rawValue, "--"] }

    /// Runs a shell script in here.
    @discardableResult
    func run(_ script: String, _ arguments: String...) async throws -> Int32 {
        let words = words + ["/bin/sh", "-c", "set -e; \(script)", "sh"] + arguments
        let shell = try #require(Subprocess(words, environment: Sandbox.environment))
        return await shell.ended().code
    }

    func end() async {
        holder.stop(true)
        _ = await holder.ended()
    }

    /// Whether this system lets tests mount in a namespace of their own.
    static func canMount() async -> Bool {
        guard let sandbox = await Sandbox(.mounts, "mount -t tmpfs -o size=64k tmpfs /tmp") else {
            return false
        }
        await sandbox.end()
        return true
    }

    /// Whether this system lets tests make networks.
    static func canNetwork() async -> Bool {
        let script = "ip link set lo up; ip link add we0 type veth peer name we1"
        guard let sandbox = await Sandbox(.network, script) else { return false }
        await sandbox.end()
        return true
    }
}
