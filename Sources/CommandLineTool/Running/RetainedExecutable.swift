import CanonicalEncoding
import Glibc
import SystemPackage

/// The program that was hashed, held so that nothing else can run in its place.
///
/// What this user cannot change is held open, and the open file itself is executed. What this user could change, such as a
/// script of its own, is copied to a sealed file in memory and the copy is hashed and executed: no name leads to it, and
/// nobody can write to it, not even whoever shares the user id. Either way what was hashed is what runs.
struct RetainedExecutable: Sendable {
    /// As it was found, without links.
    let path: Text
    let digest: Digest
    private let descriptor: FileDescriptor

    init(path: Text) throws(CommandFailure) {
        guard FileKind(path: path) == .regular, FileKind.allows(X_OK, path) else {
            throw CommandFailure(
                "\(path) is no program that can be executed.", hint: "Name a regular file that you may execute.",
                status: .usage)
        }
        self.path = path
        do {
            let original = try FileDescriptor.open(
                FilePath(path.string), .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
            if FileKind.isChangeable(original) {
                descriptor = try original.closeAfter { try SealedFile.copy(of: original) }
            } else {
                descriptor = original
            }
            guard let digest = try FileDigest.ofContent(descriptor) else { throw Errno.ioError }
            self.digest = digest
        } catch let refusal as SealedFile.Refusal {
            throw CommandFailure(
                "\(path) cannot be held for its execution: \(refusal.reason).",
                hint: "The kernel has to allow executable files in memory: look at vm.memfd_noexec.")
        } catch {
            throw CommandFailure(
                "\(path) cannot be read, so its content cannot be approved: \(error).",
                hint: "Run it as a user who may read the program.")
        }
    }

    /// Where the system finds the held file: through this process, so that scripts work too, whose interpreter opens it again
    /// after the command's own descriptors are closed.
    var executablePath: FilePath { FilePath("/proc/\(getpid())/fd/\(descriptor.rawValue)") }

    /// Whether what is held, and what stands at the path, are both still what was hashed.
    var isUnchanged: Bool {
        (try? FileDigest.ofContent(descriptor)) == digest && FileDigest.ofFile(at: path) == digest
    }

    /// Gives everything back. Nothing runs afterwards.
    func release() { try? descriptor.close() }
}
