package import CanonicalEncoding
import Crypto
import PasskeyCeremonies
package import SecretMaterial

/// A passkey authenticator in memory, with a browser around it: P-256, flags and counter under control.
///
/// For the unattended demonstration and for tests. It verifies nobody: what it signs proves that the program ran, not that a
/// person was there.
package struct SoftwareAuthenticator: Sendable {
    /// What it says of itself and of its person; tests bend one value at a time.
    package struct Behaviour: Sendable {
        package var isUserPresent = true
        package var isUserVerified = true
        package var isBackupEligible = false
        package var isBackedUp = false
        /// Added to the counter before each signature; 0 for one that does not count, negative to go back.
        package var counterStep: Int64 = 1
        /// Signs for this RP id, whatever the options say.
        package var rpID: Text?
        /// Members that replace or extend those of the client data.
        package var clientData: JSONObject = [:]
        /// Appended to the authenticator data as extension outputs.
        package var extensions: CBORValue?

        package init() {}
    }

    /// A passkey that it holds.
    package struct Credential: Sendable {
        package let id: [UInt8]
        package let rpID: Text
        package let userHandle: [UInt8]
        package internal(set) var signCount: UInt32
        let key: P256.Signing.PrivateKey
    }

    package enum Refusal: String, Error, Sendable {
        /// The options are not what a browser takes.
        case malformedOptions
        /// It holds no passkey for this RP and list.
        case noCredential
        /// It holds one that the options exclude.
        case excluded
        /// The RP id is no suffix of the page's host.
        case wrongOrigin
        case signingFailed
    }

    package var behaviour = Behaviour()
    package private(set) var credentials: [Credential] = []
    /// 16 bytes; says nothing about a model, because there is none.
    package let aaguid: [UInt8] = Array(repeating: 0, count: 16)
    private let random: any RandomBytes

    package init(random: any RandomBytes = SystemRandom()) { self.random = random }

    /// `navigator.credentials.create()` on a page of that origin: options in, `RegistrationResponseJSON` out.
    package mutating func create(options: JSONValue, origin: Text) throws(Refusal) -> JSONValue {
        guard let rpID = options["rp"]?["id"]?.textValue, let challenge = options["challenge"]?.textValue,
            let userHandle = Self.bytes(options["user"]?["id"]), options["pubKeyCredParams"]?.offersES256 == true
        else { throw .malformedOptions }
        try Self.check(rpID, origin)
        let excluded = try Self.identifiers(options["excludeCredentials"])
        guard !credentials.contains(where: { $0.rpID == rpID && excluded.contains($0.id) }) else { throw .excluded }
        let credential = Credential(
            id: random.bytes(32), rpID: rpID, userHandle: userHandle, signCount: 0, key: P256.Signing.PrivateKey())
        credentials.append(credential)
        let clientData = self.clientData("webauthn.create", challenge, origin)
        let data = authenticatorData(credential, attests: true)
        let attestation = CBORWriter.encode(
            .map([
                CBORPair(key: .text("fmt"), value: .text("none")),
                CBORPair(key: .text("attStmt"), value: .map([])),
                CBORPair(key: .text("authData"), value: .bytes(data)),
            ]))
        return Self.response(
            credential,
            [
                "clientDataJSON": Self.wire(clientData), "attestationObject": Self.wire(attestation),
                "authenticatorData": Self.wire(data), "transports": ["internal"], "publicKeyAlgorithm": -7,
            ])
    }

    /// `navigator.credentials.get()` on a page of that origin: options in, `AuthenticationResponseJSON` out.
    ///
    /// An empty list of credentials means the newest passkey for the RP id.
    package mutating func get(options: JSONValue, origin: Text) throws(Refusal) -> JSONValue {
        guard let rpID = options["rpId"]?.textValue, let challenge = options["challenge"]?.textValue else {
            throw .malformedOptions
        }
        try Self.check(rpID, origin)
        let allowed = try Self.identifiers(options["allowCredentials"])
        let position = credentials.lastIndex {
            $0.rpID == rpID && (allowed.isEmpty || allowed.contains($0.id))
        }
        guard let position else { throw .noCredential }
        let count = Int64(credentials[position].signCount) + behaviour.counterStep
        credentials[position].signCount = UInt32(clamping: count)
        let credential = credentials[position]
        let clientData = self.clientData("webauthn.get", challenge, origin)
        let data = authenticatorData(credential, attests: false)
        let signed = data + Array(SHA256.hash(data: clientData))
        guard let signature = try? credential.key.signature(for: signed) else { throw .signingFailed }
        return Self.response(
            credential,
            [
                "clientDataJSON": Self.wire(clientData), "authenticatorData": Self.wire(data),
                "signature": Self.wire(Array(signature.derRepresentation)),
                "userHandle": Self.wire(credential.userHandle),
            ])
    }
}

extension SoftwareAuthenticator {
    /// WebAuthn L3 §5.8.1.1: the order of the members is part of the standard.
    private func clientData(_ type: Text, _ challenge: Text, _ origin: Text) -> [UInt8] {
        var members: JSONObject = [
            "type": .string(type), "challenge": .string(challenge), "origin": .string(origin), "crossOrigin": false,
        ]
        for member in behaviour.clientData.members { members[member.name] = member.value }
        let written = members.members.map {
            CanonicalJSON.text(.string($0.name)) + ":" + CanonicalJSON.text($0.value)
        }
        return Array("{\(written.joined(separator: ","))}".utf8)
    }

    /// WebAuthn L3 §6.1.
    private func authenticatorData(_ credential: Credential, attests: Bool) -> [UInt8] {
        var flags: AuthenticatorFlags = []
        if behaviour.isUserPresent { flags.insert(.userPresent) }
        if behaviour.isUserVerified { flags.insert(.userVerified) }
        if behaviour.isBackupEligible { flags.insert(.backupEligible) }
        if behaviour.isBackedUp { flags.insert(.backedUp) }
        if attests { flags.insert(.attestedCredential) }
        if behaviour.extensions != nil { flags.insert(.extensions) }
        let rpIDHash = Array(SHA256.hash(data: Array((behaviour.rpID ?? credential.rpID).utf8)))
        var bytes = rpIDHash + [flags.rawValue]
        bytes += (0..<4).reversed().map { UInt8(truncatingIfNeeded: credential.signCount >> ($0 * 8)) }
        if attests {
            let length = UInt16(clamping: credential.id.count)
            bytes += aaguid + [UInt8(length >> 8), UInt8(length & 0xFF)] + credential.id
            bytes += CBORWriter.encode(Self.coseKey(credential.key.publicKey))
        }
        return bytes + (behaviour.extensions.map(CBORWriter.encode) ?? [])
    }

    /// RFC 9053 §7.1.1 in the order that CTAP2 prescribes.
    private static func coseKey(_ key: P256.Signing.PublicKey) -> CBORValue {
        let raw = Array(key.rawRepresentation)
        return .map([
            CBORPair(key: .unsigned(1), value: .unsigned(2)),
            CBORPair(key: .unsigned(3), value: .negative(6)),
            CBORPair(key: .negative(0), value: .unsigned(1)),
            CBORPair(key: .negative(1), value: .bytes(Array(raw.prefix(32)))),
            CBORPair(key: .negative(2), value: .bytes(Array(raw.suffix(32)))),
        ])
    }

    private static func response(_ credential: Credential, _ response: JSONValue) -> JSONValue {
        [
            "id": wire(credential.id), "rawId": wire(credential.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": [:], "response": response,
        ]
    }

    /// A browser refuses an RP id that is not the page's host or a parent of it (§5.1.3 step 8).
    private static func check(_ rpID: Text, _ origin: Text) throws(Refusal) {
        let authority = origin.utf8.split(separator: UInt8(ascii: "/")).last
        guard let authority else { throw .wrongOrigin }
        let host = authority.prefix { $0 != UInt8(ascii: ":") }
        let isSame = host.elementsEqual(rpID.utf8)
        let isParent = host.reversed().starts(with: Array(".\(rpID)".utf8).reversed())
        guard isSame || isParent else { throw .wrongOrigin }
    }

    private static func identifiers(_ descriptors: JSONValue?) throws(Refusal) -> [[UInt8]] {
        guard let descriptors else { return [] }
        let identifiers = descriptors.arrayValue?.compactMap { bytes($0["id"]) }
        guard let identifiers, identifiers.count == descriptors.arrayValue?.count else { throw .malformedOptions }
        return identifiers
    }

    private static func bytes(_ json: JSONValue?) -> [UInt8]? {
        (json?.textValue?.string).flatMap(Base64URL.decode)
    }

    private static func wire(_ bytes: [UInt8]) -> JSONValue { .string(Text(Base64URL.encode(bytes))) }
}

extension JSONValue {
    /// Whether the offered algorithms include the one that this authenticator has.
    fileprivate var offersES256: Bool {
        arrayValue?.contains { $0["type"]?.textValue == "public-key" && $0["alg"]?.integerValue == -7 } ?? false
    }
}
