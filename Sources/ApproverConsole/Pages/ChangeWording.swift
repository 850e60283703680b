import CanonicalEncoding
import DomainModel

/// How the console words changes of the inventory, the policy and the switch.
enum ChangeWording {
    static func title(_ change: Change) -> String {
        switch change {
        case .addPerson(let spec): "Add \(shown(spec.name)) as \(spec.id)"
        case .disablePerson(let id): "Disable \(id)"
        case .enrolPasskey(let id): "New enrolment link for \(id)"
        case .disablePasskey: "Disable a passkey"
        case .addToGroup(let group, let member): "Add \(member.key) to group \(group)"
        case .removeFromGroup(let group, let member): "Remove \(member.key) from group \(group)"
        case .addAgent(let spec): "Add agent \(spec.id)"
        case .disableAgent(let id): "Disable agent \(id)"
        case .rotateAgentKey(let id, _): "New key for agent \(id)"
        case .allowBearer(let id): "Allow bearer tokens to agent \(id)"
        case .refuseBearer(let id): "Take bearer tokens from agent \(id)"
        case .registerTool(let tool): "Register tool \(shown(tool.reference.qualifiedName))"
        case .disableTool(let server, let name): "Disable tool \(shown("\(server)___\(name)"))"
        case .registerProvider(let provider): "Register reader of facts \(shown(provider.name))"
        case .registerUpstream(let server): "Register tool server \(shown(server.name))"
        case .removeUpstream(let name): "Remove tool server \(shown(name))"
        case .loadPolicy: "Load a policy set"
        case .freeze(let scope, _): "Freeze \(FreezeModel.label(scope))"
        case .thaw(let scope): "Thaw \(FreezeModel.label(scope))"
        }
    }

    static func consequence(_ change: Change) -> String {
        switch change {
        case .addPerson(let spec): person(spec)
        case .disablePerson:
            "The person can neither sign in nor decide, and requests that count on their vote become stale."
        case .enrolPasskey:
            "The person takes a one-time link on the page People, and nobody else sees it. For somebody without a passkey that works it appears here: whoever opens it first can enrol a passkey that decides in this person's name."
        case .disablePasskey: "The passkey opens nothing any more, and votes that it signed do not count."
        case .addToGroup(let group, _):
            "The member can decide for \(group) about requests that are opened from then on."
        case .removeFromGroup(let group, _):
            "The member does not count for \(group) any more, and votes cast for it are void."
        case .addAgent(let spec):
            spec.allowsBearer
                ? "The agent can ask. \(Self.bearer) What it may do is up to policy."
                : "The agent can ask. What it may do is up to policy."
        case .disableAgent: "Whatever the agent asked for ends, and it is refused from then on."
        case .rotateAgentKey: "All earlier keys of the agent are retired, and what they asked for is void."
        case .allowBearer: Self.bearer
        case .refuseBearer:
            "Its bearer tokens are worth nothing any more, and what was asked with one and has not run is void."
        case .registerTool: "Agents can name the tool and its targets. Resource and environment come from here."
        case .disableTool: "No agent can name the tool any more."
        case .registerProvider: "The server reads facts there, before and when an action runs."
        case .registerUpstream(let server): upstream(server)
        case .removeUpstream: "Its tools are disabled, and what was asked of them and has not begun becomes stale."
        case .loadPolicy: "The whole set is replaced. Every request is judged by the new one, those that wait included."
        case .freeze: "Every step towards an effect stops within five seconds."
        case .thaw: "What was stopped can go on."
        }
    }

    private static let bearer =
        "It can have tokens that need no key: whoever gets hold of one can call the tool servers as this agent, for ten minutes."

    private static func upstream(_ server: UpstreamServer) -> String {
        let tools = "Its tools register themselves; what agents may do with them is up to policy."
        if case .command = server.transport {
            return "The server runs this program as its own user and talks to it. \(tools)"
        }
        guard server.settings.contains(where: \.source.isSecret) else {
            return "The server talks to this address. \(tools)"
        }
        return
            "The server talks to this address, and sends it the credentials that are found where it says here. \(tools)"
    }

    private static func person(_ spec: Change.PersonSpec) -> String {
        let roles = Wording.list(spec.roles.map(\.rawValue).sorted())
        let role = roles.isEmpty ? "with no role" : "as \(roles)"
        return "The person can enrol a passkey with a one-time link that appears here, and comes in \(role)."
    }

    /// The change's JSON form as rows: what is signed is all of it.
    static func rows(_ change: Change) -> [RowModel] {
        guard let object = change.json.objectValue else { return [] }
        return object.members.flatMap { rows($0.name, $0.value) }
    }

    private static func rows(_ name: Text, _ value: JSONValue) -> [RowModel] {
        switch value {
        case .object(let object) where !object.isEmpty:
            object.members.flatMap { rows("\(name).\($0.name)", $0.value) }
        case .array(let items) where !items.isEmpty:
            items.enumerated().flatMap { index, item in rows("\(name)[\(index)]", item) }
        case .array: [RowModel(shown(name), "none")]
        case .string(let text): [RowModel(text: text, label: shown(name))]
        default: [RowModel(shown(name), CanonicalJSON.text(value), isProse: false)]
        }
    }
}
