package import APIClient
import CanonicalEncoding
package import SecretMaterial
import WireProtocol

/// Why a verb did not do what was asked: one sentence, what to do about it, and the exit status.
package struct CommandFailure: Error, Sendable {
    package var message: String
    package var hint: String
    package var status: ExitStatus

    package init(_ message: String, hint: String, status: ExitStatus = .failed) {
        self.message = message
        self.hint = hint
        self.status = status
    }

    package init(_ error: ClientError) {
        switch error {
        case .problem(let problem):
            self.init(
                problem.detail.string, hint: problem.hint?.string ?? problem.code.advice,
                status: Self.status(of: problem.code))
        case .unreachable(let reason):
            self.init(reason, hint: "Check that the server runs, and the address in --server or COUNTERSIGN_SERVER.")
        case .lost(let reason):
            self.init(reason, hint: "It may have happened: look before you do it again.")
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

    /// Its description is a sentence and what to do about it.
    package init(_ error: KeyFileError) {
        self.init(error.problem, hint: error.hint)
    }

    private static func status(of code: ProblemCode) -> ExitStatus {
        switch code {
        case .policyDenied: .denied
        case .tokenExpired, .votesExpired, .windowClosed, .deadlinePassed, .challengeExpired: .expired
        default: .failed
        }
    }
}
