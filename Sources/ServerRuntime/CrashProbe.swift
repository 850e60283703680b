package import AuthorityPorts
import Glibc
import Synchronization

/// Kills the process at a named step, for the crash tests: `COUNTERSIGN_CRASH_AT=claim.after_commit`. Debug builds only.
///
/// `claim.before_commit/commit.after` kills it at the second step once the first was reached: inside the store, around the
/// COMMIT that makes this claim durable.
package enum CrashProbe {
    package static let variable = "COUNTERSIGN_CRASH_AT"

    /// Does nothing where the variable is absent or names no step.
    package static func fromEnvironment(_ environment: [String: String]) -> StepProbe {
        #if DEBUG
            let names = (environment[variable] ?? "").split(separator: "/")
            let steps = names.compactMap { Step(rawValue: String($0)) }
            guard (1...2).contains(steps.count), steps.count == names.count else { return .none }
            let way = Way()
            return StepProbe { reached in
                guard way.isAtItsEnd(steps, reached) else { return }
                // SIGKILL leaves no chance to tidy up: what survives is what was durable.
                kill(getpid(), SIGKILL)
            }
        #else
            return .none
        #endif
    }

    /// How many of the steps were reached in their order.
    private final class Way: Sendable {
        private let passed = Mutex(0)

        func isAtItsEnd(_ steps: [Step], _ reached: Step) -> Bool {
            passed.withLock { passed in
                guard passed < steps.count, reached == steps[passed] else { return false }
                passed += 1
                return passed == steps.count
            }
        }
    }
}
