import AuthorityPorts
import CanonicalEncoding
import TransparencyLog

/// The log as tiles and checkpoint (C2SP tlog-tiles), and what they prove.
package struct ReadLog: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// The newest signed head; `notFound` before the first.
    package func checkpoint() async throws(AuthorityError) -> [UInt8] {
        guard let checkpoint = try await authority.read({ try $0.checkpoint() }) else {
            throw .notFound("no checkpoint yet")
        }
        return checkpoint.note
    }

    /// A tile's hashes side by side, where a signed head covers all of them.
    package func tile(level: Int, path: String) async throws(AuthorityError) -> [UInt8] {
        guard let (index, width) = TilePath.read(path), let tile = HashTile(level: level, index: index, width: width)
        else { throw .notFound("no address of a tile") }
        return try await authority.read { reader in
            guard let head = try reader.checkpoint(), tile.isWithin(size: head.size) else {
                throw AuthorityError.notFound("no such tile yet")
            }
            let hashes = try LogNodes(reader).hashes(level: level, index: index)
            guard hashes.count >= width else {
                throw StoreError.damaged("tile \(index) of level \(level) is too short")
            }
            return hashes.prefix(width).flatMap(\.bytes)
        }
    }

    /// A bundle of entries, each with its length before it: for people alone, since it holds what everybody did.
    package func entries(path: String) async throws(AuthorityError) -> [UInt8] {
        guard let (index, width) = TilePath.read(path), let tile = HashTile(level: 0, index: index, width: width) else {
            throw .notFound("no address of a bundle")
        }
        return try await authority.read { reader in
            guard let head = try reader.checkpoint(), tile.isWithin(size: head.size) else {
                throw AuthorityError.notFound("no such bundle yet")
            }
            let entries = try reader.logEntries(from: index * Int64(HashTile.greatestWidth), limit: width)
            return entries.flatMap { entry in
                [UInt8(entry.bytes.count >> 8), UInt8(entry.bytes.count & 0xFF)] + entry.bytes
            }
        }
    }

    /// A proof file for one entry under the newest head; `notFound` where no head covers it yet.
    package func proof(index: Int64) async throws(AuthorityError) -> [UInt8] {
        try await authority.read { reader in
            guard let head = try reader.checkpoint(),
                let proof = try LogNodes(reader).tree(size: head.size).inclusion(of: index)
            else { throw AuthorityError.notFound("no such entry under a checkpoint") }
            let note: SignedNote
            do { note = try SignedNote(head.note) } catch {
                throw StoreError.damaged("the checkpoint is no signed note: \(error)")
            }
            return LogProof(index: index, path: proof.path, checkpoint: note).bytes
        }
    }
}
