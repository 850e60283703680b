import ApprovalPolicy
import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The scenarios that a set was loaded with, and what it answers to them today.
struct PolicyTests: Sendable {
    struct Row: Sendable {
        let name: String
        let tag: Tag
        let outcome: String
        let rules: String
        let differences: [String]
    }

    let summary: String
    let rows: [Row]
    let isEmpty: Bool

    init(_ results: [PolicyScenarios.Result]) {
        let failed = results.count { !$0.passes }
        summary =
            failed == 0
            ? "\(Wording.count(results.count, "scenario holds", "scenarios hold"))"
            : "\(failed) of \(results.count) fail"
        rows = results.map(Row.init)
        isEmpty = results.isEmpty
    }
}

extension PolicyTests.Row {
    init(_ result: PolicyScenarios.Result) {
        name = shown(result.scenario.name)
        tag = result.passes ? Tag("holds", .good) : Tag("fails", .stop)
        outcome = shown(result.found.outcome)
        rules = (result.found.reasons ?? []).map(shown).joined(separator: ", ")
        differences = result.differences.map {
            "\(shown($0.member)): expected \(shown($0.expected)), found \(shown($0.found))"
        }
    }
}

/// Requests that were denied because a rule could not be evaluated: somebody has to mend the rule.
struct PolicyErrorRow: Sendable {
    let href: String
    let at: Moment
    let rules: String
    let text: String

    init(_ sighting: PolicyErrorSighting) {
        href = "/requests/\(sighting.request)"
        at = Moment(sighting.at)
        rules = sighting.reasons.map { shown($0.policy) }.joined(separator: ", ")
        text = sighting.reasons.map { shown($0.text) }.joined(separator: "; ")
    }

    /// What a page says above everything else; nil where nothing happened.
    static func notice(_ sightings: [PolicyErrorSighting], href: String) -> Notice? {
        guard !sightings.isEmpty else { return nil }
        let rules = Set(sightings.flatMap(\.reasons).map { shown($0.policy) }).sorted()
        let named = Wording.list(Array(rules.prefix(5))) + (rules.count > 5 ? " and others" : "")
        return Notice(
            "Requests were denied in the last week because a rule could not be evaluated: \(named).", .stop, href: href,
            link: "Look at them")
    }
}

/// The form that proposes another set: what is in force is where it begins.
struct PolicyForm: Sendable {
    let source: String
    /// Indented JSON; empty where none were kept.
    let scenarios: String

    init(_ loaded: LoadedPolicy?) {
        source = loaded?.version.source.string ?? ""
        scenarios = loaded?.version.scenarios.map { Self.indented($0, "") } ?? ""
    }

    /// JSON that a person can edit: a line for each member that holds others, everything small on one line.
    private static func indented(_ value: JSONValue, _ margin: String) -> String {
        let short = CanonicalJSON.text(value)
        guard short.utf8.count > 100 else { return short }
        let inner = margin + "  "
        switch value {
        case .array(let items):
            return "[\n" + items.map { inner + indented($0, inner) }.joined(separator: ",\n") + "\n\(margin)]"
        case .object(let object):
            let members = object.members.map { member in
                "\(inner)\(CanonicalJSON.text(.string(member.name))): \(indented(member.value, inner))"
            }
            return "{\n" + members.joined(separator: ",\n") + "\n\(margin)}"
        default: return short
        }
    }
}
