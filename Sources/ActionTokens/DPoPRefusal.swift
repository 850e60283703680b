package import CanonicalEncoding

/// Why a DPoP proof was refused; the numbers are the checks of RFC 9449 §4.3.
package enum DPoPRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// No `DPoP` header at all.
    case missing = "dpop_missing"
    /// 1: more than one.
    case several = "dpop_several"
    /// 2: no well-formed JWT.
    case malformed = "dpop_malformed"
    /// 3: a required claim is missing, of the wrong type or too long.
    case missingClaim = "dpop_missing_claim"
    /// 4: `typ` is not `dpop+jwt`.
    case wrongType = "dpop_wrong_typ"
    /// 5: `none`, symmetric or not on our list, or not the key's.
    case wrongAlgorithm = "dpop_wrong_alg"
    /// 6: the signature does not verify with the key in the header.
    case badSignature = "dpop_bad_signature"
    /// 7: the header carries a private key. It is burnt: everybody on the way has seen it.
    case privateKey = "dpop_private_key"
    /// No `jwk`, or one that is no key of ours.
    case badKey = "dpop_bad_key"
    /// 8: made for another method.
    case wrongMethod = "dpop_wrong_htm"
    /// 9: made for another URL.
    case wrongURL = "dpop_wrong_htu"
    /// 10: the server asks for a nonce and there is none.
    case nonceRequired = "dpop_nonce_required"
    /// 10: not a nonce of ours, or one that is too old.
    case wrongNonce = "dpop_wrong_nonce"
    /// 11: too old.
    case stale = "dpop_stale"
    /// 11: from the future.
    case fromTheFuture = "dpop_from_the_future"
    /// 12: `ath` is not that of the token.
    case wrongTokenHash = "dpop_wrong_ath"
    /// 12: another key than the one that the token is bound to.
    case wrongKey = "dpop_wrong_key"

    /// The `error` of RFC 9449 §5 and §8: a client that reads `use_dpop_nonce` takes the nonce from the answer and repeats.
    package var oauthError: Text {
        switch self {
        case .nonceRequired, .wrongNonce: "use_dpop_nonce"
        default: "invalid_dpop_proof"
        }
    }
}
