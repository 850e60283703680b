import CanonicalEncoding
import DemoScenario
import PasskeyCeremonies
import SecretMaterial
import Testing

/// Counts upwards, so that what is made of it can be foretold.
private struct CountingRandom: RandomBytes {
    func bytes(_ count: Int) -> [UInt8] { (0..<max(0, count)).map { UInt8(truncatingIfNeeded: $0) } }
}

@Suite struct SoftwareAuthenticatorTests {
    private let rp = RelyingParty(id: "localhost", origin: "http://localhost:7421", name: "Countersign")
    private let challenge = CeremonyChallenge(.enrolment, uncheckedBytes: Array(repeating: 5, count: 32))
    private let login = CeremonyChallenge(.login, uncheckedBytes: Array(repeating: 6, count: 32))

    private func creation(exclude: [[UInt8]] = []) -> JSONValue {
        CeremonyOptions.creation(
            rp: rp, user: PasskeyUser(userHandle: [1, 2, 3], name: "ada", displayName: "Ada"), challenge: challenge,
            exclude: exclude)
    }

    @Test func `what it makes passes both ceremonies`() throws {
        var authenticator = SoftwareAuthenticator(random: CountingRandom())
        let created = try authenticator.create(options: creation(), origin: rp.origin)
        #expect(created["id"]?.stringValue.flatMap(Base64URL.decode) == CountingRandom().bytes(32))
        let passkey = try RegistrationCeremony(rp: rp, challenge: challenge)
            .verify(UnverifiedRegistration(json: created))
        let options = CeremonyOptions.request(rp: rp, challenge: login, allow: [passkey.credentialID])
        let answer = try authenticator.get(options: options, origin: rp.origin)
        let verified = try AssertionCeremony(rp: rp, challenge: login).verify(
            UnverifiedAssertion(json: answer),
            against: PasskeyRecordView(
                credentialID: passkey.credentialID, publicKey: passkey.publicKey, signCount: passkey.signCount,
                backupEligible: passkey.backupEligible, userHandle: [1, 2, 3]))
        #expect(verified.signCount == 1)
    }

    @Test func `client data is written in the order of the standard`() throws {
        var authenticator = SoftwareAuthenticator()
        let created = try authenticator.create(options: creation(), origin: rp.origin)
        let bytes = created["response"]?["clientDataJSON"]?.stringValue.flatMap(Base64URL.decode) ?? []
        let expected =
            #"{"type":"webauthn.create","challenge":"\#(challenge.wire)","origin":"http://localhost:7421","crossOrigin":false}"#
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test func `an excluded passkey is not made twice`() throws {
        var authenticator = SoftwareAuthenticator()
        _ = try authenticator.create(options: creation(), origin: rp.origin)
        let identifier = try #require(authenticator.credentials.first?.id)
        #expect(throws: SoftwareAuthenticator.Refusal.excluded) {
            try authenticator.create(options: creation(exclude: [identifier]), origin: rp.origin)
        }
    }

    @Test(arguments: ["https://evil.example", "http://localhost.evil.example", "http://notlocalhost:7421", ""])
    func `a page of another host gets nothing`(origin: Text) throws {
        var authenticator = SoftwareAuthenticator()
        #expect(throws: SoftwareAuthenticator.Refusal.wrongOrigin) {
            try authenticator.create(options: creation(), origin: origin)
        }
        _ = try authenticator.create(options: creation(), origin: rp.origin)
        let options = CeremonyOptions.request(rp: rp, challenge: login, allow: [])
        #expect(throws: SoftwareAuthenticator.Refusal.wrongOrigin) {
            try authenticator.get(options: options, origin: origin)
        }
    }

    @Test func `without a passkey for the list there is no answer`() throws {
        var authenticator = SoftwareAuthenticator()
        let any = CeremonyOptions.request(rp: rp, challenge: login, allow: [])
        #expect(throws: SoftwareAuthenticator.Refusal.noCredential) {
            try authenticator.get(options: any, origin: rp.origin)
        }
        _ = try authenticator.create(options: creation(), origin: rp.origin)
        let other = CeremonyOptions.request(rp: rp, challenge: login, allow: [[9]])
        #expect(throws: SoftwareAuthenticator.Refusal.noCredential) {
            try authenticator.get(options: other, origin: rp.origin)
        }
    }

    @Test(arguments: [JSONValue.null, [], [:], ["rp": ["id": "localhost"]], ["rpId": "localhost"]])
    func `options that no browser takes are refused`(options: JSONValue) {
        var authenticator = SoftwareAuthenticator()
        #expect(throws: SoftwareAuthenticator.Refusal.malformedOptions) {
            try authenticator.create(options: options, origin: "http://localhost:7421")
        }
        #expect(throws: SoftwareAuthenticator.Refusal.malformedOptions) {
            try authenticator.get(options: options, origin: "http://localhost:7421")
        }
    }
}
