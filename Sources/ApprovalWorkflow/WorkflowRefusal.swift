/// Why the workflow says no. A refusal is an answer, not a failure; the raw value is the stable code on the wire.
package enum WorkflowRefusal: String, Error, Hashable, Sendable, CaseIterable {
    // Steps
    case alreadyEnded = "request_already_ended"
    case noSuchStep = "step_not_possible"
    case expired = "request_expired"
    case votesExpired = "votes_expired"
    case tokenExpired = "token_expired"
    case tokenTooLong = "token_lives_too_long"
    case tokenStillValid = "token_still_valid"
    case notYetDue = "not_yet_due"
    case secondTransaction = "second_transaction"
    case reasonDoesNotFit = "reason_does_not_fit"
    case alreadySuperseded = "already_superseded"

    // Voters
    case personDisabled = "person_disabled"
    case notAnApprover = "not_an_approver"
    case owner = "separation_of_duties_owner"
    case keyCreator = "separation_of_duties_key_creator"
    case delegator = "separation_of_duties_delegator"
    case notEligible = "not_eligible"
    case enrolledTooLate = "enrolled_too_late"
    case addedTooLate = "added_to_group_too_late"
    case assuranceTooLow = "assurance_too_low"

    /// The code as it goes over the wire.
    package var code: String { rawValue }

    /// One sentence for people.
    package var explanation: String {
        switch self {
        case .alreadyEnded: "The request has ended; open a new one."
        case .noSuchStep: "The request is not in a state that allows this step."
        case .expired: "The request's time is over; open a new one."
        case .votesExpired: "The votes are no longer valid; open a new request."
        case .tokenExpired: "The token's time is over; ask for another one."
        case .tokenTooLong: "A token lives five minutes at most."
        case .tokenStillValid: "The token is still valid."
        case .notYetDue: "The request's time is not over yet."
        case .secondTransaction: "A request has one consumption key, whatever the number of its tokens."
        case .reasonDoesNotFit: "This step does not end a request for that reason."
        case .alreadySuperseded: "Another request has already taken this one's place."
        case .personDisabled: "This person's account is disabled."
        case .notAnApprover: "This person does not have the role of an approver."
        case .owner: "The owner of the agent cannot approve what it asks for."
        case .keyCreator: "Whoever created the agent's key cannot approve what it asks for."
        case .delegator: "Whoever delegated the task cannot approve what the agent asks for."
        case .notEligible: "This person is in none of the groups that the policy names."
        case .enrolledTooLate: "The passkey was enrolled after the request was submitted."
        case .addedTooLate: "The person was added to the group after the request was submitted."
        case .assuranceTooLow: "The policy asks for a passkey that cannot leave its device."
        }
    }
}
