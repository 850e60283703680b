import AuthorityPorts
import CanonicalEncoding
import DomainModel
import SecretMaterial
import TransparencyLog
import WireProtocol

/// Checks and carries out changes: the only code that writes inventory, policy and switch. One entry per object.
struct ChangeApplication {
    let authority: Authority
    let by: Text
    /// Who proposed and who confirmed it; nobody where an installation is filled before its first administrator.
    let people: Set<PersonID>
    let now: Timestamp

    init(authority: Authority, by: Text, people: Set<PersonID> = [], at now: Timestamp) {
        self.authority = authority
        self.by = by
        self.people = people
        self.now = now
    }

    /// Refuses what could not be applied now.
    func check(_ change: Change, reader: any StoreReader) throws {
        try ChangeBounds.check(change)
        switch change {
        case .addPerson(let spec):
            try check(unused: try reader.person(spec.id) == nil)
        case .disablePerson(let id):
            try check(known: try reader.person(id) != nil, id.text)
            try checkRemainsAdministered(without: id, reader: reader)
        case .enrolPasskey(let id): try check(known: try reader.person(id)?.isActive == true, id.text)
        case .disablePasskey(let id):
            guard let passkey = try reader.passkey(credentialID: id) else {
                throw AuthorityError(.unknownName, "There is no such passkey.")
            }
            let others = try reader.passkeys(of: passkey.person).filter {
                $0.disabledAt == nil && $0.credentialID != id
            }
            if others.isEmpty { try checkRemainsAdministered(without: passkey.person, reader: reader) }
        case .addToGroup(_, let member), .removeFromGroup(_, let member): try check(member, reader: reader)
        case .addAgent(let spec): try check(spec, reader: reader)
        case .disableAgent(let id): try check(known: try reader.agent(id) != nil, id.text)
        case .rotateAgentKey(let id, let jwk):
            try check(known: try reader.agent(id) != nil, id.text)
            try check(key: jwk, of: id, reader: reader)
        case .allowBearer(let id), .refuseBearer(let id): try check(bearer: change, of: id, reader: reader)
        case .disableTool(let server, let name):
            try check(known: try reader.tool(server: server, name: name) != nil, "\(server)/\(name)")
        case .registerTool(let tool): try checkHasNoUpstream(tool, reader: reader)
        case .registerUpstream(let server): try check(server, reader: reader)
        case .removeUpstream(let name): try checkRemovable(name, reader: reader)
        case .loadPolicy(let source, let scenarios): _ = try compiled(source, scenarios, reader: reader)
        case .thaw(let scope):
            guard try reader.freezes().contains(where: { $0.scope == scope }) else {
                throw AuthorityError(.unknownName, "`\(scope.key)` is not frozen.")
            }
        case .registerProvider, .freeze: return
        }
    }

    /// Applies it. A new person, or a further passkey, comes with an enrolment link.
    func apply(_ change: Change, in transaction: any StoreTransaction) throws -> Secret<Text>? {
        try check(change, reader: transaction)
        switch change {
        case .addPerson(let spec): return try add(spec, in: transaction)
        case .enrolPasskey(let id): return try enrolmentLink(for: id, in: transaction)
        case .disablePerson(let id): try disable(id, in: transaction)
        case .disablePasskey(let id): try disablePasskey(id, in: transaction)
        case .addToGroup(let group, let member):
            try transaction.add(Membership(group: group, member: member, addedAt: now))
            try log("membership.added", "group:\(group.text):\(member.key)", in: transaction)
        case .removeFromGroup(let group, let member):
            try transaction.remove(group: group, member: member)
            try log("membership.removed", "group:\(group.text):\(member.key)", in: transaction)
        case .addAgent(let spec): try add(spec, in: transaction)
        case .disableAgent(let id): try disable(id, in: transaction)
        case .rotateAgentKey(let id, let jwk): try rotate(id, to: jwk, in: transaction)
        case .allowBearer(let id): try setBearer(of: id, isAllowed: true, in: transaction)
        case .refuseBearer(let id): try setBearer(of: id, isAllowed: false, in: transaction)
        case .registerTool(let tool): try register(tool, in: transaction)
        case .disableTool(let server, let name): try disableTool(server, name, in: transaction)
        case .registerProvider(let provider):
            try transaction.save(provider)
            try log("provider.registered", "provider:\(provider.name)", ["provider": provider.json], in: transaction)
        case .registerUpstream(let server): try register(server, in: transaction)
        case .removeUpstream(let name): try removeUpstream(name, in: transaction)
        case .loadPolicy(let source, let scenarios): try load(source, scenarios, in: transaction)
        case .freeze(let scope, let reason): try freeze(scope, reason: reason, in: transaction)
        case .thaw(let scope):
            try transaction.removeFreeze(scope)
            try log("switch.thawed", "freeze:\(scope.key)", in: transaction)
        }
        return nil
    }

    func log(
        _ kind: Text, _ subject: Text, _ more: JSONObject = [:], in transaction: any StoreTransaction
    ) throws {
        var body: JSONObject = ["by": .string(by)]
        for member in more.members { body[member.name] = member.value }
        try transaction.append(
            LogEntry(kind: kind, subject: subject, at: now, epoch: authority.store.epoch, body: body))
    }
}

/// The checks.
extension ChangeApplication {
    private func check(unused isUnused: Bool) throws {
        guard isUnused else {
            throw AuthorityError(.nameTaken, "That name is taken; names are never given twice.")
        }
    }

    func check(known isKnown: Bool, _ name: Text) throws {
        guard isKnown else { throw AuthorityError(.unknownName, "There is no `\(name)`.") }
    }

    /// Allowing what is allowed would void the tokens that are out: that is to refuse first, and to say so.
    private func check(bearer change: Change, of id: AgentID, reader: any StoreReader) throws {
        let agent = try reader.agent(id)
        try check(known: agent?.isActive(at: now) == true, id.text)
        let isAllowing = if case .allowBearer = change { true } else { false }
        guard (agent?.bearerAllowedAt == nil) == isAllowing else {
            throw AuthorityError(
                .invalidValue, "`\(id)` \(isAllowing ? "may" : "may not") have bearer tokens already.")
        }
    }

    private func check(_ member: Membership.Member, reader: any StoreReader) throws {
        switch member {
        case .person(let id): try check(known: try reader.person(id)?.isActive == true, id.text)
        case .agent(let id): try check(known: try reader.agent(id).map { $0.disabledAt == nil } == true, id.text)
        }
    }

    private func check(_ spec: Change.AgentSpec, reader: any StoreReader) throws {
        // The gateway executes under that name.
        try check(unused: try reader.agent(spec.id) == nil && spec.id != .gateway)
        guard try reader.person(spec.owner)?.isActive == true else {
            throw AuthorityError(.unknownOwner, "There is no person `\(spec.owner)` to own the agent.")
        }
        guard spec.endsAt > now else { throw AuthorityError(.invalidValue, "`ends_at` lies in the past.") }
        try check(key: spec.jwk, of: spec.id, reader: reader)
    }

    /// One key, one agent: a credential that several use proves none of them.
    private func check(key jwk: JSONValue, of id: AgentID, reader: any StoreReader) throws {
        guard let key = PublicJWK(json: jwk) else {
            throw AuthorityError(
                .invalidValue, "`jwk` is no public key that can be used here.",
                hint: "P-256 or Ed25519, public members only.")
        }
        let thumbprint = Text(key.thumbprint)
        let isElsewhere = try reader.agents().contains { agent in
            agent.id != id && agent.keys.contains { $0.thumbprint == thumbprint }
        }
        guard !isElsewhere else {
            throw AuthorityError(
                .invalidValue, "`jwk` is, or was, the key of another agent.", hint: "Make a key for this agent alone.")
        }
    }

    private func checkRemainsAdministered(without person: PersonID, reader: any StoreReader) throws {
        let administrators = try reader.activeAdministrators()
        guard administrators != [person] else {
            throw AuthorityError(.lastAdministrator, "The last administrator cannot be disabled, nor its last passkey.")
        }
    }
}
