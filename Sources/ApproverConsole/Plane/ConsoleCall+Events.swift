import AuthorityCore
import DomainModel
import HTTPTypes
import Hummingbird
import NIOCore
import WireProtocol

/// Server-sent events: a tick says that something changed, never what. The page reads itself again, with its own session.
extension ConsoleCall {
    func requestEvents(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        // Also says whether this viewer may know of the request at all.
        let read = try await ReadRequestPage(authority).run(viewer, id: id)
        return events(of: .request(read.request.id))
    }

    func events(of subject: WatchSubject) -> Response {
        let request = request
        let watch = authority.watch
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8"],
            body: ResponseBody { writer in
                // A handler that only waits is never told that its client is gone: performance.md, section 5.
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await EventStream.write(watch.changes(of: subject), to: &writer)
                }
                try await writer.finish(nil)
            })
    }
}

enum EventStream {
    private enum Signal { case changed, beat }

    /// Proxies cut connections on which nothing moves.
    static let heartbeat = Duration.seconds(15)
    /// Changes that come closer together are one tick.
    static let least = Duration.milliseconds(250)

    /// Until the client goes away, or the watch is drained at shutdown.
    static func write(_ changes: AsyncStream<Void>, to writer: inout any ResponseBodyWriter) async throws {
        let (signals, feed) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingNewest(2))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in changes {
                    feed.yield(.changed)
                    try await Task.sleep(for: least)
                }
                feed.finish()
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: heartbeat)
                    feed.yield(.beat)
                }
            }
            defer { group.cancelAll() }
            // Whoever connects may have missed a change since the page was made: the first tick is for that.
            try await writer.write(ByteBuffer(string: "retry: 2000\nevent: changed\ndata: 1\n\n"))
            for await signal in signals {
                switch signal {
                case .changed: try await writer.write(ByteBuffer(string: "event: changed\ndata: 1\n\n"))
                case .beat: try await writer.write(ByteBuffer(string: ": still here\n\n"))
                }
            }
        }
    }
}
