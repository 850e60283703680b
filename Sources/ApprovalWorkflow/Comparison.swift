package import CanonicalEncoding
package import DomainModel

/// What the comparison of asked and ran comes to.
package enum ComparisonVerdict: Hashable, Sendable {
    case agrees
    /// The executor says that nothing happened.
    case noEffect
    /// The executor says that it failed.
    case failed
    case differs(Difference)

    /// The event that the verdict is for the request.
    package var event: RequestEvent {
        switch self {
        case .agrees: .completedAsAgreed
        case .noEffect: .failedWithoutEffect(.hadNoEffect)
        case .failed: .failedWithoutEffect(.executorReportedFailure)
        case .differs: .differed
        }
    }
}

/// How what ran differs from what was approved: for the review and the record.
package enum Difference: Hashable, Sendable {
    /// Another action ran.
    case digest
    /// What was to be observed was not reported.
    case notObserved(Text)
    /// Reported, but not as a scalar that the bound can be compared with.
    case notComparable(Text)
    case outOfBounds(Expectation, observed: Text)

    /// A stable code.
    package var code: String {
        switch self {
        case .digest: "digest_differs"
        case .notObserved: "not_observed"
        case .notComparable: "not_comparable"
        case .outOfBounds: "out_of_bounds"
        }
    }
}

/// Closes the loop: was what ran what was approved (`authority.md`, "Completion")?
package enum Comparison {
    /// Another digest differs whatever the outcome. A reported failure is `failed` and a reported absence of effect
    /// `noEffect`, without a look at the expectations: those say what success means. Success agrees only if every
    /// expectation was observed and holds.
    package static func judge(
        _ completion: Completion, of action: Action, executedDigest: Digest, approved: Digest
    ) -> ComparisonVerdict {
        guard executedDigest == approved else { return .differs(.digest) }
        switch completion.outcome {
        case .failed: return .failed
        case .noEffect: return .noEffect
        case .succeeded: break
        }
        for expectation in action.expectations {
            if let difference = difference(expectation, completion.observed) { return .differs(difference) }
        }
        return .agrees
    }

    private static func difference(_ expectation: Expectation, _ observed: JSONObject) -> Difference? {
        guard let value = observed[expectation.observation], !value.isNull else {
            return .notObserved(expectation.observation)
        }
        guard let text = scalar(value) else { return .notComparable(expectation.observation) }
        if expectation.bound == .equals {
            return text == expectation.value ? nil : .outOfBounds(expectation, observed: text)
        }
        guard let left = DecimalInteger(text), let right = DecimalInteger(expectation.value) else {
            return .notComparable(expectation.observation)
        }
        let holds = expectation.bound == .atMost ? left <= right : left >= right
        return holds ? nil : .outOfBounds(expectation, observed: text)
    }

    /// Fractions are not compared: executors report them as text.
    private static func scalar(_ value: JSONValue) -> Text? {
        switch value {
        case .string(let text): text
        case .integer(let integer): Text(String(integer))
        case .bool(let bool): bool ? "true" : "false"
        case .null, .double, .array, .object: nil
        }
    }
}
