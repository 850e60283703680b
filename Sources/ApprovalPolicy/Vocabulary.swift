import CanonicalEncoding
import CedarLanguage

/// The entity types of a namespace.
struct Vocabulary: Sendable {
    enum Kind: Int, CaseIterable, Sendable {
        case agent, human, group, tool, server, resource, approval, action

        var name: String {
            switch self {
            case .agent: "Agent"
            case .human: "Human"
            case .group: "Group"
            case .tool: "Tool"
            case .server: "Server"
            case .resource: "Resource"
            case .approval: "Approval"
            case .action: "Action"
            }
        }
    }

    /// In the order of the kinds.
    private let types: [EntityTypeName]
    /// The groups that every tool's action is in.
    let callTool: CedarEntity

    /// Nil unless the namespace is a path of identifiers.
    init?(namespace: String) {
        let types = Kind.allCases.compactMap { EntityTypeName("\(namespace)::\($0.name)") }
        guard types.count == Kind.allCases.count else { return nil }
        self.types = types
        let action = types[Kind.action.rawValue]
        callTool = CedarEntity(
            uid: EntityUID(type: action, id: "CallTool"), parents: [EntityUID(type: action, id: "Mcp")])
    }

    func uid(_ kind: Kind, _ id: Text) -> EntityUID {
        EntityUID(type: types[kind.rawValue], id: CedarString(id))
    }

    func action(_ name: Text) -> EntityUID { uid(.action, name) }
}
