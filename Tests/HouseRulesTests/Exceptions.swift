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

    static let all: [Exception] = []
}
