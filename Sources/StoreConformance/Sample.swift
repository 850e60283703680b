import CanonicalEncoding
import DomainModel

/// Values for the rules. Equal numbers give equal values; handles of a higher number are newer.
enum Sample {
    static let start = Timestamp(seconds: 1_800_000_000)

    static func time(_ number: Int) -> Timestamp { start.adding(seconds: Int64(number)) }
    static func digest(_ number: Int) -> Digest { Digest(sha256: Array("digest \(number)".utf8)) }

    static func random(_ number: Int) -> [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: number >> (8 * min($0, 7))) }
    }

    static func id<Kind>(_ number: Int) -> Handle<Kind> { Handle(at: time(number), random: random(number)) }

    /// Names are valid by construction; an empty one would show at once.
    static func name<Kind>(_ name: String) throws -> Name<Kind> {
        guard let name = Name<Kind>(Text(name)) else { throw BrokenRule(description: "\(name) is no name") }
        return name
    }

    /// A member of every kind, text that hurts included.
    static func action(_ number: Int) -> Action {
        Action(
            tool: ToolReference(server: "orders-db", name: "execute_sql", definition: digest(7)),
            resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod",
            arguments: [
                "sql": "DELETE FROM orders WHERE id = \(number)", "nul": "a\0b", "e\u{301}": "decomposed",
                "é": "composed", "list": [1, true, nil, ["deep": "\u{202E}"]], "greatest": 9_007_199_254_740_991,
            ],
            preconditions: [Precondition(provider: "rows", of: "orders where id = \(number)", value: "1")],
            expectations: [Expectation(observation: "rows", bound: .atMost, value: "1")], deadlineSeconds: 600)
    }

    static func submission(_ number: Int, agent: String = "deployer", epoch: Int64 = 1) throws -> Submission {
        var rollback = SubmittedAction(server: "orders-db", name: "undo", target: "prod", arguments: ["id": 1])
        rollback.claimedResource = ResourceReference(type: "Database", id: "prod/orders")
        rollback.claimedEnvironment = "prod"
        let context = RequestContext(
            task: .init(id: "task \(number)", parent: id(number), title: "title"), justification: "because\0of",
            plan: "1. look\n2. leap", rollback: rollback,
            window: .init(from: time(number), until: time(number + 1000)),
            links: [.init(rel: "ticket", href: "https://example.org/\(number)")], supersedes: id(number + 1))
        return Submission(
            agent: try name(agent), keyThumbprint: "key-\(number)",
            proof: number.isMultiple(of: 2) ? .dpop : .bearer, action: action(number), context: context,
            epoch: epoch, createdAt: time(number))
    }

    static func assessment(_ tier: Tier = .approval) throws -> Assessment {
        Assessment(
            policy: digest(1), tier: tier, reasons: [PolicyReason(policy: "prod-writes", text: "writes in prod")],
            requirement: ApprovalRequirement(
                groups: [.init(name: try name("dba"), quorum: 2)], voteSeconds: 3600, assurance: 2,
                criteria: ["I have looked at the rows"], waitSeconds: 86_400, ownerMayApprove: false),
            rendering: (
                document: CanonicalDocument(["rows": [["label": "SQL", "value": "DELETE\0"]]]), digest: digest(2)
            ),
            isApprovable: true)
    }

    /// Pending, waiting for 1,000 seconds.
    static func request(
        _ number: Int, agent: String = "deployer", tier: Tier = .approval, epoch: Int64 = 1
    ) throws -> ApprovalRequest {
        ApprovalRequest(
            id: id(number), submission: try submission(number, agent: agent, epoch: epoch),
            assessment: try assessment(tier),
            progress: Progress(status: .pending, expiresAt: time(number + 1000), updatedAt: time(number)))
    }

    /// The token lives for 60 seconds.
    static func grant(_ number: Int, agent: String = "deployer") throws -> Grant {
        Grant(
            id: id(number), txn: "txn-\(number)", audience: try name(agent), tokenID: "jti-\(number)",
            tokenExpiresAt: time(number + 60))
    }

    static func granted(_ number: Int, agent: String = "deployer", epoch: Int64 = 1) throws -> ApprovalRequest {
        var request = try request(number, agent: agent, epoch: epoch)
        request.progress.status = .granted
        request.progress.grant = try grant(number, agent: agent)
        return request
    }

    static func claim(_ request: ApprovalRequest, at now: Timestamp) throws -> ClaimGuardAndExecution {
        guard let grant = request.progress.grant else { throw BrokenRule(description: "the sample has no grant") }
        return ClaimGuardAndExecution(request: request, grant: grant, now: now)
    }

    static func vote(_ number: Int, on request: RequestID, by person: String) throws -> Vote {
        Vote(
            request: request, person: try name(person), decision: .approve, castAt: time(number),
            expiresAt: time(number + 3600), assurance: 1, evidence: evidence(number))
    }

    static func evidence(_ number: Int) -> AssertionEvidence {
        AssertionEvidence(
            statement: ["type": "countersign.vote.v1", "nonce": "\(String(number))"], credentialID: [0, 1, 2],
            authenticatorData: [UInt8](repeating: 0, count: 37), clientDataJSON: Array("{}".utf8),
            signature: [0xFF, 0x00, UInt8(truncatingIfNeeded: number)])
    }

    static func completion(_ number: Int) -> Completion {
        Completion(
            outcome: .succeeded, observed: ["rows": 1, "exit_status": 0, "note": "a\0b"], observer: .executor,
            at: time(number))
    }
}
