package import CanonicalEncoding

/// The claims that all kinds of token share (RFC 9068 §2.2).
package struct TokenClaims: Hashable, Sendable {
    package var issuer: Text
    /// The agent (`sub`).
    package var subject: Text
    /// The OAuth client that holds the token (`client_id`).
    package var clientID: Text
    /// Whole seconds on the wire, rounded down.
    package var issuedAt: Timestamp
    /// The first instant at which the token is worth nothing. Whole seconds on the wire, rounded down.
    package var expiresAt: Timestamp
    package var tokenID: Text
    /// `cnf.jkt`: the RFC 7638 thumbprint of the key that has to prove possession.
    package var keyThumbprint: Text
    /// The life of the store in which the token was issued.
    package var epoch: Text

    package init(
        issuer: Text, subject: (agent: Text, clientID: Text), life: TokenLife, keyThumbprint: Text, epoch: Text
    ) {
        self.issuer = issuer
        self.subject = subject.agent
        clientID = subject.clientID
        issuedAt = life.issuedAt
        expiresAt = life.expiresAt
        tokenID = life.tokenID
        self.keyThumbprint = keyThumbprint
        self.epoch = epoch
    }
}

/// When a token lives, and its id (`jti`, at least 128 random bits).
package struct TokenLife: Hashable, Sendable {
    package var issuedAt: Timestamp
    package var expiresAt: Timestamp
    package var tokenID: Text

    package init(issuedAt: Timestamp, expiresAt: Timestamp, tokenID: Text) {
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.tokenID = tokenID
    }
}

/// What the holder of the agents' plane's access token may do, together with the key that it is bound to: speak as that agent, for ten minutes at most.
package struct AccessTokenClaims: Hashable, Sendable {
    package var token: TokenClaims

    package init(token: TokenClaims) { self.token = token }

    /// Ten minutes (`planes.md`).
    package static let longestLifeSeconds: Int64 = 600
}

/// What the one-action token says: `authority.md`, "Token, claim, completion". It names no approver and no parameters.
package struct ActionTokenClaims: Hashable, Sendable {
    package var token: TokenClaims
    /// Who will execute.
    package var audience: Text
    /// The consumption key: one per request, whatever the number of tokens.
    package var txn: Text
    package var action: Digest
    package var request: Text

    package init(token: TokenClaims, audience: Text, txn: Text, action: Digest, request: Text) {
        self.token = token
        self.audience = audience
        self.txn = txn
        self.action = action
        self.request = request
    }

    /// Five minutes, and a minute where nobody says otherwise (`authority.md`).
    package static let longestLifeSeconds: Int64 = 300
    package static let defaultLifeSeconds: Int64 = 60

    /// The `type` of the one entry of `authorization_details` (RFC 9396 §2).
    package static let detailType: Text = "urn:countersign:action:v1"
}
