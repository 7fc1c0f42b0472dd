import Foundation

/// A process of ours whose lines are read as they come.
final class Child {
    private let process = Process()
    private let output = Pipe()
    private var rest = Data()

    init(_ program: String, _ words: [String], input: String? = nil) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = words
        process.standardOutput = output
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            pipe.fileHandleForWriting.write(Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        } else {
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }
    }

    /// A worker of this program.
    static func worker(_ words: String...) throws -> Child {
        try Child(CommandLine.arguments[0], ["worker"] + words)
    }

    /// The next line; `nil` at the end.
    func line() -> String? {
        while true {
            if let end = rest.firstIndex(of: 10) {
                let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                rest = Data(rest[rest.index(after: end)...])
                return line
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            rest.append(more)
        }
    }

    /// The next line as figures.
    func figures() throws -> [String: Double] {
        while let line = line() {
            if let figures = try? JSONDecoder().decode([String: Double].self, from: Data(line.utf8))
            {
                return figures
            }
        }
        throw BenchError(description: "a worker ended without its figures")
    }

    /// How long a program takes from start to end, without what `Process` needs to notice it.
    static func secondsToRun(_ program: String, _ words: [String]) throws -> Double {
        #if os(Linux)
            var actions = posix_spawn_file_actions_t()
        #else
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var arguments = ([program] + words).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var id: pid_t = 0
        var status: Int32 = -1
        let start = Usage.seconds()
        guard posix_spawn(&id, program, &actions, nil, &arguments, nil) == 0,
            waitpid(id, &status, 0) == id, status == 0
        else { throw BenchError(description: "\(program) failed") }
        return Usage.seconds() - start
    }

    func interrupt(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    @discardableResult
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// What this process has used so far.
enum Usage {
    #if os(Linux)
        private static var selfUsage: __rusage_who_t { __rusage_who_t(RUSAGE_SELF.rawValue) }
    #else
        private static var selfUsage: Int32 { RUSAGE_SELF }
    #endif

    static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(selfUsage, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The most memory it had, in MB.
    static func memoryMB() -> Double {
        var usage = rusage()
        getrusage(selfUsage, &usage)
        #if os(Linux)
            return Double(usage.ru_maxrss) / 1_000
        #else
            return Double(usage.ru_maxrss) / 1_000_000
        #endif
    }

    static func seconds() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    static func bytes(of folder: String) -> Double {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return sum + ((attributes?[.size] as? NSNumber)?.doubleValue ?? 0)
        }
    }
}
