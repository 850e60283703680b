/// A place where a rule does not hold, and why that is right. The table only shrinks: an exception that nothing needs
/// any longer fails the tests.
struct Exception: Sendable {
    var rule: HouseRule
    /// Below `Sources`.
    var path: String
    var subject: String
    var reason: String

    func covers(_ violation: Violation) -> Bool {
        path == violation.path && subject == violation.subject
    }

    static let all: [Exception] = [
        Exception(
            rule: .forbiddenCode, path: "ApprovalPolicy/RuleLint.swift", subject: "preconditionFailure(",
            reason: "Two constants that are names; no input reaches them, and every lint test passes there."),
        Exception(
            rule: .name, path: "AgentEndpoints/AgentEnvelope.swift", subject: "handle",
            reason: "Hummingbird's RouterMiddleware requires a method of that name."),
        Exception(
            rule: .name, path: "DomainModel/MemberReader+Domain.swift", subject: "handle",
            reason: "It reads a Handle, which is a word of the glossary, not a verb that says nothing."),
        Exception(
            rule: .parameters, path: "AuthorityCore/Assembly/Authority.swift", subject: "init",
            reason: "Made once, by the composition, from everything that the use cases share."),
        Exception(
            rule: .parameters, path: "AuthorityCore/Requests/RenderingFacts.swift", subject: "init",
            reason: "Gathers what only the server knows about one request, in the one place that asks for it."),
        Exception(
            rule: .typeSize, path: "OperatorVerbs/Reconciler/RecordedStore.swift", subject: "RecordedStore",
            reason: "One property for each table that the reconciler reads."),
    ]
}
