/// Namespaces, entity types, actions and common types.
extension SchemaParser {
    /// All declarations; those outside of a namespace come first, under the empty name.
    mutating func namespaces() throws(ParseFailure) -> [NamespaceDeclaration] {
        var outer = NamespaceDeclaration(name: "")
        var named: [NamespaceDeclaration] = []
        var seen: Set<CedarString> = []
        while current.kind != .end {
            let annotations = try annotations()
            guard isWord("namespace") else {
                try declaration(into: &outer, annotations)
                continue
            }
            advance()
            let start = current.start
            let path = try path("the namespace's name was expected")
            guard !path.joined.string.utf8.starts(with: "__cedar::".utf8), !path.isBeforeString else {
                throw ParseFailure(offset: start, message: "this cannot be a namespace's name")
            }
            guard seen.insert(path.joined).inserted else {
                throw ParseFailure(
                    offset: start, message: "the namespace \(path.joined) is declared twice",
                    hint: "put its declarations together")
            }
            var namespace = NamespaceDeclaration(name: path.joined, annotations: annotations)
            try expect(.leftBrace, "{")
            while current.kind != .rightBrace { try declaration(into: &namespace, try self.annotations()) }
            advance()
            named.append(namespace)
        }
        return [outer] + named
    }

    private mutating func declaration(
        into namespace: inout NamespaceDeclaration, _ annotations: [SchemaAnnotation]
    ) throws(ParseFailure) {
        if isWord("entity") {
            advance()
            namespace.entities += try entity(annotations)
        } else if isWord("action") {
            advance()
            namespace.actions += try action(annotations)
        } else if isWord("type") {
            advance()
            namespace.types.append(try commonType(annotations))
        } else {
            let isInner = isWord("namespace")
            throw unexpected(
                "`entity`, `action` or `type` was expected",
                hint: isInner ? "namespaces do not nest; write namespace A::B" : nil)
        }
    }

    // MARK: Common types

    static let reservedTypeNames: Set<CedarString> = [
        "Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String",
    ]

    private mutating func commonType(_ annotations: [SchemaAnnotation]) throws(ParseFailure) -> CommonTypeDeclaration {
        let offset = current.start
        let name = try identifier("the type's name was expected")
        guard !Self.reservedTypeNames.contains(name) else {
            throw ParseFailure(offset: offset, message: "`\(name)` is the language's own name for a type")
        }
        try expect(.assign, "=")
        let type = try type()
        try expect(.semicolon, ";")
        return CommonTypeDeclaration(name: name, type: type, annotations: annotations, offset: offset)
    }

    // MARK: Entity types

    private mutating func entity(_ annotations: [SchemaAnnotation]) throws(ParseFailure) -> [EntityDeclaration] {
        var names: [(name: CedarString, offset: Int)] = []
        repeat {
            let offset = current.start
            names.append((try identifier("the entity type's name was expected"), offset))
        } while skip(.comma)
        let content: EntityDeclaration.Content
        if isWord("enum") {
            advance()
            content = .choices(try choices())
        } else {
            content = try standardEntity()
        }
        try expect(.semicolon, ";")
        return names.map {
            EntityDeclaration(name: $0.name, content: content, annotations: annotations, offset: $0.offset)
        }
    }

    private mutating func choices() throws(ParseFailure) -> [CedarString] {
        try expect(.leftBracket, "[")
        var choices: [CedarString] = []
        repeat { choices.append(try string()) } while skip(.comma)
        try expect(.rightBracket, "]")
        return choices
    }

    private mutating func standardEntity() throws(ParseFailure) -> EntityDeclaration.Content {
        var parents: [SchemaName] = []
        if isWord("in") {
            advance()
            parents = try entityTypes()
        }
        var shape: [SchemaAttribute] = []
        if skip(.assign) || current.kind == .leftBrace { shape = try record() }
        var tags: SchemaType?
        if isWord("tags") {
            advance()
            tags = try type()
        }
        return .standard(memberOf: parents, shape: .record(shape), tags: tags)
    }

    /// `A` or `[A, B]`, also empty.
    private mutating func entityTypes() throws(ParseFailure) -> [SchemaName] {
        guard skip(.leftBracket) else { return [try reference(.entity, "an entity type was expected")] }
        var types: [SchemaName] = []
        if skip(.rightBracket) { return types }
        repeat { types.append(try reference(.entity, "an entity type was expected")) } while skip(.comma)
        try expect(.rightBracket, "]")
        return types
    }

    // MARK: Actions

    private mutating func action(_ annotations: [SchemaAnnotation]) throws(ParseFailure) -> [ActionDeclaration] {
        var names: [(name: CedarString, offset: Int)] = []
        repeat {
            let offset = current.start
            names.append((try name("the action's name was expected"), offset))
        } while skip(.comma)
        var groups: [ActionDeclaration.Reference] = []
        if isWord("in") {
            advance()
            groups = try actionReferences()
        }
        var application: ActionDeclaration.Application?
        if isWord("appliesTo") {
            advance()
            application = try appliesTo()
        }
        if isWord("attributes") {
            advance()
            try expect(.leftBrace, "{")
            guard current.kind == .rightBrace else {
                throw unexpected("actions cannot have attributes: `}` was expected")
            }
            advance()
        }
        try expect(.semicolon, ";")
        return names.map {
            ActionDeclaration(
                name: $0.name, memberOf: groups, appliesTo: application, annotations: annotations, offset: $0.offset)
        }
    }

    private mutating func actionReferences() throws(ParseFailure) -> [ActionDeclaration.Reference] {
        guard skip(.leftBracket) else { return [try actionReference()] }
        var references: [ActionDeclaration.Reference] = []
        repeat { references.append(try actionReference()) } while skip(.comma)
        try expect(.rightBracket, "]")
        return references
    }

    private mutating func actionReference() throws(ParseFailure) -> ActionDeclaration.Reference {
        let offset = current.start
        guard current.kind == .identifier, following.kind == .doubleColon else {
            return .init(type: nil, id: try name("an action was expected"), offset: offset)
        }
        let path = try path("an action was expected")
        guard path.isBeforeString else {
            throw unexpected("the action's name in quotation marks was expected", hint: "write Action::\"name\"")
        }
        return .init(type: path.joined, id: try string(), offset: offset)
    }

    private mutating func appliesTo() throws(ParseFailure) -> ActionDeclaration.Application {
        let start = current.start
        try expect(.leftBrace, "{")
        var (principals, resources): ([SchemaName]?, [SchemaName]?)
        var context: SchemaType?
        repeat {
            if current.kind == .rightBrace, principals != nil || resources != nil || context != nil { break }
            if isWord("principal") {
                principals = try applicable("principal", known: principals)
            } else if isWord("resource") {
                resources = try applicable("resource", known: resources)
            } else if isWord("context") {
                guard context == nil else { throw unexpected("there is one context for an action") }
                advance()
                try expect(.colon, ":")
                context = try contextType()
            } else {
                throw unexpected("`principal`, `resource` or `context` was expected")
            }
        } while skip(.comma)
        try expect(.rightBrace, "}")
        guard let principals, let resources else {
            throw ParseFailure(
                offset: start, message: "this says not to which \(principals == nil ? "principal" : "resource") types",
                hint: "appliesTo needs principal and resource")
        }
        return .init(principals: principals, resources: resources, context: context ?? .record([]))
    }

    private mutating func applicable(_ word: String, known: [SchemaName]?) throws(ParseFailure) -> [SchemaName] {
        guard known == nil else { throw unexpected("`\(word)` is said once for an action") }
        advance()
        try expect(.colon, ":")
        let start = current.start
        let types = try entityTypes()
        guard !types.isEmpty else {
            throw ParseFailure(
                offset: start, message: "the list of \(word) types is empty",
                hint: "an action that applies to nothing has no appliesTo")
        }
        return types
    }

    private mutating func contextType() throws(ParseFailure) -> SchemaType {
        if current.kind == .leftBrace { return .record(try record()) }
        return .named(try reference(.common, "a record or the name of one was expected"))
    }
}
