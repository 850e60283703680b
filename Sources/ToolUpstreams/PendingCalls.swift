import AuthorityPorts
import CanonicalEncoding
import ModelContextProtocol
import Synchronization

/// Requests that wait for their answers on one connection. Each ends once: with its answer, its time, or the connection.
final class PendingCalls: Sendable {
    typealias Answer = Result<RPCResponse.Outcome, UpstreamError>

    private struct Call {
        var continuation: CheckedContinuation<Answer, Never>?
        var answer: Answer?
        var isSent = false
        let resultBytes: Int64
        let onProgress: (@Sendable (JSONObject) -> Void)?
    }

    private struct State {
        var nextID: Int64 = 1
        var calls: [Int64: Call] = [:]
        var isClosed = false

        mutating func end(_ id: Int64, _ answer: Answer) -> CheckedContinuation<Answer, Never>? {
            guard var call = calls[id], call.answer == nil else { return nil }
            guard let continuation = call.continuation else {
                call.answer = answer
                calls[id] = call
                return nil
            }
            calls[id] = nil
            return continuation
        }
    }

    private let state = Mutex(State())

    /// Nil: the connection is closed.
    func open(_ asked: UpstreamCall) -> Int64? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            defer { state.nextID += 1 }
            state.calls[state.nextID] = Call(resultBytes: asked.resultBytes, onProgress: asked.onProgress)
            return state.nextID
        }
    }

    /// From here on the server may have acted. False: the call has ended meanwhile, and must not be sent.
    func markSent(_ id: Int64) -> Bool {
        state.withLock { state in
            guard state.calls[id] != nil, state.calls[id]?.answer == nil else { return false }
            state.calls[id]?.isSent = true
            return true
        }
    }

    func answer(to id: Int64) async -> Answer {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Answer? in
                guard let call = state.calls[id] else { return .failure(.unavailable("the call has ended")) }
                guard let answer = call.answer else {
                    state.calls[id]?.continuation = continuation
                    return nil
                }
                state.calls[id] = nil
                return answer
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// The first ending counts. What was not sent yet ends as unavailable, whatever is said here.
    func end(_ id: Int64, _ answer: Answer) {
        let continuation = state.withLock { state in state.end(id, answer) }
        continuation?.resume(returning: answer)
    }

    /// The server's answer, which came in so many bytes.
    func end(_ id: Int64, _ outcome: RPCResponse.Outcome, bytes: Int) {
        let limit = state.withLock { $0.calls[id]?.resultBytes } ?? .max
        end(id, bytes <= limit ? .success(outcome) : .failure(.tooLarge))
    }

    /// The call's time is over, or its caller is gone.
    func giveUp(_ id: Int64) {
        let isSent = state.withLock { $0.calls[id]?.isSent ?? false }
        end(id, .failure(isSent ? .timedOut : .unavailable("its time was over before it could be sent")))
    }

    func progress(_ id: Int64, _ params: JSONObject) {
        state.withLock { $0.calls[id]?.onProgress }?(params)
    }

    /// Nothing more comes over this connection.
    func close(_ reason: String) {
        let open = state.withLock { state -> [(Int64, Bool)] in
            state.isClosed = true
            return state.calls.filter { $0.value.answer == nil }.map { ($0.key, $0.value.isSent) }
        }
        for (id, isSent) in open { end(id, .failure(isSent ? .lost(reason) : .unavailable(reason))) }
    }
}
