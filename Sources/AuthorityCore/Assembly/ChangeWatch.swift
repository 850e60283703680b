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
        var bySubject: [WatchSubject: [UInt64: Waiter]] = [:]
        var next: UInt64 = 0
        var isDrained = false
    }

    private let waiters = Mutex(Waiters())

    init() {}

    /// Begins to wait for one change, for so many seconds at most. Read the store *after* this, or a change is missed, and
    /// then `stop`, whatever came of it.
    package func waiter(for subject: WatchSubject, seconds: Int64) -> Waiter {
        let waiter = Waiter(subject: subject, seconds: seconds)
        if let id = add(waiter, to: subject) { waiter.place = id } else { waiter.end(.drained) }
        return waiter
    }

    package func stop(_ waiter: Waiter) {
        if let place = waiter.place { remove(place, from: waiter.subject) }
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
        for waiter in ended { waiter.end(.drained) }
    }

    /// To be called once a second: ends the waiting of those whose time is over.
    package func letOneSecondPass() {
        let waiting = waiters.withLock { waiters in
            waiters.bySubject.values.flatMap { $0.values }
        }
        for waiter in waiting { waiter.letOneSecondPass() }
    }

    func publish(_ changes: [StoreChange]) {
        var subjects: Set<WatchSubject> = [.everything]
        for case .request(let id) in changes { subjects.insert(.request(id)) }
        let woken = waiters.withLock { waiters in
            subjects.flatMap { waiters.bySubject[$0].map { Array($0.values) } ?? [] }
        }
        for waiter in woken { waiter.end(.changed) }
    }

    /// Nil once the watch is drained.
    private func add(_ waiter: Waiter, to subject: WatchSubject) -> UInt64? {
        waiters.withLock { waiters in
            guard !waiters.isDrained else { return nil }
            waiters.next &+= 1
            waiters.bySubject[subject, default: [:]][waiters.next] = waiter
            return waiters.next
        }
    }

    private func remove(_ id: UInt64, from subject: WatchSubject) {
        waiters.withLock { waiters in
            waiters.bySubject[subject]?[id] = nil
            if waiters.bySubject[subject]?.isEmpty == true { waiters.bySubject[subject] = nil }
        }
    }
}
