import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import Logging
import Metrics

/// A forbid that cannot be evaluated denies, and somebody has to know (`policy.md`, step 1 of the tiers): a counter for whoever
/// watches, a line for whoever looks, and `PolicyErrorSighting` for the console.
struct PolicyAlarm {
    /// When policy was asked.
    enum Step: String {
        case opening
        /// Before a vote, a token or a claim.
        case recheck
    }

    let logger: Logger

    /// `reasons` name the rules.
    func raise(_ reasons: [PolicyReason], _ submission: Submission, at step: Step) {
        Counter(label: "countersign_policy_errors_total", dimensions: [("step", step.rawValue)]).increment()
        for reason in reasons.prefix(8) {
            logger.error(
                "a policy rule cannot be evaluated: the action is denied",
                metadata: [
                    "rule": "\(reason.policy)", "error": "\(reason.text)", "agent": "\(submission.agent)",
                    "tool": "\(submission.action.tool.qualifiedName)", "step": "\(step.rawValue)",
                ])
        }
    }
}

/// A request that was denied because a rule could not be evaluated.
package struct PolicyErrorSighting: Sendable {
    package let request: RequestID
    package let at: Timestamp
    /// The rules and why they failed.
    package let reasons: [PolicyReason]

    // A page's sample is made by hand.
    package init(request: RequestID, at: Timestamp, reasons: [PolicyReason]) {
        self.request = request
        self.at = at
        self.reasons = reasons
    }
}

extension StoreReader {
    /// Those of the last week, the newest first; ten at most, among the newest thousand that were denied.
    func policyErrors(at now: Timestamp) throws -> [PolicyErrorSighting] {
        let since = now.adding(seconds: -7 * 86_400)
        return try requests(RequestFilter(statuses: [.denied], limit: 1000)).lazy
            .filter { $0.progress.endReason == .policyError && $0.submission.createdAt >= since }
            .prefix(10)
            .map {
                PolicyErrorSighting(
                    request: $0.id, at: $0.submission.createdAt, reasons: $0.assessment.reasons)
            }
    }
}
