import AuthorityPorts
package import DomainModel
import Synchronization

/// What a waiter waits for.
package enum WatchSubject: Hashable, Sendable {
    case request(RequestID)
    /// Any change at all: what a console's list shows.
    case everything
}

/// Wakes those who wait for a change. It carries no state: whoever is woken reads the store.
package final class ChangeWatch: Sendable {
    private struct Waiters {
        var bySubject: [WatchSubject: [UInt64: AsyncStream<Void>.Continuation]] = [:]
        var next: UInt64 = 0
        var isDrained = false
    }

    private let waiters = Mutex(Waiters())

    init() {}

    /// An element after each commit that touches the subject; elements that nobody took yet are one. Ends when the
    /// consumer goes away or the server drains. Read the store *after* subscribing, or a change is missed.
    package func changes(of subject: WatchSubject) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id: UInt64? = waiters.withLock { waiters in
            guard !waiters.isDrained else { return nil }
            waiters.next &+= 1
            waiters.bySubject[subject, default: [:]][waiters.next] = continuation
            return waiters.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id, from: subject) }
        return stream
    }

    /// The number of waiters, for metrics and for tests that nothing is left behind.
    package var count: Int {
        waiters.withLock { $0.bySubject.values.reduce(0) { $0 + $1.count } }
    }

    /// Ends all waiting, now and from now on.
    package func drain() {
        let ended = waiters.withLock { waiters in
            waiters.isDrained = true
            defer { waiters.bySubject = [:] }
            return waiters.bySubject.values.flatMap(\.values)
        }
        for continuation in ended { continuation.finish() }
    }

    func publish(_ changes: [StoreChange]) {
        var subjects: Set<WatchSubject> = [.everything]
        for case .request(let id) in changes { subjects.insert(.request(id)) }
        let woken = waiters.withLock { waiters in
            subjects.flatMap { waiters.bySubject[$0].map { Array($0.values) } ?? [] }
        }
        for continuation in woken { continuation.yield() }
    }

    private func remove(_ id: UInt64, from subject: WatchSubject) {
        waiters.withLock { waiters in
            waiters.bySubject[subject]?[id] = nil
            if waiters.bySubject[subject]?.isEmpty == true { waiters.bySubject[subject] = nil }
        }
    }
}
