import CanonicalEncoding
import CommandLineTool

/// Says what happens, in lines that a person can follow. Without a person at the passkey `Demo` has every line marked.
struct DemoNarrator: Sendable {
    var isUnattended: Bool
    /// Nothing is narrated then: one JSON object follows at the end.
    var isQuiet: Bool

    func say(_ line: String = "") {
        guard !isQuiet else { return }
        Terminal.result(line)
    }

    func open(directory: String, agents: String, console: String) {
        say("Countersign demo")
        if isUnattended { say("A software authenticator plays the approver: nobody decides anything here.") }
        say()
        say("  agents' plane   \(agents)")
        say("  console         \(console)")
        say("  everything in   \(directory)")
        say()
    }

    func invite(link: Text) {
        say("Open this link in a browser on this machine and create a passkey:")
        say()
        say("  \(link)")
        say()
        say("The agent begins as soon as you have.")
    }

    /// What a child program said, each line as a terminal may show it.
    func quote(_ report: String) {
        for line in report.split(whereSeparator: \.isNewline) { say("   \(Shown.text(String(line)))") }
    }

    func announce(_ step: DemoStep, number: Int, console: String) {
        say("\(number). The agent asks: \(step.sql)")
        say("   Policy: \(step.expectation).")
        guard step.kind == .delete else { return }
        say(isUnattended ? "   The software authenticator approves." : "   Approve or deny it at \(console)/")
    }

    func conclude(_ result: DemoResult) {
        say("   \(result.wasAsExpected ? "As it must be" : "NOT as it must be"): \(result.summary)")
        say()
    }
}

/// How one step came out.
struct DemoResult: Sendable {
    var step: DemoStep
    var run: DemoAgent.Run
    var before: OrdersDatabase.Contents
    var after: OrdersDatabase.Contents

    var wasAsExpected: Bool {
        run.exitStatus == step.exitStatus && step.agrees(before: before, after: after)
    }

    var summary: String {
        let outcome = run.exitStatus == 3 ? "refused" : run.exitStatus == 0 ? "ran" : "exit status \(run.exitStatus)"
        return
            "\(outcome); the database now has \(after.total) orders, \(after.void) void, and order 7 is \(after.statusOfSeven)"
    }

    var json: JSONValue {
        [
            "step": "\(step.kind.rawValue)", "sql": "\(step.sql)", "exit_status": .integer(Int64(run.exitStatus)),
            "expected_exit_status": .integer(Int64(step.exitStatus)), "as_expected": .bool(wasAsExpected),
            "orders": .integer(Int64(after.total)), "void": .integer(Int64(after.void)),
            "order_7": "\(after.statusOfSeven)",
        ]
    }
}
