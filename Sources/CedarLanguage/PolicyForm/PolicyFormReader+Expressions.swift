import CanonicalEncoding

/// Expressions: objects with one member, whose name is the operator. Depth costs no stack.
extension PolicyFormReader {
    /// What is built from operands that are built before it.
    private enum Shape {
        case chain(ChainLink)
        case binary(BinaryOperator)
        case not, negate, conditional, isEmpty, set
        case isType(EntityTypeName, hasContainer: Bool)
        case has([CedarString])
        case attribute(CedarString)
        case like(LikePattern)
        case record([CedarString])
        case call(ExtensionFunction)
    }

    private enum Work {
        case expression(Int)
        /// What stands below `Value`.
        case value(Int)
        case build(Shape, operands: Int, node: Int)
    }

    private typealias Plan = (shape: Shape, operands: [Work])

    mutating func expression(_ root: Int) throws(Failure) -> NodeIndex {
        var work: [Work] = [.expression(root)]
        var built: [NodeIndex] = []
        while let next = work.popLast() {
            switch next {
            case .build(let shape, let count, let node):
                let operands = Array(built.suffix(count))
                built.removeLast(operands.count)
                built.append(
                    try building(node) { (reader) throws(ParseFailure) in
                        try reader.build(shape, operands, at: reader.span(of: node))
                    })
            case .expression(let node), .value(let node):
                let isValue = if case .value = next { true } else { false }
                if let leaf = try isValue ? literal(node) : leaf(node) {
                    built.append(leaf)
                } else {
                    let plan = try isValue ? valuePlan(node) : plan(node)
                    work.append(.build(plan.shape, operands: plan.operands.count, node: node))
                    work += plan.operands.reversed()
                }
            }
        }
        guard let result = built.last else { throw Failure(node: root, message: "an expression was expected") }
        return result
    }

    private mutating func building<Result>(
        _ node: Int, _ body: (inout PolicyFormReader) throws(ParseFailure) -> Result
    ) throws(Failure) -> Result {
        do {
            return try body(&self)
        } catch {
            throw Failure(node: node, message: error.message)
        }
    }

    /// The operator and what stands below it.
    private func only(_ node: Int) throws(Failure) -> FlatJSON.Entry {
        let entries = try object(node)
        guard let entry = entries.first, entries.count == 1 else {
            throw Failure(node: node, message: "an expression is an object with one member, its operator")
        }
        return entry
    }

    /// Variables and values that hold no others.
    private mutating func leaf(_ node: Int) throws(Failure) -> NodeIndex? {
        let entry = try only(node)
        if entry.name == "Value" { return try literal(entry.node) }
        guard entry.name == "Var" else { return nil }
        guard let variable = CedarVariable(rawValue: try text(entry.node).string) else {
            throw Failure(node: entry.node, message: "variables are principal, action, resource and context")
        }
        return try building(node) { (reader) throws(ParseFailure) in
            try reader.builder.add(.variable(variable), at: reader.span(of: node))
        }
    }

    // MARK: Values

    private mutating func literal(_ node: Int) throws(Failure) -> NodeIndex? {
        let value: CedarValue
        switch json.nodes[node] {
        case .null: throw Failure(node: node, message: "null is no value of the language")
        case .double: throw Failure(node: node, message: "numbers have to be integers of 64 bits")
        case .bool(let bool): value = .bool(bool)
        case .integer(let integer): value = .long(integer)
        case .string(let text): value = .string(CedarString(text))
        case .array: return nil
        case .object(let range):
            guard range.count == 1, let entry = json.entries[range].first, entry.name == "__entity" else { return nil }
            value = .entity(try entity(node))
        }
        return try building(node) { (reader) throws(ParseFailure) in
            try reader.builder.literal(value, at: reader.span(of: node))
        }
    }

    private func valuePlan(_ node: Int) throws(Failure) -> Plan {
        if case .array(let range) = json.nodes[node] { return (.set, json.entries[range].map { .value($0.node) }) }
        let entries = try object(node)
        guard entries.count == 1, let entry = entries.first, entry.name == "__extn" else {
            return (.record(entries.map { CedarString($0.name) }), entries.map { .value($0.node) })
        }
        try members(of: entry.node, required: ["fn"], optional: ["arg", "args"])
        let name = try required("fn", entry.node)
        guard let function = ExtensionFunction.named(CedarString(try text(name))) else {
            throw Failure(node: name, message: "there is no such function")
        }
        switch (json.member("arg", of: entry.node), json.member("args", of: entry.node)) {
        case (let argument?, nil): return (.call(function), [.value(argument)])
        case (nil, let list?):
            let arguments = try array(list)
            try demandReceiver(function, arguments, list)
            return (.call(function), arguments.map { .value($0) })
        default: throw Failure(node: entry.node, message: "either `arg` or `args` is needed")
        }
    }

    /// A method cannot be written without what it is called on.
    private func demandReceiver(_ function: ExtensionFunction, _ arguments: [Int], _ node: Int) throws(Failure) {
        guard function.isConstructor || !arguments.isEmpty else {
            throw Failure(node: node, message: "the method `\(function.rawValue)` needs a receiver")
        }
    }

    // MARK: Operators

    private static let chains: [Text: ChainLink] = [
        "&&": .and, "||": .or, "+": .add, "-": .subtract, "*": .multiply,
    ]
    private static let relations: [Text: BinaryOperator] = [
        "==": .equal, "!=": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
        "in": .isIn, "hasTag": .hasTag, "getTag": .getTag, "contains": .contains, "containsAll": .containsAll,
        "containsAny": .containsAny,
    ]

    private func plan(_ node: Int) throws(Failure) -> Plan {
        let entry = try only(node)
        let body = entry.node
        if let link = Self.chains[entry.name] { return (.chain(link), try pair(body)) }
        if let relation = Self.relations[entry.name] { return (.binary(relation), try pair(body)) }
        switch entry.name.string {
        case "Value": return try valuePlan(body)
        case "!": return (.not, try argument(body))
        case "neg": return (.negate, try argument(body))
        case "isEmpty": return (.isEmpty, try argument(body))
        case "if-then-else":
            try members(of: body, required: ["if", "then", "else"])
            let parts = [try required("if", body), try required("then", body), try required("else", body)]
            return (.conditional, parts.map { .expression($0) })
        case "Set": return (.set, try array(body).map { .expression($0) })
        case "Record":
            let entries = try object(body)
            return (.record(entries.map { CedarString($0.name) }), entries.map { .expression($0.node) })
        case ".", "has", "is", "like": return try access(entry.name, body)
        default:
            guard let function = ExtensionFunction.named(CedarString(entry.name)) else {
                throw Failure(node: body, message: "there is no such operator")
            }
            let arguments = try array(body)
            try demandReceiver(function, arguments, body)
            return (.call(function), arguments.map { .expression($0) })
        }
    }

    private func pair(_ body: Int) throws(Failure) -> [Work] {
        try members(of: body, required: ["left", "right"])
        return [.expression(try required("left", body)), .expression(try required("right", body))]
    }

    private func argument(_ body: Int) throws(Failure) -> [Work] {
        try members(of: body, required: ["arg"])
        return [.expression(try required("arg", body))]
    }

    private func access(_ name: Text, _ body: Int) throws(Failure) -> Plan {
        let left = Work.expression(try required("left", body))
        switch name.string {
        case "like":
            try members(of: body, required: ["left", "pattern"])
            return (.like(try pattern(try required("pattern", body))), [left])
        case "is":
            try members(of: body, required: ["left", "entity_type"], optional: ["in"])
            let type = try typeName(try required("entity_type", body))
            guard let container = json.member("in", of: body) else {
                return (.isType(type, hasContainer: false), [left])
            }
            return (.isType(type, hasContainer: true), [left, .expression(container)])
        case "has":
            try members(of: body, required: ["left", "attr"])
            return (.has(try attributePath(try required("attr", body))), [left])
        default:
            try members(of: body, required: ["left", "attr"])
            return (.attribute(CedarString(try text(try required("attr", body)))), [left])
        }
    }

    /// One name, or the names of `has a.b.c`, which have to be identifiers.
    private func attributePath(_ node: Int) throws(Failure) -> [CedarString] {
        guard case .array = json.nodes[node] else { return [CedarString(try text(node))] }
        let parts = try array(node)
        var names: [CedarString] = []
        for part in parts {
            let name = try text(part)
            guard parts.count == 1 || Identifier.isValid(name.string[...]) else {
                throw Failure(
                    node: part, message: "the names after `has` have to be identifiers when there are several")
            }
            names.append(CedarString(name))
        }
        guard !names.isEmpty else { throw Failure(node: node, message: "an attribute's name was expected") }
        return names
    }

    private func pattern(_ node: Int) throws(Failure) -> LikePattern {
        var stretches: [[UInt8]] = [[]]
        for element in try array(node) {
            if case .string(let word) = json.nodes[element], word == "Wildcard" {
                stretches.append([])
            } else {
                try members(of: element, required: ["Literal"])
                stretches[stretches.count - 1] += Array(try text(try required("Literal", element)).utf8)
            }
        }
        return LikePattern(stretches: stretches)
    }

    // MARK: Building

    private mutating func build(
        _ shape: Shape, _ operands: [NodeIndex], at span: SourceSpan
    ) throws(ParseFailure) -> NodeIndex {
        switch shape {
        case .chain(let link): try builder.chain(link, left: operands[0], right: operands[1], at: span)
        case .binary(let name):
            try builder.add(.binary(name, operands[0], operands[1]), over: operands, at: span)
        case .not: try builder.add(.not(operands[0]), over: operands, at: span)
        case .negate: try builder.add(.negate(operands[0]), over: operands, at: span)
        case .isEmpty: try builder.add(.isEmpty(operands[0]), over: operands, at: span)
        case .conditional:
            try builder.add(.conditional(operands[0], operands[1], operands[2]), over: operands, at: span)
        case .set: try builder.add(.set(list: builder.list(operands)), over: operands, at: span)
        case .record(let names):
            try builder.add(
                .record(list: builder.list(operands), names: indices(names)), over: operands, at: span)
        case .call(let function):
            try builder.add(.call(function, list: builder.list(operands)), over: operands, at: span)
        case .isType(let type, let hasContainer):
            try builder.add(
                hasContainer
                    ? .isTypeIn(operands[0], type: builder.type(type), operands[1])
                    : .isType(operands[0], type: builder.type(type)), over: operands, at: span)
        case .has(let names): try builder.add(.has(operands[0], names: indices(names)), over: operands, at: span)
        case .attribute(let name):
            try builder.add(.attribute(operands[0], name: builder.name(name)), over: operands, at: span)
        case .like(let pattern):
            try builder.add(.like(operands[0], pattern: builder.pattern(pattern)), over: operands, at: span)
        }
    }

    private mutating func indices(_ names: [CedarString]) -> Int32 {
        var indices: [Int32] = []
        for name in names { indices.append(builder.name(name)) }
        return builder.list(indices)
    }
}
