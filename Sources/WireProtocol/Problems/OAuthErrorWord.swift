/// The error words of the OAuth endpoints (RFC 6749 5.2, RFC 7009 2.2.1, RFC 9449 5 and 8).
package enum OAuthErrorWord: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    /// RFC 8707, 2.
    case invalidTarget = "invalid_target"
    case invalidDPoPProof = "invalid_dpop_proof"
    case useDPoPNonce = "use_dpop_nonce"
    case temporarilyUnavailable = "temporarily_unavailable"
    case serverError = "server_error"
}

extension ProblemCode {
    /// The word and the status at an OAuth endpoint. DPoP errors are 400 there (RFC 9449, 5 and 8) and 401 at every other
    /// call (RFC 9449, 7.1 and 9).
    package var oauth: (word: OAuthErrorWord, status: Int) {
        switch self {
        case .invalidClient, .unauthenticated, .invalidToken: (.invalidClient, 401)
        case .invalidDPoPProof: (.invalidDPoPProof, 400)
        case .useDPoPNonce: (.useDPoPNonce, 400)
        case .unsupportedGrantType: (.unsupportedGrantType, 400)
        case .invalidTarget: (.invalidTarget, 400)
        case .forbidden, .wrongPlane: (.unauthorizedClient, 403)
        default:
            status >= 500
                ? (status == 503 ? (.temporarilyUnavailable, 503) : (.serverError, 500))
                : (.invalidRequest, status)
        }
    }
}
