package import CanonicalEncoding
package import DomainModel

/// What the store knows about a voter now: read again at every vote, token issue and claim (invariant S4).
package struct VoterFacts: Hashable, Sendable {
    package var person: Person
    /// When the passkey that signs was enrolled.
    package var passkeyCreatedAt: Timestamp
    /// Memberships of others are ignored.
    package var memberships: [Membership]
    /// Of the passkey that signs: 1, or 2 where it cannot leave its device.
    package var assurance: Int64

    package init(person: Person, passkeyCreatedAt: Timestamp, memberships: [Membership], assurance: Int64) {
        self.person = person
        self.passkeyCreatedAt = passkeyCreatedAt
        self.memberships = memberships
        self.assurance = assurance
    }
}

/// Who stands too close to the request to approve it (invariant S7).
package struct Separation: Hashable, Sendable {
    /// Of the agent.
    package var owner: PersonID
    /// Of the key that asked: whoever proposed and whoever confirmed it.
    package var keyCreators: Set<PersonID>
    /// Who handed the task to the agent, as far as that is known.
    package var delegators: [PersonID]
    /// Policy allows the owner by name. It says nothing about an owner who also created the key or delegated.
    package var ownerMayApprove: Bool

    package init(owner: PersonID, keyCreators: Set<PersonID>, delegators: [PersonID], ownerMayApprove: Bool) {
        self.owner = owner
        self.keyCreators = keyCreators
        self.delegators = delegators
        self.ownerMayApprove = ownerMayApprove
    }
}

/// Who may vote on a request. One check for every entrance.
package enum Eligibility {
    /// The groups of the requirement that this voter can fill, sorted by name, never empty; or why there are none.
    ///
    /// "Before the request" is strict: what has the request's own millisecond cannot be told apart from after it.
    package static func standing(
        of voter: VoterFacts, for requirement: ApprovalRequirement, request createdAt: Timestamp,
        separation: Separation
    ) -> Result<[GroupID], WorkflowRefusal> {
        let person = voter.person
        guard person.isActive else { return .failure(.personDisabled) }
        guard person.roles.contains(.approver) else { return .failure(.notAnApprover) }
        if let refusal = closeness(of: person.id, separation, requirement) { return .failure(refusal) }

        let named = Set(requirement.groups.map(\.name))
        let own = voter.memberships.filter { $0.member == .person(person.id) && named.contains($0.group) }
        guard !own.isEmpty else { return .failure(.notEligible) }
        let early = Set(own.filter { $0.addedAt < createdAt }.map(\.group))
        guard !early.isEmpty else { return .failure(.addedTooLate) }
        guard voter.passkeyCreatedAt < createdAt else { return .failure(.enrolledTooLate) }
        guard voter.assurance >= max(requirement.assurance, 1) else { return .failure(.assuranceTooLow) }
        return .success(early.sorted())
    }

    /// Who may deny: any active person of a group of the requirement, whatever else they are to the request. A veto opens
    /// nothing, so separation of duties, time of enrolment and strength of the passkey do not restrict it (invariant S5).
    package static func veto(of voter: VoterFacts, for requirement: ApprovalRequirement) -> WorkflowRefusal? {
        let person = voter.person
        guard person.isActive else { return .personDisabled }
        let named = Set(requirement.groups.map(\.name))
        let isMember = voter.memberships.contains { $0.member == .person(person.id) && named.contains($0.group) }
        return isMember ? nil : .notEligible
    }

    private static func closeness(
        of person: PersonID, _ separation: Separation, _ requirement: ApprovalRequirement
    ) -> WorkflowRefusal? {
        // Both must say so, so that neither a stale requirement nor a careless caller opens it alone.
        let ownerMayApprove = separation.ownerMayApprove && requirement.ownerMayApprove
        if person == separation.owner, !ownerMayApprove { return .owner }
        if separation.keyCreators.contains(person) { return .keyCreator }
        if separation.delegators.contains(person) { return .delegator }
        return nil
    }
}
