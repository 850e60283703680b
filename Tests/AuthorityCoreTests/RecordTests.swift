import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import TransparencyLog
import WireProtocol

@Suite struct RecordTests {
    /// One request of every kind of end, and an agent and a person who come and go.
    private func live(_ scenario: Scenario) async throws -> [RequestID] {
        let bob = try await scenario.add("bob")
        var ids: [RequestID] = []
        for status in EdgeStory.beforeClaim {
            let standing = try await scenario.reach(status)
            try await bob.decide(.deny, on: standing.id)
            ids.append(standing.id)
        }
        let running = try await scenario.executing()
        try await scenario.agent.complete(try #require(running.execution), observed: ["rows": 1])
        let lost = try await scenario.executing()
        let waiting = try await scenario.pending()
        ids += [running.id, lost.id, waiting.id]
        try await scenario.approver.change(.freeze(.everything, reason: "stop"))
        try await scenario.approver.change(.disableAgent(scenario.agent.id))
        return ids
    }

    @Test func `each revision of a request has one entry, in order`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            for id in try await live(scenario) {
                let request = try await scenario.fixture.request(id)
                let entries = try await scenario.fixture.entries(about: id.text)
                #expect(
                    entries.map { $0["body"]?["revision"]?.integerValue }
                        == (1...request.progress.revision).map { $0 })
                #expect(entries.last?["body"]?["status"]?.stringValue == request.progress.status.rawValue)
                #expect(entries.first?["kind"] == "request.opened")
            }
        }
    }

    @Test func `indexes have no gaps, leaves are those of RFC 6962, entries are canonical and small`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            _ = try await live(scenario)
            let log = try await scenario.fixture.log()
            #expect(log.map(\.index) == (0..<Int64(log.count)).map { $0 })
            #expect(log.count > 30)
            for entry in log {
                #expect(entry.leafHash == Digest(sha256: [0] + entry.bytes))
                #expect(entry.bytes.count <= 65_535)
                #expect(CanonicalJSON.encode(try JSONReader.read(entry.bytes)) == entry.bytes)
            }
        }
    }

    @Test func `a refused step leaves no entry`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted()
            let before = try await scenario.fixture.log().count
            _ = try await refusal { try await scenario.agent.claim(standing.id, token: "x") }
            _ = try await refusal {
                try await scenario.agent.token(for: standing.id, audience: try Scenario.name("no"))
            }
            _ = try await refusal { try await scenario.approver.decide(.approve, on: standing.id) }
            _ = try await refusal { try await scenario.approver.change(.loadPolicy(source: "permit (")) }
            #expect(try await scenario.fixture.log().count == before)
        }
    }

    @Test func `no secret is in the log or in any file of the store`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let canaries = try await canaries(scenario)
            let files = try scenario.fixture.storedBytes()
            let log = try await scenario.fixture.log()
            #expect(files.count >= 2 && files.joined().count > 100_000)
            // What is no secret is found, so that not finding means something.
            #expect(files.contains { Bytes.contain($0, Array("orders-agent".utf8)) })
            for (name, canary) in canaries {
                let raw = Base64URL.decode(canary.string).map { [$0] } ?? []
                for needle in [Array(canary.utf8)] + raw {
                    #expect(needle.count >= 16, "\(name)")
                    #expect(!files.contains { Bytes.contain($0, needle) }, "\(name)")
                    #expect(!log.contains { Bytes.contain($0.bytes, needle) }, "\(name)")
                }
            }
        }
    }

    /// One of each thing that must never be kept.
    private func canaries(_ scenario: Scenario) async throws -> [(String, Text)] {
        let link = try #require(try await scenario.approver.change(.enrolPasskey(scenario.owner)).enrolmentLink)
        let plain: Text = "correct-horse-battery-staple-4711"
        let secret = SaltedDigest(of: plain, salt: SystemRandom().bytes(16))
        var action = Scenario.deletion.objectValue ?? [:]
        // Nobody could approve a secret among the arguments of this tool, so it goes into what policy allows at once.
        action["arguments"] = ["operation": "read", "password": secret.json]
        let id = try await scenario.agent.open(.object(action)).id
        let token = try await scenario.agent.token(for: id)
        let access = try await scenario.agent.freshToken()
        let claimed = try await scenario.agent.claim(id, token: token)
        try await scenario.agent.complete(claimed)
        try await scenario.agent.revoke(access)
        let key = scenario.agent.key.privateJWK.withUnredacted { $0["d"]?.textValue }
        let signing = scenario.fixture.signingKey.privateJWK.withUnredacted { $0["d"]?.textValue }
        return [
            ("cookie", scenario.approver.cookie), ("enrolment link", TestPerson.token(of: link)),
            ("access token", access), ("action token", token),
            ("signature of the action token", Text(String(token.string.split(separator: ".").last ?? ""))),
            ("agent's key", key ?? ""), ("server's key", signing ?? ""), ("marked argument", plain),
        ]
    }
}

enum Bytes {
    static func contain(_ haystack: [UInt8], _ needle: [UInt8]) -> Bool {
        guard let first = needle.first, haystack.count >= needle.count else { return false }
        return haystack.withUnsafeBufferPointer { bytes in
            for start in 0...(bytes.count - needle.count) where bytes[start] == first {
                if bytes[start..<(start + needle.count)].elementsEqual(needle) { return true }
            }
            return false
        }
    }
}
