import ApprovalPolicy
import AuthorityPorts
package import CanonicalEncoding
import DomainModel

/// What agents are shown of the servers: no more than they may at least ask for.
extension ToolGateway {
    package func exists(_ scope: GatewayScope) async throws(AuthorityError) -> Bool {
        guard case .server(let name) = scope else { return true }
        return try await authority.read { try $0.upstream(name) != nil }
    }

    /// Tools with the words that a call may have to wait, where some rule asks people.
    package func list(
        _ kind: GatewayList, in scope: GatewayScope, for caller: AuthenticatedAgent
    ) async throws(AuthorityError) -> [JSONObject] {
        let authority = authority
        if kind == .tools {
            return try await authority.read { reader in
                try OfferedTools(authority: authority, caller: caller, scope: scope, reader: reader).published()
            }
        }
        let method: ServerMethod = kind == .prompts ? .getPrompt : .readResource
        let servers = try await authority.read { reader in
            let tools = try OfferedTools(authority: authority, caller: caller, scope: scope, reader: reader)
            return try tools.servers().filter { try tools.prospect(of: method.name, on: $0) != .never }
        }
        return servers.flatMap { server in
            offered(kind, by: server).compactMap { Self.published($0, kind, of: server, in: scope) }
        }
    }

    package func listChanges() -> AsyncStream<GatewayListChange> { authority.catalogue.changes() }

    /// As the server published them; its tools are the store's to say.
    private func offered(_ kind: GatewayList, by server: Text) -> [JSONObject] {
        guard let lists = authority.catalogue.server(server)?.lists else { return [] }
        switch kind {
        case .tools: return []
        case .resources: return lists.resources
        case .resourceTemplates: return lists.resourceTemplates
        case .prompts: return lists.prompts
        }
    }

    /// Under the name by which it can be asked for in this scope; nil where the server gave it none.
    private static func published(
        _ offered: JSONObject, _ kind: GatewayList, of server: Text, in scope: GatewayScope
    ) -> JSONObject? {
        var published = offered
        switch kind {
        case .tools, .prompts:
            guard let name = offered["name"]?.textValue else { return nil }
            published["name"] = .string(PublishedName.tool(name, of: server, in: scope))
        case .resources, .resourceTemplates:
            let member: Text = kind == .resources ? "uri" : "uriTemplate"
            guard let uri = offered[member]?.textValue else { return nil }
            published[member] = .string(PublishedName.resource(uri, of: server, in: scope))
        }
        return published
    }
}

/// The tools of a scope for one caller, in one snapshot.
struct OfferedTools {
    let authority: Authority
    let agent: Agent
    let caller: AuthenticatedAgent
    let scope: GatewayScope
    let reader: any StoreReader
    private let now: Timestamp
    private let set: PolicySet?

    /// Said where people may have to allow a call, so that a model knows that waiting is no failure.
    static let mayWait: Text = "A call of this tool may have to wait until people have approved it."

    init(
        authority: Authority, caller: AuthenticatedAgent, scope: GatewayScope, reader: any StoreReader
    ) throws {
        self.authority = authority
        self.scope = scope
        self.reader = reader
        self.caller = caller
        now = authority.now
        agent = try reader.standing(caller, at: now)
        set = try authority.policies.inForce(reader)
    }

    /// By name.
    func servers() throws -> [Text] {
        switch scope {
        case .everything: return try reader.upstreams().map(\.server.name)
        case .server(let name):
            guard try reader.upstream(name) != nil else { throw AuthorityError.notFound("no server \(name)") }
            return [name]
        }
    }

    func published() throws -> [JSONObject] {
        var published: [JSONObject] = []
        for server in try servers() {
            for tool in try reader.discoveredTools(of: server) where tool.state == .offered {
                guard let definition = tool.definition else { continue }
                let prospect = try prospect(of: tool.name, on: server)
                if prospect != .never { published.append(describe(definition, tool, prospect)) }
            }
        }
        return published
    }

    /// What can come of asking; never where it is not registered.
    func prospect(of name: Text, on server: Text) throws -> PolicyProspect {
        guard let set, let tool = try reader.tool(server: server, name: name), tool.isEnabled, tool.kind == .mcp,
            let target = tool.targets.first
        else { return .never }
        let action = Action(
            tool: tool.reference, resource: target.resource, environment: target.environment, arguments: [:],
            deadlineSeconds: tool.defaultDeadlineSeconds)
        let submission = Submission(
            agent: agent.id, keyThumbprint: caller.keyThumbprint, proof: caller.proof, action: action,
            context: RequestContext(),
            epoch: authority.store.epoch, createdAt: now)
        return try PolicyQuestion(submission: submission, agent: agent, tool: tool, at: now)
            .prospect(set, reader: reader)
    }

    private func describe(_ definition: JSONObject, _ tool: DiscoveredTool, _ prospect: PolicyProspect) -> JSONObject {
        var published = definition
        published["name"] = .string(PublishedName.tool(tool.name, of: tool.server, in: scope))
        guard prospect == .possibleWithPeople else { return published }
        let said = definition["description"]?.textValue ?? ""
        published["description"] = .string(said.isEmpty ? Self.mayWait : "\(said)\n\n\(Self.mayWait)")
        return published
    }
}
