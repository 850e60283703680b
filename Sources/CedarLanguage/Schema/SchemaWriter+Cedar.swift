extension CedarSchema {
    /// The schema in its text syntax. Parsing it gives an equal schema.
    ///
    /// Errs where JSON says more than text can: an entity type is meant, and a common type has the same name.
    public func cedarText() throws(CedarSchemaError) -> String {
        var writer = SchemaTextWriter(self)
        for namespace in namespaces { try writer.write(namespace) }
        return writer.text
    }
}

/// Writes schema text, two spaces a level.
private struct SchemaTextWriter {
    private(set) var text = ""
    private let resolved: ResolvedSchema
    private let common: Set<CedarString>
    private var indent = ""
    private var namespace: CedarString = ""
    /// Types that were written in full where JSON names them.
    private var expanded = 0

    private static let maximumExpansion = 10_000

    init(_ schema: CedarSchema) {
        resolved = schema.resolved
        common = Set(schema.namespaces.flatMap { namespace in namespace.types.map { namespace.qualified($0.name) } })
    }

    mutating func write(_ namespace: NamespaceDeclaration) throws(CedarSchemaError) {
        self.namespace = namespace.name
        let isNamed = !namespace.name.utf8.isEmpty
        if isNamed {
            if !text.isEmpty { text += "\n" }
            write(namespace.annotations)
            text += "namespace \(namespace.name) {\n"
            indent = "  "
        }
        for type in namespace.types {
            write(type.annotations)
            text += "\(indent)type \(type.name) = \(try written(type.type));\n"
        }
        for entity in namespace.entities { try write(entity) }
        for action in namespace.actions { try write(action) }
        if isNamed {
            indent = ""
            text += "}\n"
        }
    }

    private mutating func write(_ annotations: [SchemaAnnotation]) {
        for annotation in annotations { text += "\(indent)\(Self.written(annotation))\n" }
    }

    private static func written(_ annotation: SchemaAnnotation) -> String {
        "@\(annotation.name)" + (annotation.value.map { "(\(StringEscapes.quoted($0.string)))" } ?? "")
    }

    // MARK: Declarations

    private mutating func write(_ entity: EntityDeclaration) throws(CedarSchemaError) {
        write(entity.annotations)
        text += "\(indent)entity \(entity.name)"
        switch entity.content {
        case .choices(let choices):
            text += " enum [\(choices.map { StringEscapes.quoted($0.string) }.joined(separator: ", "))]"
        case .standard(let parents, let shape, let tags):
            if !parents.isEmpty { text += " in \(names(parents))" }
            if case .record(let attributes) = shape {
                if !attributes.isEmpty { text += " = \(try written(shape))" }
            } else if let shape = try namedShape(of: entity) {
                text += " = \(shape)"
            }
            if let tags { text += " tags \(try written(tags))" }
        }
        text += ";\n"
    }

    /// Only JSON can name a shape; in text it stands in full.
    private mutating func namedShape(of entity: EntityDeclaration) throws(CedarSchemaError) -> String? {
        let name = NamespaceDeclaration.qualified(entity.name, in: namespace)
        guard let index = resolved.index(of: EntityTypeName(unchecked: name.string)) else { return nil }
        return try written(resolved.definition(index).shape)
    }

    private mutating func write(_ action: ActionDeclaration) throws(CedarSchemaError) {
        write(action.annotations)
        text += "\(indent)action \(StringEscapes.quoted(action.name.string))"
        if !action.memberOf.isEmpty {
            let groups = action.memberOf.map { group in
                (group.type.map { "\($0)::" } ?? "") + StringEscapes.quoted(group.id.string)
            }
            text += " in [\(groups.joined(separator: ", "))]"
        }
        // Text has no empty lists: what applies to nothing says nothing.
        if let appliesTo = action.appliesTo, !appliesTo.principals.isEmpty, !appliesTo.resources.isEmpty {
            text += " appliesTo {\n\(indent)  principal: \(names(appliesTo.principals)),\n"
            text += "\(indent)  resource: \(names(appliesTo.resources)),\n"
            text += "\(indent)  context: \(try written(appliesTo.context))\n\(indent)}"
        }
        text += ";\n"
    }

    private func names(_ names: [SchemaName]) -> String {
        "[\(names.map(\.path.string).joined(separator: ", "))]"
    }

    // MARK: Types

    /// The recursion is bounded by the depth of a written type.
    private func written(_ type: SchemaType) throws(CedarSchemaError) -> String {
        switch type {
        case .named(let name): return try written(name)
        case .set(let element): return "Set<\(try written(element))>"
        case .record(let attributes):
            var members: [String] = []
            for attribute in attributes {
                let annotations = attribute.annotations.map { Self.written($0) + " " }.joined()
                let type = try written(attribute.type)
                members.append(annotations + Self.written(attribute.name, isRequired: attribute.isRequired) + type)
            }
            return Self.record(members)
        }
    }

    private static func record(_ members: [String]) -> String {
        members.isEmpty ? "{}" : "{ \(members.joined(separator: ", ")) }"
    }

    private static func written(_ name: CedarString, isRequired: Bool) -> String {
        let isIdentifier = Identifier.isValid(Substring(name.string))
        return (isIdentifier ? name.string : StringEscapes.quoted(name.string)) + (isRequired ? ": " : "?: ")
    }

    private func written(_ name: SchemaName) throws(CedarSchemaError) -> String {
        let candidates = [name.path, NamespaceDeclaration.qualified(name.path, in: namespace)]
        let isCommon = candidates.contains { common.contains($0) }
        switch name.kind {
        case .any: return name.path.string
        case .entity:
            guard isCommon else { return name.path.string }
            throw CedarSchemaError(
                message: "text cannot name the entity type `\(name.path)`, since a common type has this name",
                hint: "rename one of them", position: nil)
        case .common:
            let isEntity = candidates.contains { resolved.index(of: EntityTypeName(unchecked: $0.string)) != nil }
            let isHidden = !isCommon && isEntity && name.languageType == nil
            return isHidden ? "__cedar::\(name.path)" : name.path.string
        }
    }

    /// Common types that name each other can stand for more text than there is room for.
    private mutating func written(_ number: TypeID) throws(CedarSchemaError) -> String {
        expanded += 1
        guard expanded <= Self.maximumExpansion else {
            throw CedarSchemaError(
                message: "the shapes that are named in JSON are too large to be written in full",
                hint: "declare records where they are used", position: nil)
        }
        switch resolved.types[number] {
        case .set(let element): return "Set<\(try written(element))>"
        case .record(let attributes, _):
            var members: [String] = []
            for attribute in attributes {
                let type = try written(attribute.type)
                members.append(Self.written(attribute.name, isRequired: attribute.isRequired) + type)
            }
            return Self.record(members)
        case .entity(let indices): return indices.first.map { resolved.definition($0).name.description } ?? ""
        default: return "__cedar::\(resolved.describe(number))"
        }
    }
}
