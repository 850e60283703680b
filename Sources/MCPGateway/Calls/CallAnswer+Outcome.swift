import AuthorityCore
import CanonicalEncoding
import DomainModel
import ModelContextProtocol

/// The words of the gateway for what became of a call. A tool call is answered by a result that says that there is none, because that is
/// what a model reads; anything else has no such result and is answered by an error.
extension CallAnswer {
    func outcome(isToolCall: Bool) -> RPCResponse.Outcome {
        switch self {
        case .result(let result):
            // A server that wants something of its client's people asks nobody here.
            guard (result["resultType"] ?? "complete") == "complete" else {
                return .error(
                    code: RPCError.Code.internalError.rawValue,
                    message: "The tool server asked for more than it was sent, which is not passed on.", data: nil)
            }
            return .result(result)
        case .serverError(let code, let message, let data): return .error(code: code, message: message, data: data)
        case .refused(let refusal):
            return said(refusal.sentence, refusal.facts, RPCRefusal.OwnCode.refused, isToolCall)
        case .waiting(let waiting):
            return said(waiting.sentence, waiting.facts, RPCRefusal.OwnCode.waiting, isToolCall)
        case .unknown(let request, let text):
            let sentence: Text = """
                \(text) It was sent to the tool server, and nobody knows what came of it. It is not repeated by itself; a person has to \
                look at request \(request.text).
                """
            return said(
                sentence, ["status": "unknown", "request": .string(request.text)], RPCRefusal.OwnCode.unknown,
                isToolCall)
        }
    }

    private func said(
        _ text: Text, _ facts: JSONObject, _ code: Int64, _ isToolCall: Bool
    ) -> RPCResponse.Outcome {
        guard isToolCall else { return .error(code: code, message: text, data: .object(facts)) }
        return .result([
            "content": [["type": "text", "text": .string(text)]], "structuredContent": .object(facts), "isError": true,
        ])
    }
}

extension CallRefusal {
    fileprivate var sentence: Text { hint.map { "\(text) \($0)" } ?? text }

    fileprivate var facts: JSONObject {
        var facts: JSONObject = ["status": "refused", "code": .string(code)]
        if let request { facts["request"] = .string(request.text) }
        if let hint { facts["hint"] = .string(hint) }
        return facts
    }
}

extension WaitingCall {
    var shortText: Text { "Waiting for approval (\(request.text))." }

    fileprivate var sentence: Text {
        """
        Waiting for approval: this call is neither done nor refused, and nothing has run. It is request \(request.text). Make the same call \
        again with the same arguments in \(Text(String(retryAfterSeconds))) seconds or later, until \(Text(expiresAt.rfc3339)): once people have \
        approved it, it runs, once.
        """
    }

    fileprivate var facts: JSONObject {
        [
            "status": "waiting_for_approval", "request": .string(request.text),
            "retry_after_seconds": .integer(retryAfterSeconds), "expires_at": .string(Text(expiresAt.rfc3339)),
        ]
    }
}
