/// Why a server does not start: one sentence, and what to do.
package struct ConfigurationProblem: Error, Hashable, CustomStringConvertible {
    package var problem: String
    package var hint: String

    package init(_ problem: String, hint: String) {
        self.problem = problem
        self.hint = hint
    }

    package var description: String { problem }
}
