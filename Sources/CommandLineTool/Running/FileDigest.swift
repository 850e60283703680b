import CanonicalEncoding
import Crypto
import SystemPackage

/// Digests of files by content, in pieces: a file may be larger than memory.
enum FileDigest {
    static let pieceBytes = 1 << 16

    /// The digest of what is at `path` now; nil unless it is a regular file that can be read.
    static func ofFile(at path: Text) -> CanonicalEncoding.Digest? {
        guard FileKind(path: path) == .regular,
            let descriptor = try? FileDescriptor.open(FilePath(path.string), .readOnly, options: .closeOnExec)
        else { return nil }
        defer { try? descriptor.close() }
        return try? ofContent(descriptor)
    }

    /// The digest of an open file from its beginning to its end, whatever was read of it before.
    static func ofContent(_ descriptor: FileDescriptor) throws -> CanonicalEncoding.Digest? {
        var hash = SHA256()
        var offset: Int64 = 0
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        while true {
            let count = try piece.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: offset, into: $0) }
            guard count > 0 else { break }
            hash.update(data: piece[..<count])
            offset += Int64(count)
        }
        return CanonicalEncoding.Digest(bytes: Array(hash.finalize()))
    }
}
