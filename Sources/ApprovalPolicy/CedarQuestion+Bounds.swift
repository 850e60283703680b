import CanonicalEncoding
import CedarLanguage
import DomainModel

/// What an action lets itself be held to, as members of the context.
extension CedarQuestion {
    private static let nothing = CedarValue.record(CedarRecord([]))

    struct Bounds {
        let deadline: CedarValue
        let expect: CedarValue
        let preconditions: CedarValue
        let window: CedarValue?
    }

    static func bounds(_ facts: PolicyFacts.Bounds) -> Bounds {
        let (deadline, hasOverflown) = facts.deadlineSeconds.multipliedReportingOverflow(by: 1000)
        return Bounds(
            deadline: .duration(CedarDuration(milliseconds: hasOverflown ? Int64.max : deadline)),
            expect: nested(facts.expectations.map { ($0.observation, Text($0.bound.rawValue), $0.value) }),
            preconditions: nested(facts.preconditions.map { ($0.provider, $0.of, $0.value) }),
            window: facts.window.map { window in
                .record([
                    "from": .datetime(CedarDatetime(milliseconds: window.from.milliseconds)),
                    "until": .datetime(CedarDatetime(milliseconds: window.until.milliseconds)),
                ])
            })
    }

    /// Records in a record. Most actions have none.
    private static func nested(_ entries: [(outer: Text, inner: Text, value: Text)]) -> CedarValue {
        if entries.isEmpty { return nothing }
        let groups = Dictionary(grouping: entries, by: \.outer).map { outer, entries in
            CedarRecord.Member(
                name: CedarString(outer),
                value: .record(
                    CedarRecord(
                        entries.map { CedarRecord.Member(name: CedarString($0.inner), value: number(or: $0.value)) })))
        }
        return .record(CedarRecord(groups))
    }

    /// Decimal text as JSON would write an integer: an amount that policy compares must not be comparable by accident only,
    /// so "007" and "+7" stay text.
    private static func number(or text: Text) -> CedarValue {
        guard text.utf8.count <= 20, let number = Int64(text.string), Text("\(number)") == text else {
            return .string(CedarString(text))
        }
        return .long(number)
    }
}
