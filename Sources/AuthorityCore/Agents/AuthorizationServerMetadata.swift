package import CanonicalEncoding

/// `/.well-known/oauth-authorization-server` (RFC 8414): what the agents' plane can do.
package struct AuthorizationServerMetadata: Sendable {
    package let json: JSONValue

    package init(_ authority: Authority) {
        let issuer = authority.settings.issuer
        json = [
            "issuer": .string(issuer),
            "token_endpoint": "\(issuer)/oauth/token",
            "jwks_uri": "\(issuer)/oauth/jwks",
            "introspection_endpoint": "\(issuer)/oauth/introspect",
            "revocation_endpoint": "\(issuer)/oauth/revoke",
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256", "Ed25519", "EdDSA"],
            "dpop_signing_alg_values_supported": ["ES256", "Ed25519", "EdDSA"],
            "authorization_details_types_supported": ["urn:countersign:action:v1"],
        ]
    }
}
