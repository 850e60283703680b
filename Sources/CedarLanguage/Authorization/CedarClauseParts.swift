/// A clause taken apart: the operands of its outermost chain of `&&` or `||`, each by itself.
public struct CedarClauseParts: Sendable {
    /// How the parts are joined.
    public enum Joint: Sendable {
        /// `&&`: false as soon as one is.
        case all
        /// `||`: true as soon as one is.
        case any
    }

    /// The clause as a whole.
    public let clause: CedarClauseOutcome
    /// One part is the whole expression.
    public let joint: Joint
    /// In the order in which they are evaluated.
    public let parts: [CedarPart]

    /// The part at which evaluation ends: the first that errs, or that settles the chain; nil when all of them are needed.
    public var decisive: Int? {
        parts.firstIndex { part in
            guard case .success(let value) = part.result else { return true }
            return parts.count > 1 && value == (joint == .any)
        }
    }
}

/// One operand of a chain, evaluated whatever stands before it.
public struct CedarPart: Sendable {
    /// Where it stands.
    public let span: SourceSpan
    /// Its value, or why it has none.
    public let result: Result<Bool, EvaluationError>
    /// What it reads, each thing once, in the order of the text.
    public let readings: [CedarReading]
}

/// What an expression reads of the request: a variable, or attributes and tags below one.
public struct CedarReading: Sendable {
    /// Where it stands.
    public let span: SourceSpan
    /// What was found there.
    public let value: Result<CedarValue, EvaluationError>
}

extension CedarPolicySet {
    /// Every clause of a policy in parts: what a person needs to understand why a clause holds, or does not.
    public func parts(
        of policy: CedarPolicy, _ request: CedarRequest, _ entities: CedarEntities
    ) -> [CedarClauseParts] {
        var machine = Machine(EvaluationScope(request: request, entities: entities))
        let tree = policy.tree
        let outcomes = clauses(of: policy, request, entities)
        return zip(policy.conditions, outcomes).map { condition, clause in
            let joint: CedarClauseParts.Joint
            let roots: [NodeIndex]
            switch tree.nodes[Int(condition.root)] {
            case .and(let list): (joint, roots) = (.all, tree.lists[Int(list)])
            case .or(let list): (joint, roots) = (.any, tree.lists[Int(list)])
            default: (joint, roots) = (.all, [condition.root])
            }
            let parts = roots.map { root in
                machine.load(Program(root, of: tree))
                let result = Result { () throws(EvaluationError) in try machine.runBool() }
                let readings = tree.readings(below: root).map { node in
                    machine.load(Program(node, of: tree))
                    return CedarReading(
                        span: tree.spans[Int(node)],
                        value: Result { () throws(EvaluationError) in try machine.run() })
                }
                return CedarPart(span: tree.spans[Int(root)], result: result, readings: readings)
            }
            return CedarClauseParts(clause: clause, joint: joint, parts: parts)
        }
    }
}

extension CedarPolicy {
    /// The names below the context that its clauses mention: `context.a["b"]` and `context.a has b` are `[a, b]` and, on the
    /// way there, `[a]`.
    public var contextPaths: Set<[CedarString]> {
        var paths: Set<[CedarString]> = []
        for node in tree.nodes {
            switch node {
            case .attribute(let base, let name):
                if let path = tree.contextPath(base) { paths.insert(path + [tree.names[Int(name)]]) }
            case .has(let base, let names):
                guard let path = tree.contextPath(base) else { continue }
                let names = tree.lists[Int(names)].map { tree.names[Int($0)] }
                for count in 1...max(1, names.count) { paths.insert(path + names.prefix(count)) }
            default: continue
            }
        }
        return paths
    }
}

extension ExpressionTree {
    /// The names from the context down to a node; nil where it is no chain of attributes of the context.
    fileprivate func contextPath(_ index: NodeIndex) -> [CedarString]? {
        var (node, path) = (index, [CedarString]())
        while case .attribute(let base, let name) = nodes[Int(node)] {
            path.append(names[Int(name)])
            node = base
        }
        return isContext(node) ? path.reversed() : nil
    }

    /// The longest chains of attributes and tags that begin at a variable; the context alone is none.
    fileprivate func readings(below root: NodeIndex) -> [NodeIndex] {
        var found: [NodeIndex] = []
        var seen: Set<SourceText> = []
        var open = [root]
        while let index = open.popLast() {
            var next = nodes[Int(index)].children(self)
            if case .has(let base, _) = nodes[Int(index)], isReading(base) {
                // Whether something is there is the part's own answer.
                next = []
            } else if isReading(index) {
                if !isContext(index), seen.insert(SourceText(tree: self, index)).inserted { found.append(index) }
                next = []
            }
            open += next.reversed()
        }
        return found
    }

    private func isReading(_ index: NodeIndex) -> Bool {
        var node = index
        while true {
            switch nodes[Int(node)] {
            case .variable: return true
            case .attribute(let base, _), .binary(.getTag, let base, _): node = base
            default: return false
            }
        }
    }
}

/// Two chains that are written alike read the same.
private struct SourceText: Hashable {
    private let text: String

    init(tree: ExpressionTree, _ index: NodeIndex) {
        text = ExpressionPrinter(tree).text(index)
    }
}
