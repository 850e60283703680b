import CanonicalEncoding
import CedarLanguage

/// Asks one small request, in the way the recorded expressions were asked.
enum Ask {
    static let principal = uid("U", "a")
    static let resource = uid("R", "r")
    private static let action = uid("Action", "x")

    static func uid(_ type: String, _ id: String) -> EntityUID {
        guard let uid = EntityUID(type: type, id: id) else { preconditionFailure("\(type) is no type") }
        return uid
    }

    static func request(_ context: CedarRecord = [:]) -> CedarRequest {
        CedarRequest(principal: principal, action: action, resource: resource, context: context)
    }

    /// `Allow`, `Deny`, `Deny error` or `PARSE-ERR`.
    static func expression(
        _ expression: String, context: JSONObject = ["input": ["amount": 7]], entities: CedarEntities = CedarEntities()
    ) -> String {
        let text = "permit(principal, action, resource) when { \(expression) };"
        guard let policies = try? CedarPolicySet(parsing: text) else { return "PARSE-ERR" }
        guard let context = try? CedarRecord(json: context) else { return "CONTEXT-ERR" }
        let answer = policies.answer(request(context), entities)
        if !answer.failures.isEmpty { return "Deny error" }
        return answer.decision == .allow ? "Allow" : "Deny"
    }

    /// The message of the policy's error, nil when it does not err.
    static func failure(_ expression: String, entities: CedarEntities = CedarEntities()) -> EvaluationFailure? {
        let text = "permit(principal, action, resource) when { \(expression) };"
        return (try? CedarPolicySet(parsing: text))?.answer(request(), entities).failures.first?.error.failure
    }

    /// `line:column: message` of a refused text, nil when it parses.
    static func syntaxError(_ text: String) -> CedarSyntaxError? {
        do {
            _ = try CedarPolicySet(parsing: text)
            return nil
        } catch {
            return error
        }
    }
}
