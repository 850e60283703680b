package import CanonicalEncoding

/// What ties an answer to its request: text or an integer. `null`, fractions and anything else are refused.
package enum RPCID: Hashable, Sendable {
    case text(Text)
    case integer(Int64)

    package init?(json: JSONValue) {
        switch json {
        case .string(let text): self = .text(text)
        case .integer(let integer): self = .integer(integer)
        default: return nil
        }
    }

    package var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .integer(let integer): .integer(integer)
        }
    }
}

/// One JSON-RPC 2.0 message. Batches do not exist: revisions since 2025-06-18 have none, and three gateways were walked around
/// with an array of one.
package enum RPCMessage: Hashable, Sendable {
    case request(RPCRequest)
    case notification(RPCNotification)
    case response(RPCResponse)

    /// Reads one message from a document that the strict reader has taken. Whatever is not exactly one of the three is refused.
    package init(json: JSONValue) throws(RPCError) {
        guard let object = json.objectValue else {
            throw RPCError(.invalidRequest, "A message is one JSON object; batches are not taken.")
        }
        guard object["jsonrpc"] == "2.0" else {
            throw RPCError(.invalidRequest, "`jsonrpc` must be \"2.0\".")
        }
        if object["method"] == nil {
            self = .response(try RPCResponse(object))
        } else if object["id"] == nil {
            self = .notification(try RPCNotification(object))
        } else {
            self = .request(try RPCRequest(object))
        }
    }
}

/// A call that is owed an answer.
package struct RPCRequest: Hashable, Sendable {
    package var id: RPCID
    package var method: Text
    package var params: JSONObject

    package init(id: RPCID, method: Text, params: JSONObject = JSONObject()) {
        self.id = id
        self.method = method
        self.params = params
    }

    fileprivate init(_ object: JSONObject) throws(RPCError) {
        guard let id = object["id"].flatMap(RPCID.init(json:)) else {
            throw RPCError(.invalidRequest, "`id` must be text or an integer.")
        }
        self.id = id
        (method, params) = try object.call(members: ["jsonrpc", "id", "method", "params"])
    }

    package var json: JSONValue {
        ["jsonrpc": "2.0", "id": id.json, "method": .string(method), "params": .object(params)]
    }

    /// Where the client wants to hear of progress (`_meta.progressToken`).
    package var progressToken: RPCID? { params["_meta"]?["progressToken"].flatMap(RPCID.init(json:)) }
}

/// A message that nobody answers.
package struct RPCNotification: Hashable, Sendable {
    package var method: Text
    package var params: JSONObject

    package init(method: Text, params: JSONObject = JSONObject()) {
        self.method = method
        self.params = params
    }

    fileprivate init(_ object: JSONObject) throws(RPCError) {
        (method, params) = try object.call(members: ["jsonrpc", "method", "params"])
    }

    package var json: JSONValue {
        ["jsonrpc": "2.0", "method": .string(method), "params": .object(params)]
    }
}

/// The one answer to a request.
package struct RPCResponse: Hashable, Sendable {
    /// What the other side made of the request: data, which nobody here interprets further than it has to.
    package enum Outcome: Hashable, Sendable {
        case result(JSONObject)
        case error(code: Int64, message: Text, data: JSONValue?)
    }

    /// Nil only in an error about a message whose id could not be read.
    package var id: RPCID?
    package var outcome: Outcome

    package init(id: RPCID?, outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }

    package init(id: RPCID?, refusing error: RPCError) {
        self.init(id: id, outcome: .error(code: error.code.rawValue, message: error.message, data: error.data))
    }

    fileprivate init(_ object: JSONObject) throws(RPCError) {
        let refusal = RPCError(.invalidRequest, "This is neither a request, a notification nor an answer.")
        guard let id = object["id"], object.count == 3 else { throw refusal }
        self.id = RPCID(json: id)
        guard self.id != nil || id.isNull else { throw refusal }
        if let result = object["result"]?.objectValue, self.id != nil {
            outcome = .result(result)
        } else if let error = object["error"], let code = error["code"]?.integerValue,
            let message = error["message"]?.textValue
        {
            outcome = .error(code: code, message: message, data: error["data"])
        } else {
            throw refusal
        }
    }

    package var json: JSONValue {
        let id = id?.json ?? .null
        switch outcome {
        case .result(let result): return ["jsonrpc": "2.0", "id": id, "result": .object(result)]
        case .error(let code, let message, let data):
            var error: JSONObject = ["code": .integer(code), "message": .string(message)]
            if let data { error["data"] = data }
            return ["jsonrpc": "2.0", "id": id, "error": .object(error)]
        }
    }
}

extension JSONObject {
    /// Method and parameters, where the object has these members and no others.
    fileprivate func call(members allowed: Set<Text>) throws(RPCError) -> (Text, JSONObject) {
        if let unknown = members.first(where: { !allowed.contains($0.name) }) {
            throw RPCError(.invalidRequest, "A message has no member `\(MemberReader(self).path(of: unknown.name))`.")
        }
        guard let method = self["method"]?.textValue else { throw RPCError(.invalidRequest, "`method` must be text.") }
        guard let params = self["params"] else { return (method, JSONObject()) }
        guard let object = params.objectValue else {
            throw RPCError(.invalidRequest, "`params` must be an object.")
        }
        return (method, object)
    }
}
