/// The smallest type that holds the values of two types.
extension TypeTable {
    /// Nil when there is none. Strictly, two types agree when they differ only in what is known about Booleans.
    ///
    /// The recursion is bounded by the depth of types.
    mutating func join(_ left: TypeID, _ right: TypeID, isStrict: Bool) -> TypeID? {
        if left == right { return left }
        switch (self[left], self[right]) {
        case (.bool, .alwaysTrue), (.bool, .alwaysFalse), (.alwaysTrue, .bool), (.alwaysFalse, .bool),
            (.alwaysTrue, .alwaysFalse), (.alwaysFalse, .alwaysTrue):
            return Self.bool
        case (.never, _): return right
        case (_, .never): return left
        case (.set, .set), (.record, .record):
            let key = Join(left: left, right: right, isStrict: isStrict)
            if let known = joins[key] { return known }
            let joined = joinParts(left, right, isStrict: isStrict)
            joins[key] = .some(joined)
            return joined
        case (.entity(let first), .entity(let second)):
            guard !isStrict else { return nil }
            return number(of: .entity(Set(first + second).sorted()))
        default: return nil
        }
    }

    private mutating func joinParts(_ left: TypeID, _ right: TypeID, isStrict: Bool) -> TypeID? {
        switch (self[left], self[right]) {
        case (.set(let first), .set(let second)):
            return join(first, second, isStrict: isStrict).map { set(of: $0) }
        case (.record(let first, let firstOpen), .record(let second, let secondOpen)):
            let isOpen = firstOpen || secondOpen
            return isStrict ? joinStrictly(first, second) : joinPermissively(first, second, isOpen: isOpen)
        default: return nil
        }
    }

    private mutating func joinStrictly(_ left: [AttributeType], _ right: [AttributeType]) -> TypeID? {
        guard left.count == right.count else { return nil }
        var joined: [AttributeType] = []
        for (first, second) in zip(left, right) {
            guard first.name == second.name, first.isRequired == second.isRequired,
                let type = join(first.type, second.type, isStrict: true)
            else { return nil }
            joined.append(AttributeType(name: first.name, type: type, isRequired: first.isRequired))
        }
        return number(of: .record(joined, isOpen: false))
    }

    /// Attributes that are not in both or whose types have nothing in common are lost; the record is open then.
    private mutating func joinPermissively(_ left: [AttributeType], _ right: [AttributeType], isOpen: Bool) -> TypeID {
        var joined: [AttributeType] = []
        for first in left {
            guard let second = right.named(first.name), let type = join(first.type, second.type, isStrict: false)
            else { continue }
            joined.append(
                AttributeType(name: first.name, type: type, isRequired: first.isRequired && second.isRequired))
        }
        let hasLost = joined.count < max(left.count, right.count)
        return number(of: .record(joined, isOpen: isOpen || hasLost))
    }
}
