import AuthorityCore
import CanonicalEncoding
import ModelContextProtocol

/// A request that goes to a tool server if it may, taken apart strictly: what nobody reads is refused.
struct PlannedCall: Sendable {
    var operation: GatewayCall.Operation
    /// The client asks for a task itself (2025-11-25).
    var asksForTask = false
    /// What it was handed with `input_required` (2026-07-28).
    var requestState: Text?

    init(_ asked: Asked) throws {
        var params = try asked.reader()
        switch asked.request.method {
        case "tools/call":
            operation = .callTool(
                name: try params.text("name"), arguments: try params.optionalObject("arguments") ?? [:])
            if asked.revision == .november2025, var task = try params.optionalReader("task") {
                asksForTask = true
                // How long the client wants it kept: at most as long as the request lives.
                _ = try task.optionalInteger("ttl")
                try task.finish()
            }
        case "resources/read": operation = .readResource(uri: try params.text("uri"))
        case "prompts/get":
            let arguments = try params.optionalObject("arguments") ?? [:]
            guard arguments.members.allSatisfy({ $0.value.textValue != nil }) else {
                throw params.error(.wrongType, "arguments")
            }
            operation = .getPrompt(name: try params.text("name"), arguments: arguments)
        default:
            _ = try params.object("ref")
            _ = try params.object("argument")
            _ = try params.optionalObject("context")
            var passed = params.object
            passed["_meta"] = nil
            operation = .complete(passed)
        }
        if asked.revision.isStateless, asked.request.method != "completion/complete" {
            requestState = try params.optionalText("requestState")
            // Nothing is ever asked of the client's people, so that there is nothing to be answered.
            if let responses = try params.optionalObject("inputResponses"), !responses.isEmpty {
                throw params.error(.invalidValue, "inputResponses")
            }
        }
        try params.finish()
    }

    var toolName: Text? {
        if case .callTool(let name, _) = operation { name } else { nil }
    }

    var isToolCall: Bool { toolName != nil }

    var arguments: JSONObject {
        switch operation {
        case .callTool(_, let arguments), .getPrompt(_, let arguments): arguments
        case .readResource, .complete: [:]
        }
    }

    /// What a name is called that nobody knows.
    func notFoundCode(in revision: ProtocolRevision) -> RPCError.Code {
        if case .readResource = operation, !revision.isStateless { return .resourceNotFound }
        return .invalidParams
    }
}
