/// Writes policies as text that parses to the same tree.
struct PolicyPrinter {
    private(set) var text = ""

    mutating func policy(_ policy: CedarPolicy) {
        for annotation in policy.annotations {
            text += "@\(annotation.name)"
            if let value = annotation.value { text += "(\(StringEscapes.quoted(value.string)))" }
            text += "\n"
        }
        text += "\(policy.effect.rawValue) (principal\(Self.constraint(policy.principal)), "
        text += "action\(Self.constraint(policy.action)), resource\(Self.constraint(policy.resource)))"
        let printer = ExpressionPrinter(policy.tree)
        for condition in policy.conditions {
            text += "\n\(condition.isUnless ? "unless" : "when") { \(printer.text(condition.root)) }"
        }
        text += ";\n"
    }

    private static func constraint(_ constraint: ScopeConstraint) -> String {
        switch constraint {
        case .any: ""
        case .equal(let other): " == \(reference(other))"
        case .within(let other): " in \(reference(other))"
        case .withinAny(let uids): " in [\(uids.map(\.description).joined(separator: ", "))]"
        case .isType(let type): " is \(type)"
        case .isTypeWithin(let type, let other): " is \(type) in \(reference(other))"
        }
    }

    private static func reference(_ reference: EntityReference) -> String {
        switch reference {
        case .entity(let uid): uid.description
        case .slot(let slot): "?\(slot.rawValue)"
        }
    }
}

extension CedarPolicy {
    /// The policy as text, laid out by `CedarFormatter`. It parses to the same policy; comments are not part of one.
    public var text: String {
        var printer = PolicyPrinter()
        printer.policy(self)
        return CedarFormatter.laidOut(printer.text)
    }
}

extension CedarPolicySet {
    /// All policies and templates as text, in the order of their source. Linked policies come last, with their slots filled in:
    /// text has no way to say where they come from.
    public var text: String {
        let written = (policies.filter { $0.link == nil } + templates).sorted { $0.span.start < $1.span.start }
        var printer = PolicyPrinter()
        for policy in written + policies.filter({ $0.link != nil }) { printer.policy(policy) }
        return CedarFormatter.laidOut(printer.text)
    }
}
