package import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
package import ModelContextProtocol

/// A tool server as it is now: what is registered about it, and what it offers.
package struct CatalogueServer: Sendable {
    package enum Connection: Hashable, Sendable {
        case waiting
        case connected(UpstreamGreeting)
        /// Why, in words for people who operate it.
        case failed(String)
    }

    package let registration: UpstreamRegistration
    package internal(set) var connection: Connection = .waiting
    /// By name: the tools that can be called, and the other things that it can be asked (``ServerMethod``).
    package internal(set) var tools: [Text: CatalogueTool] = [:]
    package internal(set) var lists = ServerLists()
    /// The last lines of its standard error, without credentials.
    package internal(set) var said: [String] = []

    package init(registration: UpstreamRegistration) {
        self.registration = registration
    }

    /// The tools that the server publishes, by name.
    package var publishedTools: [CatalogueTool] {
        tools.values.filter { $0.definition != nil }.sorted {
            $0.registered.reference.name < $1.registered.reference.name
        }
    }

    /// Whether the server can be asked so.
    package func offers(_ method: ServerMethod) -> Bool { tools[method.name] != nil }
}

/// What a server lists beside its tools, as it came: data that passes through.
package struct ServerLists: Hashable, Sendable {
    package var resources: [JSONObject] = []
    package var resourceTemplates: [JSONObject] = []
    package var prompts: [JSONObject] = []
}

/// A tool that can be called, with everything about it that a call needs.
package struct CatalogueTool: Sendable {
    package let registered: RegisteredTool
    /// As it is published; nil for a ``ServerMethod``.
    package let definition: ToolDefinition?
    /// Compiled once.
    package let arguments: ArgumentSchema

    package var reference: ToolReference { registered.reference }
}
