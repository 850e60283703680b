package import AuthorityPorts
import Glibc

/// Kills the process at a named step, for the crash tests: `COUNTERSIGN_CRASH_AT=claim.after_commit`. Debug builds only.
package enum CrashProbe {
    package static let variable = "COUNTERSIGN_CRASH_AT"

    package static func fromEnvironment(_ environment: [String: String]) -> StepProbe {
        #if DEBUG
            guard let name = environment[variable], let step = Step(rawValue: name) else { return .none }
            return StepProbe { reached in
                guard reached == step else { return }
                // SIGKILL leaves no chance to tidy up: what survives is what was durable.
                kill(getpid(), SIGKILL)
            }
        #else
            return .none
        #endif
    }
}
