import APIClient
import CanonicalEncoding
import Foundation
import Testing

/// Threats MC-01 and MC-02 over HTTP, before a real tool server that writes down every line: what is not exactly one message of
/// the protocol reaches nobody.
@Suite(.timeLimit(.minutes(3))) struct NegativeMessageTests {
    private static let call =
        #"{"jsonrpc":"2.0","id":71,"method":"tools/call","params":{"name":"witness___echo","arguments":{"text":"x"}}}"#

    private static func batch(_ count: Int) -> String {
        "[" + (0..<count).map { call.replacing("71", with: "\(100 + $0)") }.joined(separator: ",") + "]"
    }

    private static func with(_ part: String, _ other: String) -> String { call.replacing(part, with: other) }

    /// What is sent, and the JSON-RPC code of its refusal.
    static let shapes: [(name: String, body: String, code: Int64)] = [
        ("a batch of none", batch(0), -32600), ("a batch of one", batch(1), -32600),
        ("a batch of a hundred", batch(100), -32600), ("a batch of five thousand", batch(5_000), -32600),
        ("a batch in a batch", "[\(batch(1))]", -32600),
        ("a hundred brackets", String(repeating: "[", count: 100), -32700),
        ("two documents", call + call, -32700), ("two lines", "\(call)\n\(call)", -32700),
        ("a method twice", with(#""method":"#, #""method":"tools/list","method":"#), -32700),
        ("a method twice, once escaped", with(#""method":"#, #""m\u0065thod":"tools/list","method":"#), -32700),
        ("a name twice", with(#""name":"#, #""name":"witness___gated","name":"#), -32700),
        ("an argument twice", with(#""text":"x""#, #""text":"x","t\u0065xt":"y""#), -32700),
        ("an id twice", with(#""id":71"#, #""id":71,"id":72"#), -32700),
        ("no id", with(#""id":71,"#, ""), -32600), ("id null", with("71", "null"), -32600),
        ("id a float", with("71", "7.5"), -32600), ("id with an exponent", with("71", "7e1"), -32600),
        ("id an object", with("71", "{}"), -32600), ("id a list", with("71", "[71]"), -32600),
        ("id true", with("71", "true"), -32600), ("id larger than 64 bits", with("71", "99999999999999999999"), -32700),
        ("params a list", with(#"{"name":"witness___echo","arguments":{"text":"x"}}"#, #"["witness___echo"]"#), -32600),
        ("params text", with(#"{"name":"witness___echo","arguments":{"text":"x"}}"#, #""x""#), -32600),
        ("another version", with("2.0", "2.1"), -32600), ("no version", with(#""jsonrpc":"2.0","#, ""), -32600),
        ("a member too many", with(#""id":71"#, #""id":71,"extra":1"#), -32600),
        ("a request that is also an answer", with(#""id":71"#, #""id":71,"result":{}"#), -32600),
        ("an answer to nothing", #"{"jsonrpc":"2.0","id":71,"result":{"content":[]}}"#, -32600),
        ("text", #""tools/call""#, -32600), ("a number", "71", -32600), ("null", "null", -32600),
        ("nothing", "", -32700),
        ("a byte order mark", "\u{FEFF}\(call)", -32700), ("a comment", "\(call)//", -32700),
        ("a trailing comma", with(#""x"}"#, #""x",}"#), -32700), ("NaN", with(#""x""#, "NaN"), -32700),
        ("a lone surrogate", with(#""x""#, #""\ud800""#), -32700),
    ]

    @Test func `what is not one message is refused by both kinds of revisions, and the tool server sees nothing`()
        async throws
    {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            let stateless = StatelessCalls(client: session.client)
            let fields = stateless.fields("tools/call", ["name": "witness___echo"])
            for (name, body, code) in Self.shapes {
                let inSession = try await session.send(body)
                #expect(inSession.rpcCode == code, "\(name): \(inSession.message)")
                #expect(inSession.status == 400, "\(name)")
                let alone = try await session.client.exchange("POST", "/mcp", fields, Array(body.utf8))
                #expect(alone.rpcCode == code, "\(name), stateless: \(alone.message)")
                #expect(alone.status == 400, "\(name), stateless")
            }
            let invalid = try await session.send(Array(Self.call.utf8).map { $0 == UInt8(ascii: "x") ? 0xFF : $0 })
            #expect(invalid.rpcCode == -32700)
            #expect(host.witness.seen.isEmpty)
            // The same message, well made, goes through: what is refused above is refused for its shape.
            #expect(try await session.send(Self.call).result?["isError"] == nil)
            #expect(host.witness.seen.count == 1)
            // An id counts once in a session.
            #expect(try await session.send(Self.call).rpcCode == -32600)
            #expect(host.witness.seen.count == 1)
        }
    }

    static let methods: [Text] = [
        "Tools/Call", "TOOLS/CALL", "tools/call ", " tools/call", "tools/call\t", "tools/call\u{0}", "tools//call",
        "tools/call/", "tools/calls", "tools\u{FF0F}call", "rpc.discover", "sampling/createMessage",
        "elicitation/create",
        "roots/list", "resources/subscribe", "notifications/tools/list_changed", "",
    ]

    @Test func `a method that is spelt otherwise or that nobody knows is refused, and so is a call without an id`()
        async throws
    {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            let stateless = StatelessCalls(client: session.client)
            let params: JSONObject = ["name": "witness___echo", "arguments": ["text": "x"]]
            for (index, method) in Self.methods.enumerated() {
                let inSession = try await session.ask(method, params, id: .integer(Int64(index + 1)))
                #expect([-32601, -32600].contains(inSession.rpcCode), "\(method): \(inSession.message)")
                // The header says what a proxy in between would let through.
                var fields = stateless.fields("tools/call", params)
                var alone = try await session.client.exchange(
                    "POST", "/mcp", fields, CanonicalJSON.encode(stateless.message(method, params)))
                #expect([-32020, -32600, -32601].contains(alone.rpcCode), "\(method): \(alone.message)")
                if method.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !method.isEmpty {
                    fields.removeAll { $0.name == "mcp-method" || $0.name == "mcp-name" }
                    fields.append(("mcp-method", method.string))
                    alone = try await session.client.exchange(
                        "POST", "/mcp", fields, CanonicalJSON.encode(stateless.message(method, params)))
                    #expect(alone.rpcCode == -32601 || alone.rpcCode == -32600, "\(method): \(alone.message)")
                }
            }
            for method in ["tools/call", "resources/read", "prompts/get", "tasks/cancel"] as [Text] {
                let body = CanonicalJSON.encode([
                    "jsonrpc": "2.0", "method": .string(method), "params": .object(params),
                ])
                #expect(try await session.send(body).rpcCode == -32600, "\(method)")
            }
            #expect(host.witness.seen.isEmpty)
        }
    }

    /// `Mcp-…` headers that do not say what the body says (MC-03), as they are sent: a proxy in between may have believed them.
    static let headers: [(name: String, bend: @Sendable (inout GatewayClient.Fields) -> Void)] = {
        func set(_ name: String, _ values: String...) -> @Sendable (inout GatewayClient.Fields) -> Void {
            { fields in
                fields.removeAll { $0.name == name }
                fields += values.map { (name, $0) }
            }
        }
        return [
            ("another method", set("mcp-method", "tools/list")), ("no method", set("mcp-method")),
            ("a method twice", set("mcp-method", "tools/call", "tools/call")),
            ("two methods", set("mcp-method", "tools/call", "tools/list")),
            ("a method in capitals", set("mcp-method", "Tools/Call")),
            ("two methods in one", set("mcp-method", "tools/call, tools/call")),
            ("another name", set("mcp-name", "witness___slow")), ("no name", set("mcp-name")),
            ("a name twice", set("mcp-name", "witness___placed", "witness___placed")),
            ("a name of other case", set("mcp-name", "Witness___placed")),
            ("a name that is encoded without need", set("mcp-name", "=?base64?d2l0bmVzc19fX3BsYWNlZA==?=")),
            ("a name that is encoded without its padding", set("mcp-name", "=?base64?d2l0bmVzc19fX3BsYWNlZA?=")),
            ("a name that is encoded with other spare bits", set("mcp-name", "=?base64?d2l0bmVzc19fX3BsYWNlZB==?=")),
            ("a sentinel in capitals", set("mcp-name", "=?BASE64?d2l0bmVzc19fX3BsYWNlZA==?=")),
            ("no revision", set("mcp-protocol-version")),
            ("a revision of sessions", set("mcp-protocol-version", "2025-11-25")),
            ("a revision twice", set("mcp-protocol-version", "2026-07-28", "2026-07-28")),
            ("a revision that nobody speaks", set("mcp-protocol-version", "2027-01-01")),
            ("another argument", set("mcp-param-region", "us")), ("no argument", set("mcp-param-region")),
            ("an argument twice", set("mcp-param-region", "eu", "eu")),
            ("an argument that is encoded without need", set("mcp-param-region", "=?base64?ZXU=?=")),
            ("an argument that the tool does not have", { $0.append(("mcp-param-zone", "eu")) }),
        ]
    }()

    @Test func `a header that does not say what the body says is a mismatch, and nothing is forwarded`() async throws {
        try await GatewayHost.run { host in
            let stateless = StatelessCalls(client: try host.client())
            let region: (inout GatewayClient.Fields) -> Void = { $0.append(("mcp-param-region", "eu")) }
            for (name, bend) in Self.headers {
                let answer = try await stateless.call("witness___placed", ["region": "eu"]) {
                    region(&$0)
                    bend(&$0)
                }
                #expect(answer.status == 400, "\(name): \(answer.status)")
                let code = answer.rpcCode
                #expect(
                    code == -32020 || (name.contains("nobody speaks") && code == -32022), "\(name): \(answer.message)")
            }
            #expect(host.witness.seen.isEmpty)
            #expect(try await stateless.call("witness___placed", ["region": "eu"], bend: region).result != nil)
            // In a session the headers of the other revisions may be there, and then they must be true.
            let session = try await GatewaySession(try host.client())
            let body = CanonicalJSON.encode([
                "jsonrpc": "2.0", "id": 5, "method": "tools/call",
                "params": ["name": "witness___echo", "arguments": ["text": "x"]],
            ])
            let wrong = session.fields + [("mcp-method", "tools/list"), ("mcp-name", "witness___echo")]
            #expect(try await session.client.exchange("POST", "/mcp", wrong, body).rpcCode == -32020)
            #expect(host.witness.seen.count == 1)
        }
    }

    @Test func `ten megabytes of arguments are refused, however they come, and the tool server sees nothing`()
        async throws
    {
        try await GatewayHost.run { host in
            let session = try await GatewaySession(try host.client())
            let text = String(repeating: "a", count: 10_000_000)
            let body = Array(Self.call.replacing("\"x\"", with: "\"\(text)\"").utf8)
            let request = try await session.client.request("POST", "/mcp", session.fields, body)
            // The answer comes before the body has been read, and the connection may be gone before the answer is.
            let answer = try? await AsyncHTTPTransport().exchange(request)
            #expect(answer == nil || answer?.status == 413, "\(answer?.status ?? 0)")
            let long = String(repeating: "b", count: 70_000)
            #expect(try await session.send(Self.call.replacing("\"x\"", with: "\"\(long)\"")).rpcCode == -32700)
            let deep = String(repeating: #"{"a":"#, count: 200) + "1" + String(repeating: "}", count: 200)
            #expect(try await session.send(Self.call.replacing(#"{"text":"x"}"#, with: deep)).rpcCode == -32700)
            #expect(host.witness.seen.isEmpty)
            // The server still answers.
            #expect(try await session.call("witness___echo", ["text": "x"], id: 3).result != nil)
        }
    }
}
