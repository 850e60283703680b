package import CanonicalEncoding
import DomainModel

/// The MCP endpoints as RFC 8707 names them: the only audiences of bearer tokens.
extension AuthoritySettings {
    /// The address of an MCP endpoint: its resource identifier (RFC 9728) and the audience of tokens for it alone.
    package func resource(_ scope: GatewayScope) -> Text {
        switch scope {
        case .everything: "\(issuer)/mcp"
        case .server(let name): "\(issuer)/mcp/\(name)"
        }
    }

    /// The endpoint that a client names as `resource` when it asks for a token, and that the token names as its audience; nil for
    /// anything else.
    func scope(ofResource resource: Text) -> GatewayScope? {
        let everything = self.resource(.everything)
        guard resource != everything else { return .everything }
        let prefix = "\(everything)/".utf8
        guard resource.utf8.starts(with: prefix), let name = Text(utf8: resource.utf8.dropFirst(prefix.count)),
            UpstreamServer.isName(name)
        else { return nil }
        return .server(name)
    }
}

extension GatewayScope {
    /// Whether a token for this endpoint is good at that one: it is the same, or leads to all servers.
    func covers(_ endpoint: GatewayScope) -> Bool { self == .everything || self == endpoint }
}
