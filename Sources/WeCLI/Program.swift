import Weonomy

/// Runs one command line from its words to its exit code.
enum Program {
    static let version = "0.1.0"

    /// Who does the work of each command in the table, by its path.
    static let commands: [String: any Command.Type] = [
        "": StartCommand.self,
        "init": InitCommand.self,
        "invite": InviteCommand.self,
        "join": JoinCommand.self,
        "profile show": ProfileShowCommand.self,
        "profile check": ProfileCheckCommand.self,
        "profile edit": ProfileEditCommand.self,
        "profile offer": ProfileChangeCommand.self,
        "profile learn": ProfileChangeCommand.self,
        "profile role": ProfileChangeCommand.self,
        "profile responsibility": ProfileChangeCommand.self,
        "profile language": ProfileChangeCommand.self,
        "profile contact": ProfileChangeCommand.self,
        "share": ShareCommand.self,
        "edit": EditCommand.self,
        "retract": RetractCommand.self,
        "erase": EraseCommand.self,
        "ask": AskCommand.self,
        "answer": AnswerCommand.self,
        "react": ReactCommand.self,
        "validate": ValidateCommand.self,
        "today": TodayCommand.self,
        "find": FindCommand.self,
        "show": ShowCommand.self,
        "files list": FilesListCommand.self,
        "files get": FilesChoiceCommand.self,
        "files keep": FilesChoiceCommand.self,
        "files free": FilesChoiceCommand.self,
        "files policy": FilesPolicyCommand.self,
        "files check": FilesCheckCommand.self,
        "brain topics": TopicsCommand.self,
        "brain risk": BrainRiskCommand.self,
        "brain overlap": BrainOverlapCommand.self,
        "brain goals": BrainGoalsCommand.self,
        "team show": TeamShowCommand.self,
        "team promote": TeamRoleCommand.self,
        "team demote": TeamRoleCommand.self,
        "team leave": TeamLeaveCommand.self,
        "team recovery": TeamRecoveryCommand.self,
        "team recover": TeamRecoverCommand.self,
        "community list": CommunityListCommand.self,
        "community add": CommunityChangeCommand.self,
        "community edit": CommunityChangeCommand.self,
        "community show": CommunityShowCommand.self,
        "community join": CommunityChangeCommand.self,
        "community leave": CommunityChangeCommand.self,
        "community coach": CommunityChangeCommand.self,
        "community listen": CommunityListenCommand.self,
        "device list": DeviceListCommand.self,
        "device add": DeviceAddCommand.self,
        "device revoke": DeviceRevokeCommand.self,
        "safety log": SafetyLogCommand.self,
        "safety flag": SafetyFlagCommand.self,
        "safety flags": SafetyFlagsCommand.self,
        "safety address": SafetyAddressCommand.self,
        "safety exclude": SafetyExcludeCommand.self,
        "safety restore": SafetyRestoreCommand.self,
        "safety adopt": SafetyAdoptCommand.self,
        "sync": SyncCommand.self,
        "carry": CarryCommand.self,
        "up": UpCommand.self,
        "peer list": PeerListCommand.self,
        "peer add": PeerAddCommand.self,
        "peer remove": PeerRemoveCommand.self,
        "status": StatusCommand.self,
        "import": ImportCommand.self,
        "export": ExportCommand.self,
        "ui": UICommand.self,
        "config show": ConfigCommand.self,
        "config mute": ConfigCommand.self,
        "config unmute": ConfigCommand.self,
        "config later": ConfigCommand.self,
        "doctor": DoctorCommand.self,
        "key show": KeyShowCommand.self,
        "key passphrase": KeyPassphraseCommand.self,
        "key backup": KeyBackupCommand.self,
        "key restore": KeyRestoreCommand.self,
        "help": HelpCommand.self,
        "version": VersionCommand.self,
        "completion": CompletionCommand.self,
        "demo": DemoCommand.self,
        "__complete": CompleteCommand.self,
    ]

    static func run(
        _ words: [String], environment: [String: String], screen: any Screen,
        commands: [String: any Command.Type] = Program.commands
    ) async -> ExitCode {
        let parsed = Parser().parse(words)
        let language = Language.choose(option: parsed.globals.language, environment: environment)
        let voice = Voice(language: language, now: screen.now(), offset: Terminal.offset)
        let output = Output(
            screen: screen, voice: voice, globals: parsed.globals, environment: environment)
        if let failure = parsed.failure { return report(failure, output) }
        let arguments = resolved(parsed)
        let context = Context(
            arguments: arguments, globals: parsed.globals, output: output,
            environment: environment)
        return await run(context, commands)
    }

    /// `--help` and `--version` stand for the commands of those names.
    private static func resolved(_ parsed: Parser.Result) -> Arguments {
        if parsed.globals.wantsHelp {
            return plain("help", operands: parsed.arguments?.path ?? [])
        }
        if parsed.globals.wantsVersion { return plain("version") }
        return parsed.arguments
            ?? Arguments(
                path: [], spec: CommandSpec(name: "", summary: .tagline), operands: [], given: [:])
    }

    private static func plain(_ name: String, operands: [String] = []) -> Arguments {
        let spec = CommandTable.spec([name]) ?? CommandSpec(name: name, summary: .tagline)
        return Arguments(path: [name], spec: spec, operands: operands, given: [:])
    }

    private static func run(
        _ context: Context, _ commands: [String: any Command.Type]
    ) async -> ExitCode {
        let name = context.arguments.path.joined(separator: " ")
        do throws(Failure) {
            guard let command = commands[name] else {
                throw Failure(.failure, "not-built", .internalFault(name))
            }
            return deliver(try await command.run(context), name: name, context.output)
        } catch {
            return report(error, context.output)
        }
    }

    private static func deliver(_ reply: Reply, name: String, _ output: Output) -> ExitCode {
        switch output.format {
        case .text:
            output.show(reply.page)
            output.aside(reply.nextPage, isApart: !reply.page.isEmpty)
        case .json, .jsonLines:
            let schema = reply.schema ?? name.split(separator: " ").joined(separator: "-")
            output.emit(Envelope.success(schema, reply.data))
        }
        return reply.exit
    }

    private static func report(_ failure: Failure, _ output: Output) -> ExitCode {
        guard output.format == .text else {
            output.emit(Envelope.failure(failure))
            return failure.code
        }
        output.complain(failure)
        return failure.code
    }
}
