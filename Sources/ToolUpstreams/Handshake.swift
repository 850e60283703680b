import AuthorityPorts
import CanonicalEncoding
import ModelContextProtocol

/// How a connection to a tool server begins, the same over every transport: `initialize` with the newest revision that has
/// sessions, which every deployed server understands; a server that knows only stateless revisions says so, and is asked
/// `server/discover` then.
struct Handshake: Sendable {
    /// Sends a request and gives the answer; the revision is that of the envelope.
    typealias Ask = (Text, JSONObject) async throws(UpstreamError) -> RPCResponse.Outcome

    static let client: JSONValue = ["name": "countersign", "version": "1"]

    static func greeting(_ ask: Ask) async throws(UpstreamError) -> UpstreamGreeting {
        let wanted = ProtocolRevision.november2025
        let outcome = try await ask(
            "initialize",
            ["protocolVersion": .string(wanted.text), "capabilities": [:], "clientInfo": client])
        switch outcome {
        case .result(let result): return try greeting(result)
        case .error(RPCError.Code.unsupportedRevision.rawValue, _, let data):
            let supported = data?["supported"]?.arrayValue ?? []
            guard supported.contains(.string(ProtocolRevision.july2026.text)) else {
                throw .unreadable("it speaks no revision that is spoken here")
            }
            return try await discovered(ask)
        // Its words may repeat what it was sent, credentials included.
        case .error(let code, _, _): throw .unreadable("it refused `initialize`: error \(code)")
        }
    }

    private static func greeting(_ result: JSONObject) throws(UpstreamError) -> UpstreamGreeting {
        guard let said = result["protocolVersion"]?.textValue, let revision = ProtocolRevision(said),
            !revision.isStateless
        else { throw .unreadable("it answered `initialize` with a revision that is not spoken here") }
        return greeting(result["serverInfo"], result["capabilities"], revision)
    }

    private static func discovered(_ ask: Ask) async throws(UpstreamError) -> UpstreamGreeting {
        guard case .result(let result) = try await ask("server/discover", envelope(JSONObject())) else {
            throw .unreadable("it refused `server/discover`")
        }
        let server = result["_meta"]?["io.modelcontextprotocol/serverInfo"] ?? result["serverInfo"]
        return greeting(server, result["capabilities"], .july2026)
    }

    private static func greeting(
        _ server: JSONValue?, _ capabilities: JSONValue?, _ revision: ProtocolRevision
    ) -> UpstreamGreeting {
        UpstreamGreeting(
            revision: revision, name: server?["name"]?.textValue ?? "", version: server?["version"]?.textValue ?? "",
            capabilities: capabilities?.objectValue ?? JSONObject())
    }

    /// The parameters with what a stateless revision wants in each call. The gateway declares no capability: nothing that a
    /// server could ask of it is answered.
    static func envelope(_ params: JSONObject) -> JSONObject {
        var params = params
        var meta = params["_meta"]?.objectValue ?? JSONObject()
        meta[CallEnvelope.revisionMember] = .string(ProtocolRevision.july2026.text)
        meta[CallEnvelope.clientMember] = client
        meta[CallEnvelope.capabilitiesMember] = [:]
        params["_meta"] = .object(meta)
        return params
    }
}
