import CanonicalEncoding
import DomainModel

/// S5, in the order of the log: nothing takes a step towards an effect while it is frozen, and what is frozen now is what the
/// log says.
struct FreezeCheck {
    var store: RecordedStore

    /// What a step needs to be told frozen or not.
    private struct Subject {
        var agent: Text
        var executor: Text?
        var tool: Text

        init(_ request: RecordedStore.Request, executor: Text? = nil) {
            agent = request.agent
            self.executor = executor
            tool = request.submission.action.tool.qualifiedName
        }

        func isFrozen(by scopes: Set<Text>) -> Bool {
            let own: Set<Text> = ["everything", "agent:\(agent)", "tool:\(tool)", "agent:\(executor ?? agent)"]
            return !own.isDisjoint(with: scopes)
        }
    }

    func run(_ findings: inout Findings) {
        let requests = Dictionary(store.requests.map { ($0.id.text, $0) }) { first, _ in first }
        var executions: [Text: Subject] = [:]
        for execution in store.executions {
            executions[execution.id.text] = requests[execution.request.text].map {
                Subject($0, executor: execution.executor.text)
            }
        }
        var frozen: Set<Text> = []
        for entry in store.entries {
            let step: (subject: Subject?, deed: String)
            switch entry.kind {
            case "switch.frozen", "switch.thawed":
                let scope = Text(utf8: entry.subject.utf8.dropFirst("freeze:".utf8.count)) ?? entry.subject
                if entry.kind == "switch.frozen" { frozen.insert(scope) } else { frozen.remove(scope) }
                continue
            case "request.granted":
                // The audience of the token is who would execute.
                let executor = entry.body?["audience"]?.textValue
                step = (requests[entry.subject].map { Subject($0, executor: executor) }, "was given a token")
            case "execution.claimed": step = (executions[entry.subject], "was claimed")
            case "execution.completed", "execution.failed", "execution.violated":
                step = (executions[entry.subject], "went on")
            default: continue
            }
            let isFrozen = step.subject?.isFrozen(by: frozen) ?? false
            findings.expect(!isFrozen, "S5", entry.subject, "\(step.deed) while it was frozen")
        }
        checkSwitch(frozen, &findings)
    }

    /// A row that was written or removed past the log freezes or thaws all the same.
    private func checkSwitch(_ frozen: Set<Text>, _ findings: inout Findings) {
        for scope in frozen.subtracting(store.freezes) {
            findings.broken("S5", "freeze:\(scope)", "is in the log, and nothing is frozen")
        }
        for scope in store.freezes.subtracting(frozen) {
            findings.broken("S5", "freeze:\(scope)", "is frozen, and the log does not say so")
        }
    }
}
