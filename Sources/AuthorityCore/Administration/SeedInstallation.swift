import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
package import SecretMaterial
import WireProtocol

/// Fills an installation before its first administrator has enrolled: an initial policy, the demo's inventory. From then
/// on this refuses, and changes need passkeys.
package struct SeedInstallation: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// `by` stands in the log beside each change: `setup`, `demo`. All or nothing.
    package func run(_ changes: [Change], by: Text) async throws(AuthorityError) {
        let authority = authority
        try await authority.write("seed installation") { transaction in
            guard try transaction.activeAdministrators().isEmpty else {
                throw AuthorityError(.forbidden, "An administrator has enrolled: changes need a passkey now.")
            }
            let application = ChangeApplication(authority: authority, by: by, at: authority.now)
            for change in changes { _ = try application.apply(change, in: transaction) }
        }
    }
}

/// Prepares the enrolment of the first administrator, while there is none.
package struct OpenFirstEnrolment: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// The whole address of the link; nil when an administrator exists. Each call makes a new link.
    package func run(person id: PersonID, name: Text, groups: [GroupID]) async throws(AuthorityError) -> Secret<Text>? {
        let authority = authority
        return try await authority.write("open first enrolment") { transaction in
            guard try transaction.activeAdministrators().isEmpty else { return nil }
            let application = ChangeApplication(authority: authority, by: "setup", at: authority.now)
            if try transaction.person(id) == nil {
                let spec = Change.PersonSpec(id: id, name: name, roles: [.administrator, .approver], groups: groups)
                return try application.apply(.addPerson(spec), in: transaction)
            }
            return try application.enrolmentLink(for: id, in: transaction)
        }
    }
}

extension Authority {
    /// False: nothing but enrolment and health answers.
    package func hasAdministrator() async throws(AuthorityError) -> Bool {
        try await read { try !$0.activeAdministrators().isEmpty }
    }
}
