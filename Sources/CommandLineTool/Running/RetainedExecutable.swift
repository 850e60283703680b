import CanonicalEncoding
import Glibc
import SystemPackage

/// The program that was hashed, held so that nothing else can run in its place.
///
/// What this user cannot write is held open, and the open file itself is executed. What this user could write, such as a
/// script of its own, is copied to a private directory while it is hashed, and the copy is executed: whoever rewrites the
/// original while people decide changes nothing.
struct RetainedExecutable: Sendable {
    /// As it was found, without links.
    let path: Text
    let digest: Digest
    private let descriptor: FileDescriptor
    /// The private directory that holds the copy; nil where the original is held open.
    private let directory: FilePath?

    init(path: Text) throws(CommandFailure) {
        let unreadable = CommandFailure("\(path) cannot be read, so its content cannot be approved.")
        guard FileKind(path: path) == .regular, FileKind.allows(X_OK, path) else {
            throw CommandFailure("\(path) is no program that can be executed.", status: .usage)
        }
        do {
            let original = try FileDescriptor.open(
                FilePath(path.string), .readOnly, options: [.closeOnExec, .noFollow])
            if FileKind.allows(W_OK, path) {
                defer { try? original.close() }
                let copy = try PrivateCopy(of: original)
                (descriptor, directory, digest) = (copy.descriptor, copy.directory, copy.digest)
            } else {
                guard let digest = try FileDigest.ofContent(original) else { throw unreadable }
                (descriptor, directory, self.digest) = (original, nil, digest)
            }
        } catch { throw error as? CommandFailure ?? unreadable }
        self.path = path
    }

    /// Where the system finds the held file: through this process, so that scripts work too, whose interpreter opens it again.
    var executablePath: FilePath {
        directory?.appending("program") ?? FilePath("/proc/\(getpid())/fd/\(descriptor.rawValue)")
    }

    /// The digest of what would run now.
    func currentDigest() -> Digest? { try? FileDigest.ofContent(descriptor) }

    /// Gives everything back. Nothing runs afterwards.
    func release() {
        try? descriptor.close()
        guard let directory else { return }
        unlink(directory.appending("program").string)
        rmdir(directory.string)
    }
}

/// A copy that only this user can reach, made and hashed in one pass.
private struct PrivateCopy {
    let descriptor: FileDescriptor
    let directory: FilePath
    let digest: Digest

    init(of original: FileDescriptor) throws {
        var template = Array("/tmp/countersign-run-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
        directory = FilePath(platformString: made)
        let path = directory.appending("program")
        let writing = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: [.ownerReadExecute])
        do {
            // A program that is open for writing cannot be executed, so the copy is closed before it is held.
            defer { try? writing.close() }
            guard let digest = try FileDigest.ofContent(original, copyingTo: writing) else { throw Errno.ioError }
            self.digest = digest
        }
        descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
    }
}
