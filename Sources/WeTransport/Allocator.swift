#if canImport(Glibc)
    import Glibc
#endif

/// What a program may ask of the memory allocator that it shares with all its libraries.
public enum Allocator {
    /// Keeps memory that was freed, up to a bound, instead of giving it back at once.
    ///
    /// Worth calling at the start of a program that moves files: messages are a mebibyte long, and
    /// asking the system anew for each costs twice what sealing it does. Only glibc has to be told
    /// (mallopt(3), whose header Swift's module leaves out).
    public static func keepFreedMemory() {
        #if canImport(Glibc)
            typealias Option = @convention(c) (Int32, Int32) -> Int32
            guard let symbol = unsafe dlsym(nil, "mallopt") else { return }
            let option = unsafe unsafeBitCast(symbol, to: Option.self)
            let (trimThreshold, mmapThreshold): (Int32, Int32) = (-1, -3)
            _ = option(mmapThreshold, 16 << 20)
            _ = option(trimThreshold, 64 << 20)
        #endif
    }
}
