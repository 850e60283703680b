package import CanonicalEncoding

/// A token that is good for whoever holds it (RFC 6750): no key proves possession. It is good at the MCP endpoints alone, for
/// an agent whose people allowed it.
package struct BearerTokenClaims: Hashable, Sendable {
    /// There is no `cnf`, and `keyThumbprint` is the key of the client assertion that the token was given for
    /// (`client_key`): what is asked with the token is that key's doing (S8), and ends when it is retired.
    package var token: TokenClaims
    /// The MCP endpoint, as RFC 8707 names it. Never the issuer, which is the audience of bound tokens.
    package var audience: Text
    /// The permission that it was issued under, by its moment (`bearer_allowed`): one that was taken back and given again
    /// does not bring old tokens back.
    package var allowedAt: Timestamp

    package init(token: TokenClaims, audience: Text, allowedAt: Timestamp) {
        self.token = token
        self.audience = audience
        self.allowedAt = allowedAt
    }

    /// Ten minutes: as long as it takes until a stolen one is worth nothing.
    package static let longestLifeSeconds: Int64 = 600
}
