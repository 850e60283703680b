package import CanonicalEncoding

/// Whose passkey is being made, as the authenticator will show it.
package struct PasskeyUser: Hashable, Sendable {
    /// 1 to 64 random bytes; never a name or an address (WebAuthn L3 §14.6.1).
    package let userHandle: [UInt8]
    package let name: Text
    package let displayName: Text

    package init(userHandle: [UInt8], name: Text, displayName: Text) {
        self.userHandle = userHandle
        self.name = name
        self.displayName = displayName
    }
}

/// The options of both ceremonies, in the JSON that `PublicKeyCredential.parseCreationOptionsFromJSON` and
/// `parseRequestOptionsFromJSON` take (WebAuthn L3 §5.1.9, §5.1.10).
package enum CeremonyOptions {
    /// Five minutes for the browser's dialogue; the server's own limit is ten.
    package static let timeoutMilliseconds: Int64 = 300_000

    /// For `navigator.credentials.create()`: a discoverable passkey with user verification, no attestation.
    package static func creation(
        rp: RelyingParty, user: PasskeyUser, challenge: CeremonyChallenge, exclude: [[UInt8]]
    ) -> JSONValue {
        [
            "rp": ["id": .string(rp.id), "name": .string(rp.name)],
            "user": [
                "id": bytes(user.userHandle), "name": .string(user.name), "displayName": .string(user.displayName),
            ],
            "challenge": .string(challenge.wire),
            "pubKeyCredParams": .array(
                PasskeyAlgorithm.offered.map { ["type": "public-key", "alg": .integer($0.rawValue)] }),
            "timeout": .integer(timeoutMilliseconds),
            "excludeCredentials": descriptors(exclude),
            "authenticatorSelection": [
                "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
            ],
            "attestation": "none",
        ]
    }

    /// For `navigator.credentials.get()`. An empty list lets the person choose among discoverable passkeys.
    package static func request(rp: RelyingParty, challenge: CeremonyChallenge, allow: [[UInt8]]) -> JSONValue {
        [
            "rpId": .string(rp.id),
            "challenge": .string(challenge.wire),
            "timeout": .integer(timeoutMilliseconds),
            "allowCredentials": descriptors(allow),
            "userVerification": "required",
        ]
    }

    private static func descriptors(_ credentialIDs: [[UInt8]]) -> JSONValue {
        .array(credentialIDs.map { ["type": "public-key", "id": bytes($0)] })
    }

    private static func bytes(_ bytes: [UInt8]) -> JSONValue { .string(Text(Base64URL.encode(bytes))) }
}
