/// Parses policies: annotations, effect, scope, clauses.
extension PolicyParser {
    /// All policies and templates of the text, named `policy0`, `policy1`, … by position.
    mutating func policies() throws(ParseFailure) -> [CedarPolicy] {
        var policies: [CedarPolicy] = []
        while current.kind != .end {
            policies.append(try policy(id: CedarString("policy\(policies.count)")))
        }
        return policies
    }

    private mutating func policy(id: CedarString) throws(ParseFailure) -> CedarPolicy {
        builder = ExpressionBuilder()
        let start = current.start
        let annotations = try annotations()
        let effect = try effect()
        try expect(.leftParenthesis, "(")
        let principal = try constraint(of: "principal", slot: .principal)
        try expect(.comma, ",")
        let action = try actionConstraint()
        try expect(.comma, ",")
        let resource = try constraint(of: "resource", slot: .resource)
        if current.kind == .comma {
            advance()
            if current.kind != .rightParenthesis { throw unexpected("a scope has three elements") }
        }
        try expect(.rightParenthesis, ")")
        let conditions = try conditions()
        try expect(.semicolon, ";")
        return CedarPolicy(
            id: id, effect: effect, annotations: annotations, principal: principal.constraint,
            action: action.constraint, resource: resource.constraint, span: SourceSpan(start: start, end: lastEnd),
            places: ScopePlaces(principal: principal.place, action: action.place, resource: resource.place),
            conditions: conditions, tree: ExpressionTree(builder))
    }

    private mutating func annotations() throws(ParseFailure) -> [CedarAnnotation] {
        var annotations: [CedarAnnotation] = []
        var seen: Set<CedarString> = []
        while current.kind == .at {
            let start = current.start
            advance()
            guard current.kind == .identifier else { throw unexpected("an annotation's name was expected") }
            // Reserved words are fine here: nothing else can stand in this place.
            let name = CedarString(text(of: current))
            guard seen.insert(name).inserted else {
                throw ParseFailure(offset: start, message: "this policy has two annotations @\(name)")
            }
            advance()
            var value: CedarString?
            if current.kind == .leftParenthesis {
                advance()
                guard current.kind == .string else {
                    throw unexpected("an annotation's value stands in quotation marks")
                }
                value = try stringLiteral()
                try expect(.rightParenthesis, ")")
            }
            annotations.append(CedarAnnotation(name: name, value: value, span: SourceSpan(start: start, end: lastEnd)))
        }
        return annotations
    }

    private mutating func effect() throws(ParseFailure) -> CedarEffect {
        let effect: CedarEffect
        if isKeyword("permit") {
            effect = .permit
        } else if isKeyword("forbid") {
            effect = .forbid
        } else {
            throw unexpected("`permit` or `forbid` was expected")
        }
        advance()
        return effect
    }

    private mutating func conditions() throws(ParseFailure) -> [CedarCondition] {
        var conditions: [CedarCondition] = []
        while current.kind == .identifier {
            let start = current.start
            let isUnless = isKeyword("unless")
            guard isUnless || isKeyword("when") else { throw unexpected("`when`, `unless` or `;` was expected") }
            advance()
            try expect(.leftBrace, "{")
            if current.kind == .rightBrace { throw unexpected("a clause cannot be empty") }
            let root = try expression()
            try expect(.rightBrace, "}")
            let span = SourceSpan(start: start, end: lastEnd)
            conditions.append(CedarCondition(isUnless: isUnless, root: root, span: span))
        }
        return conditions
    }
}
