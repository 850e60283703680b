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
            guard approvers.count < 2 else { continue }
            let last = change.confirmations.map(\.at).max() ?? change.createdAt
            let administrators = administrators(before: change.change, at: last)
            let isGrave =
                switch change.change.confirmationRule {
                case .one: false
                case .two: true
                case .twoIfItReplaces: replaces(change)
                case .twoIfItEndsAnAdministrator: endsOne(of: administrators, change.change, at: last)
                }
            findings.expect(
                !isGrave || administrators.count < 2, "S7", change.id,
                "was applied on one confirmation while there were two administrators")
        }
    }

    /// Who could confirm when the change was applied. Whomever the change itself took away was still there; what else
    /// happened in the same millisecond is taken to have come first.
    private func administrators(before change: Change, at time: Timestamp) -> Set<PersonID> {
        let passkeys = store.passkeys.filter { passkey in
            passkey.createdAt < time
                && (isStanding(passkey.disabledAt, at: time)
                    || change == .disablePasskey(credentialID: passkey.credentialID) && passkey.disabledAt == time)
        }
        let people = store.persons.filter { person in
            person.roles.contains(.administrator)
                && (isStanding(person.disabledAt, at: time)
                    || change == .disablePerson(person.id) && person.disabledAt == time)
        }
        return Set(passkeys.map(\.person)).intersection(people.map(\.id))
    }

    private func isStanding(_ disabledAt: Timestamp?, at time: Timestamp) -> Bool {
        disabledAt.map { $0 > time } ?? true
    }

    /// Whether an earlier change had registered the same name.
    private func replaces(_ change: ChangeProposal) -> Bool {
        if case .registerUpstream(let server) = change.change { return isRegistered(server.name, before: change) }
        return store.changes.contains { earlier in
            guard earlier.id != change.id, earlier.status == .applied, appliedAt(earlier) < appliedAt(change) else {
                return false
            }
            return switch (earlier.change, change.change) {
            case (.registerTool(let old), .registerTool(let new)):
                old.reference.qualifiedName == new.reference.qualifiedName
            case (.registerProvider(let old), .registerProvider(let new)): old.name == new.name
            default: false
            }
        }
    }

    /// The last change about a tool server of that name registered it.
    private func isRegistered(_ server: Text, before change: ChangeProposal) -> Bool {
        let earlier = store.changes.filter { $0.status == .applied && appliedAt($0) < appliedAt(change) }
        let about = earlier.filter { earlier in
            switch earlier.change {
            case .registerUpstream(let other): other.name == server
            case .removeUpstream(let name): name == server
            default: false
            }
        }
        guard case .registerUpstream = about.max(by: { appliedAt($0) < appliedAt($1) })?.change else { return false }
        return true
    }

    private func appliedAt(_ change: ChangeProposal) -> Timestamp {
        change.confirmations.map(\.at).max() ?? change.createdAt
    }

    private func endsOne(of administrators: Set<PersonID>, _ change: Change, at time: Timestamp) -> Bool {
        guard case .disablePasskey(let id) = change,
            let person = store.passkeys.first(where: { $0.credentialID == id })?.person
        else { return false }
        return administrators.contains(person)
            && !store.passkeys.contains {
                $0.person == person && $0.credentialID != id && $0.createdAt <= time
                    && isStanding($0.disabledAt, at: time)
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
