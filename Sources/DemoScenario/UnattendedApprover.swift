import AsyncHTTPClient
import CanonicalEncoding
import NIOCore

/// Plays the approver without a person, over the same public HTTP path that a browser uses and with the software
/// authenticator's user verification. It exists in the demo alone.
struct UnattendedApprover {
    var origin: Text
    private var authenticator = SoftwareAuthenticator()
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
        let inbox = try await exchange("GET", "/api/inbox", nil)
        return inbox["requests"]?.arrayValue?.first
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
        try await exchange("POST", path, body)
    }

    private mutating func keep(_ cookie: String?) {
        if let cookie { self.cookie = cookie }
    }

    private func request(_ method: String, _ path: String, _ body: JSONValue?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "\(origin)\(path)")
        request.method = .RAW(value: method)
        request.headers.add(name: "Origin", value: origin.string)
        request.headers.add(name: "Accept", value: "application/json")
        if let cookie { request.headers.add(name: "Cookie", value: cookie) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: CanonicalJSON.encode(body)))
        }
        return request
    }
}

extension UnattendedApprover {
    private static let limit = 1 << 20

    /// A call as a browser's page makes it.
    private func exchange(_ method: String, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        try await answered(method, path, body).json
    }

    private mutating func exchange(_ method: String, _ path: String, _ body: JSONValue) async throws -> JSONValue {
        let answer = try await answered(method, path, body)
        keep(answer.cookie)
        return answer.json
    }

    private func answered(
        _ method: String, _ path: String, _ body: JSONValue?
    ) async throws -> (json: JSONValue, cookie: String?) {
        let response = try await HTTPClient.shared.execute(request(method, path, body), timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: Self.limit)
        let json = try JSONReader.read(Array(bytes.readableBytesView))
        guard (200...299).contains(response.status.code) else {
            throw DemoFailure(
                "The console refused \(path): \(json["detail"]?.stringValue ?? "\(response.status.code)")")
        }
        let cookie = response.headers["Set-Cookie"].first.map { String($0.prefix { $0 != ";" }) }
        return (json, cookie)
    }
}
