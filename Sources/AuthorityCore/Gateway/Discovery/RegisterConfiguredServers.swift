import AuthorityPorts
import CanonicalEncoding
package import DomainModel
import WireProtocol

/// Registers the tool servers of the configuration, at each start: whoever writes it runs the authority itself, so that nobody
/// confirms them, and the log says so. Servers that people registered are not touched.
package struct RegisterConfiguredServers: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Those that the configuration no longer names are removed. All or nothing.
    package func run(_ servers: [UpstreamServer]) async throws(AuthorityError) {
        let authority = authority
        let isSettled = try await authority.read { reader in
            try reader.upstreams().filter(\.isFromConfiguration).map(\.server) == servers.sorted { $0.name < $1.name }
        }
        if isSettled { return }
        try await authority.write("register configured servers") { transaction in
            let application = ChangeApplication(
                authority: authority, by: UpstreamRegistration.byConfiguration, at: authority.now)
            let names = Set(servers.map(\.name))
            for known in try transaction.upstreams()
            where known.isFromConfiguration && !names.contains(known.server.name) {
                try application.removeUpstream(known.server.name, in: transaction)
            }
            for server in servers {
                let known = try transaction.upstream(server.name)
                guard known?.isFromConfiguration ?? true else {
                    throw AuthorityError(
                        .nameTaken, "People have registered a server `\(server.name)`.",
                        hint: "Remove it in the console, or give this one another name.")
                }
                if known?.server == server { continue }
                try application.checkIsNoOthersName(server.name, reader: transaction)
                try application.register(server, in: transaction)
            }
        }
    }
}
