import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

@Suite struct ConfiguredServersTests {
    private static func server(_ name: Text, seconds: Int64 = 60) -> UpstreamServer {
        UpstreamServer(
            name: name, transport: .http(.init(url: "https://\(name).example/mcp")),
            limits: .init(callSeconds: seconds))
    }

    @Test func `servers of the configuration come, change and go with it, and the log says who it was`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let register = RegisterConfiguredServers(scenario.authority)
            try await register.run([Self.server("b"), Self.server("a")])
            try await register.run([Self.server("b"), Self.server("a")])
            try await register.run([Self.server("a", seconds: 5)])
            let stored = try await scenario.fixture.read { try $0.upstreams() }
            #expect(stored.map(\.server) == [Self.server("a", seconds: 5)])
            #expect(stored.map(\.isFromConfiguration) == [true])
            let about = try await scenario.fixture.entries(about: "upstream:b")
            #expect(about.map { $0["kind"] } == ["upstream.registered", "upstream.removed"])
            #expect(about.map { $0["body"]?["by"] } == ["configuration", "configuration"])
            #expect(try await scenario.fixture.entries(about: "upstream:a").count == 2)
        }
    }

    @Test func `what people registered is theirs, and what the configuration registered is its own`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let register = RegisterConfiguredServers(scenario.authority)
            try await scenario.approver.change(.registerUpstream(Self.server("theirs")))
            try await expectRefused(.nameTaken) {
                try await register.run([Self.server("ours"), Self.server("theirs")])
            }
            #expect(try await scenario.fixture.read { try $0.upstreams().map(\.server.name) } == ["theirs"])
            try await register.run([Self.server("ours")])
            try await register.run([Self.server("ours", seconds: 5)])
            for change in [Change.registerUpstream(Self.server("ours")), .removeUpstream("ours")] {
                try await expectRefused(.nameTaken) { try await scenario.approver.change(change) }
            }
            #expect(try await scenario.fixture.read { try $0.upstreams().count } == 2)
            try await register.run([])
            #expect(try await scenario.fixture.read { try $0.upstreams().map(\.server.name) } == ["theirs"])
        }
    }

    @Test func `the name of tools that are executed elsewhere is not taken over`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await expectRefused(.nameTaken) {
                try await RegisterConfiguredServers(scenario.authority).run([Self.server("orders-db")])
            }
        }
    }
}
