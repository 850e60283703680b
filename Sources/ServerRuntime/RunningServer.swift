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
    /// Of the first start; nil once an administrator exists.
    package let enrolmentLink: Secret<Text>?
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
