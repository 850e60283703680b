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
    private enum Listener {
        case stream(AsyncStream<Void>.Continuation)
        case once(Waiter)
    }

    private struct Listeners {
        var bySubject: [WatchSubject: [UInt64: Listener]] = [:]
        var next: UInt64 = 0
        var isDrained = false
    }

    private let listeners = Mutex(Listeners())

    init() {}

    /// An element after each commit that touches the subject; elements that nobody took yet are one. Ends when the
    /// consumer goes away or the server drains. Read the store *after* subscribing, or a change is missed.
    package func changes(of subject: WatchSubject) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        guard let id = add(.stream(continuation), to: subject) else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id, from: subject) }
        return stream
    }

    /// Begins to wait for one change, for so many seconds at most. Read the store *after* this, or a change is missed, and
    /// then `stop`, whatever came of it.
    func waiter(for subject: WatchSubject, seconds: Int64) -> Waiter {
        let waiter = Waiter(subject: subject, seconds: seconds)
        if let id = add(.once(waiter), to: subject) { waiter.place = id } else { waiter.end(.drained) }
        return waiter
    }

    func stop(_ waiter: Waiter) {
        if let place = waiter.place { remove(place, from: waiter.subject) }
    }

    /// The number of waiters, for metrics and for tests that nothing is left behind.
    package var count: Int {
        listeners.withLock { $0.bySubject.values.reduce(0) { $0 + $1.count } }
    }

    /// Ends all waiting, now and from now on.
    package func drain() {
        let ended = listeners.withLock { listeners in
            listeners.isDrained = true
            defer { listeners.bySubject = [:] }
            return listeners.bySubject.values.flatMap(\.values)
        }
        for listener in ended {
            switch listener {
            case .stream(let continuation): continuation.finish()
            case .once(let waiter): waiter.end(.drained)
            }
        }
    }

    /// To be called once a second: ends the waiting of those whose time is over.
    package func letOneSecondPass() {
        let waiting = listeners.withLock { listeners in
            listeners.bySubject.values.flatMap { $0.values }
        }
        for case .once(let waiter) in waiting { waiter.letOneSecondPass() }
    }

    func publish(_ changes: [StoreChange]) {
        var subjects: Set<WatchSubject> = [.everything]
        for case .request(let id) in changes { subjects.insert(.request(id)) }
        let woken = listeners.withLock { listeners in
            subjects.flatMap { listeners.bySubject[$0].map { Array($0.values) } ?? [] }
        }
        for listener in woken {
            switch listener {
            case .stream(let continuation): continuation.yield()
            case .once(let waiter): waiter.end(.changed)
            }
        }
    }

    /// Nil once the watch is drained.
    private func add(_ listener: Listener, to subject: WatchSubject) -> UInt64? {
        listeners.withLock { listeners in
            guard !listeners.isDrained else { return nil }
            listeners.next &+= 1
            listeners.bySubject[subject, default: [:]][listeners.next] = listener
            return listeners.next
        }
    }

    private func remove(_ id: UInt64, from subject: WatchSubject) {
        listeners.withLock { listeners in
            listeners.bySubject[subject]?[id] = nil
            if listeners.bySubject[subject]?.isEmpty == true { listeners.bySubject[subject] = nil }
        }
    }
}
