import AuthorityCore
import ServiceLifecycle
import ToolUpstreams

/// Keeps the tool servers connected and the registry in step with what they offer.
struct ToolServerService: Service {
    var servers: ToolServers

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await servers.connections.run() }
                group.addTask { await servers.discovery.run() }
                while !Task.isCancelled {
                    servers.discovery.letOneSecondPass()
                    guard (try? await Task.sleep(for: .seconds(1))) != nil else { break }
                }
                group.cancelAll()
            }
        }
    }
}
