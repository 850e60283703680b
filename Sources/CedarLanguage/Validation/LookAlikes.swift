/// Names and strings of a policy that may not be what they look like. Warnings: what is written may be meant.
struct LookAlikes {
    private(set) var problems: [ValidationProblem] = []
    private let tree: ExpressionTree

    init(_ policy: CedarPolicy) {
        tree = policy.tree
        let (scope, places) = ([policy.principal, policy.action, policy.resource], policy.places)
        for (constraint, place) in zip(scope, [places.principal, places.action, places.resource]) {
            for (position, uid) in constraint.entities.enumerated() { look(at: uid.id.string, place.entity(position)) }
        }
        let isUsed = tree.reachable(from: policy.conditions.map(\.root))
        for (index, node) in tree.nodes.enumerated() where isUsed[index] { look(at: node, tree.spans[index]) }
    }

    /// Types are plain ASCII; everything else that is written in quotation marks can hold any character.
    private mutating func look(at node: ExpressionNode, _ span: SourceSpan) {
        switch node {
        case .literal(let literal):
            switch tree.literals[Int(literal)] {
            case .string(let string): look(at: string.string, span)
            case .entity(let uid): look(at: uid.id.string, span)
            default: break
            }
        case .attribute(_, let name): look(at: tree.names[Int(name)].string, span)
        case .has(_, let names): for name in tree.lists[Int(names)] { look(at: tree.names[Int(name)].string, span) }
        case .record(_, let names): for name in tree.lists[Int(names)] { look(at: tree.names[Int(name)].string, span) }
        case .like(_, let pattern):
            let stretches = tree.patterns[Int(pattern)].stretches
            look(at: String(decoding: Array(stretches.joined(separator: [UInt8(ascii: "*")])), as: UTF8.self), span)
        default: break
        }
    }

    private mutating func look(at text: String, _ span: SourceSpan) {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return }
        let shown = StringEscapes.quoted(String(String.UnicodeScalarView(text.unicodeScalars.prefix(60))))
        if WritingSystems.turnsDirection(text) {
            problems.append(
                ValidationProblem(
                    kind: .bidirectionalText, span: span, message: "\(shown) turns the direction of what is shown",
                    hint: "leave these characters out: what a person reads is not what is compared"))
        } else if WritingSystems.areMixed(in: text) {
            problems.append(
                ValidationProblem(
                    kind: .mixedScripts, span: span, message: "\(shown) mixes letters of several writing systems",
                    hint: "letters of different systems look alike and are never equal"))
        }
    }
}
