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
    /// The passphrase does not open the file.
    case wrongPassphrase
    /// The passphrase is too short to seal anything with.
    case weakPassphrase
    /// Argon2id got less memory than the file asks for.
    case noMemoryForPassphrase(memoryKiB: Int)
    /// A sealed file cannot be opened with any passphrase, for the reason given.
    case sealedFile(SealFault)

    /// Why a sealed file was refused before its passphrase was tried.
    public enum SealFault: Equatable, Sendable {
        /// It is no sealed file.
        case notSealed
        /// It was cut short or changed.
        case damaged
        /// Another version of Weonomy made it.
        case newerVersion(UInt8)
        /// It holds something else than what was asked for.
        case otherPurpose
        /// It asks for more memory or passes than ``PassphraseCost`` allows, or for too little.
        case tooCostly(memoryKiB: Int, passes: Int)
    }

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
        /// Others than the owner may put files in its folder, whose permission bits are `mode`.
        case folderTooOpen(mode: UInt32)
        /// Its folder belongs to another user.
        case folderOfAnother
        /// Another process is replacing it.
        case busy
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
        case .wrongPassphrase: "the passphrase is wrong"
        case .weakPassphrase:
            "a passphrase has at least \(PassphraseCost.passphraseBytesMin) characters"
        case .noMemoryForPassphrase(let memoryKiB):
            "trying a passphrase takes \(memoryKiB >> 10) MiB of memory, and there is less"
        case .sealedFile(let fault): "the sealed file \(fault)"
        }
    }
}

extension KeyError.SealFault: CustomStringConvertible {
    /// What is wrong, as the end of a sentence that starts with the file.
    public var description: String {
        switch self {
        case .notSealed: "is not sealed with a passphrase"
        case .damaged: "is damaged: it is not as it was written"
        case .newerVersion(let version): "is of version \(version), which is not known here"
        case .otherPurpose: "holds something else"
        case .tooCostly(let memoryKiB, let passes):
            "asks for \(memoryKiB) KiB and \(passes) passes, which is outside the bounds"
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
        case .folderTooOpen(let mode):
            "is in a folder that others may change (mode \(String(mode, radix: 8))): "
                + "run chmod go-w on the folder"
        case .folderOfAnother: "is in a folder of another user"
        case .busy: "is being changed by another process; try again"
        case .empty: "is empty"
        case .tooLong: "is longer than \(KeyFile.byteCountMax) bytes"
        case .system(let errno): "could not be used (errno \(errno))"
        }
    }
}
