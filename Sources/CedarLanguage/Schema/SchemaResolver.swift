/// Gives every name of a schema its meaning, or says what is wrong.
struct SchemaResolver {
    private struct CommonType {
        let declaration: CommonTypeDeclaration
        let namespace: CedarString
    }

    private var schema = ResolvedSchema()
    private var common: [CedarString: CommonType] = [:]
    private var commonTypes: [CedarString: TypeID] = [:]

    /// The whole schema, resolved.
    static func resolve(_ namespaces: [NamespaceDeclaration]) throws(ParseFailure) -> ResolvedSchema {
        var resolver = SchemaResolver()
        try resolver.declare(namespaces)
        try resolver.refuseShadowing(namespaces)
        try resolver.resolveCommonTypes(namespaces)
        for namespace in namespaces {
            for entity in namespace.entities { try resolver.resolve(entity, in: namespace) }
            for action in namespace.actions { try resolver.resolve(action, in: namespace) }
        }
        try resolver.refuseActionCycles(namespaces)
        return resolver.schema
    }

    // MARK: Declarations

    private mutating func declare(_ namespaces: [NamespaceDeclaration]) throws(ParseFailure) {
        for namespace in namespaces {
            for type in namespace.types {
                let name = namespace.qualified(type.name)
                guard common.updateValue(CommonType(declaration: type, namespace: namespace.name), forKey: name) == nil
                else { throw Self.twice("type", name, type.offset) }
            }
            for entity in namespace.entities {
                let name = namespace.qualified(entity.name)
                guard entity.name != "Action" else {
                    throw ParseFailure(
                        offset: entity.offset, message: "`Action` is the type of actions and cannot be declared")
                }
                guard declareType(name) else { throw Self.twice("entity type", name, entity.offset) }
            }
            guard !namespace.actions.isEmpty else { continue }
            let name = namespace.qualified("Action")
            _ = declareType(name, isAction: true)
            for action in namespace.actions { try declare(action, EntityTypeName(unchecked: name.string)) }
        }
    }

    /// False when the name is taken.
    private mutating func declareType(_ name: CedarString, isAction: Bool = false) -> Bool {
        let type = EntityTypeName(unchecked: name.string)
        guard schema.entityIndices[type] == nil else { return false }
        schema.entityIndices[type] = EntityTypeIndex(schema.entities.count)
        schema.entities.append(EntityTypeDefinition(name: type, isAction: isAction))
        return true
    }

    private mutating func declare(_ action: ActionDeclaration, _ type: EntityTypeName) throws(ParseFailure) {
        let uid = EntityUID(type: type, id: action.name)
        guard schema.actionIndices[uid] == nil else { throw Self.twice("action", uid.id, action.offset) }
        schema.actionIndices[uid] = schema.actions.count
        schema.actions.append(ActionDefinition(uid: uid, type: schema.entityIndices[type] ?? 0))
    }

    private static func twice(_ kind: String, _ name: CedarString, _ offset: Int) -> ParseFailure {
        ParseFailure(offset: offset, message: "the \(kind) `\(name)` is declared twice", hint: "keep one declaration")
    }

    /// What has no namespace can be named from all of them, so a namespace must not give its names another meaning.
    private func refuseShadowing(_ namespaces: [NamespaceDeclaration]) throws(ParseFailure) {
        guard let outer = namespaces.first(where: \.name.utf8.isEmpty) else { return }
        let types = Set(outer.types.map(\.name) + outer.entities.map(\.name))
        let actions = Set(outer.actions.map(\.name))
        for namespace in namespaces where !namespace.name.utf8.isEmpty {
            let declared =
                namespace.types.map { ($0.name, $0.offset) } + namespace.entities.map { ($0.name, $0.offset) }
            let shadowing =
                declared.first { types.contains($0.0) }
                ?? namespace.actions.first { actions.contains($0.name) }.map { ($0.name, $0.offset) }
            if let (name, offset) = shadowing {
                throw ParseFailure(
                    offset: offset, message: "`\(name)` of \(namespace.name) hides the one without namespace",
                    hint: "rename one of them")
            }
        }
    }

    // MARK: Names

    private enum Meaning {
        case common(CedarString)
        case entity(EntityTypeIndex)
        case builtIn(TypeID)
    }

    /// In the namespace first, then outside of all, then in the language.
    private func meaning(of name: SchemaName, in namespace: CedarString) throws(ParseFailure) -> Meaning {
        let isQualified = name.path.utf8.contains(UInt8(ascii: ":"))
        var candidates = [name.path]
        if !isQualified, !namespace.utf8.isEmpty {
            candidates.insert(NamespaceDeclaration.qualified(name.path, in: namespace), at: 0)
        }
        for candidate in candidates {
            if name.kind != .entity, common[candidate] != nil { return .common(candidate) }
            let type = EntityTypeName(unchecked: candidate.string)
            if name.kind != .common, let index = schema.entityIndices[type] { return .entity(index) }
        }
        let prefix = "__cedar::"
        let isLanguages = name.path.utf8.starts(with: prefix.utf8)
        let bare = isLanguages ? CedarString(String(name.path.string.dropFirst(prefix.count))) : name.path
        if name.kind != .entity, let builtIn = TypeTable.named[bare] { return .builtIn(builtIn) }
        throw ParseFailure(
            offset: name.offset, message: "there is no \(Self.sought[name.kind] ?? "type") `\(name.path)`",
            hint: Self.hint(for: name))
    }

    private static let sought: [SchemaName.Kind: String] = [
        .any: "type", .entity: "entity type", .common: "common type",
    ]

    private static func hint(for name: SchemaName) -> String {
        switch name.path {
        case "Set": "write Set<Type>"
        case "Boolean": "write Bool"
        case "Int", "Integer", "Number", "Float": "numbers are Long, or decimal with up to four decimal places"
        default: "declare it, or write its namespace in front"
        }
    }

    /// The entity type that a name in `in`, `principal` or `resource` means.
    private func entity(_ name: SchemaName, in namespace: CedarString) throws(ParseFailure) -> EntityTypeIndex {
        guard case .entity(let index) = try meaning(of: name, in: namespace), !schema.definition(index).isAction else {
            throw ParseFailure(offset: name.offset, message: "actions cannot stand here: `\(name.path)` is their type")
        }
        return index
    }

    // MARK: Types

    /// The recursion is bounded by the depth of one written type; common types that it names are resolved before.
    private mutating func type(_ type: SchemaType, in namespace: CedarString) throws(ParseFailure) -> TypeID {
        switch type {
        case .named(let name):
            switch try meaning(of: name, in: namespace) {
            case .common(let path): return commonTypes[path] ?? TypeTable.never
            case .entity(let index): return schema.types.entity(index)
            case .builtIn(let number): return number
            }
        case .set(let element):
            let element = try self.type(element, in: namespace)
            let number = schema.types.set(of: element)
            return try bounded(number)
        case .record(let attributes):
            var resolved: [AttributeType] = []
            for attribute in attributes {
                let type = try self.type(attribute.type, in: namespace)
                resolved.append(AttributeType(name: attribute.name, type: type, isRequired: attribute.isRequired))
            }
            resolved.sort { $0.name < $1.name }
            let number = schema.types.number(of: .record(resolved, isOpen: false))
            return try bounded(number)
        }
    }

    private func bounded(_ number: TypeID) throws(ParseFailure) -> TypeID {
        guard schema.types.depth(of: number) <= TypeTable.maximumDepth else {
            throw ParseFailure(
                offset: 0, message: "common types nest more than \(TypeTable.maximumDepth) levels deep in each other",
                hint: "refer to an entity type instead")
        }
        return number
    }

    /// The common types that a written type names.
    private func dependencies(of type: SchemaType, in namespace: CedarString) throws(ParseFailure) -> [CedarString] {
        var found: [CedarString] = []
        var open = [type]
        while let next = open.popLast() {
            switch next {
            case .named(let name):
                if case .common(let path) = try meaning(of: name, in: namespace) { found.append(path) }
            case .set(let element): open.append(element)
            case .record(let attributes): open += attributes.map(\.type)
            }
        }
        return found
    }

    /// Each after those that it names, without recursion.
    private mutating func resolveCommonTypes(_ namespaces: [NamespaceDeclaration]) throws(ParseFailure) {
        let names = namespaces.flatMap { namespace in namespace.types.map { namespace.qualified($0.name) } }
        var walk = OrderedWalk<CedarString>()
        for name in names {
            guard !walk.isDone(name) else { continue }
            walk.begin(name)
            while let next = walk.current {
                guard let declared = common[next] else { break }
                if walk.isNew {
                    walk.expand(try dependencies(of: declared.declaration.type, in: declared.namespace))
                } else if let inner = walk.nextOpen() {
                    guard walk.begin(inner) else {
                        let offset = common[inner]?.declaration.offset ?? 0
                        throw ParseFailure(
                            offset: offset, message: "the type `\(inner)` contains itself",
                            hint: "refer to an entity type, which may")
                    }
                } else {
                    commonTypes[next] = try type(declared.declaration.type, in: declared.namespace)
                    walk.finish()
                }
            }
        }
    }
}

/// Entity types and actions.
extension SchemaResolver {
    private mutating func resolve(
        _ entity: EntityDeclaration, in namespace: NamespaceDeclaration
    ) throws(ParseFailure) {
        let type = EntityTypeName(unchecked: namespace.qualified(entity.name).string)
        guard let index = schema.entityIndices[type] else { return }
        var definition = schema.definition(index)
        switch entity.content {
        case .choices(let choices): definition.choices = Set(choices)
        case .standard(let parents, let shape, let tags):
            for parent in parents { definition.parents.append(try self.entity(parent, in: namespace.name)) }
            definition.shape = try record(shape, of: "the shape of `\(type)`", in: namespace, entity.offset)
            if let tags { definition.tags = try self.type(tags, in: namespace.name) }
        }
        schema.entities[Int(index)] = definition
    }

    private mutating func record(
        _ type: SchemaType, of what: String, in namespace: NamespaceDeclaration, _ offset: Int
    ) throws(ParseFailure) -> TypeID {
        let number = try self.type(type, in: namespace.name)
        guard case .record = schema.types[number] else {
            throw ParseFailure(offset: offset, message: "\(what) has to be a record")
        }
        return number
    }

    private mutating func resolve(
        _ action: ActionDeclaration, in namespace: NamespaceDeclaration
    ) throws(ParseFailure) {
        let type = EntityTypeName(unchecked: namespace.qualified("Action").string)
        guard let index = schema.actionIndices[EntityUID(type: type, id: action.name)] else { return }
        var definition = schema.actions[index]
        for reference in action.memberOf { definition.parents.append(try group(reference, in: namespace)) }
        if let applies = action.appliesTo {
            for name in applies.principals { definition.principals.append(try entity(name, in: namespace.name)) }
            for name in applies.resources { definition.resources.append(try entity(name, in: namespace.name)) }
            definition.context = try record(
                applies.context, of: "the context of `\(action.name)`", in: namespace, action.offset)
        }
        schema.actions[index] = definition
    }

    private func group(
        _ reference: ActionDeclaration.Reference, in namespace: NamespaceDeclaration
    ) throws(ParseFailure) -> EntityUID {
        let type = reference.type ?? "Action"
        var candidates = [type]
        if !type.utf8.contains(UInt8(ascii: ":")) { candidates.insert(namespace.qualified(type), at: 0) }
        for candidate in candidates {
            let uid = EntityUID(type: EntityTypeName(unchecked: candidate.string), id: reference.id)
            if schema.actionIndices[uid] != nil { return uid }
        }
        let uid = EntityUID(type: EntityTypeName(unchecked: type.string), id: reference.id)
        throw ParseFailure(
            offset: reference.offset, message: "there is no action \(uid)", hint: "declare it, without appliesTo")
    }

    private func refuseActionCycles(_ namespaces: [NamespaceDeclaration]) throws(ParseFailure) {
        var walk = OrderedWalk<Int>()
        for index in schema.actions.indices where !walk.isDone(index) {
            walk.begin(index)
            while let next = walk.current {
                if walk.isNew {
                    walk.expand(schema.actions[next].parents.compactMap { schema.actionIndices[$0] })
                } else if let inner = walk.nextOpen() {
                    guard walk.begin(inner) else {
                        throw ParseFailure(
                            offset: namespaces.flatMap(\.actions)[inner].offset,
                            message: "the action \(schema.actions[inner].uid) is its own group")
                    }
                } else {
                    walk.finish()
                }
            }
        }
    }
}
