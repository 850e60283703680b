import CanonicalEncoding
import Foundation
import PasskeyCeremonies
import Testing

/// A registration and an assertion from WebAuthn Level 3, section 16.
struct SpecVector: Sendable, CustomTestStringConvertible {
    let id: String
    let registration: JSONValue
    let assertion: JSONValue
    var testDescription: String { id }

    let rp = RelyingParty(id: "example.org", origin: "https://example.org", name: "Example")

    func bytes(_ json: JSONValue, _ name: Text) throws -> [UInt8] {
        try #require(json[name]?.stringValue.flatMap(Hex.decode))
    }

    func enrolment() throws -> (ceremony: RegistrationCeremony, sent: UnverifiedRegistration) {
        let challenge = CeremonyChallenge(.enrolment, uncheckedBytes: try bytes(registration, "challenge"))
        return (
            RegistrationCeremony(rp: rp, challenge: challenge),
            UnverifiedRegistration(
                credentialID: try bytes(registration, "credential_id"),
                clientDataJSON: try bytes(registration, "clientDataJSON"),
                attestationObject: try bytes(registration, "attestationObject"))
        )
    }

    func login() throws -> (ceremony: AssertionCeremony, sent: UnverifiedAssertion) {
        let challenge = CeremonyChallenge(.vote, uncheckedBytes: try bytes(assertion, "challenge"))
        return (
            AssertionCeremony(rp: rp, challenge: challenge),
            UnverifiedAssertion(
                credentialID: try bytes(registration, "credential_id"),
                authenticatorData: try bytes(assertion, "authenticatorData"),
                clientDataJSON: try bytes(assertion, "clientDataJSON"),
                signature: try bytes(assertion, "signature"), userHandle: nil)
        )
    }

    /// What was attested, without any judgement of the ceremony.
    func attested() throws -> (data: AuthenticatorData, credential: AttestedCredential) {
        let data = try AttestationObject(bytes(registration, "attestationObject")).authenticatorData
        return (data, try #require(data.credential))
    }

    /// The folder of published vectors: named by the environment, or beside a parent of this checkout; nil where absent.
    static let all: [SpecVector] = {
        var candidates: [URL] = []
        if let named = ProcessInfo.processInfo.environment["SHARED_VECTORS"] {
            candidates.append(URL(fileURLWithPath: named))
        }
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            candidates.append(folder.appendingPathComponent("shared/vectors"))
        }
        let file = candidates.lazy.compactMap {
            try? Data(contentsOf: $0.appendingPathComponent("webauthn/spec-l3.json"))
        }.first
        guard let file, let pairs = try? JSONReader.read(Array(file)).arrayValue else { return [] }
        return pairs.compactMap { pair in
            guard let id = pair["id"]?.stringValue, let registration = pair["registration"],
                let assertion = pair["assertion"]
            else { return nil }
            return SpecVector(id: id, registration: registration, assertion: assertion)
        }
    }()
}

@Suite struct SpecVectorPresenceTests {
    @Test func `the published vectors of WebAuthn are there where everything is tested`() {
        guard SpecVector.all.isEmpty else { return }
        #expect(ProcessInfo.processInfo.environment["CI"] != "true", "SHARED_VECTORS names where they lie")
        print("skipped: the published vectors of WebAuthn are not beside this checkout")
    }
}

@Suite(.enabled(if: !SpecVector.all.isEmpty, "The published vectors are not beside this checkout."))
struct SpecVectorTests {
    @Test func `all fifteen pairs are there`() {
        #expect(SpecVector.all.count == 15)
    }

    @Test(arguments: SpecVector.all)
    func `the published signature verifies, unless the algorithm is Ed448`(vector: SpecVector) throws {
        let cose = try vector.attested().credential.publicKeyCOSE
        guard vector.id != "packed-ed448" else {
            let error = #expect(throws: CeremonyError.self) { try PasskeyPublicKey(cose: cose) }
            #expect(error?.code == .unsupportedAlgorithm)
            return
        }
        let sent = try vector.login().sent
        let key = try PasskeyPublicKey(cose: cose)
        let message = AssertionCeremony.signedBytes(sent)
        #expect(key.isValidSignature(sent.signature, for: message))
        #expect(!key.isValidSignature(sent.signature, for: message + [0]))
        var signature = sent.signature
        signature[signature.count - 1] ^= 1
        #expect(!key.isValidSignature(signature, for: message))
    }

    @Test(arguments: SpecVector.all)
    func `the enrolment is judged as its flags and client data demand`(vector: SpecVector) throws {
        let (ceremony, sent) = try vector.enrolment()
        let expected = try expectation(vector, flags: try vector.attested().data.flags)
        do throws(CeremonyError) {
            let verified = try ceremony.verify(sent)
            #expect(expected == nil)
            #expect(verified.aaguid.count == 16)
        } catch {
            #expect(error.code == expected)
        }
    }

    @Test(arguments: SpecVector.all)
    func `the assertion is judged as its flags and client data demand`(vector: SpecVector) throws {
        let attested = try vector.attested()
        guard let key = try? PasskeyPublicKey(cose: attested.credential.publicKeyCOSE) else { return }
        let (ceremony, sent) = try vector.login()
        let record = PasskeyRecordView(
            credentialID: sent.credentialID, publicKey: key, signCount: attested.data.signCount,
            backupEligible: attested.data.flags.contains(.backupEligible), userHandle: [1])
        let expected = try expectation(vector, flags: try AuthenticatorData(sent.authenticatorData).flags)
        do throws(CeremonyError) {
            _ = try ceremony.verify(sent, against: record)
            #expect(expected == nil)
        } catch {
            #expect(error.code == expected)
        }
    }

    @Test func `some are accepted and some refused for want of verification`() throws {
        let accepted = try SpecVector.all.filter { vector in
            let (ceremony, sent) = try vector.enrolment()
            return (try? ceremony.verify(sent)) != nil
        }
        let unverified = try SpecVector.all.filter { !(try $0.attested().data.flags.contains(.userVerified)) }
        #expect(accepted.count >= 5)
        #expect(unverified.count >= 5)
        #expect(accepted.map(\.id).contains("packed-es512"))
    }

    /// The checks in the order of the standard: client data, flags, key.
    private func expectation(_ vector: SpecVector, flags: AuthenticatorFlags) throws -> CeremonyError.Code? {
        if ["none-es256-crossOrigin", "none-es256-topOrigin"].contains(vector.id) { return .crossOrigin }
        if !flags.contains(.userVerified) { return .userNotVerified }
        return vector.id == "packed-ed448" ? .unsupportedAlgorithm : nil
    }
}
