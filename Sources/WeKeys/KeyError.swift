/// What can go wrong with keys, sealed bytes and the files that hold keys.
///
/// No case carries key material, so an error may be shown and logged.
public enum KeyError: Error, Equatable, Sendable {
    /// libsodium did not start.
    case libraryUnavailable
    /// The system gave no guarded memory for a secret.
    case noLockedMemory
    /// A key, seed or nonce has another length than its kind.
    case wrongLength(expected: Int, got: Int)
    /// The other side's X25519 key is of low order: any secret made with it would be public.
    case lowOrderKey
    /// The bytes were not sealed with this key, or were changed afterwards.
    case notAuthentic
    /// A key file cannot be used, for the reason given.
    case file(FileFault, path: String)
    /// The operating system refused something that is not about a key file.
    case system(errno: Int32)

    /// Why a key file was refused.
    public enum FileFault: Equatable, Sendable {
        /// A file of that name is there already; a key is never overwritten.
        case exists
        /// There is no such file.
        case missing
        /// The name is a symbolic link.
        case isLink
        /// It is a directory, pipe, socket or device.
        case notRegular
        /// The file belongs to another user.
        case wrongOwner
        /// Others than the owner may read or write it; `mode` holds its permission bits.
        case tooOpen(mode: UInt32)
        /// The file has a second name somewhere.
        case hardLinked
        /// There is nothing in it.
        case empty
        /// It is longer than `KeyFile.byteCountMax`.
        case tooLong
        /// The operating system refused.
        case system(errno: Int32)
    }
}

extension KeyError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .libraryUnavailable: "libsodium did not start"
        case .noLockedMemory: "the system has no guarded memory left for a secret"
        case .wrongLength(let expected, let got): "\(got) bytes where \(expected) belong"
        case .lowOrderKey: "the other key is of low order"
        case .notAuthentic: "the bytes were not sealed with this key, or were changed"
        case .file(let fault, let path): "key file \(path) \(fault)"
        case .system(let errno): "the system refused (errno \(errno))"
        }
    }
}

extension KeyError.FileFault: CustomStringConvertible {
    /// What is wrong, as the end of a sentence that starts with the file's name.
    public var description: String {
        switch self {
        case .exists: "is there already; a key is never overwritten"
        case .missing: "is missing"
        case .isLink: "is a symbolic link"
        case .notRegular: "is not a regular file"
        case .wrongOwner: "belongs to another user"
        case .tooOpen(let mode):
            "is open to others (mode \(String(mode, radix: 8))): run chmod 600 on it"
        case .hardLinked: "has a second name (hard link)"
        case .empty: "is empty"
        case .tooLong: "is longer than \(KeyFile.byteCountMax) bytes"
        case .system(let errno): "could not be used (errno \(errno))"
        }
    }
}
