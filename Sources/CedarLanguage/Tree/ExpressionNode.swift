/// A request's parts, as expressions name them.
public enum CedarVariable: String, CaseIterable, Sendable {
    // The four variables of the language.
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    case principal, action, resource, context
}

/// The operators with two operands that are evaluated from left to right without short circuit.
enum BinaryOperator: Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case isIn, hasTag, getTag, contains, containsAll, containsAny
}

/// Where a node stands in its tree.
typealias NodeIndex = Int32

/// One node of an expression; indices point into the tables of its `ExpressionTree`.
///
/// Nodes are plain numbers: evaluating one touches no reference count, and freeing a tree needs no recursion.
enum ExpressionNode: Hashable, Sendable {
    case literal(Int32)
    case variable(CedarVariable)
    /// Left-associative chains are one node: `a && b && c` is one list of three.
    case and(list: Int32)
    case or(list: Int32)
    /// Operands that are subtracted are stored as the complement of their index.
    case sum(list: Int32)
    case product(list: Int32)
    case not(NodeIndex)
    case negate(NodeIndex)
    case conditional(NodeIndex, NodeIndex, NodeIndex)
    case binary(BinaryOperator, NodeIndex, NodeIndex)
    case isType(NodeIndex, type: Int32)
    /// `is T in e`.
    case isTypeIn(NodeIndex, type: Int32, NodeIndex)
    /// `has a.b.c`: a list of names, so that the operand is evaluated once.
    case has(NodeIndex, names: Int32)
    case attribute(NodeIndex, name: Int32)
    case like(NodeIndex, pattern: Int32)
    case isEmpty(NodeIndex)
    case set(list: Int32)
    case record(list: Int32, names: Int32)
    case call(ExtensionFunction, list: Int32)
}
