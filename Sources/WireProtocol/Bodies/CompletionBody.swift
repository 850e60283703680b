package import CanonicalEncoding
package import DomainModel

/// The body of `POST /v1/executions/{id}/completion`: what happened, and what was seen.
package struct CompletionBody: Hashable, Sendable {
    package var outcome: Completion.Outcome
    /// Scalars by name, at most 32: `digest`, `rows`, `exit_status`, `duration_ms`, …
    package var observed: JSONObject

    package init(outcome: Completion.Outcome, observed: JSONObject = JSONObject()) {
        self.outcome = outcome
        self.observed = observed
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        outcome = try reader.parsed(reader.text("outcome"), "outcome") { Completion.Outcome(rawValue: $0.string) }
        observed = try reader.optionalObject("observed") ?? JSONObject()
        guard observed.count <= 32 else { throw reader.error(.invalidValue, "observed") }
        for member in observed.members { try Self.check(member) }
        // The log keeps them whole, control characters as six bytes each, in an entry of at most 65,535 bytes.
        guard CanonicalJSON.encode(.object(observed)).count <= 49_152 else {
            throw reader.error(.invalidValue, "observed")
        }
        try reader.finish()
    }

    package var json: JSONValue { ["outcome": "\(outcome.rawValue)", "observed": .object(observed)] }

    /// Observations go into the log, so they are short scalars within the profile of actions.
    private static func check(_ member: JSONObject.Member) throws(MemberError) {
        let path: Text = "observed.\(member.name)"
        guard (1...64).contains(member.name.utf8.count) else {
            throw MemberError(code: .invalidValue, path: "observed")
        }
        switch member.value {
        case .integer, .double: try ActionProfile.check(member.value, path: path)
        case .bool: return
        case .string(let text):
            guard text.utf8.count <= 1024 else { throw MemberError(code: .invalidValue, path: path) }
        case .null, .array, .object: throw MemberError(code: .wrongType, path: path)
        }
    }
}
