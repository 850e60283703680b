import AuthorityCore
import CanonicalEncoding
import DomainModel
import Glibc
import Logging
import ToolUpstreams

/// The tool servers behind the gateway: those of the configuration are registered at each start, and all are connected while the
/// server runs.
struct ToolServers: Sendable {
    let authority: Authority
    let connections: ToolConnections
    let discovery: ToolDiscovery

    init(
        _ authority: Authority, configuration: ServerConfiguration, directory: DataDirectory, logger: Logger
    ) async throws {
        let environment = ProcessEnvironment.current
        var configured = ConfiguredServers()
        if let path = configuration.upstreamsFile {
            let file = try ServersFile(path: path, environment: environment)
            configured = file.found
            if file.isOpenToOthers, configured.holdsValues {
                logger.warning(
                    "The file of tool servers holds values itself, and other users can read it.",
                    metadata: ["file": "\(path)", "hint": "chmod 600, or write ${env:…} and ${file:…}"])
            }
        }
        do throws(AuthorityError) { try await RegisterConfiguredServers(authority).run(configured.servers) } catch {
            throw ConfigurationProblem(
                "The tool servers of \(configuration.upstreamsFile ?? "the configuration") are not registered: \(error.detail)",
                hint: error.hint ?? "docs/reference/upstreams.md says more.")
        }
        let own = [directory.path]
        let plain = SettingSources(variable: { environment[$0] }, own: own)
        let values = configured.values
        self.authority = authority
        connections = ToolConnections(
            sources: SettingSources(
                variable: { environment[$0] },
                configured: { server, setting in
                    values[server]?[setting]?.value(environment: environment) { plain.firstLine(of: $0) }
                }, own: own))
        discovery = ToolDiscovery(authority, connections: connections)
    }
}
