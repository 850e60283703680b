package import CanonicalEncoding
import SecretMaterial

/// A public key under a name, as the text that people pin: `name+1a2b3c4d+base64` (C2SP signed-note, "Verifier keys").
package struct VerifierKey: Hashable, Sendable {
    /// What a signature of the key says.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// The key signed the text of the note.
        case note = 0x01
        /// The key of a witness signed the text and a time (C2SP tlog-cosignature, version 1).
        case cosignature = 0x04
    }

    package let name: Text
    package let kind: Kind
    private let key: PublicJWK

    /// Nil for a name that no note can carry, and for bytes that are no Ed25519 key that proves anything.
    package init?(name: Text, kind: Kind, publicKey: [UInt8]) {
        guard Self.isName(name), let key = PublicJWK(ed25519: publicKey) else { return nil }
        self.name = name
        self.kind = kind
        self.key = key
    }

    /// 32 bytes (RFC 8032).
    package var publicKey: [UInt8] { key.rawRepresentation }

    /// Reads the text form; nil where its parts do not belong together.
    package init?(_ text: Text) {
        let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = Text(utf8: parts[0]),
            let id = Hex.decode(String(decoding: parts[1], as: UTF8.self)),
            let bytes = Base64.decode(String(decoding: parts[2], as: UTF8.self)),
            let kind = bytes.first.flatMap(Kind.init(rawValue:))
        else { return nil }
        self.init(name: name, kind: kind, publicKey: Array(bytes.dropFirst()))
        guard id == self.id, self.text == text else { return nil }
    }

    /// The first four bytes of `SHA-256(name ‖ 0x0A ‖ kind ‖ key)`. It names the key and proves nothing.
    package var id: [UInt8] {
        Array(Digest(sha256: Array(name.utf8) + [0x0A, kind.rawValue] + publicKey).bytes.prefix(4))
    }

    package var text: Text { "\(name)+\(Hex.encode(id))+\(Base64.encode([kind.rawValue] + publicKey))" }

    /// Not empty, and without white space, control characters and `+`.
    package static func isName(_ name: Text) -> Bool {
        !name.isEmpty
            && name.string.unicodeScalars.allSatisfy { scalar in
                scalar.value > 0x20 && scalar != "+" && !scalar.properties.isWhitespace
            }
    }

    func isValid(_ signature: [UInt8], for text: [UInt8]) -> Bool {
        switch kind {
        case .note: return key.isValidSignature(signature, for: text)
        case .cosignature:
            guard let (time, bare) = Cosignature.parts(of: signature) else { return false }
            return key.isValidSignature(bare, for: Cosignature.message(text: text, time: time))
        }
    }
}
