import CanonicalEncoding
import DomainModel
import WireProtocol

/// What agents are told where a call did not run.
extension CallRefusal {
    init(request: RequestID? = nil, code: ProblemCode, text: Text, hint: Text? = nil) {
        self.init(request: request, code: Text(code.rawValue), text: text, hint: hint)
    }

    init(_ error: AuthorityError, request: RequestID? = nil) {
        self.init(request: request, code: error.code, text: Text(error.detail), hint: error.hint.map { Text($0) })
    }

    static func unavailable(_ server: Text, request: RequestID? = nil) -> CallRefusal {
        CallRefusal(
            request: request, code: .upstreamUnavailable,
            text: "The tool server `\(server)` cannot be reached; nothing was sent to it.", hint: "Call again later.")
    }

    /// Of a request that ended without having run, or whose answer is not kept any more.
    init(endOf request: ApprovalRequest) {
        let reason = request.progress.endReason
        switch (request.progress.status, reason) {
        case (.denied, .peopleDenied), (.denied, .voteWithdrawn):
            self.init(
                request: request.id, code: .requestEnded, text: "A person denied this call. It did not run.",
                hint: "Do not repeat it unless you are told to.")
        case (.denied, _):
            let said = request.assessment.reasons.map(\.text.string).filter { !$0.isEmpty }.joined(separator: "; ")
            self.init(
                request: request.id, code: .policyDenied,
                text: said.isEmpty ? "Policy forbids this call." : "Policy forbids this call: \(Text(said)).",
                hint: "Another call with the same arguments is answered alike.")
        case (.stale, _):
            self.init(
                request: request.id, code: .stale,
                text: "Something changed since this call was asked for (\(Self.word(reason))). It did not run.",
                hint: "Call again: people are asked about it as it is now.")
        case (.expired, .votesExpired), (.expired, .windowClosed):
            self.init(
                request: request.id, code: .votesExpired,
                text: "The approval of this call ran out before it was used. It did not run.",
                hint: "Call again if it is still needed.")
        case (.expired, _):
            self.init(
                request: request.id, code: .requestEnded,
                text: "Nobody decided about this call in time. It did not run.",
                hint: "Call again if it is still needed.")
        case (.cancelled, _):
            self.init(
                request: request.id, code: .requestEnded,
                text: "This call was cancelled (\(Self.word(reason))). It did not run.")
        default:
            self.init(
                request: request.id, code: .requestEnded,
                text:
                    "This call has ended as \(Text(request.progress.status.rawValue)); its answer is not kept any more.",
                hint: "It was answered already. The same call again is a new one.")
        }
    }

    private static func word(_ reason: EndReason?) -> Text { Text(reason?.rawValue ?? "") }
}
