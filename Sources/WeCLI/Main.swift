#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

import Weonomy

@main
struct Main {
    static func main() async {
        Terminal.installSignals()
        Allocator.keepFreedMemory()
        // Before any secret is read. Where the system refuses, the program is no worse than others.
        try? ProcessHardening.disableCoreDumps()
        try? ProcessHardening.denyInspection()
        let code = await Program.run(
            Array(CommandLine.arguments.dropFirst()),
            environment: ProcessInfo.processInfo.environment, screen: Terminal())
        Terminal.exit(code)
    }
}
