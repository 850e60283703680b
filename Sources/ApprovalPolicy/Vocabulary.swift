import CanonicalEncoding
import CedarLanguage

/// The entity types of a namespace.
struct Vocabulary: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case agent = "Agent"
        case human = "Human"
        case group = "Group"
        case tool = "Tool"
        case server = "Server"
        case resource = "Resource"
        case approval = "Approval"
        case action = "Action"
    }

    private let types: [Kind: EntityTypeName]
    private let fallback: EntityTypeName

    /// Nil unless the namespace is a path of identifiers.
    init?(namespace: String) {
        guard let fallback = EntityTypeName(namespace) else { return nil }
        self.fallback = fallback
        var types: [Kind: EntityTypeName] = [:]
        for kind in Kind.allCases { types[kind] = EntityTypeName("\(namespace)::\(kind.rawValue)") }
        self.types = types
    }

    func uid(_ kind: Kind, _ id: Text) -> EntityUID {
        EntityUID(type: types[kind] ?? fallback, id: CedarString(id))
    }

    func action(_ name: Text) -> EntityUID { uid(.action, name) }
}
