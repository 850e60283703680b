import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import Synchronization
import Testing
import WireProtocol

/// Calls that policy decides at once, against a real tool server.
@Suite(.timeLimit(.minutes(2))) struct GatewayCallTests {
    @Test func `an allowed call runs at once, and every edge of it is in the record`() async throws {
        try await GatewayStory.tell { story in
            let answer = try await story.call("count", ["status": "void"])
            #expect(answer.text == "count")
            let request = try #require(try await story.requests().first)
            let id = try #require(request.progress.execution)
            let execution = try await story.scenario.fixture.execution(id)
            #expect(request.progress.status == .completed)
            #expect(execution.executor == .gateway)
            #expect(execution.completion?.observer == .countersign)
            #expect(execution.completion?.outcome == .succeeded)
            guard case .result(let result) = answer else { return }
            let digest = Digest(domain: HeldCall.answerDomain, ["result": .object(result)])
            #expect(execution.completion?.observed["digest"] == .string(Text(digest.wire)))
            #expect(execution.completion?.observed["is_error"] == false)
            let kinds = try await story.scenario.fixture.log().suffix(6).map {
                try JSONReader.read($0.bytes)["kind"]?.stringValue
            }
            #expect(
                kinds == [
                    "request.opened", "request.granted", "request.executing", "execution.claimed", "request.completed",
                    "execution.completed",
                ])
            #expect(try await story.scenario.fixture.read { try $0.heldCall(request.id) } == nil)
        }
    }

    @Test func `the server gets the canonical arguments of the action and nothing of the client's writing`()
        async throws
    {
        try await GatewayStory.tell { story in
            _ = try await story.call("count", ["status": "vo\u{69}d", "limit": 10.0])
            #expect(
                story.program.asked == [
                    #"{"method":"tools/call","params":{"arguments":{"limit":10,"status":"void"},"name":"count"}}"#
                ])
            let request = try #require(try await story.requests().first)
            #expect(request.submission.action.arguments == ["limit": 10, "status": "void"])
        }
    }

    @Test(
        arguments: [
            ("count", [:]), ("count", ["status": 1]), ("count", ["status": "void", "more": 1]),
            ("count", ["status": "void", "limit": "1"]), ("count", ["status": "void", "limit": 0.5]),
            ("ratio", ["of": 0.5]), ("ratio", ["of": 9_007_199_254_740_993]),
        ] as [(Text, JSONObject)])
    func `arguments that the schema or the profile does not take are refused before anything is opened`(
        tool: Text, arguments: JSONObject
    ) async throws {
        try await GatewayStory.tell { story in
            let refusal = try #require(try await story.call(tool, arguments).refusal)
            #expect(refusal.request == nil)
            #expect(refusal.code == (tool == "ratio" ? "number_out_of_profile" : "arguments_invalid"))
            #expect(try await story.requests().isEmpty)
            #expect(story.program.asked.isEmpty)
        }
    }

    @Test func `what policy forbids is recorded as denied, and the server sees nothing`() async throws {
        try await GatewayStory.tell { story in
            let refusal = try #require(try await story.call("drop").refusal)
            #expect(refusal.code == "policy_denied")
            #expect(refusal.text == "Policy forbids this call: Never.")
            let id = try #require(refusal.request)
            #expect(try await story.scenario.fixture.request(id).progress.status == .denied)
            #expect(story.program.asked.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("orders___nothing", GatewayScope.everything), ("count", .everything), ("nobody___count", .everything),
            ("orders___resources/read", .everything), ("resources/read", .server("orders")),
            ("count", .server("nobody")),
            ("___count", .everything), ("orders____count", .everything), ("orders___count", .server("orders")),
        ] as [(Text, GatewayScope)])
    func `a name that is no tool's is not found`(name: Text, scope: GatewayScope) async throws {
        try await GatewayStory.tell { story in
            let refused = try await refusal {
                try await story.perform(.callTool(name: name, arguments: ["status": "void"]), scope)
            }
            #expect(refused?.code == .notFound)
            #expect(try await story.requests().isEmpty)
        }
    }

    @Test func `resources, prompts and completions are actions of their own`() async throws {
        try await GatewayStory.tell { story in
            let read = try await story.perform(.readResource(uri: "orders+orders://schema"))
            guard case .result(let result) = read else {
                Issue.record("\(read)")
                return
            }
            #expect(result["contents"]?.arrayValue?.first?["uri"] == "orders://schema")
            _ = try await story.perform(.getPrompt(name: "tidy", arguments: ["a": "b"]), .server("orders"))
            _ = try await story.perform(
                .complete([
                    "ref": ["type": "ref/prompt", "name": "orders___tidy"], "argument": ["name": "a", "value": "b"],
                ]))
            let names = try await story.requests().map(\.submission.action.tool.name)
            #expect(
                Set(names) == ["completion/complete", "prompts/get", "resources/read"])
            #expect(
                story.program.asked.last
                    == #"{"method":"completion/complete","params":{"argument":{"name":"a","value":"b"},"ref":{"name":"tidy","type":"ref/prompt"}}}"#
            )
        }
    }

    @Test func `a call that policy allows runs anew each time`() async throws {
        try await GatewayStory.tell { story in
            for _ in 0..<3 { _ = try await story.call("count", ["status": "void"]) }
            #expect(story.program.count("count") == 3)
            #expect(try await story.requests().count == 3)
        }
    }

    @Test func `an error of the tool or of its server is the answer, and the record says that it failed`() async throws
    {
        try await GatewayStory.tell { story in
            let failed = try await story.call("fails")
            #expect(failed.text == "no such order")
            let refused = try await story.call("refuses")
            #expect(refused == .serverError(code: -32602, message: "not like this", data: ["x": 1]))
            let requests = try await story.requests()
            #expect(requests.map(\.progress.status) == [.failed, .failed])
            #expect(requests.map(\.progress.endReason) == [.executorReportedFailure, .executorReportedFailure])
            #expect(try await story.scenario.fixture.reviewCauses(of: requests[0].id) == [])
        }
    }

    @Test(arguments: [
        ("dies", "connection_lost"), ("silent", "timed_out"), ("large", "answer_too_large"),
        ("garbles", "timed_out"),
    ])
    func `what was sent and not answered is unknown, looked at by a person and never repeated`(
        tool: String, cause: String
    ) async throws {
        try await GatewayStory.tell(limits: .init(resultBytes: 1_024, callSeconds: 1)) { story in
            let answer = try await story.call(Text(tool), tool == "large" ? ["bytes": 4_000] : [:])
            let id = try #require(answer.unknown)
            let request = try await story.scenario.fixture.request(id)
            #expect(request.progress.status == .unknown)
            #expect(request.progress.endReason == .outcomeUnknown)
            #expect(try await story.scenario.fixture.reviewCauses(of: id) == [.unknown])
            let entry = try await story.scenario.fixture.entries(about: id.text).last
            #expect(entry?["body"]?["cause"]?.stringValue == cause)
            #expect(story.program.count(tool) == 1)
        }
    }

    @Test func `what the server says of its progress is heard`() async throws {
        try await GatewayStory.tell { story in
            let heard = Mutex<[JSONValue?]>([])
            let patience = CallPatience(onProgress: { params in heard.withLock { $0.append(params["progress"]) } })
            let answer = try await story.call("reports", patience: patience)
            #expect(answer.text == "reported")
            #expect(heard.withLock { $0 } == [0, 1, 2])
        }
    }

    @Test func `a caller that leaves changes nothing of what was sent`() async throws {
        try await GatewayStory.tell { story in
            let call = Task { try await story.call("waits") }
            while story.program.asked.isEmpty { await Task.yield() }
            call.cancel()
            let id = try #require(try await story.requests().first?.id)
            try story.program.open()
            try await story.eventually(.completed, id)
            #expect(story.program.count("waits") == 1)
        }
    }

    @Test func `a frozen call is refused before anything is opened`() async throws {
        for scope in [Freeze.Scope.everything, .tool("orders___count"), .agent(.gateway)] {
            try await GatewayStory.tell { story in
                try await story.scenario.approver.change(.freeze(scope, reason: "stop"))
                let refusal = try #require(try await story.call("count", ["status": "void"]).refusal)
                #expect(refusal.code == "frozen")
                #expect(try await story.requests().isEmpty)
                #expect(story.program.asked.isEmpty)
            }
        }
    }

    @Test func `a freeze that finds a call executing makes it unknown, and its answer is kept as evidence`()
        async throws
    {
        try await GatewayStory.tell { story in
            let call = Task { try await story.call("waits") }
            while story.program.asked.isEmpty { await Task.yield() }
            try await story.scenario.approver.change(.freeze(.everything, reason: "stop"))
            try story.program.open()
            let id = try #require(try await call.value.unknown)
            let request = try await story.scenario.fixture.request(id)
            #expect(request.progress.endReason == .frozenWhileExecuting)
            let execution = try await story.scenario.fixture.execution(try #require(request.progress.execution))
            #expect(execution.lateCompletion?.outcome == .succeeded)
        }
    }

    @Test func `a server that is away is sent nothing, and nothing is opened`() async throws {
        try await AuthorityFixture.withScenario(policy: GatewayStory.policy) { scenario in
            let program = try OrdersProgram()
            let server = program.server()
            let story = GatewayStory(scenario, program, server, try OneConnection(server))
            try await story.registerTools()
            try await story.whileRunning {
                let refusal = try #require(try await story.call("count", ["status": "void"]).refusal)
                #expect(refusal.code == "upstream_unavailable")
                #expect(try await story.requests().isEmpty)
            }
        }
    }

    @Test func `no other executor gets a token for a tool behind the gateway`() async throws {
        try await GatewayStory.tell { story in
            let action: JSONValue = [
                "tool": ["server": "orders", "name": "count"], "arguments": ["status": "void"],
            ]
            let id = try await story.scenario.agent.open(action).id
            for audience in [story.scenario.agent.id, .gateway] {
                let refused = try await refusal { try await story.scenario.agent.token(for: id, audience: audience) }
                #expect(refused?.code == .gatewayExecutes)
            }
        }
    }

    @Test func `no agent is registered under the gateway's name`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let refused = try await refusal { try await scenario.addAgent(AgentID.gateway.text) }
            #expect(refused?.code == .nameTaken)
        }
    }

    @Test func `a gateway that goes down sends nothing any more`() async throws {
        try await GatewayStory.tell { story in
            story.gateway.close()
            let refusal = try #require(try await story.call("count", ["status": "void"]).refusal)
            #expect(refusal.code == "upstream_unavailable")
            let request = try #require(try await story.requests().first)
            #expect(request.progress.endReason == .hadNoEffect)
            #expect(try await story.scenario.fixture.reviewCauses(of: request.id) == [])
            #expect(story.program.asked.isEmpty)
        }
    }
}
