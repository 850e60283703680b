/// How many steps away from a request a policy looks at entities (RFC 76 of the language).
///
/// Looking at attributes, tags or ancestors of an entity is one step more than getting at its name. The names of the request and
/// its context are there without a step; a name that the policy itself writes leads to nothing that is loaded.
extension TypeChecker {
    /// The distance of a name that stands in the policy.
    private static let unreachable = -1

    /// `principal in …` looks at ancestors.
    mutating func checkScopeLevel(of policy: CedarPolicy, _ limit: Int) {
        guard limit < 1 else { return }
        for (constraint, place) in [
            (policy.principal, policy.places.principal), (policy.resource, policy.places.resource),
        ] {
            switch constraint {
            case .within, .isTypeWithin: problems.append(Self.problem(at: place.whole, distance: 0, limit))
            default: continue
            }
        }
    }

    /// Checks everything that was reached in the environment that was checked last.
    mutating func checkLevel(_ limit: Int) {
        var distances: [Int] = []
        distances.reserveCapacity(tree.nodes.count)
        // What is below stands before.
        for index in tree.nodes.indices {
            distances.append(nodeTypes[index] < 0 ? 0 : distance(NodeIndex(index), distances, limit))
        }
    }

    /// How many steps lead to the entities in a node's value.
    private mutating func distance(_ index: NodeIndex, _ distances: [Int], _ limit: Int) -> Int {
        switch tree.nodes[Int(index)] {
        case .literal(let literal):
            guard case .entity(let uid) = tree.literals[Int(literal)] else { return 0 }
            return uid.type.basename == "Action" ? 0 : Self.unreachable
        case .attribute(let base, let name):
            guard isEntity(base) else { return member(name, of: base, distances) }
            return step(from: base, distances[Int(base)], limit)
        case .has(let base, let names):
            path(tree.lists[Int(names)], of: base, distances, limit)
            return 0
        case .binary(.isIn, let operand, _), .binary(.hasTag, let operand, _), .isTypeIn(let operand, _, _):
            if isEntity(operand) { _ = step(from: operand, distances[Int(operand)], limit) }
            return 0
        case .binary(.getTag, let operand, _): return step(from: operand, distances[Int(operand)], limit)
        case .conditional(_, let yes, let no):
            return Self.farther([yes, no].filter { nodeTypes[Int($0)] >= 0 }.map { distances[Int($0)] })
        case .record(let list, _): return Self.farther(tree.lists[Int(list)].map { distances[Int($0)] })
        default: return 0
        }
    }

    private static func farther(_ distances: [Int]) -> Int {
        distances.contains(unreachable) ? unreachable : distances.max() ?? 0
    }

    /// Of a record that is written there, only the attribute matters.
    private func member(_ name: Int32, of base: NodeIndex, _ distances: [Int]) -> Int {
        guard case .record(let list, let names) = tree.nodes[Int(base)],
            let position = tree.lists[Int(names)].firstIndex(of: name)
        else { return distances[Int(base)] }
        return distances[Int(tree.lists[Int(list)][position])]
    }

    /// `has a.b` looks at `a` too, where that is an entity.
    private mutating func path(_ names: [Int32], of base: NodeIndex, _ distances: [Int], _ limit: Int) {
        var type = nodeTypes[Int(base)]
        var distance = distances[Int(base)]
        for (position, name) in names.enumerated() {
            if isInner(type) {
                distance = step(from: base, distance, limit)
            } else if position == 0 {
                distance = member(name, of: base, distances)
            }
            guard let next = self.type(of: tree.names[Int(name)], in: type) else { return }
            type = next
        }
    }

    private func type(of name: CedarString, in type: TypeID) -> TypeID? {
        switch types[type] {
        case .record(let attributes, _): return attributes.named(name)?.type
        case .entity(let indices):
            let shapes = indices.map { types[schema.definition($0).shape] }
            return shapes.lazy.compactMap { shape in
                if case .record(let attributes, _) = shape { attributes.named(name)?.type } else { nil }
            }.first
        default: return nil
        }
    }

    /// Whether a node's value is an entity other than an action.
    private func isEntity(_ node: NodeIndex) -> Bool {
        nodeTypes[Int(node)] >= 0 && isInner(nodeTypes[Int(node)])
    }

    private func isInner(_ type: TypeID) -> Bool {
        guard case .entity(let indices) = types[type] else { return false }
        return !indices.allSatisfy { schema.definition($0).isAction }
    }

    /// One step from an entity at this distance; reported when that is too far.
    private mutating func step(from node: NodeIndex, _ distance: Int, _ limit: Int) -> Int {
        if distance == Self.unreachable || distance + 1 > limit {
            problems.append(Self.problem(at: tree.spans[Int(node)], distance: distance, limit))
        }
        return distance == Self.unreachable ? distance : distance + 1
    }

    private static func problem(at span: SourceSpan, distance: Int, _ limit: Int) -> ValidationProblem {
        guard distance != unreachable else {
            return ValidationProblem(
                kind: .tooFarAway, span: span, message: "no request leads to an entity that the policy names itself",
                hint: "compare with it, or give it with the request")
        }
        return ValidationProblem(
            kind: .tooFarAway, span: span,
            message: "what is asked of this entity needs level \(distance + 1), and the limit is \(limit)",
            hint: "give it with the context, or validate for a higher level")
    }
}
