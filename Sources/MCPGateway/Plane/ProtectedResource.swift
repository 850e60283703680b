import AuthorityCore
import CanonicalEncoding
import DomainModel
import WireProtocol

/// RFC 9728: what a client that knows nothing but the gateway's address needs to get a token. The same for every name of a server, so
/// that it tells nobody which of them exist.
struct ProtectedResource {
    var issuer: Text
    var route: GatewayRoute
    var server: Text?

    var json: JSONValue {
        get throws(AuthorityError) {
            var resource: Text = "\(issuer)\(GatewayRoute.root)"
            if route == .resourceMetadata { resource = issuer }
            if let server {
                guard UpstreamServer.isName(server) else {
                    throw AuthorityError(.notFound, "There is nothing here under that name for you.")
                }
                resource = "\(resource)/\(server)"
            }
            return [
                "resource": .string(resource), "resource_name": "Countersign",
                "authorization_servers": [.string(issuer)], "bearer_methods_supported": ["header"],
                // Most agents have to; some are allowed bearer tokens (decision 0041).
                "dpop_bound_access_tokens_required": false,
                "dpop_signing_alg_values_supported": ["ES256", "Ed25519", "EdDSA"],
            ]
        }
    }
}
