import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

/// Calls that go on without their callers, and what a restart makes of everything that waits.
@Suite(.timeLimit(.minutes(2))) struct GatewayTaskTests {
    private static let atOnce = CallPatience(hold: .zero, isTask: true)

    @Test func `a task runs after its approval without anybody on the line, and its answer is kept`() async throws {
        try await GatewayStory.tell { story in
            let caller = try await story.scenario.agent.authenticated("POST", "/mcp")
            let waiting = try await story.waiting(patience: Self.atOnce)
            #expect(try await story.gateway.task(waiting.request, of: caller).state == .working(waiting))
            try await story.scenario.approver.decide(.approve, on: waiting.request)
            try await story.eventually(.completed, waiting.request)
            let listed = try await story.gateway.tasks(of: caller)
            #expect(listed.map(\.id) == [waiting.request])
            for _ in 0..<2 {
                let task = try await story.gateway.task(waiting.request, of: caller)
                guard case .completed(let answer) = task.state else {
                    Issue.record("\(task)")
                    return
                }
                #expect(answer.text == "delete")
                #expect(task == listed[0])
            }
            #expect(story.program.count("delete") == 1)
            #expect(try await story.waiting().request != waiting.request)
        }
    }

    @Test func `a task that policy allows at once is answered with its handle and runs`() async throws {
        try await GatewayStory.tell { story in
            let answer = try await story.call("count", ["status": "void"], patience: Self.atOnce)
            guard case .waiting(let waiting) = answer else {
                Issue.record("\(answer)")
                return
            }
            try await story.eventually(.completed, waiting.request)
            let caller = try await story.scenario.agent.authenticated("POST", "/mcp")
            guard case .completed(let kept) = try await story.gateway.task(waiting.request, of: caller).state else {
                Issue.record("not completed")
                return
            }
            #expect(kept.text == "count")
            // With time to wait it is answered with its result, and is no task.
            let patient = CallPatience(hold: .seconds(1), isTask: true)
            #expect(try await story.call("count", ["status": "void"], patience: patient).text == "count")
            #expect(try await story.gateway.tasks(of: caller).count == 1)
        }
    }

    @Test func `a call that comes again as a task becomes one`() async throws {
        try await GatewayStory.tell { story in
            let waiting = try await story.waiting()
            #expect(try await story.waiting(patience: Self.atOnce).request == waiting.request)
            try await story.scenario.approver.decide(.approve, on: waiting.request)
            try await story.eventually(.completed, waiting.request)
        }
    }

    @Test func `a task is another caller's secret`() async throws {
        try await GatewayStory.tell { story in
            let waiting = try await story.waiting(patience: Self.atOnce)
            let other = try await story.scenario.addAgent("another-agent").authenticated("POST", "/mcp")
            let plain = try await story.scenario.agent.open([
                "tool": ["server": "orders", "name": "count"], "arguments": ["status": "void"],
            ]).id
            let mine = try await story.scenario.agent.authenticated("POST", "/mcp")
            for (id, caller) in [(waiting.request, other), (plain, mine)] {
                #expect(try await refusal { try await story.gateway.task(id, of: caller) }?.code == .notFound)
                #expect(try await refusal { try await story.gateway.cancel(id, by: caller) }?.code == .notFound)
                let change = try await refusal {
                    try await story.gateway.taskChange(id, of: caller, since: 1, seconds: 1)
                }
                #expect(change?.code == .notFound)
            }
            #expect(try await story.gateway.tasks(of: other).isEmpty)
            #expect(try await story.scenario.fixture.request(waiting.request).progress.status == .pending)
        }
    }

    @Test func `whoever waits for a task is told when it changes`() async throws {
        try await GatewayStory.tell { story in
            let caller = try await story.scenario.agent.authenticated("POST", "/mcp")
            let waiting = try await story.waiting(patience: Self.atOnce)
            let task = try await story.gateway.task(waiting.request, of: caller)
            // The gateway waits for it as well.
            while story.authority.watch.count < 1 { await Task.yield() }
            let change = Task {
                try await story.gateway.taskChange(
                    task.id, of: caller, since: task.revision, seconds: 30)
            }
            while story.authority.watch.count < 2 { await Task.yield() }
            try await story.scenario.approver.decide(.deny, on: waiting.request)
            let changed = try await change.value
            guard case .failed(.refused(let refusal)) = changed.state else {
                Issue.record("\(changed)")
                return
            }
            #expect(refusal.text == "A person denied this call. It did not run.")
        }
    }

    @Test func `a task that is executing goes on when it is cancelled`() async throws {
        try await GatewayStory.tell { story in
            let caller = try await story.scenario.agent.authenticated("POST", "/mcp")
            guard case .waiting(let waiting) = try await story.call("waits", patience: Self.atOnce) else { return }
            while story.program.asked.isEmpty { await Task.yield() }
            #expect(try await story.gateway.cancel(waiting.request, by: caller).state == .working(nil))
            try story.program.open()
            try await story.eventually(.completed, waiting.request)
        }
    }

    @Test func `a task that waits is taken up by the next process`() async throws {
        try await GatewayStory.tell { story in
            let waiting = try await story.waiting(patience: Self.atOnce)
            let plain = try await story.waiting(status: "open")
            try await story.restarted { next in
                for id in [waiting.request, plain.request] {
                    try await next.scenario.approver.decide(.approve, on: id)
                }
                try await next.eventually(.completed, waiting.request)
                // The other one's caller is gone.
                #expect(try await next.scenario.fixture.request(plain.request).progress.status == .approved)
                #expect(story.program.count("delete") == 1)
                let answer = try await next.call(
                    "delete", ["status": "open"], patience: CallPatience(hold: .seconds(50)))
                #expect(answer.text == "delete")
            }
        }
    }

    @Test func `what was executing when a process ended is unknown in the next one`() async throws {
        try await GatewayStory.tell { story in
            guard case .waiting(let waiting) = try await story.call("waits", patience: Self.atOnce) else { return }
            while story.program.asked.isEmpty { await Task.yield() }
            try await story.restarted { next in
                try await next.eventually(.unknown, waiting.request)
                let entry = try await next.scenario.fixture.entries(about: waiting.request.text).last
                #expect(entry?["body"]?["cause"] == "restarted")
                #expect(try await next.scenario.fixture.reviewCauses(of: waiting.request) == [.unknown])
            }
            try story.program.open()
            #expect(story.program.count("waits") == 1)
        }
    }

    @Test func `an answer that nobody has got survives a restart, for the same caller`() async throws {
        try await GatewayStory.tell { story in
            let first = try await story.waiting()
            try await story.scenario.approver.decide(.approve, on: first.request)
            _ = try await story.waiting()
            try await story.eventually(.completed, first.request)
            try await story.restarted { next in
                let answer = try await next.call("delete", ["status": "void"])
                #expect(answer.text == "delete")
                #expect(story.program.count("delete") == 1)
            }
        }
    }
}

enum TestKey {
    static var another: JSONValue { SigningKey(generating: .es256).publicKey.json }
}
