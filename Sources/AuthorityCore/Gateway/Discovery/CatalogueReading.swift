import AuthorityPorts
import CanonicalEncoding
import DomainModel
import ModelContextProtocol

/// A server's part of the catalogue, made from the store.
struct CatalogueReading: Sendable {
    let registration: UpstreamRegistration
    let tools: [Text: CatalogueTool]

    /// What is known and still registered so is taken over: its schema need not be compiled again.
    static func all(_ reader: any StoreReader, known: [CatalogueServer]) throws -> [CatalogueReading] {
        let registered = Dictionary(grouping: try reader.tools().filter { $0.kind == .mcp && $0.isEnabled }) {
            $0.reference.server
        }
        return try reader.upstreams().map { registration in
            let name = registration.server.name
            let before = known.first { $0.registration == registration }?.tools ?? [:]
            let tools = registered[name] ?? []
            var read: [Text: CatalogueTool] = [:]
            var discovered: [Text: DiscoveredTool]?
            for tool in tools {
                if let same = before[tool.reference.name], same.registered.isRegisteredLike(tool) {
                    read[tool.reference.name] = same
                    continue
                }
                if discovered == nil {
                    discovered = Dictionary(try reader.discoveredTools(of: name).map { ($0.name, $0) }) { $1 }
                }
                read[tool.reference.name] = Self.tool(tool, discovered?[tool.reference.name], of: registration.server)
            }
            return CatalogueReading(registration: registration, tools: read)
        }
    }

    /// Nil where registration and definition are not of one piece: then it is not offered.
    private static func tool(
        _ registered: RegisteredTool, _ seen: DiscoveredTool?, of server: UpstreamServer
    ) -> CatalogueTool? {
        guard let seen, seen.state == .offered else { return nil }
        let reading =
            ServerMethod(rawValue: seen.name.string).map { ToolReading($0, of: server) }
            ?? seen.definition.map { ToolReading(.object($0), of: server) }
        guard case .usable(let tool)? = reading?.verdict, tool.registered.isRegisteredLike(registered) else {
            return nil
        }
        return tool
    }
}

extension RegisteredTool {
    /// By what is kept of it: a number that is written with a fraction of zero comes back without.
    func isRegisteredLike(_ other: RegisteredTool) -> Bool {
        isEnabled == other.isEnabled && CanonicalJSON.encode(json) == CanonicalJSON.encode(other.json)
    }
}
