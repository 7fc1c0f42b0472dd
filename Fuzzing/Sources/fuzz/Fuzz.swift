import Foundation

/// One binary for all targets: `fuzz --target=NAME` runs libFuzzer on one of them with the rest of
/// the arguments, `fuzz --list` names them, `fuzz --seeds FOLDER` writes what real teams say.
///
/// libFuzzer passes over arguments that begin with two dashes, and hands all of them to the
/// processes that it starts.
@main
enum Fuzz {
    nonisolated(unsafe) static var target = Target.all[0]
    /// What an input led to; without it an optimiser may leave the work out.
    nonisolated(unsafe) static var sink = 0

    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.contains("--list") {
            for target in Target.all { print(target.name) }
            return
        }
        if let place = arguments.firstIndex(of: "--seeds"), place + 1 < arguments.endIndex {
            do {
                try Seeds.write(to: arguments[place + 1])
            } catch {
                fail("seeds: \(error)")
            }
            return
        }
        let name = arguments.first { $0.hasPrefix("--target=") }?.dropFirst(9) ?? ""
        guard let found = Target.all.first(where: { $0.name == name }) else {
            fail("no target is called \(name); see fuzz --list")
        }
        target = found
        var count = CommandLine.argc
        var values = unsafe CommandLine.unsafeArgv
        exit(
            unsafe runDriver(&count, &values) { bytes, count in
                let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
                unsafe Fuzz.sink &+= Fuzz.target.run(input)
                return 0
            })
    }
}

/// libFuzzer's entry for programs with a `main` of their own.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ values: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Something that takes bytes from outside, and what must hold whatever they are.
struct Target: Sendable {
    let name: String
    /// Takes an input; what it gives depends on all that was done.
    let run: @Sendable ([UInt8]) -> Int

    static let all: [Target] = [
        Target(name: "value", run: EncodingTargets.value),
        Target(name: "event", run: EncodingTargets.event),
        Target(name: "body", run: EncodingTargets.body),
        Target(name: "record", run: RecordTarget.run),
        Target(name: "text", run: TextTargets.edits),
        Target(name: "document", run: TextTargets.document),
        Target(name: "membership", run: MembershipTarget.run),
        Target(name: "message", run: EncodingTargets.message),
        Target(name: "handshake", run: HandshakeTarget.run),
        Target(name: "session", run: SessionTarget.run),
        Target(name: "code", run: ToolkitTargets.code),
        Target(name: "note", run: ToolkitTargets.note),
        Target(name: "markdown", run: MarkdownTarget.run),
        Target(name: "key-file", run: ToolkitTargets.keyFile),
        Target(name: "brain-file", run: ToolkitTargets.brainFile),
        Target(name: "bundle", run: { BundleTarget.run(.bundle, $0) }),
        Target(name: "frontier", run: { BundleTarget.run(.frontier, $0) }),
        Target(name: "http", run: WebTargets.http),
        Target(name: "multipart", run: WebTargets.multipart),
        Target(name: "beacon", run: BeaconTarget.run),
    ]
}

/// A broken property: libFuzzer keeps the input.
func fail(_ what: String) -> Never {
    FileHandle.standardError.write(Data("property broken: \(what)\n".utf8))
    abort()
}

func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) {
    if !isTrue { fail(what()) }
}
