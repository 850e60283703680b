package import Hummingbird
package import Logging
package import NIOCore

/// What the plane keeps of one call beside the request itself.
package struct AgentContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Whoever is at the other end of the connection; nil in tests without one.
    package let address: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress
    }

    /// For calls that come through no server: in tests.
    package init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: LoggerSource(logger: logger))
        address = nil
    }

    private struct LoggerSource: RequestContextSource {
        let logger: Logger
    }

    /// The identifier that the log, the answer's header and a problem's `instance` share.
    package var callID: String { logger[metadataKey: "hb.request.id"]?.description ?? "none" }
}
