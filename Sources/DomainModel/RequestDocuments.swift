package import CanonicalEncoding

/// What a store keeps of a new request beside action and rendering, which are documents already: made once, and before
/// anybody waits for them.
package struct RequestDocuments: Hashable, Sendable {
    package let submission: CanonicalDocument
    package let assessment: CanonicalDocument

    package init(_ request: ApprovalRequest) {
        submission = request.submission.stored
        assessment = request.assessment.stored
    }
}
