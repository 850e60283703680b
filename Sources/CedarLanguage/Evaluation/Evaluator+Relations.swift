/// Comparison, membership, attributes and tags.
extension Evaluator {
    func binary(
        _ name: BinaryOperator, _ left: NodeIndex, _ right: NodeIndex, at index: NodeIndex
    ) throws(EvaluationError) -> CedarValue {
        switch name {
        case .equal: return .bool(try evaluate(left) == evaluate(right))
        case .notEqual: return .bool(try evaluate(left) != evaluate(right))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(try compare(name, left, right))
        case .isIn: return .bool(try isIn(evaluate(left), evaluate(right), left, right))
        case .hasTag: return .bool(try tag(left, right).value != nil)
        case .getTag: return try requiredTag(left, right, at: index)
        case .contains: return try contains(left, right)
        case .containsAll, .containsAny: return .bool(try containsMany(name, left, right))
        }
    }

    /// Longs, datetimes and durations have an order, each among themselves.
    private func compare(
        _ name: BinaryOperator, _ left: NodeIndex, _ right: NodeIndex
    ) throws(EvaluationError) -> Bool {
        let (first, second) = (try evaluate(left), try evaluate(right))
        switch (first, second) {
        case (.long(let first), .long(let second)): return ordered(name, first, second)
        case (.datetime(let first), .datetime(let second)): return ordered(name, first, second)
        case (.duration(let first), .duration(let second)): return ordered(name, first, second)
        case (.long, _), (.datetime, _), (.duration, _): throw wrongType(first.typeName, second, at: right)
        default: throw wrongType("long, datetime or duration", first, at: left)
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

    // MARK: Hierarchy

    private func isIn(
        _ value: CedarValue, _ container: CedarValue, _ left: NodeIndex, _ right: NodeIndex
    ) throws(EvaluationError) -> Bool {
        guard case .entity(let uid) = value else { throw wrongType("entity", value, at: left) }
        switch container {
        case .entity(let ancestor): return scope.entities.isDescendant(uid, of: ancestor)
        case .set(let set):
            var isFound = false
            for element in set.elements {
                // Every element has to be an entity, also behind the one that is found.
                guard case .entity(let ancestor) = element else { throw wrongType("entity", element, at: right) }
                isFound = isFound || scope.entities.isDescendant(uid, of: ancestor)
            }
            return isFound
        default: throw wrongType("set or entity", container, at: right)
        }
    }

    func isTypeIn(_ operand: NodeIndex, _ type: Int32, _ right: NodeIndex) throws(EvaluationError) -> CedarValue {
        let uid = try entity(operand)
        guard uid.type == tree.types[Int(type)] else { return .bool(false) }
        return .bool(try isIn(.entity(uid), evaluate(right), operand, right))
    }

    // MARK: Attributes and tags

    func has(_ operand: NodeIndex, _ names: [Int32]) throws(EvaluationError) -> Bool {
        var value = try evaluate(operand)
        for name in names {
            guard let next = try lookUp(tree.names[Int(name)], in: value, at: operand) else { return false }
            value = next
        }
        return true
    }

    func attribute(
        _ operand: NodeIndex, _ name: CedarString, at index: NodeIndex
    ) throws(EvaluationError) -> CedarValue {
        let value = try evaluate(operand)
        if let found = try lookUp(name, in: value, at: operand) { return found }
        if case .entity(let uid) = value, scope.entities[uid] == nil { throw error(.missingEntity(uid), at: operand) }
        throw error(.missingAttribute(name), at: index)
    }

    private func lookUp(
        _ name: CedarString, in value: CedarValue, at index: NodeIndex
    ) throws(EvaluationError) -> CedarValue? {
        switch value {
        case .record(let record): record[name]
        case .entity(let uid): scope.entities[uid]?.attributes[name]
        default: throw wrongType("record or entity", value, at: index)
        }
    }

    private func tag(
        _ left: NodeIndex, _ right: NodeIndex
    ) throws(EvaluationError) -> (uid: EntityUID, name: CedarString, value: CedarValue?) {
        let uid = try entity(left)
        let name = try string(right)
        return (uid, name, scope.entities[uid]?.tags[name])
    }

    private func requiredTag(
        _ left: NodeIndex, _ right: NodeIndex, at index: NodeIndex
    ) throws(EvaluationError) -> CedarValue {
        let found = try tag(left, right)
        if let value = found.value { return value }
        if scope.entities[found.uid] == nil { throw error(.missingEntity(found.uid), at: left) }
        throw error(.missingTag(found.name), at: index)
    }

    // MARK: Sets

    private func contains(_ left: NodeIndex, _ right: NodeIndex) throws(EvaluationError) -> CedarValue {
        let set = try set(left)
        return .bool(set.elements.contains(try evaluate(right)))
    }

    private func containsMany(
        _ name: BinaryOperator, _ left: NodeIndex, _ right: NodeIndex
    ) throws(EvaluationError) -> Bool {
        let (first, second) = (try set(left).elements, try set(right).elements)
        return name == .containsAll ? second.isSubset(of: first) : !second.isDisjoint(with: first)
    }
}
