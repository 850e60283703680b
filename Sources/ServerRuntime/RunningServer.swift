package import AuthorityCore
package import CanonicalEncoding
package import SecretMaterial
import ServiceLifecycle

/// A server that answers. Whoever started it ends it.
package struct RunningServer: Sendable {
    /// Base URLs without a trailing slash, with the ports that were really taken.
    package let agentsURL: String
    package let consoleURL: String
    package let localURL: String
    package let dataDirectory: DataDirectory
    package let authority: Authority
    /// Of the first start; nil once an administrator has enrolled or the link's time is over. Read from the file, which is
    /// the one place that holds it: a copy in memory could say something else.
    package var enrolmentLink: Secret<Text>? {
        guard let line = dataDirectory.text(of: dataDirectory.enrolmentLinkFile), line.hasSuffix("\n") else {
            return nil
        }
        return Secret(Text(String(line.dropLast())))
    }
    let group: ServiceGroup
    let services: Task<Void, any Error>

    /// Ends all waiting, then the listeners, then the store; returns when all are gone, within a second.
    package func shutdown() async throws {
        await group.triggerGracefulShutdown()
        try await services.value
    }

    /// Returns when the server has ended, whoever ended it.
    package func wait() async throws {
        try await services.value
    }
}
