package import CanonicalEncoding

extension ProblemCode {
    /// The code of what the strict reader refused: the same word.
    package init(_ code: JSONReadingError.Code) {
        self = ProblemCode(rawValue: code.rawValue) ?? .internal
    }

    /// The code of what the member reader refused: the same word.
    package init(_ code: MemberError.Code) {
        self = ProblemCode(rawValue: code.rawValue) ?? .internal
    }
}
