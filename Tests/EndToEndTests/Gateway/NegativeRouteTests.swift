import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing
import WireProtocol

/// Threat MC-15 and who may call at all: every other way to a gated tool, over HTTP with a witness.
@Suite(.timeLimit(.minutes(3))) struct NegativeRouteTests {
    @Test func `a tool of the gateway is executed by nobody else, whatever people approved`() async throws {
        try await GatewayHost.run { host in
            let client = try host.installation.agent(host.server)
            let body = try OpenRequestBody(
                json: ["action": ["tool": ["server": "witness", "name": "gated"], "arguments": ["row": 1]]])
            // Whether it can be asked for here at all: what matters is that no token comes of it.
            if let request = try? await client.open(body, idempotencyKey: "one") {
                if request.status == .pending { try await host.browser.vote(.approve, on: request.id) }
                for audience in [try host.agent, try Scenario.name("countersign-gateway") as AgentID] {
                    await #expect(throws: (any Error).self) { try await client.token(request.id, audience: audience) }
                }
            }
            // Nobody can take the gateway's name.
            let name: AgentID = try Scenario.name("countersign-gateway")
            let key = host.installation.key.publicKey.json
            await #expect(throws: TestBrowser.Refused.self) {
                try await host.browser.apply(
                    .addAgent(
                        .init(
                            id: name, owner: try Scenario.name("owner"), purpose: "x", environment: nil, groups: [],
                            jwk: key, endsAt: Installation.now().adding(seconds: 60))))
            }
            #expect(host.witness.seen.isEmpty)
        }
    }

    /// A set in which an agent may call `echo` and nothing else.
    private static let echoAlone: Text =
        #"@id("echo") permit (principal, action == Countersign::Action::"witness___echo", resource);"#

    @Test func `resources, prompts and completions are gated like tools, and lists show no more than may be asked for`()
        async throws
    {
        try await GatewayHost.run(policy: Self.echoAlone) { host in
            for path in ["/mcp", "/mcp/witness"] {
                let session = try await GatewaySession(try host.client(), at: path)
                let prefix = path == "/mcp" ? "witness___" : ""
                let asked: [(Text, JSONObject)] = [
                    ("resources/read", ["uri": "note://one"]), ("resources/read", ["uri": "witness___note://one"]),
                    ("resources/read", ["uri": "file:///etc/passwd"]),
                    ("prompts/get", ["name": .string(Text("\(prefix)greet"))]),
                    (
                        "completion/complete",
                        [
                            "ref": ["type": "ref/prompt", "name": .string(Text("\(prefix)greet"))],
                            "argument": ["name": "who", "value": "a"],
                        ]
                    ),
                    ("tools/call", ["name": .string(Text("\(prefix)gated")), "arguments": ["row": 1]]),
                    (
                        "tools/call",
                        ["name": .string(Text("\(prefix)resources/read")), "arguments": ["uri": "note://one"]]
                    ),
                    (
                        "tools/call",
                        [
                            "name": .string(Text("\(prefix)prompts/get")),
                            "arguments": ["name": "greet", "arguments": [:]],
                        ]
                    ),
                    ("tools/call", ["name": .string(Text("\(prefix)nothing")), "arguments": [:]]),
                    ("tools/call", ["name": "other___echo", "arguments": ["text": "x"]]),
                    ("tools/call", ["name": "witness__echo", "arguments": ["text": "x"]]),
                    ("tools/call", ["name": "witness___witness___echo", "arguments": ["text": "x"]]),
                ]
                for (index, (method, params)) in asked.enumerated() {
                    let answer = try await session.ask(method, params, id: .integer(Int64(index + 1)))
                    #expect(
                        answer.rpcCode != nil || answer.gateStatus == "refused",
                        "\(method) \(params): \(answer.message)")
                }
                let listed = try await session.ask("tools/list", id: 90)
                let names = listed.result?["tools"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
                #expect(names == ["\(prefix)echo"], "\(listed.message)")
            }
            #expect(host.witness.seen.isEmpty)
            #expect(try await host.browser.waitingRequests().isEmpty)
        }
    }

    /// The other side of the test above: what is refused there is refused by policy.
    @Test func `a resource, a prompt and a completion reach the tool server where policy lets them`() async throws {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            let asked: [(Text, JSONObject)] = [
                ("resources/read", ["uri": "witness+note://one"]), ("prompts/get", ["name": "witness___greet"]),
                (
                    "completion/complete",
                    [
                        "ref": ["type": "ref/prompt", "name": "witness___greet"],
                        "argument": ["name": "who", "value": "a"],
                    ]
                ),
            ]
            for (index, (method, params)) in asked.enumerated() {
                let answer = try await session.ask(method, params, id: .integer(Int64(index + 1)))
                #expect(answer.rpcCode == nil, "\(method): \(answer.message)")
                #expect(host.witness.seen.count == index + 1, "\(method)")
            }
        }
    }

    @Test func `no session, no call of it and no task is anybody else's, and a session is its own address's`()
        async throws
    {
        try await GatewayHost.run { host in
            let own = try await GatewaySession(try host.client())
            let stranger = try await host.stranger()
            let body = CanonicalJSON.encode([
                "jsonrpc": "2.0", "id": 9, "method": "tools/call",
                "params": ["name": "witness___echo", "arguments": ["text": "x"]],
            ])
            #expect(try await stranger.exchange("POST", "/mcp", own.fields, body).status == 404)
            #expect(try await stranger.exchange("DELETE", "/mcp", own.fields).status == 404)
            #expect(try await own.client.exchange("POST", "/mcp/witness", own.fields, body).status == 404)
            let waiting = try await own.call("witness___gated", ["row": 1], id: 1)
            let request = try #require(waiting.result?["structuredContent"]?["request"])
            let theirs = try await GatewaySession(stranger)
            for (id, method) in [(1, "tasks/get"), (2, "tasks/cancel"), (3, "tasks/result")] as [(Int64, Text)] {
                let answer = try await theirs.ask(method, ["taskId": request], id: .integer(id))
                #expect(answer.rpcCode == -32602, "\(method): \(answer.message)")
            }
            let same = try await theirs.call("witness___gated", ["row": 1], id: 4)
            #expect(same.result?["structuredContent"]?["request"] != request, "\(same.message)")
            #expect(host.witness.seen.isEmpty)
            #expect(try await host.browser.waitingRequests().count == 2)
        }
    }

    @Test func `nobody calls without a token of an agent and a proof for that very address`() async throws {
        try await GatewayHost.run { host in
            let own = try host.client()
            let session = try await GatewaySession(own)
            let body = CanonicalJSON.encode([
                "jsonrpc": "2.0", "id": 9, "method": "tools/call",
                "params": ["name": "witness___echo", "arguments": ["text": "x"]],
            ])
            let good = try await own.request("POST", "/mcp", session.fields, body)
            func without(_ names: Set<String>, _ more: GatewayClient.Fields = []) -> TransportRequest {
                var request = good
                request.headers = request.headers.filter { !names.contains($0.name) } + more
                return request
            }
            var elsewhere = try await own.request("POST", "/mcp", session.fields, body)
            elsewhere.url = "\(own.server)/mcp/witness"
            let token = try await own.accessToken()
            for (name, request) in [
                ("nothing", without(["authorization", "dpop"])), ("no proof", without(["dpop"])),
                ("no token", without(["authorization"])), ("a proof for another address", elsewhere),
                (
                    "a bound token as a bearer's",
                    without(["authorization", "dpop"], [("authorization", "Bearer \(token)")])
                ),
                ("a browser's origin", without([], [("origin", "http://127.0.0.1")])),
                ("a cookie", without([], [("cookie", "a=b")])),
            ] {
                let answer = try await AsyncHTTPTransport().exchange(request)
                #expect(answer.status == 401 || answer.status == 403, "\(name): \(answer.status)")
                if answer.status == 401 {
                    let challenges = answer.headers.filter { $0.name == "www-authenticate" }.map(\.value).joined()
                    #expect(
                        challenges.contains(
                            "resource_metadata=\"\(own.server)/.well-known/oauth-protected-resource/mcp"), "\(name)")
                }
            }
            #expect(try await AsyncHTTPTransport().exchange(good).status == 200)
            #expect(try await AsyncHTTPTransport().exchange(good).status == 401)
            #expect(host.witness.seen.count == 1)
        }
    }

    @Test func `a bearer token calls tools where it was allowed, and nothing that was asked with the key is its own`()
        async throws
    {
        try await GatewayHost.run { host in
            let bearer = try host.client(scheme: .bearer)
            await #expect(throws: GatewayClient.NoToken.self) { try await bearer.accessToken() }
            try await host.browser.apply(.allowBearer(try host.agent))
            let session = try await GatewaySession(bearer)
            #expect(try await session.call("witness___echo", ["text": "x"], id: 1).gateStatus == nil)
            #expect(host.witness.seen.count == 1)
            // A call that was proved, its session and its result are somebody else's to a bearer.
            let proved = try await GatewaySession(try host.client())
            let waiting = try await proved.call("witness___gated", ["row": 1], id: 1)
            let request = try #require(waiting.result?["structuredContent"]?["request"])
            #expect(try await bearer.exchange("POST", "/mcp", proved.fields, Array("{}".utf8)).status != 200)
            for (id, method) in [(2, "tasks/get"), (3, "tasks/cancel")] as [(Int64, Text)] {
                #expect(
                    try await session.ask(method, ["taskId": request], id: .integer(id)).rpcCode == -32602, "\(method)")
            }
            let weak = try await session.call("witness___gated", ["row": 1], id: 4)
            #expect(weak.result?["structuredContent"]?["request"] != request, "\(weak.message)")
            // It opens no other address, and is worth nothing once it was taken away.
            let token = try await bearer.accessToken()
            for path in ["/v1/requests/req_x", "/oauth/introspect"] {
                let answer = try await AsyncHTTPTransport().exchange(
                    TransportRequest(
                        method: path.hasPrefix("/v1") ? "GET" : "POST", url: "\(bearer.server)\(path)",
                        headers: [("authorization", "Bearer \(token)")]))
                #expect(answer.status == 401, "\(path)")
            }
            try await host.browser.apply(.refuseBearer(try host.agent))
            let late = try await session.call("witness___echo", ["text": "x"], id: 5)
            #expect(late.status == 401)
            #expect(host.witness.seen.count == 1)
        }
    }
}
