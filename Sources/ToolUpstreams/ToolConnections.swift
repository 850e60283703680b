package import AsyncHTTPClient
package import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import ModelContextProtocol
import Synchronization

/// The connections to all registered tool servers. `run` owns the processes and ends them; connections over HTTP are made when
/// they are asked for.
package final class ToolConnections: UpstreamConnections {
    private struct Open {
        let server: UpstreamServer
        let upstream: any Upstream
        /// Ends the process; nothing is left to end over HTTP.
        let stop: AsyncStream<Never>.Continuation?
    }

    /// A process that `run` keeps alive until `stop` finishes.
    private struct Launch: Sendable {
        let upstream: StdioUpstream
        let stopped: AsyncStream<Never>

        func run() async {
            await withTaskGroup { group in
                group.addTask { await upstream.run() }
                group.addTask { for await _ in stopped {} }
                await group.next()
                group.cancelAll()
            }
        }
    }

    package let events: AsyncStream<(server: Text, event: UpstreamEvent)>
    private let told: AsyncStream<(server: Text, event: UpstreamEvent)>.Continuation
    private let launches: AsyncStream<Launch>
    private let launch: AsyncStream<Launch>.Continuation
    private let sources: SettingSources
    private let open = Mutex<[Text: Open]>([:])
    /// Ours, made when the first server is reached over HTTP, and shut down at the end of `run`.
    private let ownClient = Mutex<HTTPClient?>(nil)
    private let givenClient: HTTPClient?

    /// What a listener that is slow may miss: events only say that it is time to look again.
    private static let keptEvents = 1_024

    /// A client that is given was made with ``HTTPUpstream/configuration``, and is shut down by whoever made it, after `run` has ended.
    package init(client: HTTPClient? = nil, sources: SettingSources) {
        givenClient = client
        self.sources = sources
        (events, told) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.keptEvents))
        (launches, launch) = AsyncStream.makeStream()
    }

    package func upstream(_ server: UpstreamServer) -> any Upstream {
        open.withLock { open in
            if let known = open[server.name] {
                if known.server == server { return known.upstream }
                known.stop?.finish()
            }
            let made = make(server)
            open[server.name] = made
            return made.upstream
        }
    }

    package func close(_ server: Text) {
        open.withLock { $0.removeValue(forKey: server) }?.stop?.finish()
    }

    /// Until its task is cancelled; then every process has ended.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await launch in launches { group.addTask { await launch.run() } }
            group.cancelAll()
        }
        told.finish()
        if let client = ownClient.withLock({ $0.take() }) { try? await client.shutdown() }
    }

    private var client: HTTPClient {
        if let givenClient { return givenClient }
        return ownClient.withLock { own in
            let client = own ?? HTTPClient(configuration: HTTPUpstream.configuration)
            own = client
            return client
        }
    }

    private func make(_ server: UpstreamServer) -> Open {
        let (name, told) = (server.name, told)
        let observe: @Sendable (UpstreamEvent) -> Void = { told.yield((name, $0)) }
        if let upstream = StdioUpstream(server, sources: sources, observe: observe) {
            let (stopped, stop) = AsyncStream<Never>.makeStream()
            launch.yield(Launch(upstream: upstream, stopped: stopped))
            return Open(server: server, upstream: upstream, stop: stop)
        }
        if let upstream = HTTPUpstream(server, client: client, sources: sources, observe: observe) {
            return Open(server: server, upstream: upstream, stop: nil)
        }
        return Open(server: server, upstream: UnreachableUpstream(), stop: nil)
    }
}

/// A registration that names nothing to reach.
private struct UnreachableUpstream: Upstream {
    var greeting: UpstreamGreeting? { nil }

    func ask(_ call: UpstreamCall) async throws(UpstreamError) -> RPCResponse.Outcome {
        throw .unavailable("its registration names nothing to reach")
    }
}
