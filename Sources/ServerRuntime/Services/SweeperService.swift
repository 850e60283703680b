import AuthorityCore
import Logging
import Metrics
import ServiceLifecycle

/// Lets time do what time does: once a second it ends what is over, once a minute it forgets what nobody needs.
struct SweeperService: Service {
    var authority: Authority
    var logger: Logger

    func run() async throws {
        let sweeper = Sweeper(authority)
        let ended = Counter(label: "countersign_swept_total")
        let waiting = Gauge(label: "countersign_waiting")
        try? await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                // A round that fails is tried again by the next: whatever was due is still due.
                do throws(AuthorityError) {
                    ended.increment(by: try await sweeper.run())
                    if round % 60 == 0 { try await sweeper.forget() }
                } catch {
                    logger.error("A sweep failed; the next one tries again.", metadata: ["reason": "\(error.context)"])
                }
                authority.watch.letOneSecondPass()
                waiting.record(authority.watch.count)
                round += 1
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
