package import CanonicalEncoding
package import DomainModel
package import ModelContextProtocol

/// A real tool server behind the gateway, spoken to in MCP. It keeps its connection by itself and holds its own credentials.
///
/// Contract, kept by every adapter:
/// - A request goes out at most once. `UpstreamError.mayHaveHappened` says whether something may have come of it; whoever gets it so
///   never sends again by itself (invariant S13).
/// - What the server asks of its client (sampling, elicitation, roots) is refused: it can never reach an approver or an agent.
/// - No credential of the server is ever part of an answer, an error or a log line.
package protocol Upstream: Sendable {
    /// Sends one request and gives the server's answer, as it came and within the call's limits.
    func ask(_ call: UpstreamCall) async throws(UpstreamError) -> RPCResponse.Outcome

    /// What the server said of itself when it was connected; nil while it is not.
    var greeting: UpstreamGreeting? { get }
}

/// One request to a tool server.
package struct UpstreamCall: Sendable {
    package var method: Text
    package var params: JSONObject
    /// From the moment it is sent to the end of the answer.
    package var timeout: Duration
    /// What the answer may hold, as it comes.
    package var resultBytes: Int64
    /// What the server says of this request before it answers: the parameters of `notifications/progress`.
    package var onProgress: (@Sendable (JSONObject) -> Void)?

    package init(
        method: Text, params: JSONObject = JSONObject(), timeout: Duration = .seconds(60),
        resultBytes: Int64 = 8 << 20, onProgress: (@Sendable (JSONObject) -> Void)? = nil
    ) {
        self.method = method
        self.params = params
        self.timeout = timeout
        self.resultBytes = resultBytes
        self.onProgress = onProgress
    }
}

/// What a server says of itself in `initialize` or `server/discover`.
package struct UpstreamGreeting: Hashable, Sendable {
    package var revision: ProtocolRevision
    package var name: Text
    package var version: Text
    package var capabilities: JSONObject

    package init(revision: ProtocolRevision, name: Text, version: Text, capabilities: JSONObject) {
        self.revision = revision
        self.name = name
        self.version = version
        self.capabilities = capabilities
    }
}

/// Why a tool server gave no answer. The texts are for people who operate it, never for agents.
package enum UpstreamError: Error, Hashable, Sendable {
    /// It is not there, and nothing was sent.
    case unavailable(String)
    /// It was sent, and then the connection was lost.
    case lost(String)
    /// It was sent, and the time was over before the answer was there.
    case timedOut
    /// The answer is larger than is taken.
    case tooLarge
    /// The answer is not what the protocol allows.
    case unreadable(String)

    /// Whether the server may have acted.
    package var mayHaveHappened: Bool {
        if case .unavailable = self { false } else { true }
    }
}

/// Told of what happens at a tool server outside of any request.
package enum UpstreamEvent: Hashable, Sendable {
    case connected(UpstreamGreeting)
    case disconnected(String)
    /// `notifications/…/list_changed`, `notifications/resources/updated`.
    case notified(RPCNotification)
    /// A line of the process's standard error, without its credentials.
    case said(String)
}

/// The connections to all registered tool servers.
///
/// Contract: for each name there is at most one connection; it is made when it is first asked for and kept. Asking with another
/// registration under the same name closes the old one.
package protocol UpstreamConnections: Sendable {
    func upstream(_ server: UpstreamServer) -> any Upstream
    /// Ends the connection of a server that is registered no more.
    func close(_ server: Text)
    /// What happens at the servers outside of requests, for one listener. It ends when the connections are shut down.
    var events: AsyncStream<(server: Text, event: UpstreamEvent)> { get }
}
