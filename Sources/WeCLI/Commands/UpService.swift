import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Makes `up` start by itself: a unit of systemd's for this user, or an agent of launchd's.
enum UpService {
    static func install(_ context: Context) async throws(Failure) -> Reply {
        guard !Terminal.isRoot || context.arguments.has("as-root") else {
            throw Failure(.failure, "not-as-root", .notAsRoot, hint: .notAsRootHint)
        }
        let plan = try Plan(context)
        try plan.write()
        var isStarted = true
        for words in plan.start where isStarted { isStarted = await run(words, context) }
        var page = Page(.installed(plan.path))
        for words in plan.start { page.line("\(words.joined(separator: " "), .faint)", indent: 2) }
        page.say(isStarted ? .installedRuns : .installedLater, isStarted ? .good : .warn)
        if let paths = try? context.team().storage, (try? Brain.keyStatus(paths))?.isSealed == true
        {
            page.say(.sealedKeyCannotStart, .warn)
        }
        return Reply(
            [
                "path": .string(plan.path), "started": .bool(isStarted),
                "commands": .array(plan.start.map { .string($0.joined(separator: " ")) }),
            ], page, next: [Reply.Hint(command: "weonomy status", why: .hintUpRuns)],
            exit: isStarted ? .ok : .partly, schema: "up-installed")
    }

    static func uninstall(_ context: Context) async throws(Failure) -> Reply {
        let plan = try Plan(context)
        guard FileManager.default.fileExists(atPath: plan.path) else {
            throw Failure(.notFound, "not-installed", .notInstalled(plan.path))
        }
        for words in plan.stop { _ = await run(words, context) }
        try? FileManager.default.removeItem(atPath: plan.path)
        return Reply(
            [
                "path": .string(plan.path), "started": false,
                "commands": .array(plan.stop.map { .string($0.joined(separator: " ")) }),
            ], Page(.uninstalled(plan.path)), schema: "up-installed")
    }

    private static func run(_ words: [String], _ context: Context) async -> Bool {
        guard
            let process = Subprocess(
                ["/usr/bin/env"] + words, environment: context.environment)
        else { return false }
        return await process.ended().code == 0
    }

    /// What is written where, and what is run then.
    struct Plan {
        let path: String
        let text: String
        let start: [[String]]
        let stop: [[String]]

        init(_ context: Context) throws(Failure) {
            let team = try context.team()
            let slug = team.folder.split(separator: "/").last.map(String.init) ?? "team"
            let name = "weonomy-\(slug)"
            guard let home = context.environment["HOME"], home.hasPrefix("/") else {
                throw Failure(.failure, "no-home", .noHome)
            }
            let data = try context.paths().data
            var words = [Subprocess.ownPath() ?? "weonomy", "up", "--home", data, "--team", slug]
            for option in ["port", "page-port", "host"] {
                guard let value = context.arguments.value(option) else { continue }
                words += ["--\(option)", value]
            }
            for option in ["no-page", "no-discovery", "probe"]
            where context.arguments.has(option) {
                words.append("--\(option)")
            }
            if Paths.isDarwin {
                path = "\(home)/Library/LaunchAgents/nl.weonomy.\(slug).plist"
                text = Plan.agent(label: "nl.weonomy.\(slug)", words)
                start = [["launchctl", "load", "-w", path]]
                stop = [["launchctl", "unload", "-w", path]]
            } else {
                let config =
                    context.environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
                    ?? home + "/.config"
                path = "\(config)/systemd/user/\(name).service"
                text = Plan.unit(words)
                start = [
                    ["systemctl", "--user", "daemon-reload"],
                    ["systemctl", "--user", "enable", "--now", "\(name).service"],
                ]
                stop = [["systemctl", "--user", "disable", "--now", "\(name).service"]]
            }
        }

        func write() throws(Failure) {
            do {
                let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            } catch {
                throw Failure(.failure, "cannot-write", .cannotInstall(path))
            }
        }

        /// A unit of systemd.service(5).
        static func unit(_ words: [String]) -> String {
            """
            [Unit]
            Description=Weonomy: what your team knows, on this laptop

            [Service]
            ExecStart=\(words.map(quoted).joined(separator: " "))
            Restart=on-failure
            RestartSec=5
            NoNewPrivileges=yes

            [Install]
            WantedBy=default.target

            """
        }

        /// A word as ExecStart= reads it: percent signs, dollars, quotes and backslashes mean
        /// something there.
        private static func quoted(_ word: String) -> String {
            var result = "\""
            for character in word {
                switch character {
                case "\"", "\\": result += "\\\(character)"
                case "%", "$": result += "\(character)\(character)"
                default: result.append(character)
                }
            }
            return result + "\""
        }

        /// An agent of launchd.plist(5).
        static func agent(label: String, _ words: [String]) -> String {
            let strings = words.map { "    <string>\(escaped($0))</string>\n" }.joined()
            return """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"
                  "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <plist version="1.0"><dict>
                  <key>Label</key><string>\(escaped(label))</string>
                  <key>ProgramArguments</key><array>
                \(strings)  </array>
                  <key>RunAtLoad</key><true/>
                  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
                </dict></plist>

                """
        }

        private static func escaped(_ text: String) -> String {
            var result = ""
            for character in text {
                switch character {
                case "&": result += "&amp;"
                case "<": result += "&lt;"
                case ">": result += "&gt;"
                default: result.append(character)
                }
            }
            return result
        }
    }
}
