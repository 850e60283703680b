import AuthorityCore
import AuthorityTestKit
import MCPGateway
import CanonicalEncoding
import Testing

/// Threats MC-01, MC-02 and MC-03: whatever is not exactly one message of the protocol reaches nobody.
@Suite struct StrictMessageTests {
    private static let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{}}}"#

    /// A body, the code and the HTTP status of its answer.
    static let shapes: [(String, Int64, Int)] = [
        ("[]", -32600, 400),
        ("[\(call)]", -32600, 400),
        ("[" + Array(repeating: call, count: 100).joined(separator: ",") + "]", -32600, 400),
        ("[[\(call)]]", -32600, 400),
        ("", -32700, 400),
        ("{", -32700, 400),
        (call + call, -32700, 400),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"t"}}"#, -32700, 400),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","name":"u"}}"#, -32700, 400),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":1,"\u0061":2}}}"#,
            -32700, 400
        ),
        (#"{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"t"}}"#, -32600, 400),
        (#"{"jsonrpc":"2.0","id":1.5,"method":"tools/call","params":{"name":"t"}}"#, -32600, 400),
        (#"{"jsonrpc":"2.0","id":true,"method":"tools/call","params":{"name":"t"}}"#, -32600, 400),
        (#"{"jsonrpc":"2.0","id":{"a":1},"method":"tools/call","params":{"name":"t"}}"#, -32600, 400),
        (#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"t"}}"#, -32600, 400),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["t"]}"#, -32600, 400),
        (#"{"jsonrpc":"1.0","id":1,"method":"tools/call","params":{"name":"t"}}"#, -32600, 400),
        (#"{"id":1,"method":"tools/call","params":{"name":"t"}}"#, -32600, 400),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"},"extra":1}"#, -32600, 400),
        (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, -32600, 400),
        (#"{"jsonrpc":"2.0","method":"notifications/of-nobody"}"#, -32600, 400),
    ]

    @Test(arguments: shapes)
    func `what is not one message is refused, and nothing is asked of the gateway`(
        body: String, code: Int64, status: Int
    ) async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway)
            let stateless = StatelessClient(gateway: gateway)
            for headers in [client.headers, stateless.headers("tools/call", ["name": "t"])] {
                let answer = try await gateway.post(bytes: Array(body.utf8), "/mcp", headers)
                #expect(answer.status == status, "\(body)")
                #expect(answer.code == code, "\(body)")
                #expect(answer.json["id"] == .null)
            }
            #expect(gateway.useCases.performed.isEmpty)
        }
    }

    @Test(arguments: [
        "Tools/Call", "tools/call ", " tools/call", "tools/Call", "tools", "rpc.discover", "resources/subscribe",
        "sampling/createMessage", "elicitation/create", "roots/list", "completion", "tools/call\u{0}",
    ])
    func `a method that is not known is refused in both kinds of revisions`(method: String) async throws {
        try await GatewayUnderTest.run { gateway in
            let session = try await SessionClient(gateway)
            let inSession = try await session.ask(Text(method), ["name": "t"])
            #expect(inSession.code == -32601)
            #expect(inSession.status == 200)
            let stateless = try await StatelessClient(gateway: gateway).ask(Text(method)) {
                if method.contains("\u{0}") || method.contains(" ") { $0["Mcp-Method"] = "tools/call" }
            }
            #expect([-32601, -32020].contains(stateless.code))
            #expect([404, 400].contains(stateless.status))
            #expect(gateway.useCases.performed.isEmpty)
        }
    }

    @Test func `ten megabytes of arguments are refused before they are read`() async throws {
        try await GatewayUnderTest.run { gateway in
            let session = try await SessionClient(gateway)
            let body = Array(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":""#.utf8)
            let answer = try await gateway.post(
                bytes: body + Array(repeating: UInt8(ascii: "x"), count: 10_000_000), "/mcp", session.headers)
            #expect(answer.status == 413)
            #expect(answer.code == -32600)
            #expect(gateway.useCases.performed.isEmpty)
        }
    }

    @Test func `another media type, and a client that takes no JSON, are refused`() async throws {
        try await GatewayUnderTest.run { gateway in
            let session = try await SessionClient(gateway)
            var headers = session.headers
            headers["Content-Type"] = "text/plain"
            #expect(try await gateway.post(["jsonrpc": "2.0"], "/mcp", headers).status == 415)
            headers = session.headers
            headers["Accept"] = "text/html"
            #expect(try await gateway.post(["jsonrpc": "2.0"], "/mcp", headers).status == 406)
        }
    }

    /// A change to the headers of a good stateless call that makes them say something else than the body.
    static let mismatches: [[String: String]] = [
        ["MCP-Protocol-Version": ""], ["MCP-Protocol-Version": "2026-07-28\n2026-07-28"],
        ["Mcp-Method": "tools/list"], ["Mcp-Method": "tools/call\ntools/call"], ["Mcp-Method": ""],
        ["Mcp-Name": "other"], ["Mcp-Name": "t\nt"], ["Mcp-Name": "T"], ["Mcp-Name": ""],
        ["Mcp-Name": "=?base64?dA?="], ["Mcp-Name": "=?BASE64?dA==?="], ["Mcp-Name": "=?base64?dB==?="],
        ["Mcp-Param-Region": "eu"],
    ]

    @Test(arguments: mismatches)
    func `headers that say something else than the body are refused`(change: [String: String]) async throws {
        try await GatewayUnderTest.run { gateway in
            let client = StatelessClient(gateway: gateway)
            let answer = try await client.ask("tools/call", ["name": "t", "arguments": [:]]) { headers in
                for (name, value) in change { headers[name] = value }
            }
            #expect(answer.status == 400, "\(change)")
            #expect(answer.code == -32020 || answer.code == -32022, "\(change)")
            #expect(gateway.useCases.performed.isEmpty)
        }
    }

    @Test func `a missing header is refused as well, and what says the same is taken`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = StatelessClient(gateway: gateway)
            for name in ["Mcp-Method", "Mcp-Name", "MCP-Protocol-Version"] {
                let answer = try await client.ask("tools/call", ["name": "t"]) { $0[name] = nil }
                #expect(answer.code == -32020, "\(name)")
            }
            #expect(gateway.useCases.performed.isEmpty)
            let good = try await client.ask("tools/call", ["name": "t\u{fc}"]) { $0["Mcp-Name"] = "=?base64?dMO8?=" }
            #expect(good.status == 200)
            #expect(gateway.useCases.performed.map(\.operation) == [.callTool(name: "t\u{fc}", arguments: [:])])
        }
    }

    @Test func `an old revision with a new body is refused, and so are routing headers that lie in an old one`()
        async throws
    {
        try await GatewayUnderTest.run { gateway in
            let session = try await SessionClient(gateway)
            let stateless = StatelessClient(gateway: gateway)
            let mixed = try await gateway.post(
                stateless.message("tools/call", ["name": "t"]), "/mcp", session.headers)
            #expect(mixed.code == -32020)
            var headers = session.headers
            headers["Mcp-Method"] = "tools/list"
            let lying = try await gateway.post(
                ["jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": ["name": "t"]], "/mcp", headers)
            #expect(lying.code == -32020)
            #expect(gateway.useCases.performed.isEmpty)
        }
    }

    @Test(
        arguments: [
            ["name": "t", "extra": 1], ["arguments": [:]], ["name": 1], ["name": "t", "arguments": []],
            ["name": "t", "arguments": nil], ["name": "t", "_meta": 1], ["name": "t", "task": 1],
            ["name": "t", "task": ["ttl": 1, "other": 2]], ["name": "t", "requestState": "x"],
        ] as [JSONValue])
    func `parameters that nobody reads or that are not as they have to be are refused`(params: JSONValue) async throws {
        try await GatewayUnderTest.run { gateway in
            let session = try await SessionClient(gateway)
            let answer = try await session.ask("tools/call", try #require(params.objectValue))
            #expect(answer.code == -32602)
            #expect(gateway.useCases.performed.isEmpty)
        }
    }

    @Test func `a header of a parameter has to say what the argument says`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.publish(
                .tools,
                [
                    [
                        "name": "t",
                        "inputSchema": [
                            "type": "object",
                            "properties": [
                                "region": ["type": "string", "x-mcp-header": "Region"],
                                "deep": [
                                    "type": "object",
                                    "properties": ["count": ["type": "integer", "x-mcp-header": "Count"]],
                                ],
                            ],
                        ],
                    ]
                ])
            let client = StatelessClient(gateway: gateway)
            func code(_ arguments: JSONObject, _ headers: [String: String]) async throws -> Int64? {
                try await client.ask("tools/call", ["name": "t", "arguments": .object(arguments)]) {
                    for (name, value) in headers { $0[name] = value }
                }.code
            }
            let right: [(JSONObject, [String: String])] = [
                (["region": "eu"], ["Mcp-Param-Region": "eu"]), (["region": nil], [:]),
                (["deep": ["count": 42]], ["mcp-param-count": "42.0"]),
            ]
            for (arguments, headers) in right {
                let code = try await code(arguments, headers)
                #expect(code == nil, "\(arguments) \(headers)")
            }
            let wrong: [(JSONObject, [String: String])] = [
                (["region": "eu"], [:]), (["region": "eu"], ["Mcp-Param-Region": "us"]),
                (["region": "eu"], ["Mcp-Param-Region": "eu\neu"]), ([:], ["Mcp-Param-Region": "eu"]),
                (["region": nil], ["Mcp-Param-Region": "eu"]),
                (["region": "eu"], ["Mcp-Param-Region": "=?base64?eA?="]),
                (["region": "eu"], ["Mcp-Param-Region": "eu", "Mcp-Param-Other": "x"]),
                (["deep": ["count": 42]], ["Mcp-Param-Count": "042"]),
                (["deep": ["count": 42]], ["Mcp-Param-Count": "42.5"]),
            ]
            for (arguments, headers) in wrong {
                let code = try await code(arguments, headers)
                #expect(code == -32020, "\(arguments) \(headers)")
            }
            #expect(gateway.useCases.performed.count == 3)
        }
    }
}
