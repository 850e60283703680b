import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The JSON that the operator's socket answers with (`docs/reference/operator-socket.md`).
enum OperatorViews {
    static func change(_ proposal: ChangeProposal, _ settings: AuthoritySettings) -> JSONValue {
        [
            "id": .string(proposal.id.text), "status": "\(proposal.status.rawValue)", "change": proposal.change.json,
            "digest": "\(proposal.digest.wire)", "proposed_by": .string(proposal.proposedBy),
            "created_at": "\(proposal.createdAt.rfc3339)", "expires_at": "\(proposal.expiresAt.rfc3339)",
            "confirmations": .array(
                proposal.confirmations.map {
                    [
                        "person": .string($0.person.text), "decision": "\($0.decision.rawValue)",
                        "at": "\($0.at.rfc3339)",
                    ]
                }),
            "url": .string(settings.consoleURL("/changes/\(proposal.id.text)")),
        ]
    }

    static func inventory(
        _ inventory: Inventory, servers: [ToolServerView], _ settings: AuthoritySettings
    ) -> JSONValue {
        var object: JSONObject = [
            "agents": .array(inventory.agents.map(agent)),
            "persons": .array(inventory.persons.map { person($0, in: inventory) }),
            "groups": groups(inventory.memberships),
            "tools": .array(inventory.tools.map { ["tool": $0.json, "enabled": .bool($0.isEnabled)] }),
            "upstreams": .array(servers.map(\.json)),
            "providers": .array(inventory.providers.map(\.json)),
            "freezes": .array(
                inventory.freezes.map {
                    [
                        "scope": .string($0.scope.key), "by": .string($0.by), "reason": .string($0.reason),
                        "at": "\($0.at.rfc3339)",
                    ]
                }),
            "changes": .array(inventory.changes.map { change($0, settings) }),
        ]
        if let policy = inventory.policy {
            object["policy"] = [
                "digest": "\(policy.digest.wire)", "source": .string(policy.source),
                "loaded_at": "\(policy.loadedAt.rfc3339)", "loaded_by": .string(policy.loadedBy),
            ]
        }
        return .object(object)
    }

    private static func agent(_ agent: Agent) -> JSONValue {
        var object: JSONObject = [
            "agent": .string(agent.id.text), "owner": .string(agent.owner.text), "purpose": .string(agent.purpose),
            "created_at": "\(agent.createdAt.rfc3339)", "ends_at": "\(agent.endsAt.rfc3339)",
            "keys": .array(agent.keys.map(key)),
            // The weakest that it may come with.
            "proof": "\((agent.bearerAllowedAt == nil ? CallerProof.dpop : .bearer).rawValue)",
        ]
        object["bearer_allowed_at"] = agent.bearerAllowedAt.map { "\($0.rfc3339)" }
        object["environment"] = agent.environment.map { .string($0) }
        object["disabled_at"] = agent.disabledAt.map { "\($0.rfc3339)" }
        object["last_used_at"] = agent.lastUsedAt.map { "\($0.rfc3339)" }
        return .object(object)
    }

    private static func key(_ key: AgentKey) -> JSONValue {
        var object: JSONObject = [
            "thumbprint": .string(key.thumbprint),
            "created_by": .array(key.createdBy.sorted().map { .string($0.text) }),
            "created_at": "\(key.createdAt.rfc3339)",
        ]
        object["retired_at"] = key.retiredAt.map { "\($0.rfc3339)" }
        return .object(object)
    }

    private static func person(_ person: Person, in inventory: Inventory) -> JSONValue {
        var object: JSONObject = [
            "person": .string(person.id.text), "name": .string(person.name),
            "roles": .array(person.roles.map { Text($0.rawValue) }.sorted().map { .string($0) }),
            "passkeys": .integer(Int64(inventory.passkeyCounts[person.id] ?? 0)),
            "created_at": "\(person.createdAt.rfc3339)",
        ]
        object["disabled_at"] = person.disabledAt.map { "\($0.rfc3339)" }
        return .object(object)
    }

    private static func groups(_ memberships: [Membership]) -> JSONValue {
        let byGroup = Dictionary(grouping: memberships, by: \.group)
        return .array(
            byGroup.sorted { $0.key < $1.key }.map { group, members in
                [
                    "group": .string(group.text),
                    "members": .array(members.map(\.member.key).sorted().map { .string($0) }),
                ]
            })
    }
}
