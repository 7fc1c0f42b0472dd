import Weonomy

extension Failure {
    /// What the brain says, with the code of the table in `weonomy help exit-codes`.
    init(_ error: BrainError) {
        self.init(
            Failure.code(error.code), Failure.name(error.code), .what(error), hint: .mending(error))
    }

    private static func code(_ code: BrainError.Code) -> ExitCode {
        switch code {
        case .noReplica: .noReplica
        case .busy: .busy
        case .trust, .notAllowed, .excluded, .wrongPassphrase: .trust
        case .passphraseNeeded: .usage
        case .notFound, .ambiguous: .notFound
        case .exists, .invalid, .network, .diskFull, .readOnly, .corrupt, .newerVersion, .key,
            .file, .failed:
            .failure
        }
    }

    private static func name(_ code: BrainError.Code) -> String {
        switch code {
        case .noReplica: "no-replica"
        case .exists: "exists"
        case .notFound: "not-found"
        case .ambiguous: "ambiguous"
        case .invalid: "invalid"
        case .notAllowed: "not-allowed"
        case .trust: "not-trusted"
        case .excluded: "excluded"
        case .network: "network"
        case .busy: "busy"
        case .diskFull: "disk-full"
        case .readOnly: "read-only"
        case .corrupt: "corrupt"
        case .newerVersion: "newer-version"
        case .key: "key-file"
        case .passphraseNeeded: "needs-passphrase"
        case .wrongPassphrase: "wrong-passphrase"
        case .file: "file"
        case .failed: "failed"
        }
    }
}
