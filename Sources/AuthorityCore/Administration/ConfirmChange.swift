import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import PasskeyCeremonies
package import SecretMaterial
import TransparencyLog
import WireProtocol

/// Opens the ceremony with which an administrator confirms or rejects a change: a fresh assertion over its digest.
package struct BeginConfirmation: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(_ viewer: Viewer, change: Text, decision: Decision) async throws(AuthorityError) -> IssuedCeremony
    {
        try viewer.requireAdministrator()
        guard let id = ChangeID(change) else { throw .notFound("no handle of a change") }
        let now = authority.now
        let authority = authority
        return try await authority.write("begin confirmation") { transaction in
            let proposal = try transaction.openChange(id, for: viewer.person.id, at: now)
            let statement = ChangeStatement(
                authority: authority.statementAuthority,
                subject: ChangeStatement.Subject(change: id.text, digest: proposal.digest),
                decision: decision, approver: viewer.person.id.text,
                life: try authority.statementLife(from: now, seconds: authority.settings.ceremonySeconds))
            let ceremony = authority.newCeremony(.change(id, viewer.person.id), statement: statement.json, at: now)
            try transaction.insert(ceremony)
            let allowed = try transaction.passkeys(of: viewer.person.id).filter { $0.disabledAt == nil }
            let options = CeremonyOptions.request(
                rp: authority.relyingParty, challenge: statement.challenge, allow: allowed.map(\.credentialID))
            return IssuedCeremony(id: ceremony.id, options: options, statement: statement.json)
        }
    }
}

/// Adds an administrator's confirmation, and applies the change as soon as there are enough.
package struct ConfirmChange: Sendable {
    package struct Answer: Sendable {
        package let change: ChangeProposal
        /// The whole address of a new enrolment link. It is shown once and stored nowhere. Nil where the person has a passkey
        /// already: only they see it, with `TakeEnrolmentLink`.
        package let enrolmentLink: Secret<Text>?
    }

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(_ viewer: Viewer, ceremony: Text, assertion: JSONValue) async throws(AuthorityError) -> Answer {
        let authority = authority
        let taken = try await authority.takeCeremony(ceremony)
        authority.probe.reached(.changeAfterChallengeTaken)
        let answer = try await authority.write("confirm change") { transaction in
            let (confirmation, proposal) = try verify(
                taken, by: viewer.person.id, assertion: assertion, in: transaction)
            let answer = try add(confirmation, to: proposal, in: transaction)
            authority.probe.reached(.changeBeforeCommit)
            return answer
        }
        authority.probe.reached(.changeAfterCommit)
        return answer
    }

    private func verify(
        _ ceremony: Ceremony, by person: PersonID, assertion: JSONValue, in transaction: any StoreTransaction
    ) throws -> (ChangeProposal.Confirmation, ChangeProposal) {
        let now = authority.now
        guard case .change(let id, person) = ceremony.purpose else { throw AuthorityError.ceremonyUnknown }
        let proposal = try transaction.openChange(id, for: person, at: now)
        let statement = try ChangeStatement(json: ceremony.statement)
        guard statement.digest == proposal.digest, statement.authority == authority.statementAuthority else {
            throw AuthorityError(.changeNotOpen, "The change is not what the statement says.")
        }
        let (evidence, passkey) = try authority.verifiedEvidence(
            assertion, challenge: statement.challenge, statement: ceremony.statement, at: now, in: transaction)
        guard passkey.person == person, try transaction.activeAdministrators().contains(person) else {
            throw AuthorityError(.forbidden, "Only administrators can do this.")
        }
        let confirmation = ChangeProposal.Confirmation(
            person: person, decision: statement.decision, at: now, evidence: evidence)
        return (confirmation, proposal)
    }

    private func add(
        _ confirmation: ChangeProposal.Confirmation, to proposal: ChangeProposal, in transaction: any StoreTransaction
    ) throws -> Answer {
        var changed = proposal
        changed.confirmations.append(confirmation)
        let concurrence = try Concurrence(on: changed, reader: transaction)
        var link: Secret<Text>?
        var more: JSONObject = ["needed": .integer(Int64(concurrence.needed))]
        if confirmation.decision == .deny {
            changed.status = .rejected
        } else if concurrence.isReached {
            changed.status = .applied
            if concurrence.administrators.count == 1 { more["sole_administrator"] = true }
            let application = ChangeApplication(
                authority: authority, by: "change:\(proposal.id.text)", people: changed.makers, at: confirmation.at)
            // Read before: whoever confirms must not be able to enrol a passkey in the name of somebody who can sign in.
            let isForThemself = try Self.isForThemself(proposal.change, reader: transaction)
            link = try application.apply(proposal.change, in: transaction)
            if isForThemself { link = nil }
        }
        guard try transaction.update(changed, expectingConfirmations: proposal.confirmations.count) else {
            throw AuthorityError(.changeNotOpen, "Somebody else was faster; look at the change again.")
        }
        try transaction.append(.changed(changed, at: confirmation.at, epoch: authority.store.epoch, more: more))
        return Answer(change: changed, enrolmentLink: link)
    }
}

extension ConfirmChange {
    /// A further passkey for somebody who has one that works.
    private static func isForThemself(_ change: Change, reader: any StoreReader) throws -> Bool {
        guard case .enrolPasskey(let person) = change else { return false }
        return try reader.passkeys(of: person).contains { $0.disabledAt == nil }
    }
}

extension StoreReader {
    /// A change that this person may still confirm.
    func openChange(_ id: ChangeID, for person: PersonID, at now: Timestamp) throws -> ChangeProposal {
        guard let proposal = try change(id) else { throw AuthorityError.notFound("\(id) is not there") }
        guard proposal.status == .proposed, now < proposal.expiresAt else {
            throw AuthorityError(.changeNotOpen, "This change is no longer open.")
        }
        guard !proposal.confirmations.contains(where: { $0.person == person }) else {
            throw AuthorityError(.alreadyConfirmed, "You have confirmed this already; a second administrator must.")
        }
        return proposal
    }
}
