import APIClient
import CanonicalEncoding

/// Plays the approver without a person, over the same public HTTP path that a browser uses and with the software
/// authenticator's user verification. It exists in the demo alone.
struct UnattendedApprover {
    var origin: Text
    private var authenticator = SoftwareAuthenticator()
    private let transport = AsyncHTTPTransport()
    private var cookie: String?

    init(origin: Text) {
        self.origin = origin
    }

    /// Opens the enrolment link and creates a passkey.
    mutating func enrol(link: Text) async throws {
        guard let hash = link.string.firstIndex(of: "#") else { throw DemoFailure("The enrolment link has no token.") }
        let token = Text(String(link.string[link.string.index(after: hash)...]))
        let begun = try await post("/api/enrolment/begin", ["token": .string(token)])
        guard let ceremony = begun["ceremony"], let options = begun["options"] else {
            throw DemoFailure("The console did not begin the enrolment.")
        }
        let credential = try authenticator.create(options: options, origin: origin)
        _ = try await post(
            "/api/enrolment/finish", ["token": .string(token), "ceremony": ceremony, "credential": credential])
    }

    /// The first request in the inbox, or nil.
    func firstPending() async throws -> JSONValue? {
        let inbox = try await answered("GET", "/api/inbox", nil)
        return inbox.json["requests"]?.arrayValue?.first
    }

    /// Approves a request as it stands in the inbox, with every criterion.
    mutating func approve(_ request: JSONValue) async throws {
        guard let id = request["id"], let rendering = request["rendering_digest"] else {
            throw DemoFailure("The inbox shows a request without id or rendering.")
        }
        let criteria = request["requirement"]?["criteria"] ?? []
        let begun = try await post(
            "/api/votes/begin", ["request": id, "decision": "approve", "criteria": criteria, "rendering": rendering])
        guard let ceremony = begun["ceremony"], let options = begun["options"] else {
            throw DemoFailure("The console did not begin the vote.")
        }
        let credential = try authenticator.get(options: options, origin: origin)
        _ = try await post("/api/votes/finish", ["ceremony": ceremony, "credential": credential])
    }

    private mutating func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        let answer = try await answered("POST", path, body)
        // The session lets it look at the inbox; each decision is signed anew.
        if let fresh = answer.cookie { cookie = fresh }
        return answer.json
    }

    /// A call as a page of the console makes it.
    private func answered(
        _ method: String, _ path: String, _ body: JSONValue?
    ) async throws -> (json: JSONValue, cookie: String?) {
        var request = TransportRequest(method: method, url: "\(origin)\(path)")
        request.headers = [("origin", origin.string), ("accept", "application/json")]
        if let cookie { request.headers.append(("cookie", cookie)) }
        if let body {
            request.headers.append(("content-type", "application/json"))
            request.body = CanonicalJSON.encode(body)
        }
        let response = try await transport.exchange(request)
        let json = try JSONReader.read(response.body)
        guard (200...299).contains(response.status) else {
            throw DemoFailure("The console refused \(path): \(json["detail"]?.stringValue ?? "\(response.status)")")
        }
        let cookie = response["set-cookie"].map { String($0.string.prefix { $0 != ";" }) }
        return (json, cookie)
    }
}
