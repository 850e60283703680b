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
                    var ticks = EventTicks(of: subject, in: watch)
                    defer { ticks.end() }
                    try await writer.write(EventTicks.first)
                    while let tick = try await ticks.next() { try await writer.write(tick) }
                }
                try await writer.finish(nil)
            })
    }
}

/// What an open page is told. Thousands are open at a time: each holds one continuation, and no task of its own that sleeps.
private struct EventTicks {
    /// Proxies cut connections on which nothing moves.
    private static let heartbeatSeconds: Int64 = 15
    /// Changes that come closer together are one tick.
    private static let least = Duration.milliseconds(250)

    /// Whoever connects may have missed a change since the page was made: the first tick is for that.
    static let first = ByteBuffer(string: "retry: 2000\nevent: changed\ndata: 1\n\n")

    private let subject: WatchSubject
    private let watch: ChangeWatch
    private var waiter: Waiter
    private var hasJustTicked = false

    init(of subject: WatchSubject, in watch: ChangeWatch) {
        self.subject = subject
        self.watch = watch
        waiter = watch.waiter(for: subject, seconds: Self.heartbeatSeconds)
    }

    /// Nil once the client is gone, or the watch is drained at shutdown.
    mutating func next() async throws -> ByteBuffer? {
        if hasJustTicked { try await Task.sleep(for: Self.least) }
        let ending = await waiter.ending()
        end()
        // Waits again before it speaks: a change from here on is the next tick.
        waiter = watch.waiter(for: subject, seconds: Self.heartbeatSeconds)
        hasJustTicked = ending == .changed
        switch ending {
        case .changed: return ByteBuffer(string: "event: changed\ndata: 1\n\n")
        case .overdue: return ByteBuffer(string: ": still here\n\n")
        case .cancelled, .drained: return nil
        }
    }

    func end() { watch.stop(waiter) }
}
