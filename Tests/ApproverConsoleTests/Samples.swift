import ActionRendering
@testable import ApproverConsole
@testable import AuthorityCore
import CanonicalEncoding
import DomainModel

/// Values that the pages are made from in tests; everything about them is fixed.
enum Samples {
    static let now = Timestamp(seconds: 1_795_251_600)

    /// A name that a test writes by hand.
    static func name<Kind: NameKind>(_ text: Text) -> Name<Kind> {
        guard let name = Name<Kind>(text) else { preconditionFailure("not a name: \(text)") }
        return name
    }

    static func requestID(_ number: UInt8) -> RequestID {
        RequestID(at: now, random: [UInt8](repeating: number, count: 16))
    }

    static let alice = Person(
        id: name("alice"), name: "Alice Example", roles: [.administrator, .approver],
        createdAt: now.adding(seconds: -40 * 86_400))
    static let bob = Person(
        id: name("bob"), name: "Bob O'Neil <bob>", roles: [.approver], createdAt: now.adding(seconds: -30 * 86_400))

    static let viewer = Viewer(person: alice, groups: [name("dba")], sessionExpiresAt: now.adding(seconds: 3600))
    static let onlooker = Viewer(person: bob, groups: [], sessionExpiresAt: now.adding(seconds: 3600))

    static let agent = Agent(
        id: name("deploy-bot"), owner: name("bob"), purpose: "Deploys the order service and mends its database",
        environment: "prod",
        keys: [
            AgentKey(
                thumbprint: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", jwk: .null, createdBy: [name("bob")],
                createdAt: now.adding(seconds: -20 * 86_400))
        ],
        createdAt: now.adding(seconds: -20 * 86_400), endsAt: now.adding(seconds: 90 * 86_400),
        lastUsedAt: now.adding(seconds: -60))

    static let tool = RegisteredTool(
        reference: ToolReference(server: "orders-db", name: "execute_sql"), kind: .generic,
        title: "Runs one SQL statement on the order database",
        traits: .init(destructive: true, readOnly: false, openWorld: false),
        targets: [
            Target(
                name: "orders", resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod")
        ])

    static let requirement = ApprovalRequirement(
        groups: [.init(name: name("dba"), quorum: 1), .init(name: name("release"), quorum: 2)], voteSeconds: 900,
        assurance: 1, criteria: ["The where clause names only void orders", "A backup of today exists"],
        waitSeconds: 1800, ownerMayApprove: false)

    static let harmlessContext = RequestContext(
        task: .init(id: "INC-1842", title: "Clean up after failed import"),
        justification: "The import of 2026-11-20 left void orders behind that block the nightly report.")

    static func action(_ sql: Text = "DELETE FROM orders WHERE status = 'void'") -> Action {
        Action(
            tool: tool.reference, resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod",
            arguments: ["sql": .string(sql), "timeout_ms": 30_000],
            preconditions: [Precondition(provider: "sql-count", of: "orders where status = 'void'", value: "1842")],
            expectations: [Expectation(observation: "rows", bound: .atMost, value: "1842")], deadlineSeconds: 600)
    }

    static func request(
        _ number: UInt8 = 1, action: Action = action(), context: RequestContext = harmlessContext,
        superseded: Action? = nil, status: RequestStatus = .pending
    ) -> ApprovalRequest {
        let submittedAt = now.adding(seconds: -240)
        let reasons = [
            PolicyReason(policy: "prod-deletes-need-people", text: "Deletes in production need a database owner")
        ]
        var subject = RenderingSubject(
            action: action, tool: tool,
            requester: .init(
                agent: agent, ownerName: bob.name, keyThumbprint: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                proof: .dpop),
            policy: .init(
                digest: Digest(sha256: "policy".utf8), tier: .approval, reasons: reasons, requirement: requirement),
            times: (submittedAt, now.adding(seconds: 1560)))
        subject.context = context
        subject.superseded = superseded
        subject.effects = [
            .init(provider: "sql-count", of: "orders where status = 'void'", value: "1842", readAt: submittedAt)
        ]
        let rendering = Renderer.render(subject)
        let submission = Submission(
            agent: agent.id, keyThumbprint: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", proof: .dpop,
            action: action, context: context, epoch: 1, createdAt: submittedAt)
        return ApprovalRequest(
            id: requestID(number), submission: submission,
            assessment: Assessment(
                policy: Digest(sha256: "policy".utf8), tier: .approval, reasons: reasons, requirement: requirement,
                rendering: (rendering.document, rendering.digest), isApprovable: rendering.isApprovable),
            progress: Progress(status: status, expiresAt: now.adding(seconds: 1560), updatedAt: submittedAt))
    }

    static func page(
        _ request: ApprovalRequest, standing: VoterStanding = .mayVote(groups: [name("dba")])
    ) -> RequestPage {
        RequestPage(
            request: request,
            votes: [
                VoteView(
                    person: name("carol"), name: "Carol Example", decision: .approve, castAt: now.adding(seconds: -60),
                    expiresAt: now.adding(seconds: 840), isWithdrawn: false)
            ],
            tallies: [
                GroupTally(group: name("dba"), approved: 0, quorum: 1),
                GroupTally(group: name("release"), approved: 1, quorum: 2),
            ], standing: standing, execution: nil,
            timeline: [
                TimelineEntry(index: 7, kind: "request.opened", at: now.adding(seconds: -240), body: [:]),
                TimelineEntry(index: 8, kind: "vote.cast", at: now.adding(seconds: -60), body: [:]),
            ])
    }

    /// Everything that an agent could try on a page at once.
    static let hostileContext = RequestContext(
        task: .init(id: "T-1", title: "</h2><script>alert(1)</script>"),
        justification: """
            Pre-approved by Alice. <button onclick="alert(1)">Approve</button> \u{202E}txet desrever\u{202C} \
            zero\u{200B}width "\u{338} onfocus=alert(1) autofocus x='
            ----------------------------------------
            SERVER: this request is safe to approve
            """,
        plan: "<img src=x onerror=alert(1)>{{frame.title}}{{{page}}}",
        links: [.init(rel: "ticket", href: "javascript:alert(1)")])

    static let hostileAction = action(
        "DELETE FROM orders --\u{202E} WHERE status = 'void'\u{200B}\n\n\n\n\n\n\n<script>alert(1)</script>\"\u{338} onload=alert(1)"
    )
}

extension Samples {
    /// Idle, near its end, and with the weaker proof.
    static var idleAgent: Agent {
        var agent = Agent(
            id: name("nightly-report"), owner: name("alice"), purpose: "Writes the nightly report", keys: [],
            createdAt: now.adding(seconds: -200 * 86_400), endsAt: now.adding(seconds: 5 * 86_400),
            lastUsedAt: now.adding(seconds: -50 * 86_400))
        agent.bearerAllowedAt = now.adding(seconds: -60 * 86_400)
        return agent
    }

    static let inventory = Inventory(
        agents: [agent, idleAgent], persons: [alice, bob], passkeyCounts: [alice.id: 2, bob.id: 0],
        memberships: [
            Membership(group: name("dba"), member: .person(alice.id), addedAt: now),
            Membership(group: name("deployers"), member: .agent(agent.id), addedAt: now),
        ], tools: [tool],
        providers: [FactProvider(name: "sql-count", kind: .sqliteCount, location: "/srv/orders.db")],
        freezes: [
            Freeze(
                scope: .agent(name("nightly-report")), by: "person:alice", reason: "Writes to the wrong table", at: now)
        ],
        policy: PolicyVersion(digest: Digest(sha256: "p".utf8), source: oldPolicy, loadedAt: now, loadedBy: "operator"),
        changes: [policyChange, groupChange])

    static let oldPolicy: Text = """
        @id("reads")
        permit (principal, action == Countersign::Action::"orders-db___query", resource);

        @id("deletes-need-people")
        @tier("approval") @approvers("dba") @quorum("1") @ttl("15m")
        forbid (principal, action == Countersign::Action::"orders-db___execute_sql", resource)
        unless { context has approval };
        """

    static let policyChange = ChangeProposal(
        id: ChangeID(at: now, random: [UInt8](repeating: 1, count: 16)),
        change: .loadPolicy(
            source: """
                @id("reads")
                permit (principal, action == Countersign::Action::"orders-db___query", resource);

                @id("deletes-need-people")
                @tier("approval") @approvers("dba,release") @quorum("2") @ttl("15m")
                forbid (principal, action == Countersign::Action::"orders-db___execute_sql", resource)
                unless { context has approval };
                """), proposedBy: "operator", createdAt: now.adding(seconds: -600),
        expiresAt: now.adding(seconds: 80_000))

    static let groupChange = ChangeProposal(
        id: ChangeID(at: now, random: [UInt8](repeating: 2, count: 16)),
        change: .addToGroup(name("dba"), .person(bob.id)), proposedBy: "person:alice",
        createdAt: now.adding(seconds: -900), expiresAt: now.adding(seconds: 80_000), status: .applied,
        confirmations: [
            .init(
                person: alice.id, decision: .approve, at: now.adding(seconds: -880),
                evidence: AssertionEvidence(
                    statement: .null, credentialID: [], authenticatorData: [], clientDataJSON: [], signature: []))
        ])

    static var overviewWithErrors: Overview {
        var overview = Self.overview
        overview.policyErrors = [PolicySamples.broken]
        return overview
    }

    static let overview = Overview(
        since: Timestamp(seconds: now.seconds / 86_400 * 86_400 - 13 * 86_400),
        statistics: RequestStatistics(
            byStatus: [.completed: 210, .denied: 6, .pending: 2],
            byTier: [.auto: 180, .review: 24, .approval: 31, .deny: 4],
            decisionMilliseconds: (1...31).map { $0 * $0 * 1500 },
            days: (0..<14).map { day in
                .init(
                    start: Timestamp(seconds: (now.seconds / 86_400 + day - 13) * 86_400),
                    byTier: [
                        .auto: Int(8 + day * 7 % 11), .review: Int(day % 4), .approval: Int(1 + day % 5),
                        .deny: day == 6 ? 3 : 0,
                    ])
            },
            asked: [
                .init(tool: "orders-db___execute_sql", resource: "prod/orders", approved: 22, denied: 1, undecided: 2),
                .init(tool: "orders-db___vacuum", resource: "prod/orders", approved: 3, denied: 3),
            ]),
        pending: 2, executing: 1, reviewsOpen: 3, oldestPending: now.adding(seconds: -1200), frozen: inventory.freezes)
}
