/// Every address of the MCP gateway on the agents' plane, once: what is said there is JSON-RPC, whatever the address. The router, the OpenAPI
/// document and the tests of the unauthorised go through this table.
package enum GatewayRoute: String, Sendable, CaseIterable {
    case callAnyServer, followAnyServer, endAnySession
    case callServer, followServer, endServerSession
    case resourceMetadata, anyServerMetadata, namedServerMetadata

    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    package var method: Method {
        switch self {
        case .callAnyServer, .callServer: .post
        case .endAnySession, .endServerSession: .delete
        default: .get
        }
    }

    /// With `{server}` where the name of a tool server stands.
    package var path: String {
        switch self {
        case .callAnyServer, .followAnyServer, .endAnySession: Self.root
        case .callServer, .followServer, .endServerSession: Self.root + "/{server}"
        case .resourceMetadata: Self.metadataRoot
        case .anyServerMetadata: Self.metadataRoot + Self.root
        case .namedServerMetadata: Self.metadataRoot + Self.root + "/{server}"
        }
    }

    /// RFC 9728 is for those who have no token yet.
    package var needsAccessToken: Bool {
        switch self {
        case .resourceMetadata, .anyServerMetadata, .namedServerMetadata: false
        default: true
        }
    }

    package static let root = "/mcp"
    /// RFC 9728, 3.1: the path of a resource stands behind it.
    package static let metadataRoot = "/.well-known/oauth-protected-resource"

    /// Where a client that was refused at this address learns how to get a token; nil: the address is not the gateway's.
    package static func metadataPath(for path: String) -> String? {
        let isOurs = allCases.contains { $0.needsAccessToken && RoutePattern.matches($0.path, path) }
        return isOurs ? metadataRoot + path : nil
    }
}

/// A path with `{…}` where any one segment may stand.
package enum RoutePattern {
    package static func matches(_ pattern: String, _ path: String) -> Bool {
        let pattern = pattern.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return pattern.count == parts.count
            && zip(pattern, parts).allSatisfy { $0.first == UInt8(ascii: "{") || $0.elementsEqual($1) }
    }
}
