import AuthorityPorts
import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import WireProtocol

/// What a configured preview says of a call before it runs: a read-only tool of the same server, called by the gateway itself with
/// the same arguments. What it says becomes preconditions of the action, so that approvers are shown it, sign it, and the claim
/// reads it again.
struct CallPreview: Sendable {
    let preview: UpstreamServer.Preview
    /// The tool that previews.
    let tool: GatewayTool
    let upstream: any Upstream

    /// What it cannot say stops the call (invariant S12).
    struct Unreadable: Error {
        let reason: Text
    }

    /// The longest value that is shown: what is longer is for nobody to read, and `fields` choose from it.
    private static let greatestValue = 4_096

    /// A fact for each field, in the order of the registration.
    func read(_ arguments: JSONObject) async throws(Unreadable) -> [Precondition] {
        let result = try await result(arguments)
        guard !preview.fields.isEmpty else { return [fact("result", try Self.whole(result))] }
        var facts: [Precondition] = []
        for field in preview.fields {
            let content = result["structuredContent"] ?? .null
            guard let value = content.value(at: field) else {
                throw Unreadable(reason: "it says nothing of `\(field)`")
            }
            facts.append(fact(field, try Self.text(value)))
        }
        return facts
    }

    private func fact(_ of: Text, _ value: Text) -> Precondition {
        Precondition(provider: tool.registered.reference.qualifiedName, of: of, value: value)
    }

    private func result(_ arguments: JSONObject) async throws(Unreadable) -> JSONObject {
        if let refusal = tool.refusal(of: arguments) { throw Unreadable(reason: refusal.text) }
        let call = UpstreamCall(
            method: "tools/call", params: ["arguments": .object(arguments), "name": .string(preview.preview)],
            timeout: .seconds(tool.server.limits.callSeconds))
        let answer: RPCResponse.Outcome
        do { answer = try await upstream.ask(call) } catch { throw Unreadable(reason: "its server did not answer") }
        guard case .result(let result) = answer, result["isError"] != true else {
            throw Unreadable(reason: "it failed")
        }
        return result
    }

    /// The one text of a result, or else all that it holds.
    private static func whole(_ result: JSONObject) throws(Unreadable) -> Text {
        if let content = result["content"]?.arrayValue, content.count == 1, result["structuredContent"] == nil,
            let said = content[0]["text"]
        {
            return try text(said)
        }
        return try text(result["structuredContent"] ?? result["content"] ?? .object(result))
    }

    private static func text(_ value: JSONValue) throws(Unreadable) -> Text {
        let text = value.textValue ?? Text(CanonicalDocument(value).text)
        guard text.utf8.count <= greatestValue else {
            throw Unreadable(reason: "it says more than \(Text(String(greatestValue))) bytes")
        }
        return text
    }
}

extension JSONValue {
    /// The value at a JSON Pointer (RFC 6901).
    func value(at pointer: Text) -> JSONValue? {
        var place = self
        for step in pointer.string.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
            if let object = place.objectValue, let next = object[Text(name)] {
                place = next
            } else if let array = place.arrayValue, let index = Int(name), array.indices.contains(index) {
                place = array[index]
            } else {
                return nil
            }
        }
        return place
    }
}

extension ToolGateway {
    /// Nil where none is configured for that tool.
    func preview(of tool: GatewayTool) async throws(AuthorityError) -> CallPreview? {
        let name = tool.registered.reference.name
        guard let preview = tool.server.previews.first(where: { $0.tool == name }) else { return nil }
        guard let previewing = try await memory.tool(server: tool.server.name, name: preview.preview, authority) else {
            throw Self.unreadable(preview, "there is no such tool")
        }
        return CallPreview(preview: preview, tool: previewing, upstream: connections.upstream(tool.server))
    }

    /// What approvers will be shown of the call.
    func facts(of tool: GatewayTool, _ arguments: JSONObject) async throws(AuthorityError) -> [Precondition] {
        guard let preview = try await preview(of: tool) else { return [] }
        do { return try await preview.read(arguments) } catch { throw Self.unreadable(preview.preview, error.reason) }
    }

    static func unreadable(_ preview: UpstreamServer.Preview, _ reason: Text) -> AuthorityError {
        AuthorityError(
            .factUnreadable, "The preview `\(preview.preview)` of this call could not be made: \(reason).",
            hint: "Nobody was asked, and nothing was done.", retryAfterSeconds: 5)
    }
}
