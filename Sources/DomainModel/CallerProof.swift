/// How an agent proved who it is when it asked: `context.caller.proof` of policy.
package enum CallerProof: String, Hashable, Sendable, CaseIterable {
    /// A token bound to its key, and a fresh proof of possession (RFC 9449).
    case dpop
    /// A token that is good for whoever holds it (RFC 6750), at the MCP endpoints alone. The weaker one.
    case bearer
}
