import CanonicalEncoding
import DomainModel

/// S8, S13 and S15 for the gateway: whose call it is that an answer is kept for, and that the answer is the one that was recorded.
struct HeldCallCheck {
    var store: RecordedStore
    var now: Timestamp

    func run(_ findings: inout Findings) {
        let requests = Dictionary(store.requests.map { ($0.id, $0) }) { first, _ in first }
        let executions = Dictionary(store.executions.map { ($0.request, $0) }) { first, _ in first }
        for call in store.heldCalls {
            guard let request = requests[call.request] else {
                findings.broken("S15", call.request, "is held as a call, and is not there")
                continue
            }
            findings.expect(
                call.agent == request.submission.agent && call.keyThumbprint == request.keyThumbprint
                    && call.proof == request.submission.proof && call.digest == Self.callDigest(request), "S8",
                call.request,
                "is held as a call of somebody else, or for something else")
            if let answer = call.answer {
                let observed = executions[call.request]?.completion?.observed["digest"]?.stringValue
                findings.expect(
                    observed == answer.digest(domain: HeldCall.answerDomain).wire, "S13", call.request,
                    "has a kept answer that is not the one that its execution observed")
            }
            if request.progress.status.isTerminal, call.expiresAt.adding(seconds: 3_600) < now {
                findings.warn("S20", call.request, "is kept as a call past its end: is the server running?")
            }
        }
        checkObservers(&findings)
    }

    /// What was called, without what a preview said of it.
    private static func callDigest(_ request: RecordedStore.Request) -> Digest {
        var action = request.submission.action
        action.preconditions = []
        return action.digest
    }

    private func checkObservers(_ findings: inout Findings) {
        for execution in store.executions {
            guard let completion = execution.completion else { continue }
            findings.expect(
                (execution.executor == .gateway) == (completion.observer == .countersign), "S8", execution.id,
                "was observed by \(completion.observer.rawValue), and \(execution.executor) executed it")
        }
    }
}
