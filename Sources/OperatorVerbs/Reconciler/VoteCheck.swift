import CanonicalEncoding
import DomainModel
import PasskeyCeremonies

/// S1 and S7, vote by vote: the passkey of that person signed exactly this decision about exactly this action and rendering.
struct VoteCheck {
    var store: RecordedStore
    /// The console's origin; nil: whatever origin the evidence names, as long as it is one.
    var origin: Text?

    func run(_ findings: inout Findings) {
        let requests = Dictionary(store.requests.map { ($0.id, $0) }) { first, _ in first }
        for vote in store.votes {
            let name = "vote of \(vote.person) on \(vote.request)"
            guard let request = requests[vote.request] else {
                findings.broken("S1", name, "is about a request that is not there")
                continue
            }
            checkStatement(vote, request, name, &findings)
            checkPerson(vote, request, name, &findings)
            let delegators = delegators(of: request, in: requests)
            findings.expect(
                vote.decision == .deny || !delegators.contains(vote.person.text), "S7", name,
                "is of whoever handed the task on")
        }
        checkOverlaps(&findings)
        let origins = Set(store.votes.compactMap { EvidenceSignature.origin(of: $0.evidence) })
        if origins.count > 1 {
            findings.warn("S1", "votes", "were signed on \(origins.count) origins: \(origins.map(\.string).sorted())")
        }
    }

    /// One person counts once at any time: a vote follows another one of the same person only when that has lapsed or was
    /// withdrawn.
    private func checkOverlaps(_ findings: inout Findings) {
        // As they were written: two that were cast in one millisecond have an order all the same.
        for (request, votes) in Dictionary(grouping: store.votes, by: \.request) {
            var last: [PersonID: Vote] = [:]
            for vote in votes {
                if let earlier = last.updateValue(vote, forKey: vote.person) {
                    let hasEnded = earlier.withdrawnAt.map { $0 <= vote.castAt } ?? !earlier.stands(at: vote.castAt)
                    findings.expect(
                        hasEnded, "S7", "votes of \(vote.person) on \(request)", "count at the same time")
                }
            }
        }
    }

    private func checkStatement(
        _ vote: Vote, _ request: RecordedStore.Request, _ name: String, _ findings: inout Findings
    ) {
        guard let statement = try? VoteStatement(json: vote.evidence.statement) else {
            findings.broken("S1", name, "its statement does not parse")
            return
        }
        findings.expect(
            statement.subject.request == vote.request.text && statement.subject.action == request.submission.digest
                && statement.subject.rendering == request.assessment.renderingDigest
                && statement.subject.policy == request.assessment.policy, "S1", name, "covers something else")
        findings.expect(
            statement.answer.decision == vote.decision && statement.answer.approver == vote.person.text, "S1", name,
            "says something else than what was signed")
        let criteria = Set(request.assessment.requirement?.criteria ?? [])
        findings.expect(
            vote.decision == .deny || criteria.isSubset(of: Set(statement.answer.criteria)), "S1", name,
            "leaves a criterion out")
        guard let passkey = store.passkeys.first(where: { $0.credentialID == vote.evidence.credentialID }) else {
            findings.broken("S1", name, "was signed by a passkey that is not kept")
            return
        }
        findings.expect(passkey.person == vote.person, "S7", name, "was signed with a passkey of \(passkey.person)")
        // A veto is open to whoever came later, too.
        findings.expect(
            vote.decision == .deny || passkey.createdAt <= request.createdAt, "S7", name,
            "was signed with a passkey enrolled later")
        findings.expect(vote.assurance <= passkey.assurance, "S1", name, "claims more assurance than its passkey has")
        if let problem = EvidenceSignature.problem(vote.evidence, statement.challenge, passkey, origin: origin) {
            findings.broken("S1", name, problem)
        }
    }

    /// The owners of the other agents among whose requests this one came out of.
    private func delegators(
        of request: RecordedStore.Request, in requests: [RequestID: RecordedStore.Request]
    ) -> Set<Text> {
        var owners: Set<Text> = []
        var next = request.submission.context.task?.parent
        for _ in 0..<16 {
            guard let id = next, let parent = requests[id] else { break }
            let agent = store.agents.first { $0.id == parent.agent && $0.id != request.agent }
            if let agent { owners.insert(agent.owner) }
            next = parent.submission.context.task?.parent
        }
        return owners
    }

    private func checkPerson(
        _ vote: Vote, _ request: RecordedStore.Request, _ name: String, _ findings: inout Findings
    ) {
        guard vote.decision == .approve, let agent = store.agents.first(where: { $0.id == request.agent }) else {
            return
        }
        let ownerMay = request.assessment.requirement?.ownerMayApprove ?? false
        findings.expect(agent.owner != vote.person.text || ownerMay, "S7", name, "is the owner's own")
        findings.expect(
            agent.keyCreators[request.keyThumbprint]?.contains(vote.person.text) != true, "S7", name,
            "is of whoever brought the key that asked")
    }
}

/// Verifies stored evidence without anything that the server computed.
enum EvidenceSignature {
    static func origin(of evidence: AssertionEvidence) -> Text? {
        (try? JSONReader.read(evidence.clientDataJSON))?["origin"]?.textValue
    }

    /// Nil when the signature holds.
    static func problem(
        _ evidence: AssertionEvidence, _ challenge: CeremonyChallenge, _ passkey: Passkey, origin expected: Text?
    ) -> String? {
        guard let origin = expected ?? origin(of: evidence), let host = host(of: origin) else {
            return "its client data name no origin"
        }
        do {
            let record = PasskeyRecordView(
                credentialID: passkey.credentialID, publicKey: try PasskeyPublicKey(cose: passkey.publicKey),
                signCount: 0, backupEligible: passkey.backupEligible, userHandle: [])
            let assertion = UnverifiedAssertion(
                credentialID: evidence.credentialID, authenticatorData: evidence.authenticatorData,
                clientDataJSON: evidence.clientDataJSON, signature: evidence.signature, userHandle: nil)
            _ = try AssertionCeremony(rp: RelyingParty(id: host, origin: origin, name: ""), challenge: challenge)
                .verify(assertion, against: record)
            return nil
        } catch {
            return "its signature does not verify: \(error)"
        }
    }

    private static func host(of origin: Text) -> Text? {
        let text = origin.string
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            return Text(String(text.dropFirst(scheme.count).prefix { $0 != ":" && $0 != "/" }))
        }
        return nil
    }
}
