#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import Dispatch

/// Tells that files are being written, whoever does it, without looking at them.
package enum FileWatch {
    /// A value soon after one of a folder's files was written or put in place, one for many at
    /// once; `nil` where this system does not tell.
    ///
    /// A value says that something happens, not that it is over: what is written may be seen a
    /// moment later.
    package static func changes(in folder: String, of names: Set<String>) -> AsyncStream<Void>? {
        #if canImport(Glibc) || canImport(Musl)
            let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            guard descriptor >= 0 else { return nil }
            // The files come and go: what is watched is their folder (inotify(7)).
            let mask = UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)
            guard unsafe inotify_add_watch(descriptor, folder, mask) >= 0 else {
                close(descriptor)
                return nil
            }
            let source = DispatchSource.makeReadSource(
                fileDescriptor: descriptor, queue: DispatchQueue(label: "weonomy-watch"))
            return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
                source.setEventHandler {
                    if takeEvents(descriptor, of: names) { continuation.yield() }
                }
                source.setCancelHandler { close(descriptor) }
                let ending = Ending(source)
                continuation.onTermination = { _ in ending.source.cancel() }
                source.resume()
            }
        #else
            return nil
        #endif
    }

    #if canImport(Glibc) || canImport(Musl)
        /// What ends a watch.
        ///
        /// `@unchecked Sendable`: a source may be cancelled from any thread.
        private struct Ending: @unchecked Sendable {
            let source: any DispatchSourceRead
            init(_ source: any DispatchSourceRead) { self.source = source }
        }

        private static let bufferBytes = 4_096

        /// Reads what is there; gives whether any of it is about these files.
        private static func takeEvents(_ descriptor: Int32, of names: Set<String>) -> Bool {
            var bytes = [UInt8](repeating: 0, count: bufferBytes)
            var isAbout = false
            while true {
                let count = unsafe bytes.withUnsafeMutableBytes {
                    unsafe read(descriptor, $0.baseAddress, $0.count)
                }
                guard count > 0 else { return isAbout }
                isAbout = isAbout || self.isAbout(names, bytes[..<count])
            }
        }

        /// Events lie one behind the other: watch, mask and cookie, four bytes each, the length of
        /// the name, and the name with zeros behind it.
        static func isAbout(_ names: Set<String>, _ events: ArraySlice<UInt8>) -> Bool {
            let headBytes = 16
            var rest = events
            func number(at offset: Int) -> UInt32 {
                rest.dropFirst(offset).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
                    .littleEndian
            }
            while rest.count >= headBytes {
                let (mask, length) = (number(at: 4), Int(number(at: 12)))
                let name = rest.dropFirst(headBytes).prefix(length).prefix { $0 != 0 }
                // Where there were too many nobody knows what they were about.
                if mask & UInt32(IN_Q_OVERFLOW) != 0 { return true }
                if names.contains(String(decoding: name, as: UTF8.self)) { return true }
                rest = rest.dropFirst(headBytes + length)
            }
            return false
        }
    #endif
}
