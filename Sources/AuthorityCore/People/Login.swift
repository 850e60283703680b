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

    package func run() async throws(AuthorityError) -> IssuedCeremony {
        let now = authority.now
        let authority = authority
        return try await authority.write("begin login") { transaction in
            let statement = EntranceStatement(
                purpose: .login, authority: authority.statementAuthority, person: nil,
                life: try authority.statementLife(from: now, seconds: authority.settings.ceremonySeconds))
            let ceremony = authority.newCeremony(.login, statement: statement.json, at: now)
            try transaction.insert(ceremony)
            let options = CeremonyOptions.request(
                rp: authority.relyingParty, challenge: statement.challenge, allow: [])
            return IssuedCeremony(id: ceremony.id, options: options, statement: statement.json)
        }
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
        let taken = try await authority.takeCeremony(ceremony)
        return try await authority.write("finish login") { transaction in
            try login(assertion, ceremony: taken, in: transaction)
        }
    }

    private func login(
        _ assertion: JSONValue, ceremony: Ceremony, in transaction: any StoreTransaction
    ) throws -> OpenedSession {
        let now = authority.now
        guard ceremony.purpose == .login else { throw AuthorityError.ceremonyUnknown }
        let statement = try EntranceStatement(json: ceremony.statement, purpose: .login)
        let (_, passkey) = try authority.verifiedEvidence(
            assertion, challenge: statement.challenge, statement: ceremony.statement, at: now, in: transaction)
        guard let person = try transaction.person(passkey.person), person.isActive else {
            throw AuthorityError(.ceremonyRefused, "The passkey's answer was not accepted: unknown_credential.")
        }
        return try authority.openSession(for: person, at: now, in: transaction)
    }
}
