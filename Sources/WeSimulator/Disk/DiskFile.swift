/// One file of a simulated disk: what its readers see, what is safe, and what lies between.
final class DiskFile {
    /// A change that no sync has made safe yet.
    enum Change {
        case write(at: Int, bytes: [UInt8])
        case truncate(to: Int)
    }

    /// What whoever reads the file sees: the page cache.
    var current: [UInt8] = []
    /// What a crash can't take away.
    var safe: [UInt8] = []
    /// In order of arrival; `order` counts over all files of the disk.
    var pending: [(order: Int, change: Change)] = []
    /// Whether the folder's entry of this file is safe.
    var isNameSafe = false

    /// File locks, as https://www.sqlite.org/lockingv3.html has them.
    var sharedCount = 0
    weak var reserved: DiskHandle?
    weak var pendingLock: DiskHandle?
    weak var exclusive: DiskHandle?
    /// Shared memory, made by whoever maps it first and dropped by whoever is last.
    var memory: SharedMemory?

    func write(_ bytes: [UInt8], at offset: Int, order: Int) {
        DiskFile.write(bytes, at: offset, into: &current)
        pending.append((order, .write(at: offset, bytes: bytes)))
    }

    func truncate(to size: Int, order: Int) {
        guard size < current.count else { return }
        current.removeLast(current.count - size)
        pending.append((order, .truncate(to: size)))
    }

    /// Makes all changes safe.
    func sync() {
        for (_, change) in pending { DiskFile.apply(change, to: &safe) }
        pending = []
        isNameSafe = true
    }

    static func apply(_ change: Change, to image: inout [UInt8]) {
        switch change {
        case .write(let offset, let bytes): write(bytes, at: offset, into: &image)
        case .truncate(let size):
            if size < image.count { image.removeLast(image.count - size) }
        }
    }

    static func write(_ bytes: some Sequence<UInt8>, at offset: Int, into image: inout [UInt8]) {
        let bytes = ContiguousArray(bytes)
        let missing = offset + bytes.count - image.count
        if missing > 0 { image += [UInt8](repeating: 0, count: missing) }
        // Without this tests that are not optimised spend all their time here.
        unsafe bytes.withUnsafeBytes { source in
            unsafe image.withUnsafeMutableBytes { target in
                unsafe UnsafeMutableRawBufferPointer(
                    rebasing: target[offset..<offset + source.count]
                ).copyMemory(from: source)
            }
        }
    }
}

/// The shared memory of a write-ahead log, in pieces, and the locks on its eight places.
@safe
final class SharedMemory {
    private var pieces: [UnsafeMutableRawPointer] = unsafe []
    /// How many have it mapped.
    var userCount = 0
    var sharedCounts = [Int](repeating: 0, count: SharedMemory.placeCount)
    var isExclusive = [Bool](repeating: false, count: SharedMemory.placeCount)
    static let placeCount = 8

    deinit { unsafe pieces.forEach { unsafe $0.deallocate() } }

    /// A piece of the memory, made with all before it where `extends`.
    func piece(_ index: Int, byteCount: Int, extends: Bool) -> UnsafeMutableRawPointer? {
        while extends, unsafe pieces.count <= index {
            let piece = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
            unsafe piece.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            unsafe pieces.append(piece)
        }
        return unsafe index < pieces.count ? pieces[index] : nil
    }
}
