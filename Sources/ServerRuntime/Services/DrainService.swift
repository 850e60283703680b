import AuthorityCore
import ServiceLifecycle

/// Ends all waiting first when the server stops, so that long polls and live pages do not hold the listeners up.
struct DrainService: Service {
    var authority: Authority

    func run() async throws {
        try? await gracefulShutdown()
        authority.watch.drain()
    }
}
