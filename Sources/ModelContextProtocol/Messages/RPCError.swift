package import CanonicalEncoding

/// A JSON-RPC error, as it goes over the wire.
package struct RPCError: Error, Hashable, Sendable {
    package enum Code: Int64, Sendable, CaseIterable {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case internalError = -32603
        /// A header that repeats a part of the body says something else, or stands twice (2026-07-28).
        case headerMismatch = -32020
        case missingClientCapability = -32021
        case unsupportedRevision = -32022
        /// Revisions up to 2025-11-25: there is no such resource.
        case resourceNotFound = -32002
    }

    package var code: Code
    package var message: Text
    package var data: JSONValue?

    package init(_ code: Code, _ message: Text, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    package var json: JSONValue {
        var object: JSONObject = ["code": .integer(code.rawValue), "message": .string(message)]
        if let data { object["data"] = data }
        return .object(object)
    }

    /// The HTTP status of an answer that is this error alone (2026-07-28, "Streamable HTTP"): 200 where the revision names none.
    package var httpStatus: Int {
        switch code {
        case .parseError, .invalidRequest, .invalidParams, .headerMismatch, .missingClientCapability,
            .unsupportedRevision:
            400
        case .methodNotFound: 404
        case .internalError, .resourceNotFound: 200
        }
    }
}
