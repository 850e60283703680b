import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
import PasskeyCeremonies
package import WireProtocol

/// The one error from the application outward: a stable code, words for whoever asked, and context for the log alone.
package struct AuthorityError: Error, Sendable {
    package let code: ProblemCode
    /// For the caller: says nothing that the caller may not know.
    package let detail: String
    package let hint: String?
    /// For the log: may say what the caller may not know, but never a secret.
    package let context: String
    package let retryAfterSeconds: Int?
    /// Offset in the body's bytes, where the strict reader refused it.
    package let position: Int?

    package init(
        _ code: ProblemCode, _ detail: String, hint: String? = nil, context: String = "",
        retryAfterSeconds: Int? = nil, position: Int? = nil
    ) {
        self.code = code
        self.detail = detail
        self.hint = hint
        self.context = context
        self.retryAfterSeconds = retryAfterSeconds
        self.position = position
    }

    /// "Not found" and "not yours" are one answer.
    static func notFound(_ context: String) -> AuthorityError {
        AuthorityError(.notFound, "There is nothing here under that name for you.", context: context)
    }
}

extension AuthorityError {
    init(_ error: any Error) {
        switch error {
        case let error as AuthorityError: self = error
        case let error as MemberError: self.init(error)
        case let error as JSONReadingError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as CeremonyError: self.init(error)
        case let error as WorkflowRefusal: self.init(error)
        default: self.init(.internal, "The server could not answer.", context: "\(error)")
        }
    }

    package init(_ error: MemberError) {
        let place = error.path.isEmpty ? "the body" : "`\(error.path)`"
        switch error.code {
        case .missingMember: self.init(.missingMember, "\(place) is missing.")
        case .unknownMember: self.init(.unknownMember, "\(place) is not a member that is known here.")
        case .wrongType: self.init(.wrongType, "\(place) has the wrong JSON type.")
        case .invalidValue: self.init(.invalidValue, "\(place) has a value that is not allowed.")
        case .numberOutOfProfile:
            self.init(
                .numberOutOfProfile, "\(place) is a number that not every reader keeps exact.",
                hint: "Send fractions and integers beyond 2^53-1 as strings.")
        }
    }

    package init(_ error: JSONReadingError) {
        self.init(
            ProblemCode(rawValue: error.code.rawValue) ?? .jsonUnexpectedByte,
            "The body is not acceptable JSON at byte \(error.position).", position: error.position)
    }

    init(_ error: StoreError) {
        switch error {
        case .unavailable(let context):
            self.init(
                .storeUnavailable, "The record cannot be written or read at the moment; nothing was done.",
                hint: "Try again shortly.", context: context, retryAfterSeconds: 2)
        case .damaged(let context):
            self.init(.storeDamaged, "The record is damaged; nothing was done.", context: context)
        case .alreadyExists(let context):
            self.init(.nameTaken, "That name is taken; names are never given twice.", context: context)
        }
    }
}
