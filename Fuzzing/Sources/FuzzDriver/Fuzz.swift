import Foundation

/// What each binary is: `--target=NAME` runs libFuzzer on one of its targets with the rest of the
/// arguments, `--list` names them, `--seeds FOLDER` writes what real teams say.
///
/// libFuzzer passes over arguments that begin with two dashes, and hands all of them to the
/// processes that it starts.
package enum Fuzz {
    nonisolated(unsafe) static var target: Target?
    /// What an input led to; without it an optimiser may leave the work out.
    nonisolated(unsafe) static var sink = 0

    /// Runs one of `targets`; `seeds` gives what each begins with.
    package static func main(
        _ targets: [Target], seeds: (_ target: String) throws -> [[UInt8]]
    ) {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.contains("--list") {
            for target in targets { print(target.name) }
            return
        }
        if let place = arguments.firstIndex(of: "--seeds"), place + 1 < arguments.endIndex {
            do {
                for target in targets {
                    try write(seeds(target.name), to: "\(arguments[place + 1])/\(target.name)")
                }
            } catch {
                fail("seeds: \(error)")
            }
            return
        }
        let name = arguments.first { $0.hasPrefix("--target=") }?.dropFirst(9) ?? ""
        guard let found = targets.first(where: { $0.name == name }) else {
            fail("no target is called \(name); see --list")
        }
        target = found
        var count = CommandLine.argc
        var values = unsafe CommandLine.unsafeArgv
        exit(
            unsafe runDriver(&count, &values) { bytes, count in
                let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
                unsafe Fuzz.sink &+= Fuzz.target?.run(input) ?? 0
                return 0
            })
    }

    private static func write(_ inputs: [[UInt8]], to folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (number, bytes) in inputs.enumerated() {
            try Data(bytes).write(to: URL(filePath: "\(folder)/seed-\(number)"))
        }
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
package struct Target: Sendable {
    let name: String
    /// Takes an input; what it gives depends on all that was done.
    let run: @Sendable ([UInt8]) -> Int

    package init(_ name: String, run: @escaping @Sendable ([UInt8]) -> Int) {
        self.name = name
        self.run = run
    }
}

/// A broken property: libFuzzer keeps the input.
package func fail(_ what: String) -> Never {
    FileHandle.standardError.write(Data("property broken: \(what)\n".utf8))
    abort()
}

package func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) {
    if !isTrue { fail(what()) }
}
