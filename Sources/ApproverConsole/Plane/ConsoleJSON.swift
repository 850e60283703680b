import ActionRendering
import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The JSON forms of the console's calls. Unlike the agents' form of a request, they name approvers: people are accountable.
enum ConsoleJSON {
    static func ceremony(_ issued: IssuedCeremony) -> JSONObject {
        ["ceremony": .string(issued.id.text), "options": issued.options, "statement": issued.statement]
    }

    static func person(_ person: Person) -> JSONValue {
        ["id": .string(person.id.text), "name": .string(person.name)]
    }

    /// `{id, status, revision, reason?, action, action_digest, rendering, rendering_digest, tier, reasons, approvable,
    /// requirement?, expires_at, created_at, updated_at, supersedes?, superseded_by?, execution?}`.
    static func request(_ request: ApprovalRequest) -> JSONObject {
        let progress = request.progress
        var object: JSONObject = [
            "id": .string(request.id.text), "status": "\(progress.status.rawValue)",
            "revision": .integer(progress.revision), "agent": .string(request.submission.agent.text),
            "action": request.submission.action.json, "action_digest": "\(request.submission.digest.wire)",
            "rendering": (try? request.assessment.rendering.json(limits: Rendering.readingLimits)) ?? .null,
            "rendering_digest": "\(request.assessment.renderingDigest.wire)",
            "tier": "\(request.assessment.tier.rawValue)", "approvable": .bool(request.assessment.isApprovable),
            "reasons": .array(
                request.assessment.reasons.map { ["policy": .string($0.policy), "text": .string($0.text)] }),
            "expires_at": "\(progress.expiresAt.rfc3339)", "created_at": "\(request.submission.createdAt.rfc3339)",
            "updated_at": "\(progress.updatedAt.rfc3339)",
        ]
        object["reason"] = progress.endReason.map { "\($0.rawValue)" }
        object["requirement"] = request.assessment.requirement.map(requirement)
        object["supersedes"] = request.submission.context.supersedes.map { .string($0.text) }
        object["superseded_by"] = progress.supersededBy.map { .string($0.text) }
        object["execution"] = progress.execution.map { .string($0.text) }
        return object
    }

    /// A request with `standing`, `tallies` and `votes` beside it.
    static func page(_ page: RequestPage) -> JSONValue {
        var object = request(page.request)
        object["standing"] = standing(page.standing)
        object["tallies"] = .array(page.tallies.map(tally))
        object["votes"] = .array(
            page.votes.map { vote in
                [
                    "person": .string(vote.person.text), "name": .string(vote.name),
                    "decision": "\(vote.decision.rawValue)", "cast_at": "\(vote.castAt.rfc3339)",
                    "expires_at": "\(vote.expiresAt.rfc3339)", "withdrawn": .bool(vote.isWithdrawn),
                ]
            })
        return .object(object)
    }

    static func inbox(_ items: [InboxItem]) -> JSONValue {
        let requests = items.map { item -> JSONValue in
            var object = request(item.request)
            object["standing"] = standing(item.standing)
            object["tallies"] = .array(item.tallies.map(tally))
            return .object(object)
        }
        return ["requests": .array(requests)]
    }

    static func change(_ proposal: ChangeProposal) -> JSONObject {
        [
            "change": .string(proposal.id.text), "digest": "\(proposal.digest.wire)",
            "status": "\(proposal.status.rawValue)", "proposed_by": .string(proposal.proposedBy),
            "confirmations": .array(
                proposal.confirmations.map {
                    ["person": .string($0.person.text), "decision": "\($0.decision.rawValue)"]
                }),
            "expires_at": "\(proposal.expiresAt.rfc3339)",
        ]
    }

    /// `{may_vote, groups?}`, `{may_vote, has_approved}` or `{may_vote, may_deny?, reason, explanation}`.
    private static func standing(_ standing: VoterStanding) -> JSONValue {
        switch standing {
        case .mayVote(let groups): ["may_vote": true, "groups": .array(groups.map { .string($0.text) })]
        case .hasApproved: ["may_vote": false, "has_approved": true]
        case .mayDeny(let reason, let explanation):
            [
                "may_vote": false, "may_deny": true, "reason": .string(reason), "explanation": "\(explanation)",
            ]
        case .mayNot(let reason, let explanation):
            ["may_vote": false, "reason": .string(reason), "explanation": "\(explanation)"]
        }
    }

    private static func tally(_ tally: GroupTally) -> JSONValue {
        ["group": .string(tally.group.text), "approved": .integer(tally.approved), "quorum": .integer(tally.quorum)]
    }

    private static func requirement(_ requirement: ApprovalRequirement) -> JSONValue {
        [
            "groups": .array(
                requirement.groups.map { ["name": .string($0.name.text), "quorum": .integer($0.quorum)] }),
            "vote_seconds": .integer(requirement.voteSeconds), "assurance": .integer(requirement.assurance),
            "criteria": .array(requirement.criteria.map { .string($0) }),
        ]
    }
}
