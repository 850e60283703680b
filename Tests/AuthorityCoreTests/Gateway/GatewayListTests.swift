import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// What agents are shown of the servers.
@Suite(.timeLimit(.minutes(2))) struct GatewayListTests {
    private static func tools(_ story: GatewayStory, _ scope: GatewayScope = .everything) async throws -> [JSONObject] {
        let caller = try await story.scenario.agent.authenticated("POST", "/mcp")
        return try await story.gateway.list(.tools, in: scope, for: caller)
    }

    @Test func `tools are shown under the names by which they are called, unless a rule forbids them in any case`()
        async throws
    {
        try await GatewayStory.tell { story in
            let names = OrdersProgram.tools.compactMap { $0["name"]?.stringValue }.filter { $0 != "drop" }.sorted()
            let all = try await Self.tools(story)
            #expect(all.compactMap { $0["name"]?.stringValue } == names.map { "orders___\($0)" })
            let own = try await Self.tools(story, .server("orders"))
            #expect(own.compactMap { $0["name"]?.stringValue } == names)
            let refused = try await refusal { try await Self.tools(story, .server("nobody")) }
            #expect(refused?.code == .notFound)
            #expect(try await story.gateway.exists(.server("orders")))
            #expect(try await !story.gateway.exists(.server("nobody")))
        }
    }

    @Test func `a tool that people may have to allow says so, and everything else is as its server published it`()
        async throws
    {
        try await GatewayStory.tell { story in
            for tool in try await Self.tools(story, .server("orders")) {
                var published = try #require(OrdersProgram.tools.first { $0["name"] == tool["name"] })
                if tool["name"] == "delete" {
                    published["description"] =
                        "Something with orders.\n\nA call of this tool may have to wait until people have approved it."
                }
                #expect(tool == published)
            }
        }
    }

    @Test func `what nothing permits to an agent is not shown to it`() async throws {
        try await GatewayStory.tell { story in
            try await story.scenario.approver.change(
                .loadPolicy(
                    source: """
                        @id("one") permit (principal, action == Countersign::Action::"orders___count", resource)
                        when { context.input.status == "void" };
                        """, scenarios: nil))
            let shown = try await Self.tools(story, .server("orders"))
            #expect(shown.map { $0["name"] } == ["count"])
        }
    }
}
