import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

@Suite struct BodiesTests {
    static let action = Action(
        tool: ToolReference(server: "orders-db", name: "execute_sql"),
        resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod",
        arguments: ["sql": "DELETE"], deadlineSeconds: 600)

    static var request: ApprovalRequest {
        let now = Timestamp(seconds: 1_800_000_000)
        let requirement = ApprovalRequirement(
            groups: [.init(name: GroupID("dba")!, quorum: 2)], voteSeconds: 900, assurance: 1,
            criteria: ["backup exists"], waitSeconds: 3600, ownerMayApprove: false)
        return ApprovalRequest(
            id: RequestID(at: now, random: Array(repeating: 1, count: 16)),
            submission: Submission(
                agent: AgentID("cleaner")!, keyThumbprint: "thumb", proof: .dpop, action: action,
                context: RequestContext(),
                epoch: 1, createdAt: now),
            assessment: Assessment(
                policy: Digest(sha256: "p".utf8), tier: .approval, reasons: [PolicyReason(policy: "p1", text: "why")],
                requirement: requirement, rendering: (CanonicalDocument([:]), Digest(sha256: "r".utf8)),
                isApprovable: true),
            progress: Progress(status: .pending, expiresAt: now.adding(seconds: 3600), updatedAt: now))
    }

    @Test func `a request has the members of the contract and names no approver`() {
        let json = RequestView.json(Self.request, votes: VoteCounts(approved: 1))
        let names = json.objectValue?.members.map(\.name.string).sorted()
        #expect(
            names == [
                "action", "action_digest", "created_at", "expires_at", "id", "reasons", "requirement", "revision",
                "status", "tier", "updated_at", "votes",
            ])
        #expect(json["votes"] == ["approved": 1, "denied": 0])
        #expect(json["requirement"]?["groups"] == [["name": "dba", "quorum": 2]])
        #expect(json["action_digest"]?.stringValue == Self.action.digest.wire)
    }

    @Test func `what has ended says how and what came after`() {
        var request = Self.request
        request.progress.status = .stale
        request.progress.endReason = .toolChanged
        request.progress.supersededBy = request.id
        request.progress.execution = ExecutionID(at: Timestamp(seconds: 1), random: Array(repeating: 2, count: 16))
        let json = RequestView.json(request, votes: VoteCounts())
        #expect(json["end_reason"] == "tool_changed")
        #expect(json["superseded_by"]?.textValue == request.id.text)
        #expect(json["execution"]?.stringValue?.hasPrefix("exe_") == true)
    }

    @Test func `a client reads what the server writes, and more`() throws {
        var object = RequestView.json(Self.request, votes: VoteCounts(approved: 1)).objectValue ?? JSONObject()
        object["future"] = true
        object["status"] = "slumbering"
        let view = try RequestView(json: .object(object))
        #expect(view.status == nil)
        #expect(view.groups.first?.quorum == 2)
        #expect(view.revision == 1)
    }

    @Test func `a client refuses an action that is not the one of the digest`() {
        var object = RequestView.json(Self.request, votes: VoteCounts()).objectValue ?? JSONObject()
        object["action_digest"] = "\(Digest(sha256: "other".utf8).wire)"
        #expect(throws: MemberError(code: .invalidValue, path: "action_digest")) {
            _ = try RequestView(json: .object(object))
        }
    }

    @Test func `a claim reads back`() throws {
        let body = ClaimBody(token: "t", action: Self.action, agentProof: "p")
        #expect(try ClaimBody(json: body.json) == body)
        #expect(throws: MemberError.self) {
            _ = try ClaimBody(json: ["token": "t", "action": Self.action.json, "x": 1])
        }
    }

    /// A body, and the code of its refusal or nothing.
    static let completions: [[String]] = [
        [#"{"outcome": "succeeded"}"#, ""],
        [#"{"outcome": "succeeded", "observed": {"rows": "3", "exit_status": 0, "ok": true}}"#, ""],
        [#"{"outcome": "done"}"#, "invalid_value"],
        [#"{"outcome": "failed", "observed": {"x": [1]}}"#, "wrong_type"],
        [#"{"outcome": "failed", "observed": {"x": 0.5}}"#, "number_out_of_profile"],
        [#"{"outcome": "failed", "observer": "countersign"}"#, "unknown_member"],
    ]

    @Test(arguments: completions)
    func `a completion holds short scalars alone`(row: [String]) throws {
        let json = try JSONReader.read(row[0])
        do throws(MemberError) {
            let body = try CompletionBody(json: json)
            #expect(row[1] == "" && body.json["outcome"] == json["outcome"])
        } catch { #expect(error.code.rawValue == row[1]) }
    }

    @Test func `routes differ in method or path, and only public ones need no access token`() {
        let lines = Set(AgentRoute.allCases.map { "\($0.method.rawValue) \($0.path)" })
        #expect(lines.count == AgentRoute.allCases.count)
        #expect(
            AgentRoute.allCases.filter { !$0.needsAccessToken } == [.issueAccessToken, .serverMetadata, .keySet])
        #expect(AgentRoute.completeExecution.path(id: "exe_1") == "/v1/executions/exe_1/completion")
    }
}
