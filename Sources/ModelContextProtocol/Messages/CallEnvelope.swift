package import CanonicalEncoding

/// What a stateless request (2026-07-28) says of itself in `params._meta`: revision and client, anew with each call.
package struct CallEnvelope: Hashable, Sendable {
    package var revision: ProtocolRevision
    package var clientName: Text?
    /// What the client can do in this call, as it says.
    package var capabilities: JSONObject

    package static let revisionMember: Text = "io.modelcontextprotocol/protocolVersion"
    package static let clientMember: Text = "io.modelcontextprotocol/clientInfo"
    package static let capabilitiesMember: Text = "io.modelcontextprotocol/clientCapabilities"
    /// The extension with which a client says that it can wait for a task.
    package static let tasksExtension: Text = "io.modelcontextprotocol/tasks"

    /// Reads the envelope and holds it against the revision that the header names: both are required and equal.
    package init(_ request: RPCRequest, headers: RoutingHeaders) throws(RPCError) {
        guard headers.revision.count == 1, let named = headers.revision.first else {
            throw RPCError(.headerMismatch, "`MCP-Protocol-Version` must stand exactly once.")
        }
        guard let revision = ProtocolRevision(named), revision.isStateless else { throw Self.unsupported(named) }
        guard let meta = request.params["_meta"]?.objectValue else {
            throw RPCError(.invalidParams, "`params._meta` is missing.")
        }
        guard let said = meta[Self.revisionMember]?.textValue else {
            throw RPCError(.invalidParams, "`params._meta` names no `\(Self.revisionMember)`.")
        }
        guard said == named else {
            throw RPCError(.headerMismatch, "`MCP-Protocol-Version` and `params._meta` name different revisions.")
        }
        guard let capabilities = meta[Self.capabilitiesMember]?.objectValue else {
            throw RPCError(.invalidParams, "`params._meta` names no `\(Self.capabilitiesMember)`.")
        }
        self.revision = revision
        self.capabilities = capabilities
        clientName = meta[Self.clientMember]?["name"]?.textValue
        try headers.check(against: request)
    }

    /// Whether the client can be handed a task instead of a result, in this call.
    package var takesTasks: Bool { capabilities["extensions"]?[Self.tasksExtension]?.objectValue != nil }

    package static func unsupported(_ revision: Text) -> RPCError {
        RPCError(
            .unsupportedRevision, "This revision of the protocol is not spoken here.",
            data: [
                "supported": .array(ProtocolRevision.allCases.map { .string($0.text) }),
                "requested": .string(revision),
            ])
    }
}
