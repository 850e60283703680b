/// Why an expression has no value.
public enum EvaluationFailure: Hashable, Sendable {
    /// A value of one of these types was expected.
    case wrongType(expected: String, found: String)
    /// The result does not fit 64 bits.
    case overflow(operation: String)
    /// There is no such entity.
    case missingEntity(EntityUID)
    /// The record or entity has no such attribute.
    case missingAttribute(CedarString)
    /// The entity has no such tag.
    case missingTag(CedarString)
    /// A function was called with another number of values than it takes.
    case wrongArgumentCount(ExtensionFunction, found: Int)
    /// A constructor cannot read this text.
    case unreadable(ExtensionFunction, CedarString)
    /// A template is evaluated without being linked.
    case unlinkedSlot(CedarSlot)
}

/// An expression that has no value, and where it stands.
public struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why.
    public let failure: EvaluationFailure
    /// The stretch of policy text that failed; nil outside of a condition.
    public let span: SourceSpan?

    /// One sentence without full stop.
    public var description: String {
        switch failure {
        case .wrongType(let expected, let found): "a value of type \(expected) was expected, but it is a \(found)"
        case .overflow(let operation): "the result of \(operation) does not fit 64 bits"
        case .missingEntity(let uid): "there is no entity \(uid)"
        case .missingAttribute(let name): "there is no attribute `\(name)`"
        case .missingTag(let name): "there is no tag `\(name)`"
        case .wrongArgumentCount(let function, let found):
            "`\(function.rawValue)` takes \(function.arity) values (the receiver included), not \(found)"
        case .unreadable(let function, let text):
            "`\(function.rawValue)` cannot read \(StringEscapes.quoted(text.string))"
        case .unlinkedSlot(let slot): "the slot ?\(slot.rawValue) is not filled in"
        }
    }
}
