import AuthorityCore
import CanonicalEncoding
import DomainModel
import ModelContextProtocol

/// A task in the words of a revision.
struct TaskView: Sendable {
    var id: Text
    var state: GatewayTask.State
    var createdAt: Timestamp
    var updatedAt: Timestamp
    var expiresAt: Timestamp
    var pollSeconds: Int64 = 5

    /// A call that begins to wait.
    init(_ waiting: WaitingCall) {
        id = waiting.request.text
        state = .working(waiting)
        createdAt = waiting.since
        updatedAt = waiting.since
        expiresAt = waiting.expiresAt
        pollSeconds = waiting.retryAfterSeconds
    }

    init(_ task: GatewayTask) {
        id = task.id.text
        state = task.state
        createdAt = task.createdAt
        updatedAt = task.updatedAt
        expiresAt = task.expiresAt
        if case .working(let waiting?) = task.state { pollSeconds = waiting.retryAfterSeconds }
    }

    /// What the call came to; nil while it has not.
    var outcome: RPCResponse.Outcome? {
        switch state {
        case .completed(let answer), .failed(let answer): answer.outcome(isToolCall: true)
        case .working, .gone, .cancelled: nil
        }
    }

    var isTerminal: Bool {
        if case .working = state { false } else { true }
    }

    /// `status`, `statusMessage`. A tool's own error is a failure up to 2025-11-25, and a completion from 2026-07-28 on.
    private func status(_ revision: ProtocolRevision) -> (Text, Text?) {
        switch state {
        case .working(let waiting): return ("working", waiting?.shortText ?? "It is running.")
        case .cancelled: return ("cancelled", nil)
        case .gone(let text): return ("failed", text)
        case .completed, .failed: break
        }
        switch outcome {
        case .result(let result):
            return (!revision.isStateless && result["isError"] == true ? "failed" : "completed", nil)
        case .error(_, let message, _): return ("failed", message)
        case nil: return ("failed", nil)
        }
    }

    func json(_ revision: ProtocolRevision) -> JSONObject {
        let (status, message) = status(revision)
        var object: JSONObject = [
            "taskId": .string(id), "status": .string(status), "createdAt": .string(Text(createdAt.rfc3339)),
            "lastUpdatedAt": .string(Text(updatedAt.rfc3339)),
        ]
        if let message { object["statusMessage"] = .string(message) }
        let life = JSONValue.integer(max(0, expiresAt.milliseconds &- createdAt.milliseconds))
        object[revision.isStateless ? "ttlMs" : "ttl"] = life
        object[revision.isStateless ? "pollIntervalMs" : "pollInterval"] = .integer(pollSeconds &* 1_000)
        return object
    }
}
