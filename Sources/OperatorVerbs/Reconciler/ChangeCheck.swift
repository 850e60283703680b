import CanonicalEncoding
import DomainModel
import PasskeyCeremonies

/// Changes of inventory, policy and switch: confirmed by passkeys of administrators, two of them where two are needed.
struct ChangeCheck {
    var store: RecordedStore
    var origin: Text?

    func run(_ findings: inout Findings) {
        for change in store.changes {
            checkConfirmations(change, &findings)
            guard change.status == .applied else { continue }
            let approvers = Set(change.confirmations.filter { $0.decision == .approve }.map(\.person))
            findings.expect(!approvers.isEmpty, "S7", change.id, "was applied, and nobody confirmed it")
            if change.change.needsTwoAdministrators, approvers.count < 2 {
                let last = change.confirmations.map(\.at).max() ?? change.createdAt
                let administrators = store.passkeys.filter { passkey in
                    passkey.createdAt < change.createdAt && passkey.disabledAt.map { $0 > last } ?? true
                        && store.persons.contains {
                            $0.id == passkey.person && $0.roles.contains(.administrator)
                                && $0.disabledAt.map { $0 > last } ?? true
                        }
                }
                findings.expect(
                    Set(administrators.map(\.person)).count < 2, "S7", change.id,
                    "was applied on one confirmation while there were two administrators")
            }
        }
    }

    private func checkConfirmations(_ change: ChangeProposal, _ findings: inout Findings) {
        let people = change.confirmations.map(\.person)
        findings.expect(Set(people).count == people.count, "S7", change.id, "counts one person twice")
        for confirmation in change.confirmations {
            let name = "confirmation of \(confirmation.person) on \(change.id)"
            guard let statement = try? ChangeStatement(json: confirmation.evidence.statement) else {
                findings.broken("S1", name, "its statement does not parse")
                continue
            }
            findings.expect(
                statement.change == change.id.text && statement.digest == change.digest
                    && statement.decision == confirmation.decision && statement.approver == confirmation.person.text,
                "S1", name, "covers something else")
            guard let passkey = store.passkeys.first(where: { $0.credentialID == confirmation.evidence.credentialID }),
                passkey.person == confirmation.person
            else {
                findings.broken("S7", name, "was signed by no passkey of that person")
                continue
            }
            if let problem = EvidenceSignature.problem(
                confirmation.evidence, statement.challenge, passkey, origin: origin)
            {
                findings.broken("S1", name, problem)
            }
        }
    }
}
