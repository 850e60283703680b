import CanonicalEncoding
import CedarLanguage
import DomainModel

/// Reads the annotations of one policy, and collects every mistake in them.
struct RuleReader {
    private let policy: CedarPolicy
    private let set: CedarPolicySet
    private(set) var problems: [PolicyProblem] = []

    /// Annotations that mean something on every policy, and those that only an approval rule has.
    private static let common: Set<CedarString> = ["id", "tier", "reason"]
    private static let ofApproval: Set<CedarString> = [
        "approvers", "quorum", "ttl", "assurance", "criteria", "expires", "self",
    ]
    /// Of every rule that something runs by: a permit, and an approval rule that people lift.
    private static let ofExecution: Set<CedarString> = ["on_violation"]
    private static let known = common.union(ofApproval).union(ofExecution)

    init(_ policy: CedarPolicy, in set: CedarPolicySet) {
        self.policy = policy
        self.set = set
    }

    /// The rule; with problems it is not to be used.
    mutating func rule() -> Rule {
        let tier = tier()
        checkNames(tier)
        let name = text("id") ?? policy.id.text
        return Rule(
            name: name, tier: tier, reason: text("reason") ?? Self.reason(for: tier), onViolation: onViolation(tier))
    }

    private static func reason(for tier: Rule.Tier) -> Text {
        switch tier {
        case .permit(let isReviewed): isReviewed ? "Allowed, and looked at afterwards" : "Allowed by a rule"
        case .hard: "Forbidden by a rule"
        case .approval: "A rule asks people"
        }
    }

    mutating func report(_ message: String, hint: String? = nil, at span: SourceSpan? = nil) {
        let position = set.position(of: span ?? policy.span)
        problems.append(
            PolicyProblem(line: position.line, column: position.column, message: message, hint: hint))
    }

    // MARK: Names

    private mutating func checkNames(_ tier: Rule.Tier) {
        var isApproval = false
        if case .approval = tier { isApproval = true }
        for annotation in policy.annotations where !Self.common.contains(annotation.name) {
            if Self.ofApproval.contains(annotation.name) {
                guard !isApproval else { continue }
                report(
                    "@\(annotation.name) means nothing on this rule",
                    hint: "only a forbid with @tier(\"approval\") asks people", at: annotation.span)
            } else if Self.ofExecution.contains(annotation.name) {
                guard case .hard = tier else { continue }
                report(
                    "@\(annotation.name) means nothing on this rule", hint: "nothing runs by a rule that forbids",
                    at: annotation.span)
            } else if isApproval || isNearMiss(annotation.name) {
                report(
                    "there is no annotation @\(annotation.name)",
                    hint: "known are id, tier, reason, approvers, quorum, ttl, assurance, criteria, expires, self "
                        + "and on_violation",
                    at: annotation.span)
            }
        }
    }

    /// One letter changed, left out, added, or two swapped: a slip that would silently weaken a rule.
    private func isNearMiss(_ name: CedarString) -> Bool {
        let name = Array(name.utf8)
        return Self.known.contains { known in
            let known = Array(known.utf8)
            let prefix = zip(name, known).prefix { $0 == $1 }.count
            let (left, right) = (name[prefix...], known[prefix...])
            if left.dropFirst().elementsEqual(right.dropFirst()) { return true }
            if left.dropFirst().elementsEqual(right) || left.elementsEqual(right.dropFirst()) { return true }
            return left.count >= 2 && left.prefix(2).reversed().elementsEqual(right.prefix(2))
                && left.dropFirst(2).elementsEqual(right.dropFirst(2))
        }
    }

    // MARK: Values

    /// The value of an annotation. One without a value, or with an empty one, is reported.
    private mutating func text(_ name: CedarString) -> Text? {
        guard let annotation = policy.annotation(name) else { return nil }
        guard let value = annotation.value?.text, let trimmed = Self.trimmed(value.utf8) else {
            report("@\(name) has no value", hint: "write @\(name)(\"…\")", at: annotation.span)
            return nil
        }
        return trimmed
    }

    private mutating func invalid(_ name: CedarString, _ expectation: String) {
        report("@\(name) has a value that means nothing", hint: expectation, at: policy.annotation(name)?.span)
    }

    private mutating func tier() -> Rule.Tier {
        let isPermit = policy.effect == .permit
        guard let annotation = policy.annotation("tier") else {
            return isPermit ? .permit(isReviewed: false) : .hard
        }
        switch (annotation.value?.text, isPermit) {
        case ("auto", true): return .permit(isReviewed: false)
        case ("review", true): return .permit(isReviewed: true)
        case ("hard", false): return .hard
        case ("approval", false): return .approval(demand())
        case ("approval", true):
            report(
                "an approval rule has to be a forbid", hint: "write what is forbidden until people lift it",
                at: annotation.span)
        default:
            invalid("tier", isPermit ? "a permit is \"auto\" or \"review\"" : "a forbid is \"hard\" or \"approval\"")
        }
        return isPermit ? .permit(isReviewed: true) : .hard
    }

    private mutating func demand() -> Demand {
        var demand = Demand()
        demand.groups = groups()
        if let quorum = integer("quorum", in: 1...100, "a number of people from 1 to 100") { demand.quorum = quorum }
        if let assurance = integer("assurance", in: 1...2, "1 is a passkey, 2 one that cannot leave its device") {
            demand.assurance = assurance
        }
        if let seconds = duration("ttl") { demand.voteSeconds = seconds }
        if let seconds = duration("expires") { demand.waitSeconds = seconds }
        demand.criteria = criteria()
        if let value = text("self") {
            if value == "owner" {
                demand.ownerMayApprove = true
            } else {
                invalid("self", "the only value is \"owner\"")
            }
        }
        return demand
    }

    private mutating func onViolation(_ tier: Rule.Tier) -> Set<ViolationFreeze> {
        if case .hard = tier { return [] }
        guard let value = text("on_violation") else { return [] }
        var freezes: Set<ViolationFreeze> = []
        for part in Self.split(value, at: UInt8(ascii: ",")) {
            guard let freeze = part.flatMap({ ViolationFreeze(rawValue: $0.string) }), freezes.insert(freeze).inserted
            else {
                let words = ViolationFreeze.allCases.map(\.rawValue).joined(separator: ", ")
                invalid("on_violation", "one or more of these, each once, separated by commas: \(words)")
                return []
            }
        }
        return freezes
    }

    private mutating func groups() -> [GroupID] {
        guard policy.annotation("approvers") != nil else {
            report("an approval rule has to name its approvers", hint: "write @approvers(\"group\")")
            return []
        }
        guard let value = text("approvers") else { return [] }
        var groups: [GroupID] = []
        for part in Self.split(value, at: UInt8(ascii: ",")) {
            guard let name = part, let group = GroupID(name), !groups.contains(group) else {
                invalid("approvers", "names of groups, each once, separated by commas: \"finance,legal\"")
                return []
            }
            groups.append(group)
        }
        return groups
    }

    private mutating func criteria() -> [Text] {
        guard let value = text("criteria") else { return [] }
        let parts = Self.split(value, at: UInt8(ascii: "|"))
        guard parts.allSatisfy({ $0 != nil }), Set(parts).count == parts.count else {
            invalid("criteria", "sentences, each once, separated by |")
            return []
        }
        return parts.compactMap(\.self)
    }

    private mutating func integer(_ name: CedarString, in range: ClosedRange<Int64>, _ hint: String) -> Int64? {
        guard let value = text(name) else { return nil }
        let isDigits = value.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        guard isDigits, let number = Int64(value.string), range.contains(number) else {
            invalid(name, hint)
            return nil
        }
        return number
    }

    /// Seconds of `30s`, `15m`, `1h`, `2d`: at least one second, at most 90 days.
    private mutating func duration(_ name: CedarString) -> Int64? {
        guard let value = text(name) else { return nil }
        let units: [UInt8: Int64] = [
            UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86_400,
        ]
        let digits = value.utf8.dropLast()
        guard let unit = value.utf8.last.flatMap({ units[$0] }), (1...9).contains(digits.count),
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let amount = Int64(String(Substring(digits))),
            amount >= 1, amount * unit <= 90 * 86_400
        else {
            invalid(name, "a time such as \"30s\", \"15m\", \"1h\" or \"2d\", at most 90 days")
            return nil
        }
        return amount * unit
    }

    // MARK: Bytes

    private static func split(_ text: Text, at separator: UInt8) -> [Text?] {
        text.utf8.split(separator: separator, omittingEmptySubsequences: false).map { trimmed($0) }
    }

    /// Without spaces around it; nil when nothing is left.
    private static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> Text? {
        let kept = Array(bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
        return kept.isEmpty ? nil : Text(utf8: kept)
    }
}
