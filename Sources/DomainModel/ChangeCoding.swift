package import CanonicalEncoding

/// The JSON form of changes: what administrators sign, the store keeps and the command line proposes.
extension Change {
    package var json: JSONValue {
        switch self {
        case .addPerson(let spec):
            [
                "kind": "add_person", "person": .string(spec.id.text), "name": .string(spec.name),
                "roles": .array(spec.roles.map { Text($0.rawValue) }.sorted().map { .string($0) }),
                "groups": .array(spec.groups.map { .string($0.text) }),
            ]
        case .disablePerson(let id): ["kind": "disable_person", "person": .string(id.text)]
        case .enrolPasskey(let id): ["kind": "enrol_passkey", "person": .string(id.text)]
        case .disablePasskey(let id): ["kind": "disable_passkey", "credential": "\(Base64URL.encode(id))"]
        case .addToGroup(let group, let member):
            ["kind": "add_to_group", "group": .string(group.text), "member": .string(member.key)]
        case .removeFromGroup(let group, let member):
            ["kind": "remove_from_group", "group": .string(group.text), "member": .string(member.key)]
        case .addAgent(let spec): spec.json
        case .disableAgent(let id): ["kind": "disable_agent", "agent": .string(id.text)]
        case .rotateAgentKey(let id, let jwk):
            ["kind": "rotate_agent_key", "agent": .string(id.text), "jwk": jwk]
        case .allowBearer(let id): ["kind": "allow_bearer", "agent": .string(id.text)]
        case .refuseBearer(let id): ["kind": "refuse_bearer", "agent": .string(id.text)]
        case .registerTool(let tool): ["kind": "register_tool", "tool": tool.json]
        case .disableTool(let server, let name):
            ["kind": "disable_tool", "server": .string(server), "name": .string(name)]
        case .registerProvider(let provider): ["kind": "register_provider", "provider": provider.json]
        case .registerUpstream(let server): ["kind": "register_upstream", "upstream": server.json]
        case .removeUpstream(let name): ["kind": "remove_upstream", "upstream": .string(name)]
        case .loadPolicy(let source, let scenarios): Self.loading(source, scenarios)
        case .freeze(let scope, let reason):
            ["kind": "freeze", "scope": .string(scope.key), "reason": .string(reason)]
        case .thaw(let scope): ["kind": "thaw", "scope": .string(scope.key)]
        }
    }

    private static func loading(_ source: Text, _ scenarios: JSONValue?) -> JSONValue {
        var object: JSONObject = ["kind": "load_policy", "source": .string(source)]
        object["scenarios"] = scenarios
        return .object(object)
    }

    /// Strict: an unknown kind or member is refused.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        let kind = try reader.text("kind")
        switch kind.string {
        case "add_person": self = .addPerson(try PersonSpec(&reader))
        case "disable_person": self = .disablePerson(try reader.name("person"))
        case "enrol_passkey": self = .enrolPasskey(try reader.name("person"))
        case "disable_passkey":
            guard let id = Base64URL.decode(try reader.text("credential").string) else {
                throw MemberError(code: .invalidValue, path: "credential")
            }
            self = .disablePasskey(credentialID: id)
        case "add_to_group": self = .addToGroup(try reader.name("group"), try reader.member("member"))
        case "remove_from_group": self = .removeFromGroup(try reader.name("group"), try reader.member("member"))
        case "add_agent": self = .addAgent(try AgentSpec(&reader))
        case "disable_agent": self = .disableAgent(try reader.name("agent"))
        case "rotate_agent_key":
            self = .rotateAgentKey(try reader.name("agent"), jwk: try reader.required("jwk"))
        case "allow_bearer": self = .allowBearer(try reader.name("agent"))
        case "refuse_bearer": self = .refuseBearer(try reader.name("agent"))
        case "register_tool": self = .registerTool(try RegisteredTool(json: reader.required("tool")))
        case "disable_tool": self = .disableTool(server: try reader.text("server"), name: try reader.text("name"))
        case "register_provider": self = .registerProvider(try FactProvider(json: reader.required("provider")))
        case "register_upstream":
            self = .registerUpstream(try UpstreamServer(json: reader.required("upstream")))
        case "remove_upstream": self = .removeUpstream(try reader.text("upstream"))
        case "load_policy":
            self = .loadPolicy(source: try reader.text("source"), scenarios: reader.optional("scenarios"))
        case "freeze": self = .freeze(try reader.scope("scope"), reason: try reader.text("reason"))
        case "thaw": self = .thaw(try reader.scope("scope"))
        default: throw MemberError(code: .invalidValue, path: "kind")
        }
        try reader.finish()
    }
}

extension Membership.Member {
    /// `person:NAME` or `agent:NAME`.
    package var key: Text {
        switch self {
        case .person(let id): "person:\(id.text)"
        case .agent(let id): "agent:\(id.text)"
        }
    }

    package init?(key: Text) {
        let bytes = key.utf8
        if bytes.starts(with: "person:".utf8), let text = Text(utf8: bytes.dropFirst(7)), let id = PersonID(text) {
            self = .person(id)
        } else if bytes.starts(with: "agent:".utf8), let text = Text(utf8: bytes.dropFirst(6)), let id = AgentID(text) {
            self = .agent(id)
        } else {
            return nil
        }
    }
}

extension Change.PersonSpec {
    init(_ reader: inout MemberReader) throws(MemberError) {
        var roles: Set<Role> = []
        for role in try reader.array("roles") {
            guard let role = role.stringValue.flatMap(Role.init(rawValue:)) else {
                throw MemberError(code: .invalidValue, path: "roles")
            }
            roles.insert(role)
        }
        self.init(
            id: try reader.name("person"), name: try reader.text("name"), roles: roles,
            groups: try reader.names("groups"))
    }
}

extension Change.AgentSpec {
    var json: JSONValue {
        var object: JSONObject = [
            "kind": "add_agent", "agent": .string(id.text), "owner": .string(owner.text), "purpose": .string(purpose),
            "groups": .array(groups.map { .string($0.text) }), "jwk": jwk, "ends_at": "\(endsAt.rfc3339)",
        ]
        if let environment { object["environment"] = .string(environment) }
        // Left out where it is false: changes of earlier releases keep their digests.
        if allowsBearer { object["bearer"] = true }
        return .object(object)
    }

    init(_ reader: inout MemberReader) throws(MemberError) {
        self.init(
            id: try reader.name("agent"), owner: try reader.name("owner"), purpose: try reader.text("purpose"),
            environment: try reader.optionalText("environment"), groups: try reader.names("groups"),
            jwk: try reader.required("jwk"), endsAt: try reader.timestamp("ends_at"),
            allowsBearer: try reader.optionalBool("bearer") ?? false)
    }
}

extension RegisteredTool {
    package var json: JSONValue {
        var object: JSONObject = [
            "tool": reference.json, "kind": "\(kind.rawValue)", "title": .string(title),
            "destructive": .bool(traits.destructive), "read_only": .bool(traits.readOnly),
            "open_world": .bool(traits.openWorld),
            "targets": .array(targets.map(\.json)),
            "default_deadline_seconds": .integer(defaultDeadlineSeconds),
            "greatest_deadline_seconds": .integer(greatestDeadlineSeconds),
        ]
        object["input_schema"] = inputSchema
        return .object(object)
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "tool")
        guard let kind = Kind(rawValue: try reader.text("kind").string) else {
            throw MemberError(code: .invalidValue, path: "tool.kind")
        }
        let reference = try ToolReference(json: reader.required("tool"), path: "tool.tool")
        guard reference.isWellFormed else { throw MemberError(code: .invalidValue, path: "tool.tool") }
        var targets: [Target] = []
        for target in try reader.array("targets") { targets.append(try Target(json: target)) }
        guard !targets.isEmpty else { throw MemberError(code: .invalidValue, path: "tool.targets") }
        let traits = Traits(
            destructive: try reader.optionalBool("destructive") ?? true,
            readOnly: try reader.optionalBool("read_only") ?? false,
            openWorld: try reader.optionalBool("open_world") ?? true)
        let deadlines = (
            try reader.optionalInteger("default_deadline_seconds") ?? 600,
            try reader.optionalInteger("greatest_deadline_seconds") ?? 3600
        )
        guard deadlines.0 > 0, deadlines.0 <= deadlines.1, deadlines.1 <= 86_400 else {
            throw MemberError(code: .invalidValue, path: "tool.greatest_deadline_seconds")
        }
        let inputSchema = reader.optional("input_schema")
        if let inputSchema {
            guard kind != .command, Self.isUsable(inputSchema) else {
                throw MemberError(code: .invalidValue, path: "tool.input_schema")
            }
        }
        self.init(
            reference: reference, kind: kind, title: try reader.text("title"), traits: traits, targets: targets,
            deadlineSeconds: deadlines, inputSchema: inputSchema)
        try reader.finish()
    }
}

extension ToolReference {
    /// The server is `[a-z0-9-]{1,32}`; the name 1 to 128 printable ASCII bytes without space, so that
    /// `server___name` splits one way.
    package var isWellFormed: Bool {
        let isServer =
            (1...32).contains(server.utf8.count)
            && server.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
            }
        return isServer && (1...128).contains(name.utf8.count) && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension Target {
    package var json: JSONValue {
        [
            "name": .string(name), "type": .string(resource.type), "id": .string(resource.id),
            "environment": .string(environment),
        ]
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "target")
        self.init(
            name: try reader.text("name"),
            resource: ResourceReference(type: try reader.text("type"), id: try reader.text("id")),
            environment: try reader.text("environment"))
        try reader.finish()
    }
}

extension FactProvider {
    package var json: JSONValue {
        ["name": .string(name), "kind": "\(kind.rawValue)", "location": .string(location)]
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "provider")
        guard let kind = Kind(rawValue: try reader.text("kind").string) else {
            throw MemberError(code: .invalidValue, path: "provider.kind")
        }
        self.init(name: try reader.text("name"), kind: kind, location: try reader.text("location"))
        try reader.finish()
    }
}

extension MemberReader {
    mutating func name<Kind: NameKind>(_ member: Text) throws(MemberError) -> Name<Kind> {
        guard let name = Name<Kind>(try text(member)) else {
            throw MemberError(code: .invalidValue, path: path(of: member))
        }
        return name
    }

    mutating func names<Kind: NameKind>(_ member: Text) throws(MemberError) -> [Name<Kind>] {
        var names: [Name<Kind>] = []
        for item in try array(member) {
            guard let text = item.textValue, let name = Name<Kind>(text) else {
                throw MemberError(code: .invalidValue, path: path(of: member))
            }
            names.append(name)
        }
        return names
    }

    mutating func member(_ member: Text) throws(MemberError) -> Membership.Member {
        guard let value = Membership.Member(key: try text(member)) else {
            throw MemberError(code: .invalidValue, path: path(of: member))
        }
        return value
    }

    mutating func scope(_ member: Text) throws(MemberError) -> Freeze.Scope {
        guard let value = Freeze.Scope(key: try text(member)) else {
            throw MemberError(code: .invalidValue, path: path(of: member))
        }
        return value
    }
}
