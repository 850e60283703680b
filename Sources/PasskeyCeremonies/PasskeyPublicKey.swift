import CanonicalEncoding
import Crypto
import CryptoExtras

/// A passkey's public key: a COSE_Key (RFC 9052 §7, WebAuthn L3 §5.8.5) that was parsed, is on its curve and fits its algorithm.
package struct PasskeyPublicKey: Hashable, Sendable {
    /// The bytes as the authenticator sent them: what the record and receipts keep.
    package let coseBytes: [UInt8]
    package let algorithm: PasskeyAlgorithm
    private let material: Material

    private enum Material: Sendable {
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
    }

    /// - Throws: `unsupported_algorithm` for an algorithm outside ``PasskeyAlgorithm``, `malformed` for everything else:
    ///   another curve than the algorithm's, a point off the curve, RSA outside 2048…4096 bits.
    package init(cose bytes: [UInt8]) throws(CeremonyError) {
        let value: CBORValue
        do { value = try CBORReader.read(bytes) } catch {
            throw CeremonyError(.malformed, "The public key is no canonical CBOR.")
        }
        let key = try COSEKey(value)
        guard let algorithm = PasskeyAlgorithm(coseNumber: try key.integer(3)) else {
            throw CeremonyError(.unsupportedAlgorithm, "The passkey uses an algorithm that was not offered.")
        }
        self.algorithm = algorithm
        coseBytes = bytes
        material = try Self.material(key, algorithm)
    }

    /// The signature in the form that WebAuthn prescribes (§6.5.5): DER for ECDSA, raw for Ed25519 and RSA.
    package func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        switch material {
        case .p256(let key):
            (try? P256.Signing.ECDSASignature(derRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } ?? false
        case .p384(let key):
            (try? P384.Signing.ECDSASignature(derRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } ?? false
        case .p521(let key):
            (try? P521.Signing.ECDSASignature(derRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } ?? false
        case .ed25519(let key):
            key.isValidSignature(signature, for: message)
        case .rsa(let key):
            // The padding is what RS256 means (RFC 8812 §2); as a signature, unlike encryption, it is sound.
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: message),
                padding: .insecurePKCS1v1_5)
        }
    }

    package static func == (left: PasskeyPublicKey, right: PasskeyPublicKey) -> Bool {
        left.coseBytes == right.coseBytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(coseBytes) }
}

extension PasskeyPublicKey {
    private static func material(_ key: COSEKey, _ algorithm: PasskeyAlgorithm) throws(CeremonyError) -> Material {
        switch algorithm {
        case .es256:
            let point = try point(key, curve: 1, coordinateBytes: 32)
            return .p256(try accepted { try P256.Signing.PublicKey(x963Representation: point) })
        case .es384:
            let point = try point(key, curve: 2, coordinateBytes: 48)
            return .p384(try accepted { try P384.Signing.PublicKey(x963Representation: point) })
        case .es512:
            let point = try point(key, curve: 3, coordinateBytes: 66)
            return .p521(try accepted { try P521.Signing.PublicKey(x963Representation: point) })
        case .edDSA:
            try require(key.integer(1) == 1)
            try require(key.integer(-1) == 6)
            let x = try key.bytes(-2)
            try require(x.count == 32)
            return .ed25519(try accepted { try Curve25519.Signing.PublicKey(rawRepresentation: x) })
        case .rs256:
            return .rsa(try rsaKey(key))
        }
    }

    /// An uncompressed point (SEC 1 §2.3.3); WebAuthn does not allow the compressed form (§5.8.5).
    private static func point(
        _ key: COSEKey, curve: Int64, coordinateBytes: Int
    ) throws(CeremonyError) -> [UInt8] {
        try require(key.integer(1) == 2)
        try require(key.integer(-1) == curve)
        let x = try key.bytes(-2)
        let y = try key.bytes(-3)
        try require(x.count == coordinateBytes && y.count == coordinateBytes)
        return [0x04] + x + y
    }

    private static func rsaKey(_ key: COSEKey) throws(CeremonyError) -> _RSA.Signing.PublicKey {
        try require(key.integer(1) == 3)
        let modulus = try key.bytes(-1)
        let exponent = try key.bytes(-2)
        // RFC 8230 §4: no leading zero octets. An even exponent or a huge one is no RSA key of an authenticator.
        let bits = modulus.count * 8 - (modulus.first ?? 0).leadingZeroBitCount
        try require(modulus.first != 0 && (2_048...4_096).contains(bits))
        try require((1...4).contains(exponent.count) && exponent.first != 0 && (exponent.last ?? 0) & 1 == 1)
        try require(exponent != [1])
        return try accepted { try _RSA.Signing.PublicKey(n: modulus, e: exponent) }
    }

    private static func accepted<Key>(_ make: () throws -> Key) throws(CeremonyError) -> Key {
        do { return try make() } catch {
            throw CeremonyError(.malformed, "The public key is no key of its algorithm.")
        }
    }

    private static func require(_ condition: Bool) throws(CeremonyError) {
        guard condition else { throw CeremonyError(.malformed, "The public key does not fit its algorithm.") }
    }
}
