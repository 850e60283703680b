package import Hummingbird
package import NIOCore

/// What the plane keeps of one call beside the request itself.
package struct ConsoleContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Whoever is at the other end of the connection.
    package let address: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress
    }
}
