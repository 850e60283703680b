import Glibc

/// The data directory as the file system sees it: ours alone, and not under a user id that agents may share.
struct FileCheck {
    var directory: String

    private static let files = [
        "countersign.sqlite", "countersign.sqlite-wal", "countersign.sqlite-shm", "lock", "signing-key.jwk",
        "enrolment-link", "operator.sock",
    ]

    func run(_ findings: inout Findings) {
        guard let status = Self.status(directory) else {
            findings.broken("files", directory, "cannot be read: \(String(cString: strerror(errno)))")
            return
        }
        findings.expect(
            status.st_mode & 0o077 == 0, "files", directory, "is open to other users: chmod 700 \(directory)")
        for name in Self.files {
            guard let file = Self.status("\(directory)/\(name)") else { continue }
            findings.expect(
                file.st_mode & 0o077 == 0, "files", "\(directory)/\(name)", "is open to other users: chmod 600 it")
            findings.expect(
                file.st_uid == status.st_uid, "files", "\(directory)/\(name)",
                "belongs to another user than its directory")
        }
        checkUser(status.st_uid, &findings)
    }

    /// Nobody can see which programs are agents. A user id that people or services log in with is one that agents get too.
    private func checkUser(_ user: uid_t, _ findings: inout Findings) {
        guard let entry = getpwuid(user), let shell = entry.pointee.pw_shell, let name = entry.pointee.pw_name else {
            return
        }
        let path = String(cString: shell)
        guard user == 0 || !(path.hasSuffix("nologin") || path.hasSuffix("/false") || path.isEmpty) else { return }
        findings.warn(
            "S15", "user \(String(cString: name))",
            "owns the data and can log in: an agent that runs under this user id reads the keys. Give the server one of its own."
        )
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }
}
