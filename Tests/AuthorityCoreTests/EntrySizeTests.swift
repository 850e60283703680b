import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import TransparencyLog
import WireProtocol

/// No input of an administrator makes an entry that the log cannot keep: it is refused before.
@Suite struct EntrySizeTests {
    /// Everything a change can carry, with texts of one length: each byte is six in JSON.
    static let shapes: [@Sendable (_ bytes: Int, _ items: Int, Scenario) throws -> Change] = [
        { bytes, items, scenario in
            let spec = Change.PersonSpec(
                id: try Scenario.name("p-\(bytes)-\(items)"), name: text(bytes), roles: Set(Role.allCases),
                groups: try groups(items))
            return .addPerson(spec)
        },
        { bytes, items, scenario in
            .addAgent(
                Change.AgentSpec(
                    id: try Scenario.name("a-\(bytes)-\(items)"), owner: scenario.owner, purpose: text(bytes),
                    environment: text(bytes),
                    groups: try groups(items), jwk: SigningKey(generating: .es256).publicKey.json,
                    endsAt: scenario.clock.now.adding(seconds: 60)))
        },
        { bytes, items, _ in
            let targets = (0..<items).map { _ in
                Target(
                    name: text(bytes), resource: ResourceReference(type: text(bytes), id: text(bytes)),
                    environment: text(bytes))
            }
            return .registerTool(
                RegisteredTool(
                    reference: ToolReference(server: "big", name: "tool"), kind: .generic, title: text(bytes),
                    targets: targets))
        },
        { bytes, _, _ in .registerProvider(FactProvider(name: text(bytes), kind: .fileDigest, location: text(bytes))) },
        { bytes, items, _ in
            let values = (0..<items).map { index in
                UpstreamServer.Setting(name: "V\(index)", source: .text(Text(String(repeating: "x", count: bytes))))
            }
            return .registerUpstream(
                UpstreamServer(
                    name: "big", transport: .command(.init(argv: ["/bin/true", text(bytes)], environment: values)),
                    target: Target(
                        name: text(bytes), resource: ResourceReference(type: text(bytes), id: text(bytes)),
                        environment: text(bytes))))
        },
        { bytes, _, _ in .freeze(.tool(text(bytes)), reason: text(bytes)) },
        { bytes, _, _ in .freeze(.everything, reason: text(bytes)) },
        { bytes, _, _ in .loadPolicy(source: "\(Scenario.Rule().policy)//\(Text(String(repeating: "x", count: bytes)))")
        },
    ]

    private static func text(_ bytes: Int) -> Text { Text(String(repeating: "\u{1}", count: bytes)) }

    private static func groups(_ count: Int) throws -> [GroupID] {
        try (0..<count).map { index in
            let number = "\(index)"
            return try Scenario.name(Text("g" + String(repeating: "0", count: 63 - number.utf8.count) + number))
        }
    }

    /// Around every limit, and between them.
    static let sizes: [(bytes: Int, items: Int)] = [
        (0, 0), (1, 1), (255, 1), (256, 1), (257, 1), (600, 1), (1024, 1), (2048, 1), (2049, 1), (4096, 1), (4097, 1),
        (10_900, 1), (65_000, 1), (65_536, 1), (70_000, 1), (1, 63), (1, 64), (1, 65), (8, 1000), (64, 64), (128, 64),
        (256, 4), (256, 8), (256, 64), (120, 32), (20, 56),
    ]

    @Test(arguments: 0..<8)
    func `a change is kept, or refused with a reason and a hint, whatever its size`(shape: Int) async throws {
        try await AuthorityFixture.withScenario { scenario in
            var outcomes: Set<Bool> = []
            for size in Self.sizes {
                let change = try Self.shapes[shape](size.bytes, size.items, scenario)
                // An error that is no refusal fails the test.
                let error = try await refusal { try await scenario.approver.change(change) }
                #expect(error.map { $0.code == .invalidValue && $0.hint != nil } ?? true, "\(size): \(error as Any)")
                outcomes.insert(error == nil)
            }
            // Both happen, or the sizes say nothing.
            #expect(outcomes == [true, false])
            let greatest = try await scenario.fixture.log().map(\.bytes.count).max() ?? 0
            #expect((100...LogEntry.greatestSize).contains(greatest))
        }
    }

    @Test func `a request that hundreds of rules with long names permit names those that fit`() async throws {
        let rules = (0..<300).map { index in
            "@id(\"\(String(repeating: "\\u{1}", count: 30))\(index)\") permit (principal, action, resource);"
        }
        let source = Text(rules.joined(separator: "\n"))
        try await AuthorityFixture.withScenario(policy: source) { scenario in
            let id = try await scenario.agent.open(Scenario.reading).id
            let entry = try #require(try await scenario.fixture.entries(about: id.text).first)
            let named = try #require(entry["body"]?["policies"]?.arrayValue?.count)
            #expect(named > 50 && entry["body"]?["policies_left_out"] == .integer(Int64(300 - named)))
            #expect(CanonicalJSON.encode(entry).count < 40_000)
        }
    }

    @Test func `the last name that fits is named, and nothing is said to be left out where all are named`() async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let id = try await scenario.agent.open(Scenario.reading).id
            let entry = try #require(try await scenario.fixture.entries(about: id.text).first)
            #expect(entry["body"]?["policies"] == ["read"] && entry["body"]?["policies_left_out"] == nil)
        }
    }
}
