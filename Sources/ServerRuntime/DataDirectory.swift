import CanonicalEncoding
import Glibc
package import SecretMaterial

/// The one directory that holds everything durable: ours alone (0700), and so is each file in it (0600).
package struct DataDirectory: Sendable {
    /// Without trailing slash.
    package let path: String

    /// Makes the directory where there is none, and refuses one that others could read or change.
    package init(opening path: String) throws(ConfigurationProblem) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        try Self.makeParents(of: self.path)
        if mkdir(self.path, 0o700) == 0 {
            // The umask may have taken bits away; nothing can have added any.
            chmod(self.path, 0o700)
        } else if errno != EEXIST {
            throw Self.problem("cannot be made", self.path)
        }
        try check()
    }

    private static func makeParents(of path: String) throws(ConfigurationProblem) {
        var folder = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw problem("cannot be made", folder) }
        }
    }

    private static func problem(_ what: String, _ path: String) -> ConfigurationProblem {
        ConfigurationProblem(
            "The data directory \(path) \(what): \(String(cString: strerror(errno))).",
            hint: "Name another with --data, or let this user write there.")
    }

    private func check() throws(ConfigurationProblem) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw Self.problem("cannot be read", path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw ConfigurationProblem("\(path) is not a directory.", hint: "Name another with --data.")
        }
        guard status.st_uid == geteuid() else {
            throw ConfigurationProblem(
                "The data directory \(path) belongs to another user.",
                hint: "Run as that user, or name another with --data.")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw ConfigurationProblem(
                "The data directory \(path) is open to other users.", hint: "chmod 700 \(path)")
        }
    }

    package var operatorSocket: String { "\(path)/operator.sock" }
    package var enrolmentLinkFile: String { "\(path)/enrolment-link" }
    package var signingKeyFile: String { "\(path)/signing-key.jwk" }

    /// The key that signs tokens; made at the first start.
    package func signingKey() throws(ConfigurationProblem) -> SigningKey {
        do {
            if access(signingKeyFile, F_OK) != 0 {
                try KeyFile.write(SigningKey(generating: .es256), to: signingKeyFile)
            }
            return try KeyFile.read(from: signingKeyFile)
        } catch {
            throw ConfigurationProblem("\(error)", hint: "It must be ours, mode 0600, in a directory that is ours.")
        }
    }

    /// Writes a file that only this user can read, in place of an earlier one.
    package func writePrivately(_ text: String, to path: String) throws(ConfigurationProblem) {
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.problem("takes no file", path) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard fchmod(file, 0o600) == 0, bytes.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == bytes.count
        else { throw Self.problem("takes no file", path) }
    }

    /// Nil: there is none.
    package func text(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(file, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}
