import CanonicalEncoding
import DomainModel
import WireProtocol

/// A request in one line, for whoever waits.
enum RequestProgress {
    static func line(_ view: RequestView) -> String {
        let groups = view.groups.map { "\(Shown.text($0.name)) \($0.quorum)" }.joined(separator: ", ")
        switch view.status {
        case .pending:
            return "waiting for approval (\(groups)) · \(view.votes.approved) approved"
                + " · until \(view.expiresAt.rfc3339) · \(view.id)"
        case let status?: return "\(status.rawValue) · \(view.id)"
        case nil: return "in a state that this program does not know · \(view.id)"
        }
    }

    /// Why a request that ended before its execution ended, as a failure of the verb.
    static func failure(_ view: RequestView) -> CommandFailure {
        let reasons = view.reasons.map { Shown.text($0.text) }.filter { !$0.isEmpty }.joined(separator: " ")
        switch view.status {
        case .denied where view.endReason == "people_denied" || view.endReason == "vote_withdrawn":
            return CommandFailure("People denied the request.", hint: "Ask them before you ask again.", status: .denied)
        case .denied:
            return CommandFailure(
                "Policy denies the action.\(reasons.isEmpty ? "" : " \(reasons)")",
                hint: "No approval opens what policy forbids.", status: .denied)
        case .expired:
            return CommandFailure(
                "Nobody approved the request in time, or the approval lapsed.", hint: "Ask again.", status: .expired)
        case .stale:
            return CommandFailure(
                "Something changed since the request was opened\(view.endReason.map { ": \($0)" } ?? "").",
                hint: "Ask again with --supersedes \(view.id).")
        default:
            return CommandFailure(
                "The request is \(view.status?.rawValue ?? "in an unknown state").",
                hint: "`countersign request show \(view.id) --json` prints it.")
        }
    }
}
