import AuthorityPorts
import CanonicalEncoding
import Crypto
import Glibc

/// The SHA-256 of a file below a folder, on the wire form of digests.
///
/// Each component is opened from the one before it without following links, so that the path cannot leave the folder
/// whatever somebody does to it meanwhile. The folder itself is registered by people and may be reached through links.
struct FileDigest {
    private let folder: String
    private let components: [String]

    /// 64 MiB: a fact is a small thing; a larger file is unreadable.
    static let greatestSize = 64 << 20

    /// Refuses an absolute path, empty components, `.` and `..`, NUL and more than 4,096 bytes.
    init(folder: Text, subject: Text) throws(FactError) {
        self.folder = folder.string
        let bytes = subject.utf8
        guard !bytes.isEmpty, bytes.count <= 4096, !bytes.contains(0) else {
            throw .invalidSubject("a path has 1 to 4,096 bytes and no NUL")
        }
        var components: [String] = []
        for part in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard !part.isEmpty, !part.elementsEqual(".".utf8), !part.elementsEqual("..".utf8) else {
                throw .invalidSubject("a path below the folder has no empty component, no . and no ..")
            }
            components.append(String(decoding: part, as: UTF8.self))
        }
        self.components = components
    }

    func value(_ reading: Reading) throws(FactError) -> Text {
        var place = try Descriptor(AT_FDCWD, folder, O_DIRECTORY)
        for component in components.dropLast() {
            place = try Descriptor(place.number, component, O_DIRECTORY | O_NOFOLLOW)
        }
        guard let name = components.last else { throw .invalidSubject("the path is empty") }
        // Non-blocking, so that a FIFO of that name does not hold us; it is refused below.
        let file = try Descriptor(place.number, name, O_NOFOLLOW | O_NONBLOCK)
        var facts = stat()
        guard fstat(file.number, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable("\(name) is not a regular file")
        }
        guard facts.st_size <= Self.greatestSize else { throw .unreadable("\(name) is larger than 64 MiB") }
        return try digest(of: file, name, reading)
    }

    private func digest(
        of file: borrowing Descriptor, _ name: String, _ reading: Reading
    ) throws(FactError) -> Text {
        var hash = SHA256()
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var total = 0
        while true {
            let count = chunk.withUnsafeMutableBytes { read(file.number, $0.baseAddress, $0.count) }
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .unreadable("\(name) cannot be read: \(String(cString: strerror(errno)))")
            }
            total += count
            // It may grow while we read.
            guard total <= Self.greatestSize else { throw .unreadable("\(name) is larger than 64 MiB") }
            guard !reading.isOver else { throw .unreadable("the target did not answer in time") }
            hash.update(data: chunk[..<count])
        }
        guard let digest = Digest(bytes: Array(hash.finalize())) else { throw .unreadable("\(name) has no digest") }
        return Text(digest.wire)
    }
}

/// An open file that closes itself.
private struct Descriptor: ~Copyable {
    let number: Int32

    init(_ place: Int32, _ name: String, _ flags: Int32) throws(FactError) {
        number = openat(place, name, flags | O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .unreadable("\(name) cannot be opened: \(String(cString: strerror(errno)))") }
    }

    deinit { close(number) }
}
