import ApprovalPolicy
import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The registry: what agents may name at all.
struct ToolsPage: Sendable {
    struct Place: Sendable {
        let name: String
        let resource: String
        let environment: String
    }

    struct Entry: Sendable {
        let name: String
        let title: String
        let kind: String
        let deadline: String
        let definition: String?
        /// The types of its arguments, as policy reads them.
        let arguments: String
        let tags: [Tag]
        let targets: [Place]
    }

    struct Provider: Sendable {
        let name: String
        let kind: String
        let location: String
    }

    let servers: [ServerEntry]
    /// Those that are executed elsewhere.
    let tools: [Entry]
    let hasAny: Bool
    let providers: [Provider]
    let mayAdminister: Bool

    init(_ inventory: Inventory, servers: [ToolServerView] = [], viewer: Viewer) {
        let mayAdminister = viewer.isAdministrator
        self.mayAdminister = mayAdminister
        self.servers = servers.map { ServerEntry($0, mayAdminister: mayAdminister) }
        let frozen = Set(inventory.freezes.map(\.scope))
        tools = inventory.tools.filter { $0.kind != .mcp }.map { tool in
            Self.entry(tool, isFrozen: frozen.contains(.tool(tool.reference.qualifiedName)))
        }
        hasAny = !tools.isEmpty || !servers.isEmpty
        providers = inventory.providers.map {
            Provider(name: shown($0.name), kind: $0.kind.rawValue, location: shown($0.location))
        }
    }

    private static func entry(_ tool: RegisteredTool, isFrozen: Bool) -> Entry {
        var tags: [Tag] = []
        if isFrozen { tags.append(Tag("frozen", .stop)) }
        if !tool.isEnabled { tags.append(Tag("disabled")) }
        if tool.traits.destructive { tags.append(Tag("can destroy", .stop)) }
        if tool.traits.openWorld { tags.append(Tag("reaches outside", .care)) }
        if tool.traits.readOnly { tags.append(Tag("says it only reads")) }
        let usual = Moment.length(seconds: tool.defaultDeadlineSeconds)
        let most = Moment.length(seconds: tool.greatestDeadlineSeconds)
        return Entry(
            name: tool.reference.qualifiedName.string, title: shown(tool.title), kind: tool.kind.rawValue,
            deadline: "\(usual), at most \(most)", definition: tool.reference.definition?.wire,
            arguments: shown(Text(PolicySchema.arguments(of: tool))), tags: tags,
            targets: tool.targets.map {
                Place(
                    name: shown($0.name), resource: shown("\($0.resource.type) \($0.resource.id)"),
                    environment: shown($0.environment))
            })
    }
}
