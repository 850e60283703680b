/// A type as it is written in a schema, before names are resolved. Its depth is bounded by `SchemaParser.maximumDepth`.
indirect enum SchemaType: Sendable {
    case named(SchemaName)
    case set(SchemaType)
    case record([SchemaAttribute])
}

/// A name that has to be resolved, and which things may have it.
struct SchemaName: Sendable {
    enum Kind: Sendable {
        /// A common type, an entity type or a type of the language, in this order.
        case any
        case entity
        /// A common type or a type of the language.
        case common
    }

    let kind: Kind
    /// Identifiers joined by `::`. Types of the language can be named `__cedar::Long`.
    let path: CedarString
    /// Where it stands in bytes; 0 in schemas from JSON.
    let offset: Int
}

/// An attribute of a record as it is written.
struct SchemaAttribute: Sendable {
    let name: CedarString
    let type: SchemaType
    let isRequired: Bool
    var annotations: [SchemaAnnotation] = []
}

/// `@name("value")`. The value is nil where JSON says null; in text, no value is the empty one.
struct SchemaAnnotation: Sendable {
    let name: CedarString
    let value: CedarString?
}

/// `type Name = …;`
struct CommonTypeDeclaration: Sendable {
    let name: CedarString
    let type: SchemaType
    let annotations: [SchemaAnnotation]
    let offset: Int
}

/// `entity Name …;`
struct EntityDeclaration: Sendable {
    enum Content: Sendable {
        /// `in […] = {…} tags T`. The shape is a record, or in JSON also the name of one.
        case standard(memberOf: [SchemaName], shape: SchemaType, tags: SchemaType?)
        /// `enum ["a", …]`
        case choices([CedarString])
    }

    let name: CedarString
    let content: Content
    let annotations: [SchemaAnnotation]
    let offset: Int
}

/// `action "name" …;`
struct ActionDeclaration: Sendable {
    /// An action named after `in`: with the path of its type, or without.
    struct Reference: Sendable {
        let type: CedarString?
        let id: CedarString
        let offset: Int
    }

    struct Application: Sendable {
        var principals: [SchemaName]
        var resources: [SchemaName]
        /// A record, or the name of one.
        var context: SchemaType
    }

    let name: CedarString
    let memberOf: [Reference]
    let appliesTo: Application?
    let annotations: [SchemaAnnotation]
    let offset: Int
}

/// What is declared in one namespace. The one without a name has the empty name.
struct NamespaceDeclaration: Sendable {
    let name: CedarString
    var annotations: [SchemaAnnotation] = []
    var types: [CommonTypeDeclaration] = []
    var entities: [EntityDeclaration] = []
    var actions: [ActionDeclaration] = []

    /// The full name of something declared here.
    func qualified(_ name: CedarString) -> CedarString {
        Self.qualified(name, in: self.name)
    }

    static func qualified(_ name: CedarString, in namespace: CedarString) -> CedarString {
        namespace.utf8.isEmpty ? name : CedarString("\(namespace)::\(name)")
    }
}

/// Why a schema was refused.
public struct CedarSchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence without full stop.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// Where in the schema text; nil for schemas from JSON, whose messages name the place.
    public let position: SourcePosition?

    /// `line:column: message`, then the hint.
    public var description: String {
        (position.map { "\($0): " } ?? "") + message + (hint.map { " (\($0))" } ?? "")
    }
}
