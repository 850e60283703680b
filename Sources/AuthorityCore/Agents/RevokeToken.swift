import ActionTokens
import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import WireProtocol

/// `POST /oauth/revoke` (RFC 7009): an agent gives up a token of its own before its time.
///
/// Revoking a one-action token returns its request to `approved`; the request itself ends by `cancel` alone.
package struct RevokeToken: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// How the store remembers a revoked token.
    static func key(of tokenID: Text) -> Digest {
        Digest(domain: "countersign.revoked-token.v1", .string(tokenID))
    }

    /// Succeeds also for tokens that are unknown or somebody else's: section 2.2 says so, and nothing is learned.
    package func run(_ caller: AuthenticatedAgent, form: [(Text, Text)]) async throws(AuthorityError) {
        let now = authority.now
        let token = try form.only("token")
        if let claims = authority.agentsToken(token, at: now)?.claims {
            guard claims.subject == caller.id.text else { return }
            try await authority.write("revoke access token") { transaction in
                _ = try transaction.remember(.revokedToken, Self.key(of: claims.tokenID), until: claims.expiresAt)
            }
        } else if case .success(let claims) = authority.tokenVerifier.actionToken(token, uncheckedAudienceAt: now) {
            guard claims.token.subject == caller.id.text, let id = RequestID(claims.request) else { return }
            try await lapse(id, tokenID: claims.token.tokenID, at: now)
        }
    }

    private func lapse(_ id: RequestID, tokenID: Text, at now: Timestamp) async throws(AuthorityError) {
        let epoch = authority.store.epoch
        authority.probe.reached(.revokeBeforeTransaction)
        try await authority.write("revoke action token") { transaction in
            guard let request = try transaction.request(id), request.progress.status == .granted,
                request.progress.grant?.tokenID == tokenID
            else { return }
            try transaction.advance(request, by: .tokenRevoked, at: now, epoch: epoch, saying: ["cause": "revoked"])
            authority.probe.reached(.revokeBeforeCommit)
        }
        authority.probe.reached(.revokeAfterCommit)
    }
}

/// A token with which an agent speaks for itself, of either kind.
enum AgentsToken: Sendable {
    case bound(AccessTokenClaims)
    case bearer(BearerTokenClaims)

    var claims: TokenClaims {
        switch self {
        case .bound(let claims): claims.token
        case .bearer(let claims): claims.token
        }
    }
}

extension Authority {
    /// Its verified claims; nil where it is none of ours, or over.
    func agentsToken(_ token: Text, at now: Timestamp) -> AgentsToken? {
        if case .success(let claims) = tokenVerifier.accessToken(token, now: now) { return .bound(claims) }
        if case .success(let claims) = tokenVerifier.bearerToken(token, uncheckedAudienceAt: now) {
            return .bearer(claims)
        }
        return nil
    }
}

extension [(Text, Text)] {
    /// The field of that name, which must be there exactly once.
    func only(_ name: Text) throws(AuthorityError) -> Text {
        let values = filter { $0.0 == name }
        guard values.count == 1, let value = values.first?.1 else {
            throw AuthorityError(.missingMember, "`\(name)` must be there once.")
        }
        return value
    }
}
