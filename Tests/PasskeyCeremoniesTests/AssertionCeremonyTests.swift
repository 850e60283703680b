import CanonicalEncoding
import DemoScenario
import DomainModel
import PasskeyCeremonies
import Testing

/// One thing that is wrong with an assertion, and the code that must name it.
struct AssertionFault: Sendable, CustomTestStringConvertible {
    let name: String
    let code: CeremonyError.Code
    let bend: @Sendable (inout SoftwareAuthenticator.Behaviour) -> Void
    var testDescription: String { name }

    static let all: [AssertionFault] = [
        AssertionFault(name: "no person present", code: .userNotPresent) { $0.isUserPresent = false },
        AssertionFault(name: "person not verified", code: .userNotVerified) { $0.isUserVerified = false },
        AssertionFault(name: "backed up without being eligible", code: .backupFlags) { $0.isBackedUp = true },
        AssertionFault(name: "became eligible for backup", code: .backupFlags) { $0.isBackupEligible = true },
        AssertionFault(name: "signed for another RP id", code: .wrongRPID) { $0.rpID = "example" },
        AssertionFault(name: "signed for a subdomain", code: .wrongRPID) { $0.rpID = "x.approve.example" },
        AssertionFault(name: "type of a registration", code: .wrongType) {
            $0.clientData = ["type": "webauthn.create"]
        },
        AssertionFault(name: "type of a payment", code: .wrongType) { $0.clientData = ["type": "payment.get"] },
        AssertionFault(name: "type with more behind it", code: .wrongType) {
            $0.clientData = ["type": "webauthn.get "]
        },
        AssertionFault(name: "type is no text", code: .malformed) { $0.clientData = ["type": 1] },
        AssertionFault(name: "another challenge", code: .wrongChallenge) {
            $0.clientData = ["challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        },
        AssertionFault(name: "empty challenge", code: .wrongChallenge) { $0.clientData = ["challenge": ""] },
        AssertionFault(name: "other scheme", code: .wrongOrigin) {
            $0.clientData = ["origin": "http://approve.example"]
        },
        AssertionFault(name: "other port", code: .wrongOrigin) {
            $0.clientData = ["origin": "https://approve.example:8443"]
        },
        AssertionFault(name: "subdomain as origin", code: .wrongOrigin) {
            $0.clientData = ["origin": "https://x.approve.example"]
        },
        AssertionFault(name: "origin with a slash", code: .wrongOrigin) {
            $0.clientData = ["origin": "https://approve.example/"]
        },
        AssertionFault(name: "in a frame", code: .crossOrigin) { $0.clientData = ["crossOrigin": true] },
        AssertionFault(name: "crossOrigin is a word", code: .malformed) { $0.clientData = ["crossOrigin": "false"] },
        AssertionFault(name: "below another page", code: .crossOrigin) {
            $0.clientData = ["topOrigin": "https://approve.example"]
        },
        AssertionFault(name: "counter stands still", code: .counterRegressed) { $0.counterStep = 0 },
        AssertionFault(name: "counter goes back", code: .counterRegressed) { $0.counterStep = -3 },
        AssertionFault(name: "counter falls to zero", code: .counterRegressed) { $0.counterStep = -100 },
        AssertionFault(name: "extensions are no map", code: .malformed) { $0.extensions = .unsigned(1) },
    ]
}

@Suite struct AssertionCeremonyTests {
    private func seasoned(_ bench: inout CeremonyBench) throws -> PasskeyRecordView {
        var record = try bench.enrol()
        bench.authenticator.behaviour.counterStep = 5
        let challenge = try CeremonyBench.vote().challenge
        record.signCount = try bench.verify(try bench.assertion(challenge), challenge, record).signCount
        #expect(record.signCount == 5)
        bench.authenticator.behaviour.counterStep = 1
        return record
    }

    @Test func `a good assertion over a vote is verified and kept byte for byte`() throws {
        var bench = CeremonyBench()
        let record = try seasoned(&bench)
        let challenge = try CeremonyBench.vote().challenge
        let sent = try bench.assertion(challenge)
        let verified = try bench.verify(sent, challenge, record)
        #expect(verified.challenge == challenge)
        #expect(verified.signCount == 6)
        #expect(verified.userVerified && !verified.backupState)
        #expect(verified.authenticatorData == sent.authenticatorData)
        #expect(verified.clientDataJSON == sent.clientDataJSON)
        #expect(verified.signature == sent.signature)
    }

    @Test(arguments: AssertionFault.all)
    func `an assertion with one fault is refused with the code of that fault`(fault: AssertionFault) throws {
        var bench = CeremonyBench()
        let record = try seasoned(&bench)
        let challenge = try CeremonyBench.vote().challenge
        fault.bend(&bench.authenticator.behaviour)
        #expect(bench.refusal(try bench.assertion(challenge), challenge, record) == fault.code)
    }

    @Test func `an authenticator that does not count is accepted as long as it never did`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        bench.authenticator.behaviour.counterStep = 0
        let challenge = try CeremonyBench.vote().challenge
        for _ in 0..<2 {
            #expect(bench.refusal(try bench.assertion(challenge), challenge, record) == nil)
        }
    }

    @Test func `unknown client data and extension outputs are tolerated`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        bench.authenticator.behaviour.clientData = ["extraData": ["deeper": [1, 2.0e0.asJSON]]]
        bench.authenticator.behaviour.extensions = .map([CBORPair(key: .text("credProps"), value: .bool(true))])
        let challenge = try CeremonyBench.vote().challenge
        #expect(bench.refusal(try bench.assertion(challenge), challenge, record) == nil)
    }

    @Test func `a backed-up passkey stays acceptable while its backup state changes`() throws {
        var bench = CeremonyBench()
        bench.authenticator.behaviour.isBackupEligible = true
        let record = try bench.enrol()
        let challenge = try CeremonyBench.vote().challenge
        bench.authenticator.behaviour.isBackedUp = true
        #expect(try bench.verify(try bench.assertion(challenge), challenge, record).backupState)
        bench.authenticator.behaviour.isBackupEligible = false
        bench.authenticator.behaviour.isBackedUp = false
        #expect(bench.refusal(try bench.assertion(challenge), challenge, record) == .backupFlags)
    }

    @Test func `any flipped bit of authenticator data, client data or signature is refused`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        let challenge = try CeremonyBench.vote().challenge
        let sent = try bench.assertion(challenge)
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            return bytes
        }
        for bit in 0..<(sent.authenticatorData.count * 8) {
            let data = flipped(sent.authenticatorData, bit)
            #expect(bench.refusal(sent.replacing(authenticatorData: data), challenge, record) != nil)
        }
        for bit in 0..<(sent.clientDataJSON.count * 8) {
            let data = flipped(sent.clientDataJSON, bit)
            #expect(bench.refusal(sent.replacing(clientDataJSON: data), challenge, record) != nil)
        }
        for bit in 0..<(sent.signature.count * 8) {
            let signature = flipped(sent.signature, bit)
            #expect(bench.refusal(sent.replacing(signature: signature), challenge, record) == .badSignature)
        }
        #expect(bench.refusal(sent, challenge, record) == nil)
    }

    @Test func `authenticator data and signature of any other length are refused`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        let challenge = try CeremonyBench.vote().challenge
        let sent = try bench.assertion(challenge)
        for length in 0..<sent.authenticatorData.count {
            let data = Array(sent.authenticatorData.prefix(length))
            #expect(bench.refusal(sent.replacing(authenticatorData: data), challenge, record) == .malformed)
        }
        let longer = sent.replacing(authenticatorData: sent.authenticatorData + [0])
        #expect(bench.refusal(longer, challenge, record) == .malformed)
        for length in 0..<sent.signature.count {
            let signature = Array(sent.signature.prefix(length))
            #expect(bench.refusal(sent.replacing(signature: signature), challenge, record) == .badSignature)
        }
        let trailing = sent.replacing(signature: sent.signature + [0])
        #expect(bench.refusal(trailing, challenge, record) == .badSignature)
    }

    @Test func `client data that is no strict JSON object is malformed`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        let challenge = try CeremonyBench.vote().challenge
        let sent = try bench.assertion(challenge)
        let text = String(decoding: sent.clientDataJSON, as: UTF8.self)
        let twice = text.dropLast() + ",\"type\":\"webauthn.get\"}"
        for bad in ["", "[]", "null", "\u{FEFF}" + text, text + text, String(twice)] {
            let data = sent.replacing(clientDataJSON: Array(bad.utf8))
            #expect(bench.refusal(data, challenge, record) == .malformed)
        }
    }

    @Test func `a deny cannot be had from an approve`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        let sent = try bench.assertion(try CeremonyBench.vote(.approve).challenge)
        #expect(bench.refusal(sent, try CeremonyBench.vote(.deny).challenge, record) == .wrongChallenge)
        let other = try CeremonyBench.vote(.approve, request: "req_2").challenge
        #expect(bench.refusal(sent, other, record) == .wrongChallenge)
    }

    @Test func `an enrolment's challenge is no challenge for an assertion`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        let challenge = try CeremonyBench.enrolmentChallenge()
        #expect(bench.refusal(try bench.assertion(challenge), challenge, record) == .wrongKind)
    }

    @Test func `another passkey and another person are refused`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        let challenge = try CeremonyBench.vote().challenge
        let sent = try bench.assertion(challenge)
        var other = record
        other.credentialID = Array(repeating: 1, count: 32)
        #expect(bench.refusal(sent, challenge, other) == .unknownCredential)
        #expect(bench.refusal(sent.withUserHandle([1]), challenge, record) == .wrongUser)
        #expect(bench.refusal(sent.withUserHandle(nil), challenge, record) == nil)
        var stranger = CeremonyBench()
        var swapped = record
        swapped.publicKey = try stranger.enrol().publicKey
        #expect(bench.refusal(sent, challenge, swapped) == .badSignature)
    }

    @Test func `a login needs the user handle`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        let challenge = try CeremonyBench.entrance(.login).challenge
        let sent = try bench.assertion(challenge)
        #expect(bench.refusal(sent, challenge, record) == nil)
        #expect(bench.refusal(sent.withUserHandle(nil), challenge, record) == .wrongUser)
    }

    @Test func `an assertion that carries a credential is refused`() throws {
        var bench = CeremonyBench()
        let record = try bench.enrol()
        let challenge = try CeremonyBench.vote().challenge
        var sent = try bench.assertion(challenge)
        let registration = try bench.registration()
        let carried = Base64URL.decode(registration["response"]?["authenticatorData"]?.stringValue ?? "") ?? []
        sent = sent.replacing(authenticatorData: carried)
        #expect(bench.refusal(sent, challenge, record) == .malformed)
    }
}

extension Double {
    fileprivate var asJSON: JSONValue { .double(self) }
}
