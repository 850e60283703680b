package import CanonicalEncoding

/// What policy wants done after an execution, beside what its outcome asks for anyway. Policy says it at the claim, and it
/// stays: a set that is loaded while something runs changes nothing about it.
package struct Aftermath: Hashable, Sendable {
    /// Somebody looks at it, however it ends (`@tier("review")`).
    package var isReviewed: Bool
    /// What stops where something else happened than was approved (`@on_violation`).
    package var onViolation: Set<ViolationFreeze>

    package init(isReviewed: Bool = false, onViolation: Set<ViolationFreeze> = []) {
        self.isReviewed = isReviewed
        self.onViolation = onViolation
    }

    package static let none = Aftermath()
}

/// What a violation freezes. The raw values are the words of `@on_violation`.
package enum ViolationFreeze: String, Sendable, CaseIterable, Hashable {
    /// The agent that asked.
    case agent = "freeze-agent"
    /// The agent that executed, where it is another one.
    case executor = "freeze-executor"
    case tool = "freeze-tool"
}

extension Aftermath {
    package var json: JSONValue {
        [
            "on_violation": .array(onViolation.map { Text($0.rawValue) }.sorted().map { .string($0) }),
            "review": .bool(isReviewed),
        ]
    }

    /// What stores keep; nothing where nothing is to be done.
    package var stored: JSONValue? {
        guard self != .none else { return Optional<JSONValue>.none }
        return json
    }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "aftermath")
        self.init(isReviewed: try reader.bool("review"))
        for word in try reader.texts("on_violation") {
            onViolation.insert(try reader.parsed(word, "on_violation") { ViolationFreeze(rawValue: $0.string) })
        }
        try reader.finish()
    }
}
