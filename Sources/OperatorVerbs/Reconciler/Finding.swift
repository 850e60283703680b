package import CanonicalEncoding

/// Something that the reconciler saw.
package struct Finding: Hashable, Sendable, Comparable {
    package enum Severity: String, Sendable, CaseIterable {
        /// An invariant does not hold.
        case broken
        /// Worth a look: nothing is wrong yet, or it cannot be decided from what is stored.
        case warning
    }

    package var severity: Severity
    /// `S1` to `S18` of the invariants, or `files`.
    package var invariant: String
    /// The handle or name that it is about.
    package var subject: String
    package var detail: String

    package init(_ severity: Severity, _ invariant: String, _ subject: String, _ detail: String) {
        self.severity = severity
        self.invariant = invariant
        self.subject = subject
        self.detail = detail
    }

    package static func < (left: Finding, right: Finding) -> Bool {
        let a = [left.severity.rawValue, left.invariant, left.subject, left.detail]
        return a.lexicographicallyPrecedes(
            [right.severity.rawValue, right.invariant, right.subject, right.detail], by: { Text($0) < Text($1) })
    }

    package var json: JSONValue {
        [
            "severity": "\(severity.rawValue)", "invariant": "\(invariant)", "subject": "\(subject)",
            "detail": "\(detail)",
        ]
    }
}

/// Collects what checks find.
struct Findings {
    private(set) var all: [Finding] = []

    mutating func broken(_ invariant: String, _ subject: some CustomStringConvertible, _ detail: String) {
        all.append(Finding(.broken, invariant, subject.description, detail))
    }

    mutating func warn(_ invariant: String, _ subject: some CustomStringConvertible, _ detail: String) {
        all.append(Finding(.warning, invariant, subject.description, detail))
    }

    mutating func expect(
        _ holds: Bool, _ invariant: String, _ subject: some CustomStringConvertible, _ detail: @autoclosure () -> String
    ) {
        if !holds { broken(invariant, subject, detail()) }
    }
}
