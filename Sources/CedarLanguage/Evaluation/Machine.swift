/// Runs compiled expressions for one request.
///
/// One instance serves all policies of a request. Nothing is allocated as long as expressions are of the usual depth and make
/// no sets, records and strings of their own.
struct Machine {
    let scope: EvaluationScope
    private var stack = ValueStack()
    private var program = Program.nothing
    private var counter = 0

    init(_ scope: EvaluationScope) {
        self.scope = scope
    }

    private var tree: ExpressionTree { program.tree }

    /// Turns to another expression.
    mutating func load(_ program: Program) {
        self.program = program
    }

    /// The value of the loaded expression.
    mutating func run() throws(EvaluationError) -> CedarValue {
        stack.removeAll()
        counter = 0
        while counter < program.code.count {
            let instruction = program.code[counter]
            counter += 1
            try step(instruction)
        }
        return pop()
    }

    mutating func runBool() throws(EvaluationError) -> Bool {
        let value = try run()
        guard case .bool(let bool) = value else { throw wrongType("bool", value) }
        return bool
    }

    // MARK: Stack

    private mutating func push(_ value: CedarValue) { stack.push(value) }
    private mutating func pop() -> CedarValue { stack.pop() }

    private func error(_ failure: EvaluationFailure) -> EvaluationError {
        let origin = counter > 0 ? program.origins[counter - 1] : 0
        return EvaluationError(failure: failure, span: tree.spans[Int(origin)])
    }

    private func wrongType(_ expected: String, _ found: CedarValue) -> EvaluationError {
        error(.wrongType(expected: expected, found: found.typeName))
    }

    private mutating func popBool() throws(EvaluationError) -> Bool {
        let value = pop()
        guard case .bool(let bool) = value else { throw wrongType("bool", value) }
        return bool
    }

    private mutating func popEntity() throws(EvaluationError) -> EntityUID {
        let value = pop()
        guard case .entity(let uid) = value else { throw wrongType("entity", value) }
        return uid
    }

    private mutating func popString() throws(EvaluationError) -> CedarString {
        let value = pop()
        guard case .string(let string) = value else { throw wrongType("string", value) }
        return string
    }

    private mutating func popSet() throws(EvaluationError) -> CedarSet {
        let value = pop()
        guard case .set(let set) = value else { throw wrongType("set", value) }
        return set
    }

    /// For sets and records, which are made of arrays anyway.
    private mutating func popMany(_ count: Int32) -> [CedarValue] {
        var values: [CedarValue] = []
        values.reserveCapacity(Int(count))
        for _ in 0..<count { values.append(pop()) }
        values.reverse()
        return values
    }

    // MARK: Steps

    private mutating func step(_ instruction: Instruction) throws(EvaluationError) {
        switch instruction {
        case .literal(let literal): push(tree.literals[Int(literal)])
        case .variable(let variable): push(value(of: variable))
        case .shortCircuit(let end, let label): try shortCircuit(when: end, label)
        case .expectBool: push(.bool(try popBool()))
        case .branch(let label): if !(try popBool()) { counter = program.labels[Int(label)] }
        case .jump(let label): counter = program.labels[Int(label)]
        case .not: push(.bool(!(try popBool())))
        case .negate, .add, .subtract, .multiply: try arithmetic(instruction)
        case .binary(let name): try binary(name)
        case .isType(let type): push(.bool(try popEntity().type == tree.types[Int(type)]))
        case .typeGate(let type, let label): try typeGate(type, label)
        case .has(let names): try has(tree.lists[Int(names)])
        case .attribute(let name): try attribute(Int(name))
        case .like(let pattern): push(.bool(tree.patterns[Int(pattern)].matches(try popString())))
        case .isEmpty: push(.bool(try popSet().elements.isEmpty))
        case .set(let count): push(.set(CedarSet(popMany(count))))
        case .record(let count, let names): record(count, names)
        case .call(let function, let count): try call(function, count)
        }
    }

    private func value(of variable: CedarVariable) -> CedarValue {
        switch variable {
        case .principal: .entity(scope.request.principal)
        case .action: .entity(scope.request.action)
        case .resource: .entity(scope.request.resource)
        case .context: .record(scope.request.context)
        }
    }

    private mutating func shortCircuit(when end: Bool, _ label: Int32) throws(EvaluationError) {
        guard try popBool() == end else { return }
        push(.bool(end))
        counter = program.labels[Int(label)]
    }

    private mutating func typeGate(_ type: Int32, _ label: Int32) throws(EvaluationError) {
        let uid = try popEntity()
        if uid.type == tree.types[Int(type)] {
            push(.entity(uid))
        } else {
            push(.bool(false))
            counter = program.labels[Int(label)]
        }
    }

    private mutating func popLong() throws(EvaluationError) -> Int64 {
        let value = pop()
        guard case .long(let long) = value else { throw wrongType("long", value) }
        return long
    }

    private mutating func arithmetic(_ instruction: Instruction) throws(EvaluationError) {
        let right = try popLong()
        let result: Int64?
        switch instruction {
        case .negate: result = Int64(0).minus(right)
        case .add: result = try popLong().plus(right)
        case .subtract: result = try popLong().minus(right)
        default: result = try popLong().times(right)
        }
        guard let result else { throw error(.overflow(operation: "this calculation")) }
        push(.long(result))
    }

    private mutating func record(_ count: Int32, _ names: Int32) {
        var members: [CedarRecord.Member] = []
        for (name, value) in zip(tree.lists[Int(names)], popMany(count)) {
            members.append(CedarRecord.Member(name: tree.names[Int(name)], value: value))
        }
        push(.record(CedarRecord(members)))
    }

    private mutating func call(_ function: ExtensionFunction, _ count: Int32) throws(EvaluationError) {
        guard count == function.arity else { throw error(.wrongArgumentCount(function, found: Int(count))) }
        let last = pop()
        let first = count == 1 ? last : pop()
        do {
            push(try function.apply(to: .init(first: first, second: last)))
        } catch {
            throw self.error(error.failure)
        }
    }
}

extension Machine {
    private mutating func binary(_ name: BinaryOperator) throws(EvaluationError) {
        let right = pop()
        switch name {
        case .equal: push(.bool(pop() == right))
        case .notEqual: push(.bool(pop() != right))
        // The left side is taken first: arguments that change the machine would make a copy of it.
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let left = pop()
            push(.bool(try compare(name, left, right)))
        case .isIn:
            let uid = try popEntity()
            push(.bool(try isIn(uid, right)))
        case .hasTag, .getTag: try tag(name, right)
        case .contains: push(.bool(try popSet().elements.contains(right)))
        case .containsAll, .containsAny:
            guard case .set(let second) = right else { throw wrongType("set", right) }
            let first = try popSet().elements
            push(
                .bool(
                    name == .containsAll
                        ? second.elements.isSubset(of: first) : !second.elements.isDisjoint(with: first)))
        }
    }

    /// Longs, datetimes and durations have an order, each among themselves.
    private func compare(
        _ name: BinaryOperator, _ first: CedarValue, _ second: CedarValue
    ) throws(EvaluationError) -> Bool {
        switch (first, second) {
        case (.long(let first), .long(let second)): return ordered(name, first, second)
        case (.datetime(let first), .datetime(let second)): return ordered(name, first, second)
        case (.duration(let first), .duration(let second)): return ordered(name, first, second)
        case (.long, _), (.datetime, _), (.duration, _): throw wrongType(first.typeName, second)
        default: throw wrongType("long, datetime or duration", first)
        }
    }

    private func ordered<Value: Comparable>(_ name: BinaryOperator, _ left: Value, _ right: Value) -> Bool {
        switch name {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        default: left >= right
        }
    }

    private func isIn(_ uid: EntityUID, _ container: CedarValue) throws(EvaluationError) -> Bool {
        switch container {
        case .entity(let ancestor): return scope.entities.isDescendant(uid, of: ancestor)
        case .set(let set):
            var isFound = false
            for element in set.elements {
                // Every element has to be an entity, also behind the one that is found.
                guard case .entity(let ancestor) = element else { throw wrongType("entity", element) }
                isFound = isFound || scope.entities.isDescendant(uid, of: ancestor)
            }
            return isFound
        default: throw wrongType("set or entity", container)
        }
    }

    // MARK: Attributes and tags

    private mutating func has(_ names: [Int32]) throws(EvaluationError) {
        var value = pop()
        for name in names {
            guard let next = try lookUp(Int(name), in: value) else {
                push(.bool(false))
                return
            }
            value = next
        }
        push(.bool(true))
    }

    private mutating func attribute(_ name: Int) throws(EvaluationError) {
        let value = pop()
        if let found = try lookUp(name, in: value) {
            push(found)
        } else if case .entity(let uid) = value, scope.entities[uid] == nil {
            throw error(.missingEntity(uid))
        } else {
            throw error(.missingAttribute(tree.names[name]))
        }
    }

    private func lookUp(_ name: Int, in value: CedarValue) throws(EvaluationError) -> CedarValue? {
        let tree = tree
        switch value {
        case .record(let record): return record.value(of: tree.names[name], tree.nameKeys[name])
        case .entity(let uid):
            return scope.entities.attributes(of: uid)?.value(of: tree.names[name], tree.nameKeys[name])
        default: throw wrongType("record or entity", value)
        }
    }

    private mutating func tag(_ name: BinaryOperator, _ right: CedarValue) throws(EvaluationError) {
        guard case .string(let tag) = right else { throw wrongType("string", right) }
        let uid = try popEntity()
        let value = scope.entities.tags(of: uid)?[tag]
        if name == .hasTag {
            push(.bool(value != nil))
        } else if let value {
            push(value)
        } else {
            throw error(scope.entities[uid] == nil ? .missingEntity(uid) : .missingTag(tag))
        }
    }
}
