import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// Calls that people decide about, against a real tool server.
@Suite(.timeLimit(.minutes(2))) struct GatewayWaitingTests {
    @Test func `a call that is approved while its caller waits runs once and is answered`() async throws {
        try await GatewayStory.tell { story in
            let (request, answer) = try await story.held()
            #expect(story.program.asked.isEmpty)
            try await story.scenario.approver.decide(.approve, on: request)
            #expect(try await answer.value.text == "delete")
            #expect(story.program.count("delete") == 1)
            let kinds = try await story.scenario.fixture.entries(about: request.text).map { $0["kind"]?.stringValue }
            #expect(
                kinds == [
                    "request.opened", "request.approved", "request.granted", "request.executing", "request.completed",
                ])
            let kept = try #require(try await story.scenario.fixture.read { try $0.heldCall(request) })
            #expect(kept.handedOverAt != nil)
        }
    }

    @Test func `a caller is told at once, and every ten seconds, and when its patience is over`() async throws {
        try await GatewayStory.tell { story in
            let (told, tell) = AsyncStream<WaitingCall>.makeStream()
            let patience = CallPatience(hold: .seconds(25), onWaiting: { tell.yield($0) })
            let answer = Task {
                defer { tell.finish() }
                return try await story.call("delete", ["status": "void"], patience: patience)
            }
            var times = 0
            for await waiting in told {
                times += 1
                #expect(waiting.expiresAt == waiting.since.adding(seconds: 3_600))
                for _ in 0..<10 { story.authority.watch.letOneSecondPass() }
            }
            #expect(times == 3)
            let last = try await answer.value
            #expect(last.isWaiting)
            #expect(story.authority.watch.count == 0)
        }
    }

    @Test func `a late approval runs nothing for a caller that is gone, until the call comes again`() async throws {
        try await GatewayStory.tell { story in
            let waiting = try await story.waiting()
            try await story.scenario.approver.decide(.approve, on: waiting.request)
            #expect(story.program.asked.isEmpty)
            #expect(try await story.scenario.fixture.request(waiting.request).progress.status == .approved)
            let answer = try await story.call(
                "delete", ["status": "void"], patience: CallPatience(hold: .seconds(50)))
            #expect(answer.text == "delete")
            #expect(try await story.scenario.fixture.request(waiting.request).progress.status == .completed)
            #expect(story.program.count("delete") == 1)
            // Somebody has got that answer: the same call again is a new one.
            #expect(try await story.waiting().request != waiting.request)
        }
    }

    @Test func `a call that comes again while it waits opens nothing`() async throws {
        try await GatewayStory.tell { story in
            let first = try await story.waiting()
            #expect(try await story.waiting() == first)
            #expect(try await story.waiting(status: "open").request != first.request)
            #expect(try await story.requests().count == 2)
        }
    }

    @Test func `another agent attaches to nothing`() async throws {
        try await GatewayStory.tell { story in
            let mine = try await story.waiting()
            let other = try await story.scenario.addAgent("another-agent")
            let theirs = try await story.held(by: other)
            #expect(theirs.request != mine.request)
            theirs.answer.cancel()
            _ = try await theirs.answer.value
        }
    }

    @Test func `of those who wait for one call one runs it and all are answered`() async throws {
        try await GatewayStory.tell { story in
            let first = try await story.held()
            var answers = [first.answer]
            for _ in 0..<5 {
                let next = try await story.held()
                #expect(next.request == first.request)
                answers.append(next.answer)
            }
            try await story.scenario.approver.decide(.approve, on: first.request)
            for answer in answers { #expect(try await answer.value.text == "delete") }
            #expect(story.program.count("delete") == 1)
        }
    }

    @Test func `a call that a person denies does not run, and its caller is told so`() async throws {
        try await GatewayStory.tell { story in
            let (request, answer) = try await story.held()
            try await story.scenario.approver.decide(.deny, on: request)
            let refusal = try #require(try await answer.value.refusal)
            #expect(refusal.request == request)
            #expect(refusal.code == "request_ended")
            #expect(refusal.text == "A person denied this call. It did not run.")
            #expect(story.program.asked.isEmpty)
        }
    }

    @Test func `a call that nobody decides about in time does not run`() async throws {
        try await GatewayStory.tell { story in
            let (request, answer) = try await story.held()
            story.clock.advance(seconds: 3_600)
            try await Sweeper(story.authority).run()
            #expect(try await answer.value.refusal?.text == "Nobody decided about this call in time. It did not run.")
            #expect(try await story.scenario.fixture.request(request).progress.status == .expired)
            #expect(story.program.asked.isEmpty)
        }
    }

    @Test func `an approval that ran out is not used by a call that comes again`() async throws {
        try await GatewayStory.tell { story in
            let waiting = try await story.waiting()
            try await story.scenario.approver.decide(.approve, on: waiting.request)
            story.clock.advance(seconds: 900)
            #expect(try await story.waiting().request != waiting.request)
            #expect(story.program.asked.isEmpty)
        }
    }

    @Test func `a call that its agent cancels does not run`() async throws {
        try await GatewayStory.tell { story in
            let (request, answer) = try await story.held()
            let caller = try await story.scenario.agent.authenticated("POST", "/mcp")
            let task = try await story.gateway.cancel(request, by: caller)
            #expect(task.state == .cancelled)
            #expect(try await answer.value.refusal?.code == "request_ended")
            #expect(try await story.gateway.cancel(request, by: caller).state == .cancelled)
            #expect(story.program.asked.isEmpty)
        }
    }

    /// What changes between approval and claim.
    static let changes: [(String, @Sendable (GatewayStory) async throws -> Void)] = [
        (
            "tool_changed",
            { story in
                try await story.registerTools([
                    OrdersProgram.tool("delete", ["status": ["type": "string"], "all": ["type": "boolean"]])
                ])
            }
        ),
        (
            "policy_changed",
            { story in
                try await story.scenario.approver.change(
                    .loadPolicy(
                        source: "\(GatewayStory.policy) @id(\"no\") forbid (principal, action, resource);",
                        scenarios: nil))
            }
        ),
        (
            "agent_disabled",
            { story in
                try await story.scenario.approver.change(
                    .rotateAgentKey(
                        story.scenario.agent.id, jwk: TestKey.another))
            }
        ),
    ]

    @Test(arguments: 0..<changes.count)
    func `what changed since people approved it is found at the claim, and nothing is sent`(index: Int) async throws {
        try await GatewayStory.tell { story in
            let (reason, change) = Self.changes[index]
            let (request, answer) = try await story.held()
            // The gateway is frozen, so that it is approved and not yet claimed.
            try await story.scenario.approver.change(.freeze(.agent(.gateway), reason: "wait"))
            try await story.scenario.approver.decide(.approve, on: request)
            try await change(story)
            try await story.scenario.approver.change(.thaw(.agent(.gateway)))
            for _ in 0..<10 { story.authority.watch.letOneSecondPass() }
            let refusal = try #require(try await answer.value.refusal)
            #expect(refusal.code == "stale")
            #expect(try await story.scenario.fixture.request(request).progress.endReason?.rawValue == reason)
            #expect(story.program.asked.isEmpty)
        }
    }

    @Test func `a frozen call waits, and runs after the thaw`() async throws {
        try await GatewayStory.tell { story in
            let (request, answer) = try await story.held()
            try await story.scenario.approver.change(.freeze(.agent(.gateway), reason: "wait"))
            try await story.scenario.approver.decide(.approve, on: request)
            #expect(story.program.asked.isEmpty)
            try await story.scenario.approver.change(.thaw(.agent(.gateway)))
            for _ in 0..<10 { story.authority.watch.letOneSecondPass() }
            #expect(try await answer.value.text == "delete")
        }
    }

    @Test func `a caller that leaves before the answer finds it when the call comes again, and no later`() async throws
    {
        try await GatewayStory.tell { story in
            let (request, answer) = try await story.held()
            answer.cancel()
            #expect(try await answer.value.isWaiting)
            // Somebody else runs it: the call came again, and its caller left as well.
            try await story.scenario.approver.decide(.approve, on: request)
            let again = try await story.waiting()
            #expect(again.request == request)
            try await story.eventually(.completed, request)
            #expect(try await story.call("delete", ["status": "void"]).text == "delete")
            #expect(story.program.count("delete") == 1)
            #expect(try await story.waiting().request != request)
        }
    }

    @Test func `an answer that nobody comes for is erased at its end, and one that was handed over soon`() async throws
    {
        try await GatewayStory.tell { story in
            let first = try await story.waiting()
            try await story.scenario.approver.decide(.approve, on: first.request)
            _ = try await story.waiting()
            try await story.eventually(.completed, first.request)
            let kept = try #require(try await story.scenario.fixture.read { try $0.heldCall(first.request) })
            #expect(kept.answer != nil)
            let sweeper = Sweeper(story.authority)
            story.clock.advance(milliseconds: kept.expiresAt.milliseconds - story.clock.now.milliseconds - 1)
            try await sweeper.forget()
            #expect(try await story.scenario.fixture.read { try $0.heldCall(first.request) } == kept)
            story.clock.advance(milliseconds: 1)
            #expect(try await story.waiting().request != first.request)
            try await sweeper.forget()
            #expect(try await story.scenario.fixture.read { try $0.heldCall(first.request) } == nil)

            let (request, answer) = try await story.held(status: "paid")
            try await story.scenario.approver.decide(.approve, on: request)
            _ = try await answer.value
            story.clock.advance(seconds: HeldCall.sharedSeconds)
            try await sweeper.forget()
            #expect(try await story.scenario.fixture.read { try $0.heldCall(request) } == nil)
        }
    }

    @Test func `an agent may have no more calls waiting than requests`() async throws {
        try await GatewayStory.tell { story in
            for number in 0..<OpenRequest.greatestPending { _ = try await story.waiting(status: "\(number)") }
            let refused = try await refusal { try await story.waiting(status: "more") }
            #expect(refused?.code == .tooManyPending)
            // What waits already is no new one.
            _ = try await story.waiting(status: "0")
        }
    }

    @Test func `an approval is not spent on a server that is away`() async throws {
        try await AuthorityFixture.withScenario(policy: GatewayStory.policy) { scenario in
            let program = try OrdersProgram()
            let server = program.server()
            let connections = try OneConnection(server)
            let story = GatewayStory(scenario, program, server, connections)
            try await story.registerTools()
            try await story.whileRunning {
                let (request, answer) = try await story.held()
                try await scenario.approver.decide(.approve, on: request)
                #expect(try await story.waiting().request == request)
                #expect(try await scenario.fixture.request(request).progress.status == .approved)
                try await connections.whileRunning {
                    try await connections.connected()
                    for _ in 0..<10 { story.authority.watch.letOneSecondPass() }
                    #expect(try await answer.value.text == "delete")
                }
            }
        }
    }
}
