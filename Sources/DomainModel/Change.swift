package import CanonicalEncoding

/// A change of inventory, policy or switch. An administrator confirms it with a fresh passkey assertion; some need two.
package enum Change: Hashable, Sendable {
    case addPerson(PersonSpec)
    case disablePerson(PersonID)
    /// A new enrolment link, for a further or a lost passkey.
    case enrolPasskey(PersonID)
    case disablePasskey(credentialID: [UInt8])
    case addToGroup(GroupID, Membership.Member)
    case removeFromGroup(GroupID, Membership.Member)
    case addAgent(AgentSpec)
    case disableAgent(AgentID)
    /// Adds the key and retires all earlier ones.
    case rotateAgentKey(AgentID, jwk: JSONValue)
    /// The agent may have bearer tokens, which whoever holds them can use at the MCP endpoints.
    case allowBearer(AgentID)
    /// Voids the bearer tokens that are out, and what was asked with one and has not run.
    case refuseBearer(AgentID)
    case registerTool(RegisteredTool)
    case disableTool(server: Text, name: Text)
    case registerProvider(FactProvider)
    /// A tool server behind the gateway. Its tools register themselves.
    case registerUpstream(UpstreamServer)
    /// Disables its tools as well.
    case removeUpstream(Text)
    /// `scenarios` is a document of questions with the answers that are expected (`docs/guides/writing-policy.md`): a set that
    /// answers otherwise is not loaded.
    case loadPolicy(source: Text, scenarios: JSONValue? = nil)
    case freeze(Freeze.Scope, reason: Text)
    case thaw(Freeze.Scope)

    package struct PersonSpec: Hashable, Sendable {
        package var id: PersonID
        package var name: Text
        package var roles: Set<Role>
        package var groups: [GroupID]

        package init(id: PersonID, name: Text, roles: Set<Role>, groups: [GroupID]) {
            self.id = id
            self.name = name
            self.roles = roles
            self.groups = groups
        }
    }

    package struct AgentSpec: Hashable, Sendable {
        package var id: AgentID
        package var owner: PersonID
        package var purpose: Text
        package var environment: Text?
        package var groups: [GroupID]
        package var jwk: JSONValue
        package var endsAt: Timestamp
        /// It may have bearer tokens from the start.
        package var allowsBearer: Bool

        package init(
            id: AgentID, owner: PersonID, purpose: Text, environment: Text?, groups: [GroupID], jwk: JSONValue,
            endsAt: Timestamp, allowsBearer: Bool = false
        ) {
            self.id = id
            self.owner = owner
            self.purpose = purpose
            self.environment = environment
            self.groups = groups
            self.jwk = jwk
            self.endsAt = endsAt
            self.allowsBearer = allowsBearer
        }
    }

    /// How many administrators have to agree.
    package enum ConfirmationRule: Sendable, Hashable {
        case one
        /// Two, as soon as there are two.
        case two
        /// Two, as soon as there are two, where it would leave fewer administrators; otherwise one.
        case twoIfItEndsAnAdministrator
        /// Two, as soon as there are two, where something is registered under that name already; otherwise one.
        case twoIfItReplaces
    }

    /// Membership, enrolment, policy and thaw need two administrators as soon as there are two (`authority.md`). To disable a
    /// person is membership too: one of two administrators could otherwise disable the other, and then decide alone. What
    /// only takes a credential, an agent or a tool away needs one, so that it is never slow; but a passkey can be the last
    /// of an administrator. An agent that is put into groups as it is added gets memberships, and what replaces a registration
    /// changes what approvers are shown: both weigh as much. So does a tool server for which the authority runs a program or reads
    /// a secret of its host: one administrator alone could otherwise have either.
    /// So do bearer tokens: from then on the key is not needed to ask.
    package var confirmationRule: ConfirmationRule {
        switch self {
        case .addPerson, .disablePerson, .enrolPasskey, .addToGroup, .removeFromGroup, .loadPolicy, .thaw, .allowBearer:
            .two
        case .disablePasskey: .twoIfItEndsAnAdministrator
        case .registerTool, .registerProvider: .twoIfItReplaces
        case .registerUpstream(let server): server.reachesIntoTheHost ? .two : .twoIfItReplaces
        case .addAgent(let spec): spec.groups.isEmpty && !spec.allowsBearer ? .one : .two
        case .disableAgent, .rotateAgentKey, .refuseBearer, .disableTool, .removeUpstream, .freeze: .one
        }
    }
}

/// A change on its way: proposed, confirmed by one or two administrators, applied once.
package struct ChangeProposal: Hashable, Sendable {
    package enum Status: String, Sendable, CaseIterable, Hashable {
        case proposed, applied, rejected, expired
    }

    package struct Confirmation: Hashable, Sendable {
        package var person: PersonID
        package var decision: Decision
        package var at: Timestamp
        package var evidence: AssertionEvidence

        package init(person: PersonID, decision: Decision, at: Timestamp, evidence: AssertionEvidence) {
            self.person = person
            self.decision = decision
            self.at = at
            self.evidence = evidence
        }
    }

    package let id: ChangeID
    package let change: Change
    package let digest: Digest
    /// `person:NAME`, or `operator` for the command line on the server's own host.
    package let proposedBy: Text
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    package var status: Status
    package var confirmations: [Confirmation]

    package init(
        id: ChangeID, change: Change, proposedBy: Text, createdAt: Timestamp, expiresAt: Timestamp,
        status: Status = .proposed, confirmations: [Confirmation] = []
    ) {
        self.id = id
        self.change = change
        digest = Digest(domain: "countersign.change-payload.v1", change.json)
        self.proposedBy = proposedBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.status = status
        self.confirmations = confirmations
    }

    /// Whoever proposed it and whoever confirmed it. The operator of the host is no person.
    package var makers: Set<PersonID> {
        var makers = Set(confirmations.filter { $0.decision == .approve }.map(\.person))
        if case .person(let proposer) = Membership.Member(key: proposedBy) { makers.insert(proposer) }
        return makers
    }
}
