import Weonomy

/// `weonomy key`: what the key file is.
enum KeyShowCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let team = try context.team()
        return try await context.asking { reply(try Brain.keyStatus(team.storage)) }
    }

    static func reply(_ status: KeyStatus, saying text: Text? = nil) -> Reply {
        var page = Page()
        if let text { page.say(text, .good) }
        var table = Table(flexible: 1, indent: 0, wraps: true)
        table.add("\(Text.deviceKey, .faint)", "\(grouped(status.device), .strong)")
        table.add("\(Text.keyFile, .faint)", "\(status.path)")
        let mode = String(status.mode, radix: 8)
        table.add("\(Text.keyReaders, .faint)", "\(Text.onlyYou(mode))")
        table.add(
            "\(Text.keyPassphrase, .faint)", "\(status.isSealed ? Text.sealed : Text.notSealed)")
        page.table(table)
        var next: [Reply.Hint] = []
        if !status.isSealed {
            next.append(Reply.Hint(command: "weonomy key passphrase", why: .hintPassphrase))
        }
        next.append(Reply.Hint(command: "weonomy key backup FILE", why: .hintKeyBackup))
        return Reply(
            [
                "path": .string(status.path), "device": .string(status.device),
                "sealed": .bool(status.isSealed), "mode": .string(mode),
            ], page, next: text == nil ? next : [], schema: "key")
    }

    /// Half of the key in groups of four, which is what people can compare.
    static func grouped(_ device: String) -> String {
        stride(from: 0, to: 32, by: 4).map { start in
            String(device.dropFirst(start).prefix(4))
        }.joined(separator: " ")
    }
}

/// `weonomy key passphrase`: sets it, changes it, takes it off.
enum KeyPassphraseCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let storage = try context.team().storage
        let isRemoved = context.arguments.has("remove")
        return try await context.asking {
            let before = try Brain.keyStatus(storage)
            guard before.isSealed || !isRemoved else {
                throw Failure(.failure, "not-sealed", .noPassphraseToRemove)
            }
            // Opened first, so that nobody thinks of a new passphrase for nothing.
            if before.isSealed { try await context.checkPassphrase(of: storage) }
            let new = isRemoved ? nil : try context.newPassphrase(.askNewPassphrase)
            try await context.unlocking { current throws(BrainError) in
                try Brain.setPassphrase(new, of: storage, current: current)
            }
            let text: Text =
                isRemoved
                ? .passphraseRemoved : before.isSealed ? .passphraseChanged : .passphraseSet
            return KeyShowCommand.reply(try Brain.keyStatus(storage), saying: text)
        }
    }
}

extension Context {
    /// Asks for the passphrase of a sealed key file, and tries it.
    func checkPassphrase(of storage: Brain.Storage) async throws {
        try await unlocking { passphrase throws(BrainError) in
            try Brain.checkPassphrase(of: storage, passphrase)
        }
    }
}

/// `weonomy key backup`: the keys in a sealed file, for a bad day.
enum KeyBackupCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let storage = try context.team().storage
        let file = context.arguments.required(0)
        return try await context.asking {
            let status = try Brain.keyStatus(storage)
            try Brain.refuseExisting(file)
            if status.isSealed { try await context.checkPassphrase(of: storage) }
            let new = try context.newPassphrase(.askBackupPassphrase)
            try await context.unlocking { current throws(BrainError) in
                try Brain.backUpKeys(of: storage, to: file, passphrase: new, current: current)
            }
            var page = Page(.keysBackedUp(file))
            page.say(.keepBackup, .faint)
            return Reply(
                ["file": .string(file), "device": .string(status.device)], page,
                next: [
                    Reply.Hint(command: "weonomy key restore FILE", why: .hintKeyRestore)
                ], schema: "key-backup")
        }
    }
}

/// `weonomy key restore`: puts keys back where none are.
enum KeyRestoreCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let file = context.arguments.required(0)
        let paths = try context.paths()
        return try await context.asking {
            let backup = try await context.unlocking { passphrase throws(BrainError) in
                try KeyBackup(path: file, passphrase: passphrase)
            }
            let team = paths.team(slug: Paths.slug(context.globals.team ?? backup.teamName))
            try context.makeFolder(team.folder)
            let passphrase = backup.wasSealed ? context.passphrase.value : nil
            try backup.restore(to: team.storage, passphrase: passphrase)
            return reply(backup, team)
        }
    }

    private static func reply(_ backup: KeyBackup, _ team: Paths.Team) -> Reply {
        var page = Page(.keysRestored(backup.teamName))
        if backup.wasSealed { page.say(.restoredSealed) }
        page.say(.replicaComesBack)
        page.say(.oldLaptop, .warn)
        return Reply(
            [
                "team": .string(backup.teamName), "team_id": .string(backup.teamID),
                "device": .string(backup.device), "folder": .string(team.folder),
                "sealed": .bool(backup.wasSealed),
            ], page,
            next: [
                Reply.Hint(command: "weonomy sync HOST:PORT", why: .hintFetchAll),
                Reply.Hint(command: "weonomy device revoke", why: .hintRevoke),
            ], schema: "key-restore")
    }
}
