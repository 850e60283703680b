package import WireProtocol

/// Why a call gave no answer that the caller can use.
package enum ClientError: Error, Sendable {
    /// The server refused, and said why.
    case problem(ProblemDocument)
    /// No server answered, for as long as the caller was willing to try.
    case unreachable(String)
    /// It was sent, and the connection broke before the answer was there: the server may have acted.
    case lost(String)
    /// Something answered, and it was not what the protocol says.
    case unexpected(String)

    /// The code of a refusal.
    package var code: ProblemCode? {
        if case .problem(let problem) = self { problem.code } else { nil }
    }
}
