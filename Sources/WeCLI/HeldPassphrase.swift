import Synchronization
import Weonomy

/// The passphrase of this laptop's key file: read or typed once for a command that opens it twice.
final class HeldPassphrase: Sendable {
    private let secret = Mutex<SecretBytes?>(nil)

    var value: SecretBytes? {
        get { secret.withLock { $0 } }
        set { secret.withLock { $0 = newValue } }
    }
}

extension Context {
    private static let triesMax = 3

    /// Runs what opens the key file, and gives it the passphrase when that is sealed.
    ///
    /// Who types it may mistype it twice; a file is read once.
    func unlocking<Result>(
        _ body: (@escaping PassphraseSource) async throws(BrainError) -> Result
    ) async throws -> Result {
        let isTyped = globals.passphraseFile == nil
        if let path = globals.passphraseFile, passphrase.value == nil {
            passphrase.value = try secret(of: path)
        }
        for attempt in 1... {
            do throws(BrainError) {
                return try await body { () throws(BrainError) in try passphraseOfKey() }
            } catch {
                guard error.code == .wrongPassphrase, isTyped, attempt < Context.triesMax else {
                    throw error
                }
                passphrase.value = nil
                output.complain(Failure(error))
            }
        }
        throw Failure(.failure, "internal", .internalFault("passphrase"))
    }

    private func passphraseOfKey() throws(BrainError) -> SecretBytes {
        if let known = passphrase.value { return known }
        guard let typed = try? prompt.secret(.askPassphrase) else {
            throw BrainError(.passphraseNeeded, "the key file is sealed with a passphrase")
        }
        passphrase.value = typed
        return typed
    }

    /// The passphrase in a file, or on standard input for `-`.
    func secret(of path: String) throws(Failure) -> SecretBytes {
        do throws(Terminal.SecretFault) {
            return try Terminal.secret(of: path)
        } catch {
            switch error {
            case .unreadable: throw Failure(.failure, "cannot-read", .noPassphraseIn(path))
            case .empty: throw Failure(.failure, "no-passphrase", .noPassphraseIn(path))
            case .tooOpen:
                throw Failure(
                    .failure, "too-open", .passphraseTooOpen(path), hint: .chmod(path))
            }
        }
    }

    /// The passphrase for what a command is about to seal: out of a file, or typed twice.
    func newPassphrase(_ question: Text) throws(Failure) -> SecretBytes {
        guard let path = arguments.value("new-passphrase-file") else {
            return try prompt.newSecret(question)
        }
        return try secret(of: path)
    }
}
