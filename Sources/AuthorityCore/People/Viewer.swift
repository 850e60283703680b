package import CanonicalEncoding
package import DomainModel
import WireProtocol

/// A person who signed in: may look. Only a fresh assertion decides.
package struct Viewer: Sendable {
    package let person: Person
    package let groups: [GroupID]
    package let sessionExpiresAt: Timestamp

    init(person: Person, groups: [GroupID], sessionExpiresAt: Timestamp) {
        self.person = person
        self.groups = groups
        self.sessionExpiresAt = sessionExpiresAt
    }

    package var isAdministrator: Bool { person.roles.contains(.administrator) }
    /// Administrators and auditors see every request; approvers those that name one of their groups.
    package var seesEverything: Bool { isAdministrator || person.roles.contains(.auditor) }

    package func sees(_ request: ApprovalRequest) -> Bool {
        if seesEverything { return true }
        let named = request.assessment.requirement?.groups.map(\.name) ?? []
        return named.contains { groups.contains($0) }
    }

    func requireAdministrator() throws(AuthorityError) {
        guard isAdministrator else {
            throw AuthorityError(.forbidden, "Only administrators can do this.")
        }
    }
}
