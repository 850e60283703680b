import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The control with which the viewer decides; exists only where the viewer may.
struct DecisionModel: Sendable {
    struct Criterion: Sendable {
        let text: String
    }

    let request: String
    let tool: String
    let resource: String
    let digest: String
    let digestShort: String
    let rendering: String
    let renderingShort: String
    let asWhom: String
    let criteria: [Criterion]
    let hasCriteria: Bool
    /// False where the action cannot be shown whole: then deny is all there is.
    let mayApprove: Bool

    init?(_ page: RequestPage) {
        let request = page.request
        guard request.progress.status.isBeforeClaim else { return nil }
        let mayVote: Bool
        switch page.standing {
        case .mayVote(let groups):
            mayVote = true
            asWhom =
                request.assessment.isApprovable
                ? "You decide for \(Wording.list(groups.map(\.description)))."
                : "You can only deny this: a part of it cannot be shown whole."
        case .hasApproved:
            mayVote = false
            asWhom = "You have approved this. Until it is claimed you can still deny it."
        case .mayDeny(_, let explanation):
            mayVote = false
            asWhom = "You cannot approve this, but you can deny it. \(explanation)"
        case .mayNot: return nil
        }
        self.request = request.id.description
        let action = request.submission.action
        tool = "\(action.tool.server) · \(action.tool.name)"
        resource = "\(action.resource.id)"
        digest = request.submission.digest.wire
        digestShort = Wording.short(request.submission.digest)
        rendering = request.assessment.renderingDigest.wire
        renderingShort = Wording.short(request.assessment.renderingDigest)
        criteria = (request.assessment.requirement?.criteria ?? []).map { Criterion(text: $0.string) }
        mayApprove = mayVote && request.assessment.isApprovable && request.progress.status == .pending
        hasCriteria = mayApprove && !criteria.isEmpty
    }
}

/// Why the viewer has nothing to decide.
struct BystanderModel: Sendable {
    let text: String
    let code: String?

    init(_ page: RequestPage) {
        let status = page.request.progress.status
        if page.request.assessment.requirement == nil {
            text = "Policy decided this by itself; nobody was asked."
            code = nil
        } else if !status.isBeforeClaim {
            text = "There is nothing left to decide."
            code = nil
        } else {
            switch page.standing {
            case .mayVote:
                text = "There is nothing left to decide."
                code = nil
            case .hasApproved:
                text = "You have approved this."
                code = nil
            case .mayDeny(let reason, let explanation), .mayNot(let reason, let explanation):
                text = "You cannot decide this. \(explanation)"
                code = reason.string
            }
        }
    }
}

/// How far the request has come, as it was read back.
struct RequestStateModel: Sendable {
    struct Tally: Sendable {
        let group: String
        let approved: String
        let quorum: String
    }

    struct CastVote: Sendable {
        let name: String
        let did: String
        let at: Moment
        let validUntil: Moment?
    }

    struct Step: Sendable {
        let what: String
        let at: Moment
    }

    /// Changes whenever the state does.
    let key: String
    /// Changes when the control has to appear or go.
    let decideKey: String
    let status: Tag
    let line: String
    let tallies: [Tally]
    let hasTallies: Bool
    let votes: [CastVote]
    let execution: String?
    let timeline: [Step]

    init(_ page: RequestPage) {
        let progress = page.request.progress
        status = Wording.tag(progress.status)
        line = Wording.line(progress)
        tallies = page.tallies.map {
            Tally(group: $0.group.description, approved: "\($0.approved)", quorum: "\($0.quorum)")
        }
        hasTallies = !tallies.isEmpty
        votes = page.votes.map { vote in
            let did = vote.isWithdrawn ? "withdrew" : vote.decision == .approve ? "approved" : "denied"
            // Once it has run or ended, no approval of it is good for anything any more.
            let isGood = !vote.isWithdrawn && vote.decision == .approve && progress.status.isBeforeClaim
            return CastVote(
                name: vote.name.string, did: did, at: Moment(vote.castAt),
                validUntil: isGood ? Moment(vote.expiresAt) : nil)
        }
        execution = page.execution.map(Self.sentence)
        timeline = page.timeline.map { Step(what: TimelineWording.sentence($0), at: Moment($0.at)) }
        key = PageKey.of(["\(progress.revision)", progress.status.rawValue, "\(votes.count)", "\(timeline.count)"])
        let standing =
            switch page.standing {
            case .mayVote(let groups): "may \(groups)"
            case .hasApproved: "has"
            case .mayDeny(let reason, _): "deny \(reason)"
            case .mayNot(let reason, _): "not \(reason)"
            }
        decideKey = PageKey.of([standing, progress.status.isBeforeClaim ? "open" : "shut", progress.status.rawValue])
    }

    private static func sentence(_ execution: Execution) -> String {
        guard let completion = execution.completion else {
            return "\(execution.executor) claimed it and reports by \(Moment(execution.deadline).text)."
        }
        let observed = completion.observed.members.map { "\($0.name) \(CanonicalJSON.text($0.value))" }
        let who =
            completion.observer == .countersign
            ? "Countersign observed" : "The \(completion.observer.rawValue) reported"
        let details = observed.isEmpty ? "" : ": " + observed.joined(separator: ", ")
        return "\(who) \(outcome(completion.outcome))\(details)."
    }

    private static func outcome(_ outcome: Completion.Outcome) -> String {
        switch outcome {
        case .succeeded: "success"
        case .failed: "failure"
        case .noEffect: "no effect"
        }
    }
}
