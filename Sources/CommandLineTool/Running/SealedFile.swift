import Glibc
import SystemPackage

/// A file in memory that has no name and cannot be changed any more: memfd_create(2), and seals of fcntl(2).
enum SealedFile {
    /// The system makes no such file.
    struct Refusal: Error {
        var reason: Errno
    }

    /// Asked for by number, since the C library declares them to GNU sources alone.
    private static let closeOnExec: UInt32 = 1
    private static let allowSealing: UInt32 = 2
    private static let executable: UInt32 = 16
    private static let addSeals: Int32 = 1033
    /// Neither shorter, longer nor other bytes, and no change of the seals.
    private static let allSeals: Int32 = 1 | 2 | 4 | 8

    /// What the original holds, to be read and executed only. It is hashed after this, since whoever shares the user id could
    /// have written to it before it was sealed.
    static func copy(of original: FileDescriptor) throws -> FileDescriptor {
        let writing = FileDescriptor(rawValue: try create())
        return try writing.closeAfter {
            try copy(original, to: writing)
            guard fcntl(writing.rawValue, addSeals, allSeals) == 0 else {
                throw Refusal(reason: Errno(rawValue: errno))
            }
            // A file that is open for writing cannot be executed, so it is opened anew and the first descriptor closed.
            return try FileDescriptor.open(
                FilePath("/proc/self/fd/\(writing.rawValue)"), .readOnly, options: .closeOnExec)
        }
    }

    private static func create() throws(Refusal) -> Int32 {
        guard let address = dlsym(nil, "memfd_create") else { throw Refusal(reason: .noFunction) }
        typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
        let create = unsafeBitCast(address, to: Create.self)
        var number = create("program", closeOnExec | allowSealing | executable)
        // Before Linux 6.3 every file in memory was executable, and the flag unknown.
        if number < 0, errno == EINVAL { number = create("program", closeOnExec | allowSealing) }
        guard number >= 0 else { throw Refusal(reason: Errno(rawValue: errno)) }
        return number
    }

    private static func copy(_ original: FileDescriptor, to copy: FileDescriptor) throws {
        var piece = [UInt8](repeating: 0, count: FileDigest.pieceBytes)
        while true {
            let count = try piece.withUnsafeMutableBytes { try original.read(into: $0) }
            guard count > 0 else { return }
            try copy.writeAll(piece[..<count])
        }
    }
}
