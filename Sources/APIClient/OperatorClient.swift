package import CanonicalEncoding
package import DomainModel
import WireProtocol

/// Speaks to the server on its own host, through the socket in its data directory. It proposes changes and reads what is
/// registered; an administrator confirms in the console.
package struct OperatorClient: Sendable {
    private let base: String
    private let socket: String
    private let transport: any HTTPTransport

    /// - Parameter dataDirectory: the server's; the socket is `operator.sock` in it.
    package init(dataDirectory: String, transport: any HTTPTransport = AsyncHTTPTransport()) {
        socket = dataDirectory + "/operator.sock"
        base = "http+unix://" + FormWriter.escaped(Text(socket))
        self.transport = transport
    }

    /// The proposal, with the console's address for it in `url`.
    package func propose(_ change: Change) async throws(ClientError) -> ProposalView {
        try ProposalView(try await exchange("POST", "/operator/changes", body: change.json))
    }

    package func change(_ id: Text) async throws(ClientError) -> ProposalView {
        try ProposalView(try await exchange("GET", "/operator/changes/\(id)", body: nil))
    }

    /// `agents`, `persons`, `groups`, `tools`, `providers`, `freezes`, `changes`, `policy`.
    package func inventory() async throws(ClientError) -> JSONValue {
        try await exchange("GET", "/operator/inventory", body: nil)
    }

    private func exchange(_ method: String, _ path: String, body: JSONValue?) async throws(ClientError) -> JSONValue {
        var request = TransportRequest(method: method, url: base + path)
        if let body {
            request.headers = [("content-type", "application/json")]
            request.body = CanonicalJSON.encode(body)
        }
        let response: TransportResponse
        do { response = try await transport.exchange(request) } catch {
            throw .unreachable("No server answers at \(socket).")
        }
        if let problem = ProblemDocument(response: response), !(200...299).contains(response.status) {
            throw .problem(problem)
        }
        guard (200...299).contains(response.status), let json = try? JSONReader.read(response.body) else {
            throw .unexpected("The server answered \(response.status) in a form that is not ours.")
        }
        return json
    }
}

/// A proposed change, as the operator's socket tells it.
package struct ProposalView: Sendable {
    package var id: Text
    package var status: ChangeProposal.Status?
    /// Where an administrator confirms it.
    package var url: Text
    package var confirmations: Int
    package var json: JSONValue

    init(_ json: JSONValue) throws(ClientError) {
        guard let id = json["id"]?.textValue, let status = json["status"]?.stringValue, let url = json["url"]?.textValue
        else { throw .unexpected("The server's answer is not a change.") }
        self.id = id
        self.status = ChangeProposal.Status(rawValue: status)
        self.url = url
        confirmations = json["confirmations"]?.arrayValue?.count ?? 0
        self.json = json
    }
}
