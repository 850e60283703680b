import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import PasskeyCeremonies
import WireProtocol

/// Opens a login: the person chooses a discoverable passkey, so nobody learns who has one.
package struct BeginLogin: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Writes nothing: anybody may ask, and what is asked for is made again from the ticket when it is answered.
    package func run() throws(AuthorityError) -> IssuedCeremony {
        let ticket = authority.loginTickets.issue(at: authority.now, salt: authority.surroundings.random(6))
        let statement = try authority.loginStatement(ticket)
        let options = CeremonyOptions.request(
            rp: authority.relyingParty, challenge: statement.challenge, allow: [])
        return IssuedCeremony(id: ticket, options: options, statement: statement.json)
    }
}

/// Signs a person in.
package struct FinishLogin: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(ceremony: Text, assertion: JSONValue) async throws(AuthorityError) -> OpenedSession {
        let authority = authority
        guard let ticket = CeremonyID(ceremony) else { throw AuthorityError.ceremonyUnknown }
        let statement = try authority.loginStatement(ticket)
        guard statement.life.isAnswerable(at: authority.now) else { throw AuthorityError.ceremonyExpired }
        // Used up first, whatever comes of the answer (docs/decisions/0007).
        guard authority.loginTickets.use(ticket, at: authority.now) else { throw AuthorityError.ceremonyUnknown }
        return try await authority.write("finish login") { transaction in
            try login(assertion, statement: statement, in: transaction)
        }
    }

    private func login(
        _ assertion: JSONValue, statement: EntranceStatement, in transaction: any StoreTransaction
    ) throws -> OpenedSession {
        let now = authority.now
        let (_, passkey) = try authority.verifiedEvidence(
            assertion, challenge: statement.challenge, statement: statement.json, at: now, in: transaction)
        guard let person = try transaction.person(passkey.person), person.isActive else {
            throw AuthorityError(.ceremonyRefused, "The passkey's answer was not accepted: unknown_credential.")
        }
        return try authority.openSession(for: person, at: now, in: transaction)
    }
}

extension Authority {
    /// What the browser signs at that login.
    fileprivate func loginStatement(_ ticket: CeremonyID) throws(AuthorityError) -> EntranceStatement {
        guard let issuedAt = loginTickets.issuedAt(ticket) else { throw AuthorityError.ceremonyUnknown }
        do {
            let life = try StatementLife(
                issuedAt: issuedAt, expiresAt: issuedAt.adding(seconds: min(settings.ceremonySeconds, 600)),
                nonce: loginTickets.nonce(ticket))
            return EntranceStatement(purpose: .login, authority: statementAuthority, person: nil, life: life)
        } catch {
            throw AuthorityError(error)
        }
    }
}
