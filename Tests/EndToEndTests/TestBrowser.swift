import APIClient
import CanonicalEncoding
import DemoScenario
import DomainModel

/// A person at the console, over HTTP, with a software authenticator in place of a passkey.
struct TestBrowser: Sendable {
    struct Refused: Error {
        var status: Int
        var problem: JSONValue
    }

    var origin: Text
    var authenticator = SoftwareAuthenticator()
    var cookie: String?

    init(origin: Text) { self.origin = origin }

    mutating func enrol(link: Text) async throws {
        let token = Text(String(link.string.split(separator: "#").last ?? ""))
        let begun = try await post("/api/enrolment/begin", ["token": .string(token)])
        let credential = try authenticator.create(options: begun["options"] ?? .null, origin: origin)
        _ = try await post(
            "/api/enrolment/finish",
            ["token": .string(token), "ceremony": begun["ceremony"] ?? .null, "credential": credential])
    }

    /// The same person on the same device, before a server at another address.
    func visiting(_ origin: Text) -> TestBrowser {
        var copy = self
        copy.origin = origin
        return copy
    }

    func status(of id: RequestID) async throws -> RequestStatus? {
        try await page(of: id)["status"]?.stringValue.flatMap(RequestStatus.init(rawValue:))
    }

    /// What waits for this person.
    func waitingRequests() async throws -> [RequestID] {
        var copy = self
        let inbox = try await copy.exchange(call("GET", "/api/inbox", nil))
        return inbox["requests"]?.arrayValue?.compactMap { $0["id"]?.textValue.flatMap { RequestID($0) } } ?? []
    }

    mutating func vote(_ decision: Decision, on id: RequestID) async throws {
        _ = try await exchange(try await signedVote(decision, on: id))
    }

    /// A decision that is signed and not yet sent.
    mutating func signedVote(_ decision: Decision, on id: RequestID) async throws -> TransportRequest {
        let page = try await page(of: id)
        let begun = try await post(
            "/api/votes/begin",
            [
                "request": .string(id.text), "decision": "\(decision.rawValue)",
                "criteria": decision == .approve ? page["requirement"]?["criteria"] ?? [] : [],
                "rendering": page["rendering_digest"] ?? .null,
            ])
        return try signed("/api/votes/finish", begun)
    }

    /// Proposes a change and confirms it; gives what the server answered.
    @discardableResult
    mutating func apply(_ change: Change) async throws -> JSONValue {
        try await exchange(try await signedChange(change))
    }

    /// Confirms a change that somebody proposed.
    mutating func confirm(_ change: JSONValue, _ decision: Decision = .approve) async throws {
        _ = try await exchange(try await signedConfirmation(of: change, decision))
    }

    /// A change that is proposed, its confirmation signed and not yet sent.
    mutating func signedChange(_ change: Change) async throws -> TransportRequest {
        let proposed = try await post("/api/changes", ["change": change.json])
        return try await signedConfirmation(of: proposed["change"] ?? .null)
    }

    private mutating func signedConfirmation(
        of change: JSONValue, _ decision: Decision = .approve
    ) async throws -> TransportRequest {
        let begun = try await post("/api/changes/begin", ["change": change, "decision": "\(decision.rawValue)"])
        return try signed("/api/changes/finish", begun)
    }

    private func page(of id: RequestID) async throws -> JSONValue {
        var copy = self
        return try await copy.exchange(call("GET", "/api/requests/\(id)", nil))
    }

    private mutating func signed(_ path: Text, _ begun: JSONValue) throws -> TransportRequest {
        let credential = try authenticator.get(options: begun["options"] ?? .null, origin: origin)
        return call("POST", path, ["ceremony": begun["ceremony"] ?? .null, "credential": credential])
    }

    private mutating func post(_ path: Text, _ body: JSONValue) async throws -> JSONValue {
        try await exchange(call("POST", path, body))
    }

    /// As a page of the console makes it.
    private func call(_ method: String, _ path: Text, _ body: JSONValue?) -> TransportRequest {
        var request = TransportRequest(method: method, url: "\(origin)\(path)")
        request.headers = [("origin", origin.string), ("accept", "application/json")]
        if let cookie { request.headers.append(("cookie", cookie)) }
        if let body {
            request.headers.append(("content-type", "application/json"))
            request.body = CanonicalJSON.encode(body)
        }
        return request
    }

    private mutating func exchange(_ request: TransportRequest) async throws -> JSONValue {
        let response = try await AsyncHTTPTransport().exchange(request)
        let json = try JSONReader.read(response.body)
        guard (200...299).contains(response.status) else { throw Refused(status: response.status, problem: json) }
        if let set = response["set-cookie"] { cookie = String(set.string.prefix { $0 != ";" }) }
        return json
    }
}
