package import CanonicalEncoding

/// A schema: which entity types, actions and contexts there are. Parsed and resolved once, then only read.
public struct CedarSchema: Sendable {
    let namespaces: [NamespaceDeclaration]
    let resolved: ResolvedSchema

    /// Parses schema text. The first mistake is reported with its place. Linear in the text; types nest at most 32 levels deep.
    public init(cedar source: String) throws(CedarSchemaError) {
        do throws(ParseFailure) {
            var parser = try SchemaParser(source)
            namespaces = try parser.namespaces()
            resolved = try SchemaResolver.resolve(namespaces)
        } catch {
            throw CedarSchemaError(
                message: error.message, hint: error.hint, position: SourcePosition(offset: error.offset, in: source))
        }
    }

    /// From the text of a schema in JSON.
    public init(json source: String) throws(CedarSchemaError) {
        let json: JSONValue
        do {
            json = try JSONForm.read(source)
        } catch {
            throw CedarSchemaError(message: error.message, hint: nil, position: nil)
        }
        try self.init(json: json)
    }

    package init(json: JSONValue) throws(CedarSchemaError) {
        do throws(ParseFailure) {
            namespaces = try SchemaJSON.namespaces(json)
            resolved = try SchemaResolver.resolve(namespaces)
        } catch {
            throw CedarSchemaError(message: error.message, hint: error.hint, position: nil)
        }
    }

    /// The actions as entities, with the groups that they stand in as parents.
    public var actionEntities: [CedarEntity] { resolved.actionEntities }

    /// All declared entity types, without those of actions, by name.
    public var entityTypes: [EntityTypeName] {
        resolved.entities.filter { !$0.isAction }.map(\.name).sorted()
    }

    /// All actions, groups included, by name.
    public var actions: [EntityUID] { resolved.actions.map(\.uid).sorted() }
}
