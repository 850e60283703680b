import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// What a bearer token gets at the gateway: what it asks for itself, and nothing that somebody with the key asked for.
@Suite(.timeLimit(.minutes(2))) struct GatewayBearerTests {
    private static let deletion = GatewayCall(
        scope: .everything, operation: .callTool(name: "orders___delete", arguments: ["status": "void"]))

    private func bearer(
        _ story: GatewayStory, for endpoint: GatewayScope = .everything
    ) async throws -> AuthenticatedAgent {
        let agent = story.scenario.agent
        let token = try await agent.bearerToken(resource: story.authority.settings.resource(endpoint))
        return try await AuthenticateCall(story.authority).run(
            agent.bearing(token, at: endpoint), acceptingBearerFor: endpoint)
    }

    private func waiting(
        _ story: GatewayStory, by caller: AuthenticatedAgent, isTask: Bool = false
    ) async throws -> RequestID {
        let answer = try await story.gateway.perform(
            Self.deletion, for: caller, patience: CallPatience(hold: .zero, isTask: isTask))
        guard case .waiting(let waiting) = answer else { throw GatewayStory.Unexpected(answer: answer) }
        return waiting.request
    }

    private func told(_ body: @escaping @Sendable (GatewayStory) async throws -> Void) async throws {
        try await GatewayStory.tell { story in
            try await story.scenario.approver.change(.allowBearer(story.scenario.agent.id))
            try await body(story)
        }
    }

    @Test func `the same call with a bearer token attaches to its own and never to one that was proved`() async throws {
        try await told { story in
            let proved = try await story.waiting().request
            let weak = try await waiting(story, by: try await bearer(story))
            #expect(weak != proved)
            #expect(try await waiting(story, by: try await bearer(story)) == weak)
            #expect(try await story.waiting().request == proved)
            #expect(try await story.scenario.fixture.request(weak).submission.proof == .bearer)
            // What people allowed to the one that was proved, the bearer does not get.
            try await story.scenario.approver.decide(.approve, on: proved)
            #expect(try await waiting(story, by: try await bearer(story)) == weak)
            #expect(story.program.count("delete") == 0)
            #expect(try await story.call("delete", ["status": "void"], patience: CallPatience()).text == "delete")
        }
    }

    @Test func `tasks that were proved are no bearer's to see or to cancel, and its own are also the key's`()
        async throws
    {
        try await told { story in
            let key = try await story.scenario.agent.authenticated("POST", "/mcp")
            let proved = try await waiting(story, by: key, isTask: true)
            let weak = try await waiting(story, by: try await bearer(story), isTask: true)
            let holder = try await bearer(story)
            #expect(try await story.gateway.tasks(of: holder).map(\.id) == [weak])
            #expect(Set(try await story.gateway.tasks(of: key).map(\.id)) == [weak, proved])
            try await expectRefused(.notFound) { try await story.gateway.task(proved, of: holder) }
            try await expectRefused(.notFound) { try await story.gateway.cancel(proved, by: holder) }
            try await expectRefused(.notFound) {
                try await story.gateway.taskChange(proved, of: holder, since: 0, seconds: 0)
            }
            // A token for one server says nothing of another's calls.
            let elsewhere = try await bearer(story, for: .server("mail"))
            #expect(try await story.gateway.tasks(of: elsewhere).isEmpty)
            try await expectRefused(.notFound) { try await story.gateway.task(weak, of: elsewhere) }
            let here = try await bearer(story, for: .server("orders"))
            #expect(try await story.gateway.task(weak, of: here).id == weak)
            #expect(try await story.gateway.cancel(weak, by: key).state == .cancelled)
        }
    }

    @Test func `a task of a bearer does not run once bearer tokens were taken away`() async throws {
        try await told { story in
            let weak = try await waiting(story, by: try await bearer(story), isTask: true)
            try await story.scenario.approver.change(.refuseBearer(story.scenario.agent.id))
            try await story.eventually(.stale, weak)
            #expect(story.program.count("delete") == 0)
        }
    }

    @Test func `what policy lets nobody but the key do runs for the key alone`() async throws {
        try await told { story in
            let rule = Text(
                "\(GatewayStory.policy)\n@id(\"proved\") forbid (principal, action == "
                    + "Countersign::Action::\"orders___count\", resource) "
                    + "unless { context.caller.proof == \"dpop\" };")
            try await story.scenario.approver.change(.loadPolicy(source: rule))
            let holder = try await bearer(story)
            let count = GatewayCall(
                scope: .everything, operation: .callTool(name: "orders___count", arguments: ["status": "void"]))
            let refused = try await story.gateway.perform(count, for: holder, patience: CallPatience(hold: .zero))
            #expect(refused.refusal?.code == "policy_denied")
            #expect(story.program.count("count") == 0)
            #expect(try await story.call("count", ["status": "void"]).text == "count")
        }
    }
}
