import AuthorityCore
import Logging
import Metrics
import ServiceLifecycle

/// Signs the head of the log within a second of each entry.
struct CheckpointService: Service {
    var authority: Authority
    var identity: LogIdentity
    var logger: Logger

    func run() async throws {
        let signing = SignCheckpoint(authority, identity)
        let failures = Counter(label: "countersign_checkpoint_failures_total")
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // What was not signed is signed by the next round.
                do throws(AuthorityError) {
                    while try await !signing.run() {}
                } catch {
                    failures.increment()
                    logger.error("The log's head could not be signed.", metadata: ["reason": "\(error.context)"])
                }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
