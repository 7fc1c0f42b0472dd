#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@main
struct Main {
    static func main() async {
        Terminal.installSignals()
        let code = await Program.run(
            Array(CommandLine.arguments.dropFirst()),
            environment: ProcessInfo.processInfo.environment, screen: Terminal())
        Terminal.exit(code)
    }
}
