/// One mistake in a policy set.
package struct PolicyProblem: Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package let line: Int
    /// In Unicode scalars, from 1.
    package let column: Int
    /// One sentence without full stop.
    package let message: String
    /// What to do about it.
    package let hint: String?

    package var description: String { "\(line):\(column): \(message)" + (hint.map { " (\($0))" } ?? "") }
}

/// Why a policy set was not loaded: every mistake that was found, in the order of the text.
package struct PolicyLoadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Never empty.
    package let problems: [PolicyProblem]

    package var description: String { problems.map(\.description).joined(separator: "; ") }
}
