import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
package import ModelContextProtocol

/// A tool server with everything that people are shown of it: no credential is known here.
package struct ToolServerView: Sendable {
    package let registration: UpstreamRegistration
    package let state: State
    /// The last lines of its standard error.
    package let said: [String]
    package let lists: ServerLists
    /// By name; what is gone comes last.
    package let tools: [DiscoveredToolView]

    /// Whether it was reached, and what it says of itself.
    package enum State: Hashable, Sendable {
        case waiting
        case connected(name: Text, version: Text, ProtocolRevision)
        /// Why, in words for people who operate it.
        case failed(String)

        init(_ connection: CatalogueServer.Connection) {
            self =
                switch connection {
                case .waiting: .waiting
                case .failed(let reason): .failed(reason)
                case .connected(let said): .connected(name: said.name, version: said.version, said.revision)
                }
        }
    }
}

/// A tool as it was seen last, and how that differs from what it was before.
package struct DiscoveredToolView: Sendable {
    package let seen: DiscoveredTool
    /// When its definition became another one; nil: it never did.
    package let changedAt: Timestamp?
    package let changes: [DefinitionChange]
}

/// The tool servers, for whoever signed in and for the host's operator.
package struct ReadToolServers: Sendable {
    /// How far back a difference is looked for.
    private static let greatestHistory = 20

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(_ viewer: Viewer) async throws(AuthorityError) -> [ToolServerView] { try await runForOperator() }

    package func runForOperator() async throws(AuthorityError) -> [ToolServerView] {
        let catalogue = authority.catalogue
        return try await authority.read { reader in
            try reader.upstreams().map { registration in
                let name = registration.server.name
                let live = catalogue.server(name).flatMap { $0.registration == registration ? $0 : nil }
                let tools = try reader.discoveredTools(of: name).map { try Self.view($0, reader: reader) }
                return ToolServerView(
                    registration: registration, state: .init(live?.connection ?? .waiting), said: live?.said ?? [],
                    lists: live?.lists ?? ServerLists(),
                    tools: tools.filter { $0.seen.state != .gone } + tools.filter { $0.seen.state == .gone })
            }
        }
    }

    private static func view(_ seen: DiscoveredTool, reader: any StoreReader) throws -> DiscoveredToolView {
        let history = try reader.discoveries(server: seen.server, name: seen.name, limit: greatestHistory)
        let known = history.filter { $0.definition != nil }
        guard let current = known.first, let earlier = known.first(where: { $0.digest != current.digest }),
            let before = earlier.definition, let after = current.definition
        else { return DiscoveredToolView(seen: seen, changedAt: nil, changes: []) }
        let since = known.prefix { $0.digest == current.digest }.last
        return DiscoveredToolView(
            seen: seen, changedAt: since?.seenAt, changes: DefinitionChange.between(before, after))
    }
}
