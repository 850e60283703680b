/// The catalogue of problems, a table for each family: status, title, advice.
extension ProblemCode {
    static let documentsProblems: [(ProblemCode, ProblemEntry)] = [
        (.jsonTooLarge, ProblemEntry(413, "The document is too large", "Send at most 1 MiB.")),
        (.jsonTooDeep, ProblemEntry(400, "The document is nested too deeply", "Nest at most 64 levels.")),
        (
            .jsonStringTooLong,
            ProblemEntry(
                400, "A name or string in the document is too long",
                "Keep each name and string within 64 KiB; send large content by its digest.")
        ),
        (
            .jsonByteOrderMark,
            ProblemEntry(400, "The document begins with a byte order mark", "Send UTF-8 without a byte order mark.")
        ),
        (.jsonInvalidUTF8, ProblemEntry(400, "The document is not well-formed UTF-8", "Send UTF-8.")),
        (.jsonUnexpectedEnd, ProblemEntry(400, "The document ends too early", "Send the whole document.")),
        (.jsonUnexpectedByte, ProblemEntry(400, "The document is not JSON", "Look at the byte at `position`.")),
        (.jsonDuplicateName, ProblemEntry(400, "A member name occurs twice in one object", "Send each member once.")),
        (
            .jsonInvalidEscape,
            ProblemEntry(400, "A string holds an escape that JSON does not know", "Look at the byte at `position`.")
        ),
        (.jsonLoneSurrogate, ProblemEntry(400, "A string holds half of a surrogate pair", "Send complete characters.")),
        (
            .jsonControlCharacter,
            ProblemEntry(400, "A string holds an unescaped control character", "Escape it as \\u00XX.")
        ),
        (
            .jsonInvalidNumber,
            ProblemEntry(
                400, "A number is not written as JSON writes numbers",
                "Send it without leading zeros, signs or bare points.")
        ),
        (.jsonNumberOutOfRange, ProblemEntry(400, "A number is too large", "Send it as a string.")),
        (.jsonTrailingBytes, ProblemEntry(400, "Something follows the document", "Send exactly one document.")),
    ]

    static let membersProblems: [(ProblemCode, ProblemEntry)] = [
        (.missingMember, ProblemEntry(400, "A required member is missing", "Add the member that the detail names.")),
        (
            .unknownMember,
            ProblemEntry(
                400, "The document holds a member that nobody reads", "Remove it: nothing that is sent is ignored.")
        ),
        (.wrongType, ProblemEntry(400, "A member has the wrong type", "Send the type that the reference shows.")),
        (
            .invalidValue,
            ProblemEntry(400, "A member has a value that is not allowed", "Send a value that the reference allows.")
        ),
        (
            .numberOutOfProfile,
            ProblemEntry(400, "A number in the action is not an integer within ±(2^53-1)", "Send it as a string.")
        ),
        (
            .unknownParameter,
            ProblemEntry(
                400, "The address holds a query parameter that nobody reads",
                "Remove it: nothing that is sent is ignored.")
        ),
        (
            .invalidParameter,
            ProblemEntry(
                400, "A query or form parameter has a value that is not allowed",
                "Send a value that the reference allows.")
        ),
        (
            .idempotencyKeyInvalid,
            ProblemEntry(
                400, "The Idempotency-Key header is not usable", "Send one key of 1 to 255 visible ASCII characters.")
        ),
        (
            .claimedMemberDiffers,
            ProblemEntry(
                400, "A member that the server owns was sent with another value",
                "Leave the member out; the server completes it from the registry.")
        ),
        (
            .targetRequired,
            ProblemEntry(
                400, "The tool has several targets and the action names none",
                "Send `target` with the name of a registered target.")
        ),
        (
            .unknownFactProvider,
            ProblemEntry(
                400, "A precondition names a provider that is not registered",
                "Use a registered provider, or have it registered first.")
        ),
        (
            .unsupportedGrantType,
            ProblemEntry(400, "The token endpoint does not know this grant type", "Use `client_credentials`.")
        ),
        (
            .invalidTarget,
            ProblemEntry(
                400, "A token was asked for something that is no MCP endpoint here",
                "Name the `resource` of the endpoint's metadata, or none.")
        ),
    ]

    static let identityProblems: [(ProblemCode, ProblemEntry)] = [
        (
            .unauthenticated,
            ProblemEntry(
                401, "The call is not authenticated", "Send a DPoP-bound access token and a proof for this call.")
        ),
        (
            .invalidClient,
            ProblemEntry(
                401, "The client assertion was not accepted",
                "Check agent, key, audience and clock; the server's log says more.")
        ),
        (
            .invalidDPoPProof,
            ProblemEntry(
                401, "The DPoP proof was not accepted",
                "Make a fresh proof for this method and address, with a new `jti` and the server's nonce.")
        ),
        (
            .useDPoPNonce,
            ProblemEntry(
                401, "The DPoP proof needs the server's nonce",
                "Repeat the call with the nonce of the `DPoP-Nonce` header.")
        ),
        (.invalidToken, ProblemEntry(401, "The access token was not accepted", "Ask for a new access token.")),
        (.loginRequired, ProblemEntry(401, "Nobody is signed in", "Sign in with a passkey.")),
        (
            .wrongPlane,
            ProblemEntry(
                403, "This caller belongs to the other plane", "People use the console, agents use the agents' address."
            )
        ),
        (.forbidden, ProblemEntry(403, "The caller may not do this", "Ask an administrator whether the role fits.")),
        (
            .originRefused,
            ProblemEntry(
                403, "The call does not come from the console's own pages",
                "Open the console at its configured address.")
        ),
    ]

    static let callsProblems: [(ProblemCode, ProblemEntry)] = [
        (
            .notFound,
            ProblemEntry(404, "There is nothing here for this caller", "Check the address and the identifier.")
        ),
        (
            .methodNotAllowed,
            ProblemEntry(405, "The address does not take this method", "Use a method that the `Allow` header names.")
        ),
        (
            .misdirected,
            ProblemEntry(
                421, "The call names another host than the one that is configured here",
                "Use the address that the server is configured with; a proxy has to pass the host's name on.")
        ),
        (.payloadTooLarge, ProblemEntry(413, "The body is too large", "Send at most 1 MiB.")),
        (.unexpectedBody, ProblemEntry(400, "The call takes no body", "Send it without content.")),
        (
            .unsupportedMediaType,
            ProblemEntry(415, "The body has the wrong content type", "Send the content type that the reference shows.")
        ),
        (
            .tooManyPending,
            ProblemEntry(429, "Too many requests wait for people", "Wait until some are decided, or cancel some.")
        ),
        (.rateLimited, ProblemEntry(429, "Too many calls", "Wait as long as `Retry-After` says.")),
    ]
}
