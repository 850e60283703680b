import AuthorityCore
import CanonicalEncoding
import Synchronization

/// Answers of calls that were made as tasks (2025-11-25) and were over at once. They are handed over once, within five minutes, and are
/// gone after a restart; what happened is in the record all the same.
final class KeptAnswers: Sendable {
    private struct Kept {
        var owner: SessionOwner
        var view: TaskView
        var bytes: Int
    }

    private struct State {
        var answers: [Text: Kept] = [:]
        /// The oldest first.
        var order: [Text] = []
        var bytes = 0

        mutating func remove(_ id: Text) {
            guard let kept = answers.removeValue(forKey: id) else { return }
            bytes -= kept.bytes
            order.removeAll { $0 == id }
        }
    }

    private static let greatestBytes = 32 << 20
    private static let lifeSeconds: Int64 = 300

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.answers.count } }

    /// The oldest make room.
    func keep(_ answer: CallAnswer, of owner: SessionOwner, named name: Text, at now: Timestamp) -> TaskView {
        let view = TaskView(
            ended: "run_\(name)", answer, at: now, until: now.adding(seconds: Self.lifeSeconds))
        var bytes = 1_024
        if case .result(let result) = answer { bytes += CanonicalJSON.encode(.object(result)).count }
        state.withLock { state in
            state.answers[view.id] = Kept(owner: owner, view: view, bytes: bytes)
            state.order.append(view.id)
            state.bytes += bytes
            while state.bytes > Self.greatestBytes, state.order.count > 1 { state.remove(state.order[0]) }
        }
        return view
    }

    func task(_ id: Text, of owner: SessionOwner, at now: Timestamp) -> TaskView? {
        guard let kept = state.withLock({ $0.answers[id] }), kept.owner == owner, kept.view.expiresAt > now else {
            return nil
        }
        return kept.view
    }

    func tasks(of owner: SessionOwner, at now: Timestamp) -> [TaskView] {
        state.withLock { $0.answers.values.filter { $0.owner == owner && $0.view.expiresAt > now }.map(\.view) }
            .sorted { $0.createdAt > $1.createdAt }
    }

    func handOver(_ id: Text) { state.withLock { $0.remove(id) } }

    func forget(at now: Timestamp) {
        state.withLock { state in
            for (id, kept) in state.answers where kept.view.expiresAt <= now { state.remove(id) }
        }
    }
}
