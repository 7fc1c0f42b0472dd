// Calls the system: what is typed goes from `read` straight into guarded memory.
#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif
import Weonomy

extension Terminal {
    var canReadSecret: Bool {
        guard let terminal = Terminal.openTerminal() else { return false }
        close(terminal)
        return true
    }

    /// The terminal itself, so that standard input may be a pipe; in the foreground only, since a
    /// process in the background would be stopped.
    private static func openTerminal() -> Int32? {
        let file = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else { return nil }
        guard tcgetpgrp(file) == getpgrp() else {
            close(file)
            return nil
        }
        return file
    }

    func readSecret(_ question: String) -> SecretBytes? {
        guard let terminal = Terminal.openTerminal() else { return nil }
        defer { close(terminal) }
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else { return nil }
        let before = settings
        // Without ISIG, Ctrl-C is a byte like any other, so the echo always comes back.
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(terminal, TCSAFLUSH, &settings) == 0 else { return nil }
        SecretLine.show(question, on: terminal)
        let ending = SecretLine.read(from: terminal)
        var old = before
        tcsetattr(terminal, TCSAFLUSH, &old)
        SecretLine.show("\n", on: terminal)
        switch ending {
        case .line(let secret): return secret
        case .ended: return nil
        case .interrupted: Terminal.exit(.interrupted)
        }
    }

    /// A file's first line, straight into guarded memory.
    static func secret(of path: String) throws(SecretFault) -> SecretBytes {
        let file = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unreadable }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable }
        // A pipe has no modes that matter; what lies on a disk is read by whoever may.
        if status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 { throw .tooOpen }
        guard case .line(let secret) = SecretLine.read(from: file, isTerminal: false) else {
            throw .unreadable
        }
        guard secret.count > 0 else { throw .empty }
        return secret
    }

    /// Why a file gives no passphrase.
    enum SecretFault: Error {
        case unreadable, tooOpen, empty
    }
}

/// A line that must not leak, as it comes in byte by byte.
enum SecretLine {
    enum Ending {
        case line(SecretBytes)
        case ended, interrupted
    }

    /// Reads up to the end of a line, of the input, or of what a passphrase may be.
    ///
    /// - Parameter isTerminal: whether control characters edit the line.
    static func read(from file: Int32, isTerminal: Bool = true) -> Ending {
        var count = 0
        var stop: Ending?
        // Room for the line's end too, which may be two bytes.
        let memory = try? SecretBytes(count: PassphraseCost.passphraseBytesMax + 2) { memory in
            guard let start = memory.baseAddress else { return }
            while stop == nil {
                guard count < memory.count else {
                    stop = .ended
                    return
                }
                // At the place where it stays, so that no copy has to be wiped.
                let got = next(file, start + count)
                let byte = memory[count]
                if got <= 0 || byte == 0x0A || byte == 0x0D && isTerminal {
                    if got <= 0, isTerminal || got < 0 { stop = .ended }
                    if count > 0, memory[count - 1] == 0x0D { count -= 1 }
                    return
                }
                stop = isTerminal ? edit(byte, memory, &count) : nil
                if !isTerminal { count += 1 }
            }
        }
        if let stop { return stop }
        guard let memory, count <= PassphraseCost.passphraseBytesMax,
            let line = try? memory.part(0..<count)
        else { return .ended }
        return .line(line)
    }

    /// Writes a question, or the line's end, to the terminal itself.
    static func show(_ text: String, on file: Int32) {
        let bytes = Array(text.utf8)
        _ = write(file, bytes, bytes.count)
    }

    private static func next(_ file: Int32, _ place: UnsafeMutableRawPointer) -> Int {
        while true {
            #if canImport(Darwin)
                let got = Darwin.read(file, place, 1)
            #elseif canImport(Musl)
                let got = Musl.read(file, place, 1)
            #else
                let got = Glibc.read(file, place, 1)
            #endif
            if got < 0, errno == EINTR { continue }
            return got
        }
    }

    /// What a terminal would do with its own line: rub out, begin again, end, stop.
    private static func edit(
        _ byte: UInt8, _ memory: UnsafeMutableRawBufferPointer, _ count: inout Int
    ) -> Ending? {
        switch byte {
        case 0x03, 0x1C: return .interrupted
        case 0x04: return count == 0 ? .ended : nil
        case 0x08, 0x7F:
            while count > 0 {
                count -= 1
                // A character of several bytes goes as one.
                if memory[count] & 0xC0 != 0x80 { break }
            }
        case 0x15: count = 0
        default: count += 1
        }
        return nil
    }
}
