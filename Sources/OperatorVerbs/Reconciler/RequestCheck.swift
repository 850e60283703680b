import CanonicalEncoding
import DomainModel

/// S14, S16, S18 and the idempotency of requests: what a row says, its documents and its log entries say too.
struct RequestCheck {
    var store: RecordedStore
    var entries: [Text: [RecordedStore.Entry]]

    /// The arrows of the state machine, written down once more on purpose.
    private static let edges: [RequestStatus: Set<RequestStatus>] = [
        .pending: [.pending, .approved, .denied, .cancelled, .expired, .stale],
        .approved: [.granted, .denied, .cancelled, .expired, .stale],
        .granted: [.approved, .executing, .denied, .cancelled, .expired, .stale],
        .executing: [.completed, .failed, .violated, .unknown],
    ]
    private static let openings: Set<RequestStatus> = [.pending, .approved, .denied]

    func run(_ findings: inout Findings) {
        for request in store.requests {
            checkDocuments(request, &findings)
            checkHistory(request, &findings)
            findings.expect(request.epoch <= store.epoch, "S14", request.id, "comes from a later epoch than the store")
            if request.epoch < store.epoch, !request.progress.status.isTerminal {
                findings.warn("S14", request.id, "is of an earlier epoch and not yet stale: start the server once")
            }
        }
        checkIdempotency(&findings)
        checkKeys(&findings)
    }

    /// S8: a key that two agents have proves neither of them.
    private func checkKeys(_ findings: inout Findings) {
        var owners: [Text: Text] = [:]
        for agent in store.agents {
            for key in agent.keyCreators.keys {
                let other = owners.updateValue(agent.id, forKey: key)
                findings.expect(
                    other == nil, "S8", "agent:\(agent.id)", "has a key that agent:\(other?.string ?? "") has as well")
            }
        }
    }

    private func checkDocuments(_ request: RecordedStore.Request, _ findings: inout Findings) {
        let submission = request.submission
        let assessment = request.assessment
        findings.expect(
            submission.action.digest == request.digest && submission.digest == request.digest, "S18", request.id,
            "its digest is not that of its action")
        findings.expect(
            submission.agent.text == request.agent && submission.keyThumbprint == request.keyThumbprint
                && submission.epoch == request.epoch && submission.createdAt == request.createdAt
                && Text(assessment.tier.rawValue) == request.tier, "S18", request.id, "its row and its documents differ"
        )
        findings.expect(
            assessment.renderingDigest == assessment.rendering.digest(domain: "countersign.rendering.v1"), "S6",
            request.id, "its rendering is not the one of its digest")
        findings.expect(
            store.policies.contains(assessment.policy), "S4", request.id, "names a policy set that is not kept")
        let needsPeople = assessment.tier == .approval
        findings.expect(
            needsPeople == (assessment.requirement != nil), "S1", request.id, "its tier and its requirement disagree")
        let groups = assessment.requirement?.groups ?? []
        findings.expect(
            !needsPeople || (!groups.isEmpty && groups.allSatisfy { $0.quorum >= 1 }), "S1", request.id,
            "needs people, but nobody")
    }

    private func checkHistory(_ request: RecordedStore.Request, _ findings: inout Findings) {
        let history = entries[request.id.text] ?? []
        let steps = history.compactMap { $0.body?["status"]?.stringValue.flatMap { RequestStatus(rawValue: $0) } }
        guard !history.isEmpty, steps.count == history.count else {
            findings.broken("S9", request.id, "its log entries do not say how it went")
            return
        }
        let revisions = history.map { $0.body?["revision"]?.integerValue ?? 0 }
        findings.expect(
            revisions == Array(1...Int64(history.count)) && revisions.last == request.progress.revision, "S9",
            request.id,
            "has revision \(request.progress.revision) and log entries for \(revisions)")
        findings.expect(Self.openings.contains(steps[0]), "S16", request.id, "began as \(steps[0].rawValue)")
        for (from, to) in zip(steps, steps.dropFirst()) where !Self.isEdge(from, to) {
            findings.broken("S16", request.id, "went from \(from.rawValue) to \(to.rawValue)")
        }
        findings.expect(
            steps.last == request.progress.status, "S9", request.id,
            "is \(request.progress.status.rawValue), and the log says \(steps.last?.rawValue ?? "nothing")")
        let opening = history[0].body
        findings.expect(
            opening?["action"]?.textValue == Text(request.submission.digest.wire)
                && opening?["rendering"]?.textValue == Text(request.assessment.renderingDigest.wire)
                && opening?["policy"]?.textValue == Text(request.assessment.policy.wire)
                && opening?["agent"]?.textValue == request.agent && opening?["key"]?.textValue == request.keyThumbprint,
            "S18", request.id, "is not the request that was logged when it was opened")
    }

    /// A terminal request can still learn its successor: the status stays.
    private static func isEdge(_ from: RequestStatus, _ to: RequestStatus) -> Bool {
        edges[from]?.contains(to) ?? (from == to)
    }

    private func checkIdempotency(_ findings: inout Findings) {
        let requesters = Dictionary(store.requests.map { ($0.id.text, $0.agent) }) { first, _ in first }
        let executors = Dictionary(store.executions.map { ($0.id.text, $0.executor.text) }) { first, _ in first }
        for key in store.idempotency {
            let owner = key.kind == "request" ? requesters[key.object] : executors[key.object]
            findings.expect(owner == key.caller, "S15", key.object, "is under an idempotency key of another caller")
        }
    }
}
