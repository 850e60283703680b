package import APIClient
import CanonicalEncoding
import WireProtocol

/// Why a verb did not do what was asked: one sentence, what to do about it, and the exit status.
package struct CommandFailure: Error, Sendable {
    package var message: String
    package var hint: String?
    package var status: ExitStatus

    package init(_ message: String, hint: String? = nil, status: ExitStatus = .failed) {
        self.message = message
        self.hint = hint
        self.status = status
    }

    package init(_ error: ClientError) {
        switch error {
        case .problem(let problem):
            self.init(
                problem.detail.string, hint: problem.hint?.string ?? Self.hint(for: problem.code),
                status: Self.status(of: problem.code))
        case .unreachable(let reason):
            self.init(reason, hint: "Check that the server runs, and the address in --server or COUNTERSIGN_SERVER.")
        case .unexpected(let reason):
            self.init(reason, hint: "Check that the address is that of the agents' plane.")
        }
    }

    /// Of a verb that speaks to the server on this host, through its data directory.
    package init(operatorCall error: ClientError) {
        self.init(error)
        guard case .unreachable = error else { return }
        hint = "Check that the server runs, and its data directory in --data or COUNTERSIGN_DATA_DIRECTORY."
    }

    /// Where the server's answer has no place for one, as in OAuth's form.
    private static func hint(for code: ProblemCode) -> String? {
        switch code {
        case .invalidClient: "Check agent, key, audience and clock; the server's log says more."
        default: nil
        }
    }

    private static func status(of code: ProblemCode) -> ExitStatus {
        switch code {
        case .policyDenied: .denied
        case .tokenExpired, .votesExpired, .windowClosed, .deadlinePassed, .challengeExpired: .expired
        default: .failed
        }
    }
}
