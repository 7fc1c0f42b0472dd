package import WeKeys

/// Why a Noise message could not be written or read; the state is then as it was before.
///
/// What is wrong is for our own logs: telling the other side would help someone who guesses.
package enum NoiseError: Error, Equatable, Sendable {
    /// A message would be, or is, longer than 65535 bytes (Noise 3).
    case messageTooLong
    /// A message ends before the keys and tags that its pattern puts in it.
    case messageTooShort
    /// A tag does not fit: another key, another handshake, or changed bytes.
    case notAuthentic
    /// The last usable nonce of a key has been used (Noise 5.1).
    case nonceExhausted
    /// The other side sent a key that would make the shared secret public.
    case lowOrderKey
    /// It is the other side's turn, or the handshake is over.
    case outOfTurn
    /// The handshake is not over yet, so there are no transport keys.
    case notFinished
    /// The pattern needs a key that was not given.
    case missingKey(HandshakePattern.Token)
    /// The pattern needs another number of pre-shared keys, or keys of 32 bytes.
    case wrongPSKs
    /// The keys themselves failed: no memory, or a wrong length.
    case keys(KeyError)
}

/// Runs `body` and tells what a failing key means for the channel.
func noise<Result: ~Copyable>(
    _ body: () throws(KeyError) -> Result
) throws(NoiseError) -> Result {
    do {
        return try body()
    } catch {
        switch error {
        case .notAuthentic: throw .notAuthentic
        case .lowOrderKey: throw .lowOrderKey
        default: throw .keys(error)
        }
    }
}
