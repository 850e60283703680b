/// Why a call was refused or could not be answered: the stable words of `problem+json`.
///
/// Raw values never change their meaning and are never given twice; `docs/reference/problems.md` lists them.
package enum ProblemCode: String, Sendable, CaseIterable, Hashable {
    // Documents
    case jsonTooLarge = "json_too_large"
    case jsonTooDeep = "json_too_deep"
    case jsonStringTooLong = "json_string_too_long"
    case jsonByteOrderMark = "json_byte_order_mark"
    case jsonInvalidUTF8 = "json_invalid_utf8"
    case jsonUnexpectedEnd = "json_unexpected_end"
    case jsonUnexpectedByte = "json_unexpected_byte"
    case jsonDuplicateName = "json_duplicate_name"
    case jsonInvalidEscape = "json_invalid_escape"
    case jsonLoneSurrogate = "json_lone_surrogate"
    case jsonControlCharacter = "json_control_character"
    case jsonInvalidNumber = "json_invalid_number"
    case jsonNumberOutOfRange = "json_number_out_of_range"
    case jsonTrailingBytes = "json_trailing_bytes"

    // Members
    case missingMember = "missing_member"
    case unknownMember = "unknown_member"
    case wrongType = "wrong_type"
    case invalidValue = "invalid_value"
    case numberOutOfProfile = "number_out_of_profile"
    case unknownParameter = "unknown_parameter"
    case invalidParameter = "invalid_parameter"
    case idempotencyKeyInvalid = "idempotency_key_invalid"
    case claimedMemberDiffers = "claimed_member_differs"
    case targetRequired = "target_required"
    case unknownFactProvider = "unknown_fact_provider"
    case unsupportedGrantType = "unsupported_grant_type"
    case invalidTarget = "invalid_target"

    // Identity
    case unauthenticated
    case invalidClient = "invalid_client"
    case invalidDPoPProof = "invalid_dpop_proof"
    case useDPoPNonce = "use_dpop_nonce"
    case invalidToken = "invalid_token"
    case loginRequired = "login_required"
    case wrongPlane = "wrong_plane"
    case forbidden
    case originRefused = "origin_refused"

    // Calls
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case misdirected = "misdirected_request"
    case payloadTooLarge = "payload_too_large"
    case unexpectedBody = "unexpected_body"
    case unsupportedMediaType = "unsupported_media_type"
    case rateLimited = "rate_limited"
    case tooManyPending = "too_many_pending"

    // Requests
    case idempotencyConflict = "idempotency_conflict"
    case supersedesUnknown = "supersedes_unknown"
    case requestNotPending = "request_not_pending"
    case requestNotApproved = "request_not_approved"
    case requestEnded = "request_ended"
    case policyDenied = "policy_denied"
    case frozen
    case stale
    case epochChanged = "epoch_changed"
    case windowClosed = "window_closed"
    case votesExpired = "votes_expired"

    // Votes
    case notApprovable = "not_approvable"
    case alreadyVoted = "already_voted"
    case notEligible = "not_eligible"
    case enrolledTooLate = "enrolled_too_late"
    case separationOfDutiesOwner = "separation_of_duties_owner"
    case separationOfDutiesKeyCreator = "separation_of_duties_key_creator"
    case separationOfDutiesDelegator = "separation_of_duties_delegator"
    case assuranceTooLow = "assurance_too_low"
    case criteriaMissing = "criteria_missing"
    case renderingChanged = "rendering_changed"
    case ceremonyUnknown = "ceremony_unknown"
    case ceremonyRefused = "ceremony_refused"
    case challengeExpired = "challenge_expired"

    // Execution
    case digestMismatch = "digest_mismatch"
    case tokenInvalid = "token_invalid"
    case tokenExpired = "token_expired"
    case agentProofInvalid = "agent_proof_invalid"
    case alreadyClaimed = "already_claimed"
    case executionEnded = "execution_ended"
    case deadlinePassed = "deadline_passed"
    case gatewayExecutes = "gateway_executes"
    case argumentsInvalid = "arguments_invalid"
    case upstreamUnavailable = "upstream_unavailable"

    // Administration
    case changeNotOpen = "change_not_open"
    case alreadyConfirmed = "already_confirmed"
    case lastAdministrator = "last_administrator"
    case nameTaken = "name_taken"
    case unknownOwner = "unknown_owner"
    case unknownName = "unknown_name"
    case policyInvalid = "policy_invalid"
    case linkInvalid = "link_invalid"
    case setupRequired = "setup_required"

    // Server
    case storeUnavailable = "store_unavailable"
    case factUnreadable = "fact_unreadable"
    case storeDamaged = "store_damaged"
    case shuttingDown = "shutting_down"
    case `internal` = "internal"

    /// The HTTP status of the answer.
    package var status: Int { entry.status }
    /// One short sentence without a full stop; the same for every occurrence (RFC 9457, 3.1.3).
    package var title: String { entry.title }
    /// What the caller can do about it, for occurrences that have no better hint.
    package var advice: String { entry.advice }

    private var entry: ProblemEntry {
        Self.catalogue[self] ?? ProblemEntry(500, "The server could not answer", "Repeat the call.")
    }

    /// One entry for each case; a test holds it complete.
    static let catalogue: [ProblemCode: ProblemEntry] = Dictionary(
        [
            documentsProblems, membersProblems, identityProblems, callsProblems, requestsProblems, votesProblems,
            executionProblems, administrationProblems, serverProblems,
        ].flatMap { $0 },
        uniquingKeysWith: { first, _ in first })
}

/// What is the same for every occurrence of a problem.
struct ProblemEntry: Sendable {
    var status: Int
    var title: String
    var advice: String

    init(_ status: Int, _ title: String, _ advice: String) {
        self.status = status
        self.title = title
        self.advice = advice
    }
}
