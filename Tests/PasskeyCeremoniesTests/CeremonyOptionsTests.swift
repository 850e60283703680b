import CanonicalEncoding
import PasskeyCeremonies
import Testing

@Suite struct CeremonyOptionsTests {
    private let rp = RelyingParty(id: "approve.example", origin: "https://approve.example", name: "Countersign")

    @Test func `creation asks for a discoverable passkey with user verification and no attestation`() throws {
        let challenge = try CeremonyBench.enrolmentChallenge()
        let options = CeremonyOptions.creation(
            rp: rp, user: PasskeyUser(userHandle: [1, 2, 3], name: "ada", displayName: "Ada"), challenge: challenge,
            exclude: [[0xFF, 0xFE]])
        #expect(
            options == [
                "rp": ["id": "approve.example", "name": "Countersign"],
                "user": ["id": "AQID", "name": "ada", "displayName": "Ada"],
                "challenge": .string(challenge.wire),
                "pubKeyCredParams": [
                    ["type": "public-key", "alg": -7], ["type": "public-key", "alg": -8],
                    ["type": "public-key", "alg": -257],
                ],
                "timeout": 300_000,
                "excludeCredentials": [["type": "public-key", "id": "__4"]],
                "authenticatorSelection": [
                    "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
                ],
                "attestation": "none",
            ])
    }

    @Test func `a request asks for user verification`() throws {
        let challenge = try CeremonyBench.vote().challenge
        #expect(
            CeremonyOptions.request(rp: rp, challenge: challenge, allow: [[0]]) == [
                "rpId": "approve.example", "challenge": .string(challenge.wire), "timeout": 300_000,
                "allowCredentials": [["type": "public-key", "id": "AA"]], "userVerification": "required",
            ])
    }
}
