import AuthorityCore
import CanonicalEncoding
import ModelContextProtocol
import WireProtocol

/// Why a message is answered with a JSON-RPC error, and with which HTTP status.
struct RPCRefusal: Error {
    var id: RPCID?
    var code: Int64
    var message: Text
    var data: JSONValue?
    var status: Int
    var retryAfterSeconds: Int?
    /// For the log alone.
    var context = ""

    /// Codes between -32000 and -32019 are left to implementations (2026-07-28, "Error codes").
    enum OwnCode {
        static let waiting: Int64 = -32010
        static let refused: Int64 = -32011
        static let unknown: Int64 = -32012
        /// What the official SDKs answer to a request that its client cancelled.
        static let cancelled: Int64 = -32800
    }

    init(_ error: RPCError, id: RPCID? = nil, status: Int? = nil) {
        self.id = id
        code = error.code.rawValue
        message = error.message
        data = error.data
        self.status = status ?? error.httpStatus
    }

    init(_ code: RPCError.Code, _ message: Text, id: RPCID? = nil, status: Int? = nil) {
        self.init(RPCError(code, message), id: id, status: status)
    }

    /// Nobody's fault here and nothing of the protocol's: the words of `problem+json` as data, and its status where a client can act
    /// on it. `notFound` is what the method calls a name that nobody knows.
    init(_ error: AuthorityError, id: RPCID?, callID: String, notFound: RPCError.Code = .invalidParams) {
        self.id = id
        let status = error.code.status
        switch error.code {
        case .notFound, .unknownName: code = notFound.rawValue
        case .payloadTooLarge, .unsupportedMediaType, .jsonTooLarge: code = RPCError.Code.invalidRequest.rawValue
        case _ where error.code.rawValue.hasPrefix("json_"): code = RPCError.Code.parseError.rawValue
        case _ where status >= 429: code = RPCError.Code.internalError.rawValue
        default: code = RPCError.Code.invalidParams.rawValue
        }
        let shared = error.code == .notFound || error.code == .unknownName ? 400 : status
        self.status = id == nil || shared >= 429 || shared == 401 ? shared : 400
        message = Text(error.detail)
        retryAfterSeconds = error.retryAfterSeconds
        context = error.context
        var data: JSONObject = ["code": .string(Text(error.code.rawValue)), "call": .string(Text(callID))]
        if let hint = error.hint { data["hint"] = .string(Text(hint)) }
        if let seconds = error.retryAfterSeconds { data["retry_after_seconds"] = .integer(Int64(seconds)) }
        if let position = error.position { data["position"] = .integer(Int64(position)) }
        self.data = .object(data)
    }

    var outcome: RPCResponse.Outcome { .error(code: code, message: message, data: data) }
}

extension RPCRefusal {
    /// A member of `params` that is not as it has to be.
    init(_ error: MemberError, id: RPCID?) {
        let text: Text =
            switch error.code {
            case .missingMember: "`\(error.path)` is missing."
            case .unknownMember: "`\(error.path)` is not known here."
            case .wrongType: "`\(error.path)` has the wrong type."
            case .invalidValue, .numberOutOfProfile: "`\(error.path)` has a value that is not taken."
            }
        self.init(.invalidParams, text, id: id)
    }
}
