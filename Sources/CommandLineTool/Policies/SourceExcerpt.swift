import ApprovalPolicy
import CanonicalEncoding

/// A problem as a person sees it: place, message, the line with a caret below, and what to do.
struct SourceExcerpt {
    private let file: String
    private let lines: [Substring.UTF8View]

    init(_ source: String, named file: String) {
        self.file = file
        lines = source.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0).utf8 }
    }

    func text(_ problem: PolicyProblem, _ severity: String) -> String {
        var rows = [
            "\(Shown.text(file)):\(problem.line):\(problem.column): \(severity): \(Shown.text(problem.message))"
        ]
        if lines.indices.contains(problem.line - 1) {
            let line = String(Substring(lines[problem.line - 1])).unicodeScalars.map { $0 == "\t" ? " " : $0 }
            let number = String(problem.line)
            let margin = String(repeating: " ", count: max(0, 5 - number.utf8.count)) + number + " | "
            // The mark at the end keeps a space from being one at the end, which is shown as an escape.
            let before = Self.shown(line.prefix(problem.column - 1) + ["x"]).unicodeScalars.count - 1
            rows.append(margin + Self.shown(line[...]))
            rows.append("      | " + String(repeating: " ", count: before) + "^")
        }
        if let hint = problem.hint { rows.append("        hint: \(Shown.text(hint))") }
        return rows.joined(separator: "\n")
    }

    func json(_ problem: PolicyProblem, _ severity: Text) -> JSONValue {
        var object: JSONObject = [
            "file": "\(file)", "line": .integer(Int64(problem.line)), "column": .integer(Int64(problem.column)),
            "severity": .string(severity), "message": "\(problem.message)",
        ]
        if let hint = problem.hint { object["hint"] = "\(hint)" }
        return .object(object)
    }

    private static func shown(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        Shown.text(String(String.UnicodeScalarView(scalars)))
    }
}
