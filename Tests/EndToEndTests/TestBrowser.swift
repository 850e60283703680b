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

    mutating func vote(_ decision: Decision, on id: RequestID) async throws {
        let page = try await send("GET", "/api/requests/\(id)", nil)
        let begun = try await post(
            "/api/votes/begin",
            [
                "request": .string(id.text), "decision": "\(decision.rawValue)",
                "criteria": decision == .approve ? page["requirement"]?["criteria"] ?? [] : [],
                "rendering": page["rendering_digest"] ?? .null,
            ])
        try await finish("/api/votes/finish", begun)
    }

    /// Proposes a change and confirms it.
    mutating func apply(_ change: Change) async throws {
        let proposed = try await post("/api/changes", ["change": change.json])
        let begun = try await post(
            "/api/changes/begin", ["change": proposed["change"] ?? .null, "decision": "approve"])
        try await finish("/api/changes/finish", begun)
    }

    private mutating func finish(_ path: Text, _ begun: JSONValue) async throws {
        let credential = try authenticator.get(options: begun["options"] ?? .null, origin: origin)
        _ = try await post(path, ["ceremony": begun["ceremony"] ?? .null, "credential": credential])
    }

    private mutating func post(_ path: Text, _ body: JSONValue) async throws -> JSONValue {
        try await send("POST", path, body)
    }

    private mutating func send(_ method: String, _ path: Text, _ body: JSONValue?) async throws -> JSONValue {
        var request = TransportRequest(method: method, url: "\(origin)\(path)")
        request.headers = [("origin", origin.string), ("accept", "application/json")]
        if let cookie { request.headers.append(("cookie", cookie)) }
        if let body {
            request.headers.append(("content-type", "application/json"))
            request.body = CanonicalJSON.encode(body)
        }
        let response = try await AsyncHTTPTransport().exchange(request)
        let json = try JSONReader.read(response.body)
        guard (200...299).contains(response.status) else { throw Refused(status: response.status, problem: json) }
        if let set = response["set-cookie"] { cookie = String(set.string.prefix { $0 != ";" }) }
        return json
    }
}
