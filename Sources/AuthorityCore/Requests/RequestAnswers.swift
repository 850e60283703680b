import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Synchronization

/// What agents are told of a request.
struct RequestAnswer: Sendable {
    let agent: AgentID
    let view: JSONValue
    let revision: Int64
    let isTerminal: Bool
}

/// Reads requests for those who ask at the same moment: one change can wake thousands, and they all want the same answer, so
/// the first of them reads it and the others take it.
///
/// An answer holds while the store's `revision` stands, which moves before any write is acknowledged: nobody is told less
/// than was true when they asked.
final class RequestAnswers: Sendable {
    /// What became of a reading; nil inside: there is no such request.
    private enum Outcome {
        case read(RequestAnswer?)
        case failed
    }

    private struct Memory {
        var revision: UInt64 = 0
        var known: [RequestID: RequestAnswer?] = [:]
        /// What is being read, and who waits for it.
        var followers: [RequestID: [CheckedContinuation<Outcome, Never>]] = [:]
    }

    private enum Place {
        case known(RequestAnswer?)
        case first
        case follower
    }

    /// Bounds what is kept; beyond it, everybody reads.
    private static let capacity = 256

    private let memory = Mutex(Memory())

    /// Nil where there is no such request.
    func answer(of id: RequestID, from authority: Authority) async throws(AuthorityError) -> RequestAnswer? {
        let revision = authority.store.revision
        switch place(of: id, at: revision) {
        case .known(let answer): return answer
        case .first:
            do throws(AuthorityError) {
                let answer = try await Self.read(id, authority)
                settle(id, at: revision, .read(answer))
                return answer
            } catch {
                settle(id, at: revision, .failed)
                throw error
            }
        case .follower:
            if case .read(let answer) = await outcome(of: id, at: revision) { return answer }
            return try await Self.read(id, authority)
        }
    }

    private func place(of id: RequestID, at revision: UInt64) -> Place {
        memory.withLock { memory in
            if memory.revision != revision {
                // Those who still wait for an older reading are answered before anything is forgotten.
                guard memory.followers.isEmpty else { return .follower }
                memory = Memory(revision: revision)
            }
            if let answer = memory.known[id] { return .known(answer) }
            guard memory.followers[id] == nil, memory.known.count + memory.followers.count < Self.capacity else {
                return .follower
            }
            memory.followers[id] = []
            return .first
        }
    }

    /// What the one who reads for this revision finds; failed where nobody reads for it.
    private func outcome(of id: RequestID, at revision: UInt64) async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome: Outcome? = memory.withLock { memory in
                guard memory.revision == revision else { return .failed }
                if let answer = memory.known[id] { return .read(answer) }
                guard memory.followers[id] != nil else { return .failed }
                memory.followers[id]?.append(continuation)
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    private func settle(_ id: RequestID, at revision: UInt64, _ outcome: Outcome) {
        let followers = memory.withLock { memory in
            if case .read(let answer) = outcome, memory.revision == revision { memory.known[id] = .some(answer) }
            return memory.followers.removeValue(forKey: id) ?? []
        }
        for continuation in followers { continuation.resume(returning: outcome) }
    }

    private static func read(_ id: RequestID, _ authority: Authority) async throws(AuthorityError) -> RequestAnswer? {
        try await authority.read { reader in
            guard let request = try reader.request(id) else { return nil }
            return RequestAnswer(
                agent: request.submission.agent, view: try request.view(reader), revision: request.progress.revision,
                isTerminal: request.progress.status.isTerminal)
        }
    }
}
