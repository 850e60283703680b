import CanonicalEncoding
import ModelContextProtocol

/// What a server asks of its client. Only `ping` is answered: sampling, elicitation and roots would let a server speak to whoever
/// is behind the gateway, or appear to.
enum ServerRequest {
    static func answer(_ request: RPCRequest) -> RPCResponse {
        guard request.method == "ping" else {
            return RPCResponse(
                id: request.id, refusing: RPCError(.methodNotFound, "The gateway answers no requests of servers."))
        }
        return RPCResponse(id: request.id, outcome: .result(JSONObject()))
    }

    static func cancellation(of id: Int64) -> RPCNotification {
        RPCNotification(
            method: "notifications/cancelled",
            params: ["requestId": .integer(id), "reason": "the call's time was over"])
    }

    /// The parameters with a progress token that is the request's own id.
    static func asking(_ params: JSONObject, forProgressOf id: Int64) -> JSONObject {
        var params = params
        var meta = params["_meta"]?.objectValue ?? JSONObject()
        meta["progressToken"] = .integer(id)
        params["_meta"] = .object(meta)
        return params
    }

    static func progressID(_ notification: RPCNotification) -> Int64? {
        guard notification.method == "notifications/progress" else { return nil }
        return notification.params["progressToken"]?.integerValue
    }
}

extension JSONLimits {
    /// What a tool server may answer: results are data that passes through.
    static let upstream = JSONLimits(bytes: 8 << 20, depth: JSONLimits.greatestDepth, stringBytes: 8 << 20)
}
