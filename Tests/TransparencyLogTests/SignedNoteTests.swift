import CanonicalEncoding
import SecretMaterial
import Testing
import TransparencyLog

struct SignedNoteTests {
    private let logKey = SigningKey(generating: .ed25519)
    private let witnessKey = SigningKey(generating: .ed25519)

    @Test func `a point of small order is no key: a signature under it proves nothing`() {
        #expect(
            VerifierKey(name: "example.com/log", kind: .note, publicKey: [1] + [UInt8](repeating: 0, count: 31)) == nil)
    }

    private func key(_ kind: VerifierKey.Kind, _ name: Text, _ key: SigningKey) throws -> VerifierKey {
        try #require(VerifierKey(name: name, kind: kind, publicKey: key.publicKey.rawRepresentation))
    }

    private func signed(_ text: Text) throws -> SignedNote {
        let key = try key(.note, "example.com/log", logKey)
        var note = try #require(SignedNote(text: text))
        note.signatures.append(.init(of: key, try logKey.signature(for: Array(text.utf8))))
        return note
    }

    /// The example of the specification, whose key it does not name.
    private let published = """
        Ognuno sta solo sul cuor della terra
        trafitto da un raggio di sole:

        ed è subito sera.

        — quasimodo.example/salvatore \
        NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=

        """

    @Test func `The published example is read and written as it is`() throws {
        let note = try SignedNote(Array(published.utf8))
        #expect(note.text.string.hasSuffix("ed è subito sera.\n"))
        #expect(note.signatures.count == 1)
        #expect(note.signatures[0].name == "quasimodo.example/salvatore")
        #expect(Hex.encode(note.signatures[0].keyID) == "367ba04b")
        #expect(note.bytes == Array(published.utf8))
        #expect(throws: SignedNote.Refusal.noKnownKey) { try note.verified(by: []) }
    }

    @Test func `The key of Go's checksum database has the text that is known of it`() throws {
        let text: Text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
        let key = try #require(VerifierKey(text))
        #expect(key.text == text)
        #expect(key.name == "sum.golang.org")
        #expect(Hex.encode(key.id) == "033de0ae")
        #expect(VerifierKey("sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8") == nil)
        #expect(VerifierKey("sum golang+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8") == nil)
        #expect(VerifierKey("sum.golang.org+033de0ae") == nil)
    }

    @Test func `A note is believed as it was signed, and not with one bit changed anywhere`() throws {
        let note = try signed("example.com/log\n1\nnot checked here\n")
        let key = try key(.note, "example.com/log", logKey)
        #expect(try SignedNote(note.bytes).verified(by: [key]) == [key])
        for index in note.bytes.indices {
            var bytes = note.bytes
            bytes[index] ^= 1
            #expect(throws: SignedNote.Refusal.self, "byte \(index)") { try SignedNote(bytes).verified(by: [key]) }
        }
    }

    @Test func `Signatures of strangers are passed over, a bad one of a known key refuses all`() throws {
        var note = try signed("text\n")
        let log = try key(.note, "example.com/log", logKey)
        let stranger = try key(.note, "example.com/stranger", witnessKey)
        note.signatures.append(.init(of: stranger, [UInt8](repeating: 1, count: 64)))
        #expect(try note.verified(by: [log]) == [log])
        #expect(throws: SignedNote.Refusal.badSignature("example.com/stranger")) {
            try note.verified(by: [log, stranger])
        }
        #expect(throws: SignedNote.Refusal.noKnownKey) { try note.verified(by: []) }
        // The same name with another key is another signer.
        #expect(throws: SignedNote.Refusal.noKnownKey) {
            try note.verified(by: [try key(.note, "example.com/log", witnessKey)])
        }
    }

    @Test(arguments: [
        "", "text\n", "text\n\n", "text\n\n— name\n", "text\n\n- name AAAAAAAA\n", "text\n\n—  AAAAAAAA\n",
        "text\n\n— na+me AAAAAAAA\n", "text\n\n— name AAAA\n", "text\n\n— name AAAAAAA\n", "text\n\n— name AAAAAAAA",
        "text\n\n— name AAAAAAAA\r\n", "te\u{1}xt\n\n— name AAAAAAAA\n", "text\n\n— name AAAAAAAA \n",
        "text\n\n\n— name AAAAAAAA\n\n",
    ])
    func `What is no note is refused`(text: String) {
        #expect(throws: SignedNote.Refusal.self) { try SignedNote(Array(text.utf8)) }
    }

    @Test func `A witness signs text and time, and neither can be another one`() throws {
        let text: Text = "example.com/log\n1\nnot checked here\n"
        let witness = try key(.cosignature, "witness.example", witnessKey)
        let message = Cosignature.message(text: Array(text.utf8), time: 1_679_315_147)
        #expect(message.starts(with: "cosignature/v1\ntime 1679315147\nexample.com/log\n".utf8))
        let bare = try witnessKey.signature(for: message)
        var note = try signed(text)
        note.signatures.append(.init(of: witness, Cosignature.signature(time: 1_679_315_147, bare: bare)))
        let log = try key(.note, "example.com/log", logKey)
        #expect(try SignedNote(note.bytes).verified(by: [log, witness]) == [log, witness])
        note.signatures[1] = .init(of: witness, Cosignature.signature(time: 1_679_315_148, bare: bare))
        #expect(throws: SignedNote.Refusal.badSignature("witness.example")) { try note.verified(by: [log, witness]) }
    }
}

struct CheckpointTests {
    @Test func `A checkpoint is three lines and back`() throws {
        let text: Text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let checkpoint = try #require(Checkpoint(text: text))
        #expect(checkpoint.size == 20_852_163)
        #expect(checkpoint.text == text)
        let extended = try #require(Checkpoint(text: "\(text)more\n"))
        #expect(extended.extensions == ["more"])
        #expect(extended.text == "\(text)more\n")
    }

    @Test(arguments: [
        "", "a\n1\n", "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "a\n1\nAAAA\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n",
        "a\n99999999999999999999\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    ])
    func `What is no checkpoint is none`(text: String) {
        #expect(Checkpoint(text: Text(text)) == nil)
    }
}

struct LogProofTests {
    private let logKey = SigningKey(generating: .ed25519)
    private let witnessKey = SigningKey(generating: .ed25519)

    @Test func `A proof file holds for its leaf, its log and its witnesses, and for no other`() throws {
        let log = KeptNodes(21)
        let name: Text = "example.com/log"
        let verifier = try #require(
            VerifierKey(name: name, kind: .note, publicKey: logKey.publicKey.rawRepresentation))
        let witness = try #require(
            VerifierKey(
                name: "witness.example", kind: .cosignature, publicKey: witnessKey.publicKey.rawRepresentation))
        let head = Checkpoint(origin: name, size: 21, root: try log.tree().root())
        let text = Array(head.text.utf8)
        var note = try #require(SignedNote(text: head.text))
        note.signatures.append(.init(of: verifier, try logKey.signature(for: text)))
        let bare = try witnessKey.signature(for: Cosignature.message(text: text, time: 7))
        note.signatures.append(.init(of: witness, Cosignature.signature(time: 7, bare: bare)))
        let path = try #require(try log.tree().inclusion(of: 13)).path
        let proof = LogProof(index: 13, path: path, checkpoint: note, extra: Array("more".utf8))
        let read = try #require(LogProof(proof.bytes))
        #expect(read == proof)
        #expect(try read.proves(leaf: log.leaves[13], log: verifier))
        #expect(try read.proves(leaf: log.leaves[13], log: verifier, witnesses: ([witness], 1)))
        #expect(try !read.proves(leaf: log.leaves[13], log: verifier, witnesses: ([witness], 2)))
        #expect(try !read.proves(leaf: log.leaves[12], log: verifier))
        var other = read
        other.index = 12
        #expect(try !other.proves(leaf: log.leaves[13], log: verifier))
        #expect(throws: SignedNote.Refusal.noKnownKey) {
            try read.proves(
                leaf: log.leaves[13],
                log: try #require(VerifierKey(name: "example.com/b", kind: .note, publicKey: verifier.publicKey)))
        }
        // A witness alone vouches for no log.
        var unsigned = read
        unsigned.checkpoint.signatures.removeFirst()
        #expect(try !unsigned.proves(leaf: log.leaves[13], log: verifier, witnesses: ([witness], 1)))
        for index in proof.bytes.indices {
            var bytes = proof.bytes
            bytes[index] ^= 1
            let holds = LogProof(bytes).map { (try? $0.proves(leaf: log.leaves[13], log: verifier)) ?? false } ?? false
            // What is neither authenticated nor asked for: the extra data, and the witness's line.
            let isFree = bytes[..<proof.bytes.count].indices.contains(index) && isUnauthenticated(index, proof.bytes)
            if !isFree { #expect(!holds, "byte \(index)") }
        }
    }

    private func isUnauthenticated(_ index: Int, _ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let start = text.utf8.index(text.startIndex, offsetBy: index)
        let line =
            text.utf8[..<start].lastIndex(of: 0x0A).map { text.utf8[text.utf8.index(after: $0)...] } ?? text.utf8[...]
        return line.starts(with: "extra ".utf8) || line.starts(with: "\u{2014} witness.example".utf8)
    }
}
