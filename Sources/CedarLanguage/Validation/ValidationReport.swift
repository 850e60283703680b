/// How strictly policies are validated.
public enum ValidationMode: String, Sendable, CaseIterable {
    /// What is recommended: types of two branches, of a set's elements and of compared values have to agree; extension
    /// values come from literals.
    case strict
    /// Only what could err when it is evaluated is refused.
    case permissive
}

/// What validation found.
public enum ValidationKind: String, Sendable, CaseIterable {
    /// The schema has no such entity type.
    case unknownEntityType
    /// The schema has no such action.
    case unknownAction
    /// The enumerated entity type has no such id.
    case unknownEntityID
    /// No action applies to the principals and resources of the scope.
    case noApplicableAction
    /// A value of another type was expected.
    case wrongType
    /// Two types that have to agree do not.
    case incompatibleTypes
    /// There is no such attribute.
    case unknownAttribute
    /// The attribute is optional and was not tested with `has`.
    case unsafeAttribute
    /// The tag was not tested with `hasTag`.
    case unsafeTag
    /// An empty set says nothing about its elements.
    case emptySet
    /// A function was called with another number of values than it takes.
    case wrongArgumentCount
    /// A constructor cannot read this text.
    case unreadableLiteral
    /// A constructor's text is not a literal.
    case constructorNeedsLiteral
    /// The policy looks at entities farther away from a request than is allowed, or at one that no request leads to.
    case tooFarAway
    /// The policy can never apply. A warning.
    case impossiblePolicy
    /// A name or string turns the direction of what is shown. A warning.
    case bidirectionalText
    /// A name or string has letters of several writing systems, some of which may look like others. A warning.
    case mixedScripts
}

/// One thing that validation found.
public struct ValidationFinding: Hashable, Sendable, CustomStringConvertible {
    /// The policy or template.
    public let policy: CedarString
    /// What it is.
    public let kind: ValidationKind
    /// One sentence without full stop.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// The stretch of policy text.
    public let span: SourceSpan
    /// Where it starts.
    public let position: SourcePosition

    /// The same finding in other words, for whoever knows what the schema was made from.
    public func saying(_ message: String, _ hint: String?) -> ValidationFinding {
        ValidationFinding(
            policy: policy, kind: kind, message: message, hint: hint, span: span, position: position)
    }

    /// `line:column: policy: message`, then the hint.
    public var description: String {
        "\(position): \(policy): \(message)" + (hint.map { " (\($0))" } ?? "")
    }
}

/// What validation of a policy set found.
public struct ValidationReport: Sendable {
    /// What has to be mended, in the order of the policies.
    public let errors: [ValidationFinding]
    /// What is allowed and probably not meant.
    public let warnings: [ValidationFinding]

    /// A report.
    public init(errors: [ValidationFinding], warnings: [ValidationFinding]) {
        self.errors = errors
        self.warnings = warnings
    }

    /// Whether there is no error.
    public var isValid: Bool { errors.isEmpty }
}

/// A finding whose policy and place in lines are known elsewhere.
struct ValidationProblem: Hashable {
    let kind: ValidationKind
    let span: SourceSpan
    let message: String
    var hint: String?
}
