import CanonicalEncoding
import Glibc
import SystemPackage

/// What stands at a path, links followed.
enum FileKind: Hashable {
    case regular, other, missing

    init(path: Text) {
        var status = stat()
        guard !path.utf8.contains(0), stat(path.string, &status) == 0 else {
            self = .missing
            return
        }
        self = status.st_mode & S_IFMT == S_IFREG ? .regular : .other
    }

    /// The path without links and dots; nil where there is nothing.
    static func resolved(_ path: Text) -> Text? {
        guard !path.utf8.contains(0), let resolved = realpath(path.string, nil) else { return nil }
        defer { free(resolved) }
        return Text(utf8: UnsafeBufferPointer(start: resolved, count: strlen(resolved)).map { UInt8(bitPattern: $0) })
    }

    /// The rights of the file, so that what takes its place has the same; the usual ones where there is none.
    static func mode(of path: String) -> FilePermissions {
        var status = stat()
        guard stat(path, &status) == 0 else { return [.ownerReadWrite, .groupRead, .otherRead] }
        return FilePermissions(rawValue: CModeT(status.st_mode & 0o777))
    }

    /// Puts a file in the place of another, at once.
    static func move(_ path: String, to other: String) throws {
        guard rename(path, other) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Whether this process could execute what stands there.
    static func allows(_ mode: Int32, _ path: Text) -> Bool { access(path.string, mode) == 0 }

    /// Whether this user could change the open file: write to it, or, as its owner, give itself the right to.
    static func isChangeable(_ descriptor: FileDescriptor) -> Bool {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { return true }
        return status.st_uid == geteuid() || access("/proc/self/fd/\(descriptor.rawValue)", W_OK) == 0
    }
}
