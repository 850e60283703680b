/// The catalogue of problems, a table for each family: status, title, advice.
extension ProblemCode {
    static let requestsProblems: [(ProblemCode, ProblemEntry)] = [
        (
            .idempotencyConflict,
            ProblemEntry(409, "The idempotency key was used for something else", "Use a fresh key for a new intent.")
        ),
        (
            .supersedesUnknown,
            ProblemEntry(
                400, "The superseded request is not one of this agent's", "Name a request that this agent opened.")
        ),
        (
            .requestNotPending,
            ProblemEntry(409, "The request does not wait for people any more", "Read the request to see how it ended.")
        ),
        (.requestNotApproved, ProblemEntry(409, "The request is not approved", "Wait until its status is `approved`.")),
        (
            .requestEnded,
            ProblemEntry(
                409, "The request has ended",
                "Read the request; open a new one with `supersedes` where it is still wanted.")
        ),
        (
            .policyDenied,
            ProblemEntry(403, "Policy forbids the action", "Read the reasons; another approval does not help.")
        ),
        (
            .frozen,
            ProblemEntry(409, "The agent, the tool or everything is frozen", "Wait until an administrator thaws it.")
        ),
        (
            .stale,
            ProblemEntry(
                409, "Something changed since the action was approved", "Open a new request with `supersedes`.")
        ),
        (.epochChanged, ProblemEntry(409, "The store was restored since", "Open a new request.")),
        (
            .windowClosed,
            ProblemEntry(
                409, "It is not within the time window of the request",
                "Run it inside the window, or open a new request.")
        ),
        (.votesExpired, ProblemEntry(409, "The approval is not valid any more", "Open a new request.")),
    ]

    static let votesProblems: [(ProblemCode, ProblemEntry)] = [
        (
            .notApprovable,
            ProblemEntry(
                409, "The action cannot be shown whole, so nobody can approve it",
                "Deny it, and ask for an action that can be shown.")
        ),
        (
            .alreadyVoted,
            ProblemEntry(409, "This person has decided already", "Read the request; one person counts once.")
        ),
        (
            .notEligible,
            ProblemEntry(
                403, "This person is in no group that the request asks", "Ask somebody whose group the request names.")
        ),
        (
            .enrolledTooLate,
            ProblemEntry(
                403, "This person was enrolled or added to the group after the request was opened",
                "Ask somebody who was there before.")
        ),
        (
            .separationOfDutiesOwner,
            ProblemEntry(403, "The owner of the agent cannot approve what it asks for", "Ask somebody else.")
        ),
        (
            .separationOfDutiesKeyCreator,
            ProblemEntry(403, "The creator of the agent's key cannot approve what it asks for", "Ask somebody else.")
        ),
        (
            .separationOfDutiesDelegator,
            ProblemEntry(403, "The person for whom the agent acts cannot approve", "Ask somebody else.")
        ),
        (
            .assuranceTooLow,
            ProblemEntry(
                403, "The passkey is weaker than the policy demands", "Use a passkey that is bound to its device.")
        ),
        (.criteriaMissing, ProblemEntry(400, "Not every criterion was ticked", "Check and tick every criterion.")),
        (
            .renderingChanged,
            ProblemEntry(409, "The page shows something else than the server has", "Reload the page and read it again.")
        ),
        (.ceremonyUnknown, ProblemEntry(404, "There is no such passkey ceremony", "Begin again.")),
        (
            .ceremonyRefused,
            ProblemEntry(
                400, "The passkey ceremony was not accepted", "Begin again with a passkey that is enrolled here.")
        ),
        (.challengeExpired, ProblemEntry(409, "The passkey ceremony took too long", "Begin again.")),
    ]

    static let executionProblems: [(ProblemCode, ProblemEntry)] = [
        (
            .digestMismatch,
            ProblemEntry(
                409, "What is about to run is not what was approved",
                "Run exactly the approved action, or open a new request.")
        ),
        (.tokenInvalid, ProblemEntry(400, "The action token is not usable", "Ask for a new action token.")),
        (.tokenExpired, ProblemEntry(409, "The action token is not valid any more", "Ask for a new action token.")),
        (
            .agentProofInvalid,
            ProblemEntry(
                400, "The agent's proof for the claim was not accepted", "Make a fresh proof with the key that asked.")
        ),
        (
            .alreadyClaimed,
            ProblemEntry(409, "The action has been claimed already", "Nothing runs twice: read the request.")
        ),
        (.executionEnded, ProblemEntry(409, "The execution has ended", "Read the request to see how.")),
        (
            .deadlinePassed,
            ProblemEntry(
                409, "The execution's deadline has passed",
                "The execution is recorded as unknown; a person looks at it.")
        ),
        (
            .gatewayExecutes,
            ProblemEntry(409, "The gateway executes this tool itself", "Call the tool at /mcp.")
        ),
        (
            .argumentsInvalid,
            ProblemEntry(
                400, "The tool does not take these arguments", "Send what the tool's input schema describes.")
        ),
        (
            .upstreamUnavailable,
            ProblemEntry(503, "The tool server cannot be reached now", "Call again when it is back.")
        ),
    ]

    static let administrationProblems: [(ProblemCode, ProblemEntry)] = [
        (
            .changeNotOpen,
            ProblemEntry(409, "The change is not open any more", "Propose it again where it is still wanted.")
        ),
        (.alreadyConfirmed, ProblemEntry(409, "This administrator has decided already", "Ask another administrator.")),
        (
            .lastAdministrator,
            ProblemEntry(409, "Nobody would be left to administer", "Add another administrator first.")
        ),
        (.nameTaken, ProblemEntry(409, "The name is taken, now or in the past", "Choose another name.")),
        (.unknownOwner, ProblemEntry(400, "The owner is not a known, active person", "Name a person who is enrolled.")),
        (.unknownName, ProblemEntry(404, "There is nothing of that name", "Check the name.")),
        (
            .policyInvalid,
            ProblemEntry(400, "The policy does not load", "Correct it at the place that the detail names.")
        ),
        (
            .linkInvalid,
            ProblemEntry(404, "The enrolment link is unknown, used or too old", "Ask an administrator for a new link.")
        ),
        (
            .setupRequired,
            ProblemEntry(
                503, "No administrator has enrolled yet",
                "Open the enrolment link that the server wrote at its first start.")
        ),
    ]

    static let serverProblems: [(ProblemCode, ProblemEntry)] = [
        (
            .storeUnavailable,
            ProblemEntry(503, "The store cannot answer now", "Repeat the call with the same idempotency key.")
        ),
        (
            .factUnreadable,
            ProblemEntry(503, "A fact about the target cannot be read now", "Repeat the call when the target answers.")
        ),
        (.storeDamaged, ProblemEntry(503, "The store is damaged", "Stop the server and restore from a backup.")),
        (
            .shuttingDown,
            ProblemEntry(503, "The server is going down", "Repeat the call with the same idempotency key.")
        ),
        (
            .internal,
            ProblemEntry(
                500, "The server could not answer", "Repeat the call; give the request id to whoever runs the server.")
        ),
    ]
}
