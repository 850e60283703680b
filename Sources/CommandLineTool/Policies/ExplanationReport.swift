import ApprovalPolicy
import CanonicalEncoding

/// Why a set answers as it does, as a person reads it and as a program does: nothing is left out without saying so.
struct ExplanationReport {
    let answer: PolicyScenario.Answer
    let entries: [PolicyExplanation.Entry]

    // MARK: For people

    var lines: [String] {
        let kind = answer.denial.map { " (\($0))" } ?? ""
        let reasons = (answer.reasons ?? []).map { Shown.text($0) }.joined(separator: ", ")
        let requirement = (answer.requirement?.members ?? []).map {
            "  \($0.name): \(Shown.text(CanonicalJSON.text($0.value)))"
        }
        return ["\(answer.outcome)\(kind): \(reasons)"] + requirement + entries.flatMap(Self.lines)
    }

    private static func lines(_ entry: PolicyExplanation.Entry) -> [String] {
        let standing =
            switch entry.standing {
            case .fired: "applies"
            case .held: "does not apply"
            case .failed: "cannot be evaluated"
            case .elsewhere: "is about another \(entry.unmet.map(\.string).joined(separator: " and "))"
            }
        return [
            "", "\(Shown.text(entry.name)) (\(entry.tier), line \(entry.line)) \(standing)",
            "  \(Shown.text(entry.reason))",
        ] + entry.clauses.flatMap(lines)
    }

    private static func lines(_ clause: PolicyExplanation.Clause) -> [String] {
        let mark = clause.holds.map { $0 ? "holds" : "fails" } ?? "errs "
        let start = "  \(mark)  line \(clause.line): "
        guard clause.parts.count != 1 else {
            let error = clause.error.map { ["         \(Shown.text($0))"] } ?? []
            return [start + oneLine(clause.text)] + error + clause.parts.flatMap(readings)
        }
        let parts = clause.parts.flatMap { part -> [String] in
            let outcome = part.outcome.rawValue
            let padded = outcome + String(repeating: " ", count: max(0, 8 - outcome.utf8.count))
            let end = part.decides ? "  <- decides" : ""
            let error = part.error.map { ["         \(Shown.text($0))"] } ?? []
            return ["    \(padded) line \(part.line): \(oneLine(part.text))\(end)"] + error + readings(part)
        }
        return [start + "\(clause.word), \(clause.joint)"] + parts
    }

    private static func readings(_ part: PolicyExplanation.Part) -> [String] {
        // What cannot be read behind a part that has settled the clause says nothing that the part before it does not.
        guard part.outcome != .unasked else { return [] }
        let lines = part.readings.map { "             \(oneLine($0.expression)) = \(Shown.text($0.value))" }
        return part.readingsLeftOut == 0 ? lines : lines + ["             and \(part.readingsLeftOut) more readings"]
    }

    /// White space as single spaces.
    private static func oneLine(_ text: Text) -> String {
        let words = text.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map { String(Substring($0)) }
        return Shown.text(words.joined(separator: " "))
    }

    // MARK: For programs

    var json: JSONValue {
        var object: JSONObject = [
            "outcome": .string(answer.outcome), "reasons": .array((answer.reasons ?? []).map { .string($0) }),
            "rules": .array(entries.map(Self.json)),
        ]
        object["denial"] = answer.denial.map { .string($0) }
        object["requirement"] = answer.requirement.map { .object($0) }
        return .object(object)
    }

    private static func json(_ entry: PolicyExplanation.Entry) -> JSONValue {
        [
            "name": .string(entry.name), "tier": .string(entry.tier), "line": .integer(Int64(entry.line)),
            "reason": .string(entry.reason), "standing": "\(entry.standing.rawValue)",
            "unmet": .array(entry.unmet.map { .string($0) }), "clauses": .array(entry.clauses.map(json)),
        ]
    }

    private static func json(_ clause: PolicyExplanation.Clause) -> JSONValue {
        var object: JSONObject = [
            "line": .integer(Int64(clause.line)), "kind": .string(clause.word), "text": .string(clause.text),
            "joint": .string(clause.joint), "parts": .array(clause.parts.map(json)),
        ]
        object["holds"] = clause.holds.map { .bool($0) }
        object["error"] = clause.error.map { .string($0) }
        return .object(object)
    }

    private static func json(_ part: PolicyExplanation.Part) -> JSONValue {
        var object: JSONObject = [
            "line": .integer(Int64(part.line)), "text": .string(part.text), "outcome": "\(part.outcome.rawValue)",
            "decides": .bool(part.decides),
            "readings": .array(
                part.readings.map { ["expression": .string($0.expression), "value": .string($0.value)] }),
        ]
        object["error"] = part.error.map { .string($0) }
        if part.readingsLeftOut > 0 { object["readings_left_out"] = .integer(Int64(part.readingsLeftOut)) }
        return .object(object)
    }
}
