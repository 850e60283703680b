import CanonicalEncoding
import Glibc

/// Private keys in files: one JSON Web Key in canonical form and a line feed.
///
/// The file belongs to us and is open to nobody else; its directory belongs to us or to root and nobody else may write in it.
/// Both are looked at through open descriptors, so that nothing can be exchanged between the look and the use.
package enum KeyFile {
    private static let maximumBytes = 8192

    /// Writes a new file with mode 0600 whatever the umask; never over an existing one and never through a link.
    ///
    /// When this returns, the key is on the disk. A crash before that can leave an incomplete file, which `read` refuses.
    package static func write(_ key: SigningKey, to path: String) throws(KeyFileError) {
        let (directory, name) = try openDirectory(of: path)
        let content = key.privateJWK.withUnredacted { CanonicalJSON.encode($0) } + [UInt8(ascii: "\n")]
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = Descriptor(unsafe openat(directory.number, name, flags, 0o600))
        guard file.number >= 0 else {
            throw KeyFileError(errno == EEXIST ? .alreadyExists : .system(errno), path: path)
        }
        // The umask can only have taken bits away; this sets them back.
        guard fchmod(file.number, 0o600) == 0, file.write(content), fsync(file.number) == 0,
            fsync(directory.number) == 0
        else {
            let code = errno
            _ = unsafe unlinkat(directory.number, name, 0)
            throw KeyFileError(.system(code), path: path)
        }
    }

    /// Reads a key, and refuses a file or directory that others could have read or changed.
    package static func read(from path: String) throws(KeyFileError) -> SigningKey {
        let (directory, name) = try openDirectory(of: path)
        // Without O_NONBLOCK, opening a FIFO would wait for its writer.
        let file = Descriptor(unsafe openat(directory.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        guard file.number >= 0 else { throw KeyFileError(reason(ofOpening: errno), path: path) }
        guard let status = file.status else { throw KeyFileError(.system(errno), path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw KeyFileError(.notARegularFile, path: path) }
        guard status.st_uid == geteuid() else { throw KeyFileError(.ownedBySomebodyElse, path: path) }
        guard status.st_mode & 0o077 == 0 else { throw KeyFileError(.fileOpenToOthers, path: path) }
        guard let content = file.read(atMost: maximumBytes) else { throw KeyFileError(.system(errno), path: path) }
        guard let json = try? JSONReader.read(content), let key = SigningKey(jwk: json) else {
            throw KeyFileError(.notAKey, path: path)
        }
        return key
    }

    private static func reason(ofOpening code: Int32) -> KeyFileError.Reason {
        switch code {
        case ENOENT: .notFound
        case ELOOP: .notARegularFile
        default: .system(code)
        }
    }

    /// The checked directory of the file, and the file's name in it.
    private static func openDirectory(
        of path: String
    ) throws(KeyFileError) -> (directory: Descriptor, name: String) {
        let bytes = Array(path.utf8)
        guard !bytes.contains(0) else { throw KeyFileError(.invalidPath, path: path) }
        let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { bytes[($0 + 1)...] } ?? bytes[...]
        guard !name.isEmpty, !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else {
            throw KeyFileError(.invalidPath, path: path)
        }
        let parent =
            switch slash {
            case nil: "."
            case 0: "/"
            case let slash?: String(decoding: bytes[..<slash], as: UTF8.self)
            }
        let directory = Descriptor(unsafe open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard directory.number >= 0 else {
            throw KeyFileError(errno == ENOENT ? .notFound : .system(errno), path: path)
        }
        guard let status = directory.status else { throw KeyFileError(.system(errno), path: path) }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw KeyFileError(.ownedBySomebodyElse, path: path)
        }
        guard status.st_mode & 0o022 == 0 else { throw KeyFileError(.directoryWritableByOthers, path: path) }
        return (directory, String(decoding: name, as: UTF8.self))
    }
}

/// An open file that is closed when its last owner goes; below zero where opening failed.
private final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        if number >= 0 { close(number) }
    }

    var status: stat? {
        var status = stat()
        return unsafe fstat(number, &status) == 0 ? status : nil
    }

    /// False, with the reason in `errno`, unless every byte was taken.
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(number, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What the file holds; of a longer one the first part only. Nil, with the reason in `errno`, where reading fails.
    func read(atMost limit: Int) -> [UInt8]? {
        var content = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = unsafe content.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(number, buffer.baseAddress?.advanced(by: filled), limit - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            filled += count
        }
        return Array(content.prefix(filled))
    }
}
