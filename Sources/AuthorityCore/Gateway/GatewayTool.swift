import AuthorityPorts
import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import Synchronization
import WireProtocol

/// A tool that the gateway can forward calls to, as it stands in the registry.
struct GatewayTool: Sendable {
    let server: UpstreamServer
    let registered: RegisteredTool
    let schema: ArgumentSchema

    /// Whether another tool says what a call of this one would do.
    var isPreviewed: Bool { server.previews.contains { $0.tool == registered.reference.name } }

    /// Why the server would not take these arguments; nil where it may. Nothing that policy knows no type of gets past it.
    func refusal(of arguments: JSONObject) -> CallRefusal? {
        if let mistake = schema.mistake(in: arguments) {
            return CallRefusal(
                code: .argumentsInvalid, text: "The tool does not take these arguments: \(mistake.description).",
                hint: "Read its input schema and call again.")
        }
        do throws(MemberError) { try ActionProfile.check(.object(arguments), path: "arguments") } catch {
            return CallRefusal(
                code: .numberOutOfProfile, text: "`\(error.path)` is a number that not every reader keeps exact.",
                hint:
                    "Only whole numbers within ±(2^53-1) can be approved; send others as text where the tool takes it.")
        }
        return nil
    }
}

/// The tools that were looked up, so that an allowed call reads none of this again.
///
/// Not the catalogue, which follows the registry after the fact: what was read holds as long as the store's `inventoryRevision` stands, and the transaction that claims looks at the
/// registry again all the same. Compiled schemas outlive that: a digest names one definition for ever.
final class GatewayMemory: Sendable {
    private struct Place: Hashable {
        let server: Text
        let name: Text
    }

    private struct Known {
        var revision: UInt64 = 0
        var tools: [Place: GatewayTool?] = [:]
        var schemas: [Digest: ArgumentSchema] = [:]
    }

    /// Bounds what is kept; beyond it, remembering begins anew.
    private static let capacity = 4_096

    private let known = Mutex(Known())

    /// Nil where there is no such tool that could be called now.
    func tool(server: Text, name: Text, _ authority: Authority) async throws(AuthorityError) -> GatewayTool? {
        let place = Place(server: server, name: name)
        let revision = authority.store.inventoryRevision
        let remembered: GatewayTool?? = known.withLock { $0.revision == revision ? $0.tools[place] : nil }
        if let remembered { return remembered }
        let (registration, registered) = try await authority.read { reader in
            (try reader.upstream(server), try reader.tool(server: server, name: name))
        }
        var tool: GatewayTool?
        if let registration, let registered, registered.kind == .mcp, registered.isEnabled {
            tool = usable(registered, of: registration.server)
        }
        remember(tool, at: place, revision)
        return tool
    }

    private func usable(_ registered: RegisteredTool, of server: UpstreamServer) -> GatewayTool? {
        // Discovery registers nothing without both.
        guard let published = registered.inputSchema?.objectValue, let digest = registered.reference.definition else {
            return nil
        }
        if let schema = known.withLock({ $0.schemas[digest] }) {
            return GatewayTool(server: server, registered: registered, schema: schema)
        }
        // One that cannot be checked is shown as unusable in the inventory, and is no tool here.
        guard let schema = try? ArgumentSchema(published) else { return nil }
        known.withLock { known in
            if known.schemas.count >= Self.capacity { known.schemas = [:] }
            known.schemas[digest] = schema
        }
        return GatewayTool(server: server, registered: registered, schema: schema)
    }

    private func remember(_ tool: GatewayTool?, at place: Place, _ revision: UInt64) {
        known.withLock { known in
            if known.revision > revision { return }
            if known.revision < revision || known.tools.count >= Self.capacity { known.tools = [:] }
            known.revision = revision
            known.tools[place] = .some(tool)
        }
    }
}
