import AuthorityCore
import CanonicalEncoding
import ModelContextProtocol
import Synchronization

/// `notifications/progress` for one call, under the client's own token. The number only ever grows, as the protocol has it, whoever counts:
/// waiting takes such small steps that the tool server's own count begins after it.
final class ProgressNotes: Sendable {
    private let token: RPCID
    private let last = Mutex(0.0)

    init(token: RPCID) {
        self.token = token
    }

    func waiting(_ call: WaitingCall) -> JSONValue {
        let progress = last.withLock { last in
            last += 0.001
            return last
        }
        return note(["progress": .double(progress), "message": .string(call.shortText)])
    }

    /// What the tool server says of its progress; nil where it does not grow.
    func passed(_ params: JSONObject) -> JSONValue? {
        guard let value = params["progress"], let progress = value.doubleValue ?? value.integerValue.map(Double.init)
        else { return nil }
        let grows = last.withLock { last in
            guard progress > last else { return false }
            last = progress
            return true
        }
        guard grows else { return nil }
        var passed: JSONObject = ["progress": value]
        for name in ["total", "message"] as [Text] { passed[name] = params[name] }
        return note(passed)
    }

    private func note(_ params: JSONObject) -> JSONValue {
        var params = params
        params["progressToken"] = token.json
        return RPCNotification(method: "notifications/progress", params: params).json
    }
}
