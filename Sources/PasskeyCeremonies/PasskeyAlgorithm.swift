/// The signature algorithms of passkeys, by their COSE number (IANA "COSE Algorithms").
///
/// Ed448 (-53) is refused: the cryptography underneath does not have it.
package enum PasskeyAlgorithm: Int64, Sendable, CaseIterable {
    /// ECDSA with P-256 and SHA-256.
    case es256 = -7
    /// Ed25519. The fully specified number of RFC 9864 (-19) is read as the same algorithm.
    case edDSA = -8
    /// ECDSA with P-384 and SHA-384.
    case es384 = -35
    /// ECDSA with P-521 and SHA-512.
    case es512 = -36
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 to 4096 bits.
    case rs256 = -257

    init?(coseNumber: Int64) {
        if coseNumber == -19 { self = .edDSA } else { self.init(rawValue: coseNumber) }
    }

    /// What is offered at enrolment, the preferred one first (WebAuthn L3 §5.4, `pubKeyCredParams`).
    package static let offered: [PasskeyAlgorithm] = [.es256, .edDSA, .rs256]
}
