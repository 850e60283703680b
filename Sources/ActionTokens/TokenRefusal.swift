/// Why a token was refused. On the wire all of them are `invalid_token` (RFC 6750 §3.1), and look like an unknown one.
package enum TokenRefusal: String, Error, Hashable, Sendable, CaseIterable {
    case malformed = "token_malformed"
    /// `typ` is not `at+jwt` (RFC 9068 §4).
    case wrongType = "token_wrong_typ"
    case wrongAlgorithm = "token_wrong_alg"
    /// No key of ours has that `kid`.
    case unknownKey = "token_unknown_key"
    case badSignature = "token_bad_signature"
    /// A required claim is missing, of the wrong type or too long.
    case missingClaim = "token_missing_claim"
    case wrongIssuer = "token_wrong_issuer"
    case wrongAudience = "token_wrong_audience"
    /// `cnf` is anything but one `jkt`: such a token must not be treated as a bearer token either (RFC 7800 §3).
    case wrongConfirmation = "token_wrong_cnf"
    /// A token of the other kind.
    case wrongKind = "token_wrong_kind"
    case expired = "token_expired"
    /// Lives longer than its kind may.
    case livesTooLong = "token_lives_too_long"
    /// `iat` or `nbf` lies in the future.
    case fromTheFuture = "token_from_the_future"
}
