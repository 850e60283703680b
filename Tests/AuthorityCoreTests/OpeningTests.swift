import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

@Suite struct OpeningTests {
    struct Opening: Sendable, CustomTestStringConvertible {
        var operation: Text = "read"
        var tool: Text = "execute"
        var policy: Text = Scenario.policy
        var status: RequestStatus
        var tier: Tier
        var reason: EndReason?
        var testDescription: String { "\(tool) \(operation): \(status) \(reason?.rawValue ?? "")" }
    }

    static let openings: [Opening] = [
        Opening(operation: "read", status: .approved, tier: .auto),
        Opening(operation: "update", status: .approved, tier: .review),
        Opening(operation: "delete", status: .pending, tier: .approval),
        Opening(operation: "drop", status: .denied, tier: .deny, reason: .policyForbids),
        Opening(operation: "guess", status: .denied, tier: .deny, reason: .policyHasNoPermit),
        Opening(tool: "unheard-of", status: .denied, tier: .deny, reason: .notRegistered),
        Opening(
            policy:
                "\(Scenario.policy)\n\(Scenario.brokenRule)",
            status: .denied, tier: .deny, reason: .policyError),
    ]

    @Test(arguments: openings)
    func `policy decides how a request begins`(opening: Opening) async throws {
        try await AuthorityFixture.withScenario(policy: opening.policy) { scenario in
            let (id, view) = try await scenario.agent.open([
                "tool": ["server": "orders-db", "name": .string(opening.tool)],
                "arguments": ["operation": .string(opening.operation), "id": 7],
            ])
            let request = try await scenario.fixture.request(id)
            #expect(request.progress.status == opening.status)
            #expect(request.assessment.tier == opening.tier)
            #expect(request.progress.endReason == opening.reason)
            #expect(view["status"]?.stringValue == opening.status.rawValue)
            if opening.status == .denied {
                try await expectRefused(.policyDenied) { try await scenario.agent.token(for: id) }
            }
        }
    }

    @Test func `before a policy was ever loaded everything is denied`() async throws {
        try await AuthorityFixture.withScenario(policy: nil) { scenario in
            for action in [Scenario.reading, Scenario.deletion] {
                let request = try await scenario.fixture.request(try await scenario.agent.open(action).id)
                #expect(request.progress.status == .denied && request.progress.endReason == .policyError)
                #expect(request.assessment.reasons.map(\.policy) == ["none"])
            }
            try await scenario.approver.change(.loadPolicy(source: Scenario.policy))
            let allowed = try await scenario.agent.open(Scenario.reading).id
            #expect(try await scenario.fixture.request(allowed).progress.status == .approved)
        }
    }

    /// Each rule can be satisfied, and both together cannot: one wants nobody beside its own approver.
    @Test func `where no approval would help, nobody is asked`() async throws {
        let source: Text = """
            @id("all") permit (principal, action, resource);
            @id("alone") @tier("approval") @approvers("operators") forbid (principal, action, resource)
            unless { context has approval && context.approval.hasTag("operators") &&
                     context.approval.getTag("operators") >= 1 && context.approval.count == 1 };
            @id("too") @tier("approval") @approvers("finance") forbid (principal, action, resource)
            when { context.input.operation == "delete" }
            unless { context has approval && context.approval.hasTag("finance") &&
                     context.approval.getTag("finance") >= 1 };
            """
        try await AuthorityFixture.withScenario { scenario in
            _ = try await scenario.add("fred", groups: ["finance"])
            try await scenario.approver.change(.loadPolicy(source: source))
            let alone = try await scenario.fixture.request(try await scenario.agent.open(Scenario.reading).id)
            #expect(alone.progress.status == .pending)
            let both = try await scenario.fixture.request(try await scenario.agent.open(Scenario.deletion).id)
            #expect(both.progress.status == .denied && both.progress.endReason == .policyUnsatisfiable)
            #expect(
                both.assessment.requirement == nil
                    && both.assessment.reasons.map(\.policy).sorted() == ["alone", "too"])
        }
    }

    @Test func `what was allowed for review is looked at after it ran, what is routine is not`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            for (action, causes) in [(Scenario.update, [Review.Cause.tier]), (Scenario.reading, [])] {
                let (id, _) = try await scenario.agent.open(action)
                let token = try await scenario.agent.token(for: id)
                try await scenario.agent.complete(try await scenario.agent.claim(id, token: token))
                #expect(try await scenario.fixture.reviewCauses(of: id) == causes)
            }
        }
    }

    static let strange: [JSONValue] = [
        ["action": Scenario.reading, "approved": true],
        ["action": ["tool": ["server": "orders-db", "name": "execute"], "arguments": [:], "approver": "ana"]],
        ["action": ["tool": ["server": "orders-db", "name": "execute", "version": 2], "arguments": [:]]],
        ["action": Scenario.reading, "task": ["id": "t", "owner": "ana"]],
        [
            "action": Scenario.reading,
            "window": ["from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "x": 1],
        ],
    ]

    @Test(arguments: strange)
    func `an unknown member is refused and nothing is stored`(body: JSONValue) async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await expectRefused(.unknownMember) {
                try await OpenRequest(scenario.authority).run(
                    try await scenario.agent.authenticated(), body: body, idempotencyKey: nil)
            }
            #expect(try await scenario.fixture.entries(of: "request.opened").isEmpty)
        }
    }

    @Test(arguments: ["server", "name"] as [Text])
    func `a tool's name too long for the log is refused, not left to fail`(member: Text) async throws {
        try await AuthorityFixture.withScenario { scenario in
            var tool: JSONObject = ["server": "orders-db", "name": "execute"]
            for (length, code) in [(1024, nil), (60_000, ProblemCode.invalidValue)] {
                tool[member] = .string(Text(String(repeating: "\u{1}", count: length)))
                let action: JSONValue = ["tool": .object(tool), "arguments": [:]]
                let error = try await refusal { try await scenario.agent.open(action) }
                #expect(error?.code == code)
            }
        }
    }

    /// A rule that reads what the agent said must be asked the same question at the token and at the claim.
    static let questions: [(policy: String, more: JSONObject, isAllowed: Bool)] = [
        ("!(context.claimed has environment) && !(context.claimed has resource)", [:], true),
        (
            "context.claimed has environment && context.claimed.environment == \"prod\" && context.claimed has resource",
            ["environment": "prod", "resource": ["type": "Database", "id": "prod/orders"]], true
        ),
        ("context.deadline <= duration(\"60s\")", ["deadline_seconds": 60], true),
        ("context.deadline <= duration(\"60s\")", [:], false),
        (
            "context.expect has rows.at_most && context.expect.rows.at_most <= 10",
            ["expect": ["rows": ["at_most": "10"]]], true
        ),
        (
            "context.expect has rows.at_most && context.expect.rows.at_most <= 10",
            ["expect": ["rows": ["at_most": "11"]]], false
        ),
        ("context has window", [:], false), ("context.preconditions has count", [:], false),
    ]

    @Test(arguments: questions)
    func `policy sees claims and bounds, when it is asked first and when it is asked again`(
        policy: String, more: JSONObject, isAllowed: Bool
    ) async throws {
        let source: Text = "permit (principal, action, resource) when { \(policy) };"
        try await AuthorityFixture.withScenario(policy: source) { scenario in
            var action = Scenario.reading.objectValue ?? [:]
            for member in more.members { action[member.name] = member.value }
            let id = try await scenario.agent.open(.object(action)).id
            let request = try await scenario.fixture.request(id)
            #expect(request.progress.status == (isAllowed ? .approved : .denied))
            guard isAllowed else { return }
            let token = try await scenario.agent.token(for: id)
            try await scenario.agent.complete(
                try await scenario.agent.claim(id, token: token), observed: ["rows": 1])
        }
    }

    @Test func `policy sees the window that was asked for`() async throws {
        let source: Text = """
            permit (principal, action, resource)
            when { context has window && context.window.until <= context.system.now.offset(duration("1h")) };
            """
        try await AuthorityFixture.withScenario(policy: source) { scenario in
            let now = scenario.clock.now
            for (seconds, status) in [(3600, .approved), (3601, .denied)] as [(Int64, RequestStatus)] {
                let window: JSONValue = [
                    "from": "\(now.rfc3339)", "until": "\(now.adding(seconds: seconds).rfc3339)",
                ]
                let id = try await scenario.agent.open(Scenario.reading, more: ["window": window]).id
                #expect(try await scenario.fixture.request(id).progress.status == status)
            }
        }
    }

    static let claims: [(JSONObject, ProblemCode?)] = [
        (["resource": ["type": "Database", "id": "prod/orders"], "environment": "prod", "target": "orders"], nil),
        (["resource": ["type": "Database", "id": "test/orders"]], .claimedMemberDiffers),
        (["resource": ["type": "File", "id": "prod/orders"]], .claimedMemberDiffers),
        (["environment": "test"], .claimedMemberDiffers),
        (["deadline_seconds": 0], .invalidValue), (["deadline_seconds": 3601], .invalidValue),
        (["deadline_seconds": 3600], nil),
        (
            [
                "tool": [
                    "server": "orders-db", "name": "execute", "definition": "\(Digest(sha256: [1]).wire)",
                ]
            ], .claimedMemberDiffers
        ),
    ]

    @Test(arguments: claims)
    func `what the agent says about the target must be what people registered`(
        more: JSONObject, code: ProblemCode?
    ) async throws {
        try await AuthorityFixture.withScenario { scenario in
            var action = Scenario.reading.objectValue ?? [:]
            for member in more.members { action[member.name] = member.value }
            let error = try await refusal { try await scenario.agent.open(.object(action)) }
            #expect(error?.code == code)
        }
    }

    @Test func `a target that is not registered is denied, and one of several must be named`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            var action = Scenario.reading.objectValue ?? [:]
            action["target"] = "users"
            #expect(try await scenario.agent.open(.object(action)).view["end_reason"] == "not_registered")
            var tool = Scenario.tool
            tool.targets.append(
                Target(name: "users", resource: ResourceReference(type: "Database", id: "u"), environment: "test"))
            try await scenario.approver.change(.registerTool(tool))
            try await expectRefused(.targetRequired) { try await scenario.agent.open(Scenario.reading) }
            let (_, view) = try await scenario.agent.open(.object(action))
            #expect(view["action"]?["environment"] == "test")
        }
    }

    @Test func `a key opens one request for one body and one agent`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let first = try await scenario.agent.open(Scenario.reading, idempotencyKey: "k")
            #expect(try await scenario.agent.open(Scenario.reading, idempotencyKey: "k").id == first.id)
            try await expectRefused(.idempotencyConflict) {
                try await scenario.agent.open(Scenario.deletion, idempotencyKey: "k")
            }
            let other = try await scenario.addAgent("other")
            #expect(try await other.open(Scenario.deletion, idempotencyKey: "k").id != first.id)
            #expect(try await scenario.fixture.entries(of: "request.opened").count == 2)
        }
    }

    @Test func `a precondition of an unknown provider is refused`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            var action = Scenario.deletion.objectValue ?? [:]
            action["preconditions"] = [["provider": "nobody", "of": "x", "value": "1"]]
            let error = try await expectRefused(.unknownFactProvider) { try await scenario.agent.open(.object(action)) }
            #expect(error?.code.status == 400)
        }
    }

    @Test(arguments: FactProvider.Kind.allCases)
    func `a retry is answered by its key, whatever became of the facts`(kind: FactProvider.Kind) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let fact = try await Fact(kind, in: scenario)
            let action = try fact.action()
            let first = try await scenario.agent.open(action, idempotencyKey: "k")
            try fact.change()
            #expect(try await scenario.agent.open(action, idempotencyKey: "k").id == first.id)
            try await expectRefused(.idempotencyConflict) {
                try await scenario.agent.open(try fact.action(value: "13"), idempotencyKey: "k")
            }
            try await expectRefused(.stale) { try await scenario.agent.open(action, idempotencyKey: "another") }
            #expect(try await scenario.fixture.entries(of: "request.opened").count == 1)
        }
    }

    @Test func `policy sees how often a task was handed on, and in which groups the owner is`() async throws {
        let source: Text = """
            @id("read") permit (principal, action, resource) when { context.input.operation == "read" };
            @id("second-hand") permit (principal, action, resource)
            when { context.caller.delegationDepth == 2 && context.claimed has task && context.claimed.task == "t"
                && principal.owner in Countersign::Group::"operators"
                && !(principal.owner in Countersign::Group::"others") };
            """
        try await AuthorityFixture.withScenario(policy: source) { scenario in
            let agent = scenario.agent
            func task(_ parent: RequestID) -> JSONObject { ["task": ["id": "t", "parent": .string(parent.text)]] }
            let first = try await agent.open(Scenario.reading).id
            let second = try await agent.open(Scenario.reading, more: task(first)).id
            #expect(try await agent.open(Scenario.deletion, more: task(second)).view["status"] == "approved")
            #expect(try await agent.open(Scenario.deletion, more: task(first)).view["status"] == "denied")
            // What is not known here counts, and ends the way back.
            let unknown = try #require(RequestID("req_\(Text(String(repeating: "0", count: 36)))"))
            let third = try await agent.open(Scenario.reading, more: task(unknown)).id
            #expect(try await agent.open(Scenario.deletion, more: task(third)).view["status"] == "approved")
            #expect(try await agent.open(Scenario.deletion, more: task(unknown)).view["status"] == "denied")
        }
    }

    @Test func `nothing comes out of a task that has ended, unless it ended as agreed`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let agent = scenario.agent
            func task(_ parent: RequestID) -> JSONObject { ["task": ["id": "t", "parent": .string(parent.text)]] }
            let parent = try await agent.open(Scenario.reading).id
            let child = try await agent.open(Scenario.reading, more: task(parent)).id
            try await agent.complete(try await agent.claim(parent, token: try await agent.token(for: parent)))
            _ = try await agent.open(Scenario.reading, more: task(parent))
            let token = try await agent.token(for: child)
            _ = try await agent.claim(child, token: token)
            let cancelled = try await agent.open(Scenario.reading).id
            let between = try await agent.open(Scenario.reading, more: task(cancelled)).id
            _ = try await agent.cancel(cancelled)
            for parent in [cancelled, between] {
                try await expectRefused(.stale) { try await agent.open(Scenario.reading, more: task(parent)) }
            }
        }
    }

    @Test(arguments: FactProvider.Kind.allCases)
    func `a precondition that does not hold, or whose subject is none, opens nothing`(
        kind: FactProvider.Kind
    ) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let fact = try await Fact(kind, in: scenario)
            try await expectRefused(.stale) { try await scenario.agent.open(try fact.action(value: "13")) }
            var action = Scenario.deletion.objectValue ?? [:]
            action["preconditions"] = [["provider": "fact", "of": "../; DROP TABLE orders", "value": "1"]]
            let error = try await refusal { try await scenario.agent.open(.object(action)) }
            #expect(error?.code == .invalidValue)
            #expect(try await scenario.fixture.entries(of: "request.opened").isEmpty)
        }
    }

    @Test(arguments: EdgeStory.beforeClaim.dropFirst())
    func `a fact that cannot be read stops the step and changes nothing`(status: RequestStatus) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let fact = try await Fact(.fileDigest, in: scenario)
            let standing = try await scenario.reach(status, try fact.action())
            let before = try await scenario.fixture.request(standing.id)
            try fact.remove()
            #expect(try await scenario.nextStep(standing)?.code == .factUnreadable)
            #expect(try await scenario.fixture.request(standing.id) == before)
        }
    }

    @Test func `an agent cannot bury what others ask under its own requests`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let other = try await scenario.pending()
            for _ in 1..<OpenRequest.greatestPending { _ = try await scenario.pending() }
            try await expectRefused(.tooManyPending) { try await scenario.pending() }
            let inbox = try await ReadInbox(scenario.authority).run(try await scenario.approver.viewer())
            #expect(inbox.contains { $0.request.id == other.id })
            try await scenario.approver.decide(.deny, on: other.id)
            _ = try await scenario.pending()
        }
    }
}
