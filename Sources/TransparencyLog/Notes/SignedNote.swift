package import CanonicalEncoding

/// Text with signatures below it (C2SP signed-note). Nothing of the text may be believed before `verified` has returned.
package struct SignedNote: Hashable, Sendable {
    package struct Signature: Hashable, Sendable {
        package var name: Text
        /// Four bytes.
        package var keyID: [UInt8]
        package var bytes: [UInt8]

        package init(name: Text, keyID: [UInt8], bytes: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }

        package init(of key: VerifierKey, _ bytes: [UInt8]) {
            self.init(name: key.name, keyID: key.id, bytes: bytes)
        }
    }

    /// Why a note is not one, or not one of ours.
    package enum Refusal: Error, Hashable, Sendable {
        case malformed(String)
        /// A signature by a key that is known does not verify: the note is refused as a whole.
        case badSignature(Text)
        /// None of its signatures is by a key that is known.
        case noKnownKey
    }

    /// Ends with a newline.
    package let text: Text
    package var signatures: [Signature]

    /// Bytes of a note, and how many signatures it may have; verifiers have to take sixteen at least.
    package static let limits = (bytes: 65_536, signatures: 64)

    /// Nil where the text is none that can be signed.
    package init?(text: Text, signatures: [Signature] = []) {
        guard text.utf8.last == 0x0A, Self.isPlain(text) else { return nil }
        self.text = text
        self.signatures = signatures
    }

    package init(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= Self.limits.bytes else { throw .malformed("longer than \(Self.limits.bytes) bytes") }
        guard let whole = Text(utf8: bytes), Self.isPlain(whole) else {
            throw .malformed("not UTF-8, or with control characters")
        }
        // The last empty line: what follows it are signatures.
        guard let blank = bytes.indices.dropLast().last(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }),
            bytes.last == 0x0A, let text = Text(utf8: bytes[...blank])
        else { throw .malformed("no empty line between text and signatures") }
        let lines = bytes[(blank + 2)...].dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        guard !bytes[(blank + 2)...].isEmpty else { throw .malformed("no signature") }
        guard lines.count <= Self.limits.signatures else { throw .malformed("too many signatures") }
        self.text = text
        signatures = []
        for line in lines { signatures.append(try Self.signature(line)) }
    }

    /// The keys of `known` that have signed it, each once.
    package func verified(by known: [VerifierKey]) throws(Refusal) -> [VerifierKey] {
        var signers: [VerifierKey] = []
        let message = Array(text.utf8)
        for signature in signatures {
            guard let key = known.first(where: { $0.name == signature.name && $0.id == signature.keyID }) else {
                continue
            }
            guard key.isValid(signature.bytes, for: message) else { throw .badSignature(key.name) }
            if !signers.contains(key) { signers.append(key) }
        }
        guard !signers.isEmpty else { throw .noKnownKey }
        return signers
    }

    package var bytes: [UInt8] {
        var text = self.text.string + "\n"
        for signature in signatures {
            text += "\u{2014} \(signature.name) \(Base64.encode(signature.keyID + signature.bytes))\n"
        }
        return Array(text.utf8)
    }

    private static func signature(_ line: some Collection<UInt8>) throws(Refusal) -> Signature {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("\u{2014}".utf8), let name = Text(utf8: parts[1]),
            VerifierKey.isName(name), let bytes = Base64.decode(String(decoding: parts[2], as: UTF8.self)),
            bytes.count > 4
        else { throw .malformed("a line below the text is no signature") }
        return Signature(name: name, keyID: Array(bytes.prefix(4)), bytes: Array(bytes.dropFirst(4)))
    }

    private static func isPlain(_ text: Text) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A }
    }
}
