import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import SecretMaterial
import WireProtocol

/// What each change does.
extension ChangeApplication {
    func add(_ spec: Change.PersonSpec, in transaction: any StoreTransaction) throws -> Secret<Text> {
        try transaction.save(Person(id: spec.id, name: spec.name, roles: spec.roles, createdAt: now))
        for group in spec.groups {
            try transaction.add(Membership(group: group, member: .person(spec.id), addedAt: now))
        }
        let roles = spec.roles.map { Text($0.rawValue) }.sorted()
        try log(
            "person.added", "person:\(spec.id.text)",
            [
                "roles": .array(roles.map { .string($0) }),
                "groups": .array(spec.groups.map { .string($0.text) }),
            ], in: transaction)
        return try enrolmentLink(for: spec.id, in: transaction)
    }

    /// The token goes into the fragment, which browsers keep out of requests and logs.
    func enrolmentLink(for person: PersonID, in transaction: any StoreTransaction) throws -> Secret<Text> {
        let settings = authority.settings
        let isFirst = try transaction.activeAdministrators().isEmpty
        let token = authority.randomToken()
        let link = EnrolmentLink(
            tokenDigest: EnrolmentLink.digest(of: token), person: person, createdAt: now,
            expiresAt: now.adding(seconds: isFirst ? settings.firstEnrolmentSeconds : settings.enrolmentSeconds))
        try transaction.insert(link)
        try log(
            "enrolment.opened", "enrolment:\(link.tokenDigest.wire)", ["person": .string(person.text)], in: transaction)
        return Secret(settings.consoleURL("/enrol#\(token)"))
    }

    func disable(_ id: PersonID, in transaction: any StoreTransaction) throws {
        guard var person = try transaction.person(id) else { return }
        person.disabledAt = now
        try transaction.save(person)
        try transaction.removeSessions(of: id)
        try log("person.disabled", "person:\(id.text)", in: transaction)
    }

    func disablePasskey(_ id: [UInt8], in transaction: any StoreTransaction) throws {
        guard var passkey = try transaction.passkey(credentialID: id) else { return }
        passkey.disabledAt = now
        try transaction.save(passkey)
        // A session does not know which passkey opened it: all of the person's end, and another passkey opens a new one.
        try transaction.removeSessions(of: passkey.person)
        try log("passkey.disabled", "passkey:\(Base64URL.encode(id))", in: transaction)
    }

    func add(_ spec: Change.AgentSpec, in transaction: any StoreTransaction) throws {
        guard let key = PublicJWK(json: spec.jwk) else { return }
        let creators = keyCreators(else: spec.owner)
        var agent = Agent(
            id: spec.id, owner: spec.owner, purpose: spec.purpose, environment: spec.environment,
            keys: [AgentKey(thumbprint: Text(key.thumbprint), jwk: key.json, createdBy: creators, createdAt: now)],
            createdAt: now, endsAt: spec.endsAt)
        if spec.allowsBearer { agent.bearerAllowedAt = now }
        try transaction.save(agent)
        for group in spec.groups {
            try transaction.add(Membership(group: group, member: .agent(spec.id), addedAt: now))
        }
        var body: JSONObject = [
            "owner": .string(spec.owner.text), "key": "\(key.thumbprint)", "key_creators": Self.names(creators),
            "jwk": key.json, "ends_at": "\(spec.endsAt.rfc3339)",
        ]
        if spec.allowsBearer { body["bearer"] = true }
        try log("agent.added", "agent:\(spec.id.text)", body, in: transaction)
    }

    /// Disabling ends what the agent has open, in the same transaction.
    func disable(_ id: AgentID, in transaction: any StoreTransaction) throws {
        guard var agent = try transaction.agent(id) else { return }
        agent.disabledAt = now
        try transaction.save(agent)
        try log("agent.disabled", "agent:\(id.text)", in: transaction)
        for request in try open(by: id, in: transaction) {
            try transaction.advance(
                request, by: .cancelled(by: .disabledAgent), at: now, epoch: authority.store.epoch)
        }
    }

    func rotate(_ id: AgentID, to jwk: JSONValue, in transaction: any StoreTransaction) throws {
        guard var agent = try transaction.agent(id), let key = PublicJWK(json: jwk) else { return }
        let thumbprint = Text(key.thumbprint)
        guard !agent.keys.contains(where: { $0.thumbprint == thumbprint }) else {
            throw AuthorityError(.nameTaken, "That key is, or was, a key of this agent.")
        }
        for index in agent.keys.indices where agent.keys[index].retiredAt == nil { agent.keys[index].retiredAt = now }
        let creators = keyCreators(else: agent.owner)
        let retired = Set(agent.keys.map(\.thumbprint))
        agent.keys.append(AgentKey(thumbprint: thumbprint, jwk: key.json, createdBy: creators, createdAt: now))
        try transaction.save(agent)
        try log(
            "agent.key_rotated", "agent:\(id.text)",
            ["key": .string(thumbprint), "key_creators": Self.names(creators), "jwk": key.json], in: transaction)
        // S8: nobody can prove possession of a retired key, so that what it asked for is void. People are not asked in vain.
        for request in try open(by: id, in: transaction) where retired.contains(request.submission.keyThumbprint) {
            try transaction.advance(
                request, by: .becameStale(.agentDisabled), at: now, epoch: authority.store.epoch)
        }
    }

    /// What was asked with a bearer token is void once there are none: they may have been taken back because one was stolen.
    func setBearer(of id: AgentID, isAllowed: Bool, in transaction: any StoreTransaction) throws {
        guard var agent = try transaction.agent(id) else { return }
        agent.bearerAllowedAt = isAllowed ? now : nil
        try transaction.save(agent)
        try log(isAllowed ? "agent.bearer_allowed" : "agent.bearer_refused", "agent:\(id.text)", in: transaction)
        guard !isAllowed else { return }
        for request in try open(by: id, in: transaction) where request.submission.proof == .bearer {
            try transaction.advance(
                request, by: .becameStale(.agentDisabled), at: now, epoch: authority.store.epoch)
        }
    }

    private func open(by agent: AgentID, in transaction: any StoreTransaction) throws -> [ApprovalRequest] {
        try transaction.requests(
            RequestFilter(statuses: [.pending, .approved, .granted], agent: agent, limit: 100_000))
    }

    func disableTool(_ server: Text, _ name: Text, in transaction: any StoreTransaction) throws {
        guard var tool = try transaction.tool(server: server, name: name) else { return }
        tool.isEnabled = false
        try transaction.save(tool)
        if tool.kind == .mcp { try withdraw(tool, in: transaction) }
        try log("tool.disabled", "tool:\(tool.reference.qualifiedName)", in: transaction)
    }

    /// A freeze that commits before a claim wins; what is executing already becomes unknown, and a person looks at it.
    func freeze(_ scope: Freeze.Scope, reason: Text, in transaction: any StoreTransaction) throws {
        try transaction.save(Freeze(scope: scope, by: by, reason: reason, at: now))
        try log("switch.frozen", "freeze:\(scope.key)", ["reason": .string(reason)], in: transaction)
        authority.probe.reached(.freezeAfterSwitch)
        for request in try transaction.requests(RequestFilter(statuses: [.executing], limit: 100_000)) {
            guard let id = request.progress.execution, let execution = try transaction.execution(id) else { continue }
            let isInScope =
                switch scope {
                case .everything: true
                case .agent(let id): request.submission.agent == id || execution.executor == id
                case .tool(let name): request.submission.action.tool.qualifiedName == name
                }
            guard isInScope else { continue }
            try ExecutionEnding(authority: authority, request: request, execution: execution)
                .lose(.frozenWhileExecuting, at: now, in: transaction)
        }
        authority.probe.reached(.freezeAfterExecutions)
    }

    /// S7: whoever proposed the key and whoever confirmed it. Where an installation is filled before anybody could, the
    /// owner answers for it.
    private func keyCreators(else owner: PersonID) -> Set<PersonID> { people.isEmpty ? [owner] : people }

    private static func names(_ people: Set<PersonID>) -> JSONValue {
        .array(people.sorted().map { .string($0.text) })
    }
}
