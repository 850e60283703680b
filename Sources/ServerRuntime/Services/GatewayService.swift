import AuthorityCore
import MCPGateway
import ServiceLifecycle

/// What the gateway does beside its calls: runs those whose callers may leave, tells of lists that changed, and lets sessions end that
/// nobody uses.
struct GatewayService: Service {
    var gateway: ToolGateway
    var plane: GatewayPlane

    private static let round = Duration.seconds(15)

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await gateway.run() }
            await cancelWhenGracefulShutdown { await serve() }
            // The planes are closed by now: what was sent before is recorded, and then this ends.
            gateway.close()
        }
    }

    private func serve() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await plane.followChanges() }
            while !Task.isCancelled {
                guard (try? await Task.sleep(for: Self.round)) != nil else { break }
                plane.letTimePass()
            }
            group.cancelAll()
        }
    }
}
