package import CanonicalEncoding
package import DomainModel

/// What the MCP plane asks of the gateway, whatever revision of the protocol a client speaks. A refusal by policy or people is
/// an answer; an error means that the gateway could not answer, or that there is nothing under that name for this caller.
package protocol GatewayUseCases: Sendable {
    /// Whether there is such a server for agents.
    func exists(_ scope: GatewayScope) async throws(AuthorityError) -> Bool
    /// What the caller may at least ask for, as it is published in that scope, in a stable order.
    func list(_ kind: GatewayList, in scope: GatewayScope, for caller: AuthenticatedAgent) async throws(AuthorityError)
        -> [JSONObject]
    /// Gates one call and, where it may run, runs it. Returns when there is an answer or the caller's patience is over. When the
    /// task that awaits it is cancelled, what waits for people goes on waiting for a repeated call, and what was sent is
    /// completed in the record.
    func perform(_ call: GatewayCall, for caller: AuthenticatedAgent, patience: CallPatience)
        async throws(AuthorityError)
        -> CallAnswer
    /// A call that was made as a task, or that still waits; `notFound` for anything that is not the caller's.
    func task(_ id: RequestID, of caller: AuthenticatedAgent) async throws(AuthorityError) -> GatewayTask
    /// Returns when the task is no longer as `task` said, or after so many seconds.
    func taskChange(_ id: RequestID, of caller: AuthenticatedAgent, since revision: Int64, seconds: Int64)
        async throws(AuthorityError) -> GatewayTask
    /// Tasks of the caller, the newest first.
    func tasks(of caller: AuthenticatedAgent) async throws(AuthorityError) -> [GatewayTask]
    /// Ends what waits. What is being executed goes on: an effect is not undone by hanging up.
    func cancel(_ id: RequestID, by caller: AuthenticatedAgent) async throws(AuthorityError) -> GatewayTask
    /// Each time that a list of a server may have changed, until the stream is dropped.
    func listChanges() -> AsyncStream<GatewayListChange>
}

/// Which part of the gateway a client talks to.
package enum GatewayScope: Hashable, Sendable {
    /// `/mcp`: every server, names as `server___name`.
    case everything
    /// `/mcp/{server}`: names as the server has them.
    case server(Text)
}

/// What can be listed of a server.
package enum GatewayList: String, Hashable, Sendable, CaseIterable {
    case tools, resources, resourceTemplates, prompts
}

/// One list of one server that may say something else now.
package struct GatewayListChange: Hashable, Sendable {
    package var server: Text
    package var list: GatewayList

    package init(server: Text, list: GatewayList) {
        self.server = server
        self.list = list
    }
}

/// One call that goes to a tool server if it may.
package struct GatewayCall: Hashable, Sendable {
    package enum Operation: Hashable, Sendable {
        case callTool(name: Text, arguments: JSONObject)
        case readResource(uri: Text)
        case getPrompt(name: Text, arguments: JSONObject)
        /// `completion/complete`: its parameters without `_meta`.
        case complete(JSONObject)
    }

    package var scope: GatewayScope
    package var operation: Operation

    package init(scope: GatewayScope, operation: Operation) {
        self.scope = scope
        self.operation = operation
    }
}

/// How a client can wait.
package struct CallPatience: Sendable {
    /// How long it stays on the line while people decide; zero: it is told at once.
    package var hold: Duration
    /// The call runs after its approval without anybody on the line, and its result is kept for `task`. With a hold of zero it
    /// is always answered `waiting`, also where policy allows it; otherwise what is allowed is answered with its result.
    package var isTask: Bool
    /// Told once when the call begins to wait for people, and again about every ten seconds.
    package var onWaiting: (@Sendable (WaitingCall) -> Void)?
    /// What the tool server says of its progress: parameters of `notifications/progress`.
    package var onProgress: (@Sendable (JSONObject) -> Void)?

    package init(
        hold: Duration = .seconds(50), isTask: Bool = false, onWaiting: (@Sendable (WaitingCall) -> Void)? = nil,
        onProgress: (@Sendable (JSONObject) -> Void)? = nil
    ) {
        self.hold = hold
        self.isTask = isTask
        self.onWaiting = onWaiting
        self.onProgress = onProgress
    }
}

/// A call that waits for people.
package struct WaitingCall: Hashable, Sendable {
    package var request: RequestID
    package var digest: Digest
    package var since: Timestamp
    package var expiresAt: Timestamp
    package var retryAfterSeconds: Int64

    package init(
        request: RequestID, digest: Digest, since: Timestamp, expiresAt: Timestamp, retryAfterSeconds: Int64 = 10
    ) {
        self.request = request
        self.digest = digest
        self.since = since
        self.expiresAt = expiresAt
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// What became of a call.
package enum CallAnswer: Hashable, Sendable {
    /// The server's own result: data, passed on as it came. A tool error of the server (`isError`) is one too.
    case result(JSONObject)
    /// The server's own JSON-RPC error.
    case serverError(code: Int64, message: Text, data: JSONValue?)
    /// It did not run, and will not: policy, people, time, change, bad arguments.
    case refused(CallRefusal)
    case waiting(WaitingCall)
    /// It was sent, and nobody knows what came of it. It is never repeated by itself.
    case unknown(RequestID, Text)
}

/// Why a call did not run.
package struct CallRefusal: Hashable, Sendable {
    /// Nil where it was refused before a request was opened.
    package var request: RequestID?
    /// A stable code of `docs/reference/problems.md`.
    package var code: Text
    /// One sentence for the agent, and what it can do.
    package var text: Text
    package var hint: Text?

    package init(request: RequestID?, code: Text, text: Text, hint: Text? = nil) {
        self.request = request
        self.code = code
        self.text = text
        self.hint = hint
    }
}

/// A call seen as a task of the protocol.
package struct GatewayTask: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// Waits for people, or is being executed.
        case working(WaitingCall?)
        /// Also where the tool says `isError`.
        case completed(CallAnswer)
        /// It has ended, and its result is not kept any more.
        case gone(Text)
        case failed(CallAnswer)
        case cancelled
    }

    package var id: RequestID
    package var state: State
    package var revision: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Until when it and its result are kept.
    package var expiresAt: Timestamp

    package init(
        id: RequestID, state: State, revision: Int64, createdAt: Timestamp, updatedAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.state = state
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.expiresAt = expiresAt
    }
}
