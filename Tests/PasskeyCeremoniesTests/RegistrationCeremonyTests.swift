import CanonicalEncoding
import DemoScenario
import PasskeyCeremonies
import Testing

/// One thing that is wrong with a registration, and the code that must name it.
struct RegistrationFault: Sendable, CustomTestStringConvertible {
    let name: String
    let code: CeremonyError.Code
    let bend: @Sendable (inout SoftwareAuthenticator.Behaviour) -> Void
    var testDescription: String { name }

    static let all: [RegistrationFault] = [
        RegistrationFault(name: "no person present", code: .userNotPresent) { $0.isUserPresent = false },
        RegistrationFault(name: "person not verified", code: .userNotVerified) { $0.isUserVerified = false },
        RegistrationFault(name: "backed up without being eligible", code: .backupFlags) { $0.isBackedUp = true },
        RegistrationFault(name: "signed for another RP id", code: .wrongRPID) { $0.rpID = "example" },
        RegistrationFault(name: "type of an assertion", code: .wrongType) {
            $0.clientData = ["type": "webauthn.get"]
        },
        RegistrationFault(name: "another challenge", code: .wrongChallenge) { $0.clientData = ["challenge": "AA"] },
        RegistrationFault(name: "another origin", code: .wrongOrigin) {
            $0.clientData = ["origin": "https://approve.example.evil"]
        },
        RegistrationFault(name: "in a frame", code: .crossOrigin) { $0.clientData = ["crossOrigin": true] },
        RegistrationFault(name: "below another page", code: .crossOrigin) {
            $0.clientData = ["topOrigin": "https://evil.example"]
        },
        RegistrationFault(name: "extensions are no map", code: .malformed) { $0.extensions = .array([]) },
    ]
}

@Suite struct RegistrationCeremonyTests {
    private func refusal(_ bench: CeremonyBench, _ json: JSONValue) throws -> CeremonyError.Code? {
        let ceremony = RegistrationCeremony(rp: bench.rp, challenge: try CeremonyBench.enrolmentChallenge())
        do throws(CeremonyError) {
            _ = try ceremony.verify(UnverifiedRegistration(json: json))
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a good registration says what the authenticator said`() throws {
        var bench = CeremonyBench()
        bench.authenticator.behaviour.isBackupEligible = true
        bench.authenticator.behaviour.isBackedUp = true
        let json = try bench.registration()
        let ceremony = RegistrationCeremony(rp: bench.rp, challenge: try CeremonyBench.enrolmentChallenge())
        let verified = try ceremony.verify(UnverifiedRegistration(json: json))
        #expect(verified.credentialID == bench.authenticator.credentials.first?.id)
        #expect(verified.publicKey.algorithm == .es256)
        #expect(verified.userVerified && verified.backupEligible && verified.backupState)
        #expect(verified.aaguid == Array(repeating: 0, count: 16))
        #expect(verified.attestationFormat == "none")
        #expect(verified.transports == ["internal"])
    }

    @Test(arguments: RegistrationFault.all)
    func `a registration with one fault is refused with the code of that fault`(fault: RegistrationFault) throws {
        var bench = CeremonyBench()
        fault.bend(&bench.authenticator.behaviour)
        #expect(try refusal(bench, try bench.registration()) == fault.code)
    }

    @Test(arguments: [CeremonyKind.login, .vote, .change])
    func `only an enrolment's challenge enrols`(kind: CeremonyKind) throws {
        var bench = CeremonyBench()
        let right = try CeremonyBench.enrolmentChallenge()
        let sent = try UnverifiedRegistration(json: bench.registration())
        let ceremony = RegistrationCeremony(
            rp: bench.rp, challenge: CeremonyChallenge(kind, uncheckedBytes: right.bytes))
        #expect(throws: CeremonyError.self) { try ceremony.verify(sent) }
    }

    @Test func `an attestation object cut short or followed by something is malformed`() throws {
        var bench = CeremonyBench()
        let sent = try UnverifiedRegistration(json: bench.registration())
        let ceremony = RegistrationCeremony(rp: bench.rp, challenge: try CeremonyBench.enrolmentChallenge())
        let whole = sent.attestationObject
        for bytes in (0..<whole.count).map({ Array(whole.prefix($0)) }) + [whole + [0]] {
            let bent = UnverifiedRegistration(
                credentialID: sent.credentialID, clientDataJSON: sent.clientDataJSON, attestationObject: bytes)
            let code = #expect(throws: CeremonyError.self) { try ceremony.verify(bent) }?.code
            #expect(code == .malformed)
        }
    }

    @Test func `authenticator data cut short at any length is malformed`() throws {
        var bench = CeremonyBench()
        bench.authenticator.behaviour.extensions = .map([CBORPair(key: .text("x"), value: .bool(true))])
        let json = try bench.registration()
        let data = Base64URL.decode(json["response"]?["authenticatorData"]?.stringValue ?? "") ?? []
        #expect(data.count > 160)
        #expect(try AuthenticatorData(data).credential != nil)
        for length in 0..<data.count {
            let code = #expect(throws: CeremonyError.self) { try AuthenticatorData(Array(data.prefix(length))) }?.code
            #expect(code == .malformed)
        }
    }

    @Test func `the browser's JSON is read strictly`() throws {
        var bench = CeremonyBench()
        let good = try bench.registration()
        #expect(try refusal(bench, good) == nil)
        let identifier = try #require(good["id"]?.textValue)
        var bad: [JSONValue] = [[], "x", .null]
        func with(_ name: Text, _ value: JSONValue?) {
            var object = good.objectValue ?? [:]
            object[name] = value
            bad.append(.object(object))
        }
        func withResponse(_ name: Text, _ value: JSONValue?) {
            var object = good["response"]?.objectValue ?? [:]
            object[name] = value
            with("response", .object(object))
        }
        with("type", "password")
        with("type", nil)
        with("rawId", nil)
        with("id", "AAAA")
        with("id", .string("\(identifier)="))
        with("response", nil)
        withResponse("clientDataJSON", nil)
        withResponse("attestationObject", 1)
        withResponse("attestationObject", "a+b/")
        withResponse("transports", "usb")
        withResponse("transports", [1])
        withResponse("transports", .array(Array(repeating: "usb", count: 17)))
        for json in bad { #expect(try refusal(bench, json) == .malformed) }
    }

    @Test func `a credential id other than the attested one is refused`() throws {
        var bench = CeremonyBench()
        var object = try #require(try bench.registration().objectValue)
        object["id"] = "AAAA"
        object["rawId"] = "AAAA"
        #expect(try refusal(bench, .object(object)) == .unknownCredential)
    }
}
