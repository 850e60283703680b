import CanonicalEncoding
import Glibc

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

    /// Whether this process could execute, or change, what stands there.
    static func allows(_ mode: Int32, _ path: Text) -> Bool { access(path.string, mode) == 0 }
}
