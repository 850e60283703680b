package import CanonicalEncoding

/// A file that proves, without the log, that something is in it (C2SP tlog-proof): an index, a path, and the checkpoint with its
/// signatures.
package struct LogProof: Hashable, Sendable {
    /// Opaque and not authenticated by the proof.
    package var extra: [UInt8]?
    package var index: Int64
    package var path: [Digest]
    package var checkpoint: SignedNote

    private static let firstLine: Text = "c2sp.org/tlog-proof@v1"

    package init(index: Int64, path: [Digest], checkpoint: SignedNote, extra: [UInt8]? = nil) {
        self.extra = extra
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    /// Nil for anything but the one spelling that `bytes` gives.
    package init?(_ bytes: [UInt8]) {
        guard let blank = bytes.indices.dropLast().first(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }),
            let note = try? SignedNote(Array(bytes[(blank + 2)...]))
        else { return nil }
        var lines: ArraySlice<Text> = []
        for line in bytes[..<blank].split(separator: 0x0A, omittingEmptySubsequences: false) {
            guard let line = Text(utf8: line) else { return nil }
            lines.append(line)
        }
        guard lines.popFirst() == Self.firstLine else { return nil }
        var extra: [UInt8]?
        if let line = lines.first, line.utf8.starts(with: "extra ".utf8) {
            extra = Base64.decode(String(line.string.dropFirst(6)))
            guard extra != nil else { return nil }
            lines.removeFirst()
        }
        guard let line = lines.popFirst(), line.utf8.starts(with: "index ".utf8),
            let index = Checkpoint.decimal(Text(String(line.string.dropFirst(6))))
        else { return nil }
        var path: [Digest] = []
        for line in lines {
            guard let hash = Base64.decode(line.string).flatMap(Digest.init(bytes:)), path.count < 63 else {
                return nil
            }
            path.append(hash)
        }
        self.init(index: index, path: path, checkpoint: note, extra: extra)
    }

    package var bytes: [UInt8] {
        var text = "\(Self.firstLine)\n"
        if let extra { text += "extra \(Base64.encode(extra))\n" }
        text += "index \(index)\n"
        for hash in path { text += "\(Base64.encode(hash.bytes))\n" }
        return Array("\(text)\n".utf8) + checkpoint.bytes
    }

    /// Whether the checkpoint is signed by `log` and by at least `witnesses.quorum` of the witnesses, and holds the leaf.
    ///
    /// - Throws: `SignedNote.Refusal`.
    package func proves(
        leaf: Digest, log: VerifierKey, witnesses: (keys: [VerifierKey], quorum: Int) = ([], 0)
    ) throws(SignedNote.Refusal) -> Bool {
        let signers = try checkpoint.verified(by: [log] + witnesses.keys)
        guard signers.contains(log), let head = Checkpoint(text: checkpoint.text), head.origin == log.name,
            Set(signers.filter { $0 != log }.map(\.publicKey)).count >= witnesses.quorum
        else { return false }
        return InclusionProof(index: index, size: head.size, path: path).proves(leaf: leaf, in: head.root)
    }
}
