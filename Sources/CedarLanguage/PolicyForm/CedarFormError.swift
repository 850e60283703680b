/// Why a policy in JSON was refused, and where in the document.
public struct CedarFormError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence without full stop.
    public let message: String
    /// The place, such as `staticPolicies.p.conditions[0].body.==`; empty when it is the document itself.
    public let path: String

    /// `path: message`.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
