import AuthorityCore
import Glibc
import MCPGateway
import SQLiteStore
import ServiceLifecycle

/// Ends all waiting first when the server stops, so that long polls and live pages do not hold the listeners up.
struct DrainService: Service {
    /// By then everybody who waited has an answer or has gone. Taking thousands of connections apart one by one would go on
    /// for longer than the process may; its end does it at once.
    private static let patience = Duration.milliseconds(750)

    var authority: Authority
    var gateway: GatewayPlane
    var store: SQLiteStore
    /// Whether the process ends with its server: the program's does, a test's does not.
    var endsProcess: Bool

    func run() async throws {
        try? await gracefulShutdown()
        // First, so that nobody takes the end of a connection for the wish of a client.
        gateway.drain()
        authority.watch.drain()
        guard endsProcess else { return }
        // Not structured: it overtakes the shutdown of the services, which goes on meanwhile.
        Task.detached(priority: .high) { [store] in
            try await Task.sleep(for: Self.patience)
            try await store.close()
            exit(EXIT_SUCCESS)
        }
    }
}
