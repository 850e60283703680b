import CanonicalEncoding
import Testing

/// `countersign mcp` before a peer: the stateless revision, and what goes wrong in every revision.
@Suite(.timeLimit(.minutes(3))) struct BridgeTests {
    private static func stateless(_ method: Text, _ params: JSONObject, id: JSONValue = 3) -> JSONValue {
        var params = params
        params["_meta"] = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": ["name": "t", "version": "1"],
            "io.modelcontextprotocol/clientCapabilities": [:],
        ]
        return ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]
    }

    private func with(
        arguments: [String] = [], _ body: (MCPPeer, BridgeProgram) async throws -> Void
    ) async throws {
        let peer = try await MCPPeer()
        let bridge = try BridgeProgram(peer.url, arguments: arguments)
        defer { bridge.end() }
        try await body(peer, bridge)
        await peer.shutdown()
    }

    private static let named: [(method: Text, params: JSONObject, name: String?)] = [
        ("tools/call", ["name": "count", "arguments": [:]], "count"),
        ("tools/call", ["name": "zählen", "arguments": [:]], "=?base64?esOkaGxlbg==?="),
        ("resources/read", ["uri": "orders://schema"], "orders://schema"), ("tasks/get", ["taskId": "t-1"], "t-1"),
        ("server/discover", [:], nil), ("tools/list", [:], nil),
    ]

    @Test(arguments: named)
    func `the headers of a stateless call say what its body says`(method: Text, params: JSONObject, name: String?)
        async throws
    {
        try await with { peer, bridge in
            try bridge.send(Self.stateless(method, params))
            let call = try #require(try await peer.next(method))
            #expect(call.headers["mcp-protocol-version"] == "2026-07-28")
            #expect(call.headers["mcp-method"] == method.string && call.headers["mcp-name"] == name)
            #expect(call.headers["mcp-session-id"] == nil)
            call.answer(result: ["resultType": "complete"])
            #expect(try await bridge.next()?["result"]?["resultType"] == "complete")
        }
    }

    @Test func `arguments that a tool wants in headers as well are put there, once its definition was seen`()
        async throws
    {
        let call = Self.stateless(
            "tools/call", ["name": "count", "arguments": ["where": ["region": "süd"], "limit": 7, "no": nil]])
        let properties: JSONValue = [
            "limit": ["type": "integer", "x-mcp-header": "Limit"], "no": ["type": "string", "x-mcp-header": "No"],
            "where": ["properties": ["region": ["type": "string", "x-mcp-header": "Region"]]],
            "evil": ["type": "string", "x-mcp-header": "a: b"],
        ]
        try await with { peer, bridge in
            try bridge.send(call)
            let first = try #require(try await peer.next("tools/call"))
            #expect(first.headers.keys.allSatisfy { !$0.hasPrefix("mcp-param-") })
            let mismatch: JSONValue = ["jsonrpc": "2.0", "id": 3, "error": ["code": -32020, "message": "m"]]
            first.answer(400, mismatch)
            let list = try #require(try await peer.next("tools/list"))
            #expect(list.headers["mcp-protocol-version"] == "2026-07-28" && list.headers["mcp-method"] == "tools/list")
            list.answer(result: ["tools": [["name": "count", "inputSchema": ["properties": properties]]]])
            for _ in 0..<2 {
                let again = try #require(try await peer.next("tools/call"))
                #expect(again.headers["mcp-param-limit"] == "7")
                #expect(again.headers["mcp-param-region"] == "=?base64?c8O8ZA==?=")
                #expect(again.headers.keys.filter { $0.hasPrefix("mcp-param-") }.count == 2)
                again.answer(result: ["resultType": "complete"])
                #expect(try await bridge.next()?["id"] == 3)
                try bridge.send(call)
            }
            // A second mismatch is the client's to know.
            try #require(try await peer.next("tools/call")).answer(400, mismatch)
            try #require(try await peer.next("tools/list")).answer(result: ["tools": []])
            try #require(try await peer.next("tools/call")).answer(400, mismatch)
            #expect(try await bridge.next() == mismatch)
        }
    }

    @Test func `cancelling a stateless call hangs up, and nothing is said in place of its answer`() async throws {
        try await with { peer, bridge in
            try bridge.send(Self.stateless("tools/call", ["name": "count", "arguments": [:]]))
            let call = try #require(try await peer.next("tools/call"))
            try bridge.send(["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 3]])
            #expect(try await call.isGone())
            // Without a session there is no other way in which the server could be told.
            try bridge.send(Self.stateless("tools/list", [:], id: 4))
            try #require(try await peer.next()).answer(result: [:])
            #expect(try await bridge.next()?["id"] == 4)
        }
    }

    @Test func `a call whose answer is lost may have run: it is not made again, and the client is told so`()
        async throws
    {
        try await with { peer, bridge in
            try bridge.send(Self.stateless("tools/call", ["name": "delete", "arguments": [:]]))
            try #require(try await peer.next("tools/call")).drop()
            let error = try #require(try await bridge.next()?["error"])
            #expect(error["data"]?["code"] == "connection_lost")
            #expect(error["data"]?["hint"]?.stringValue?.contains("Nobody here knows whether it ran") == true)
            // The next call is the client's own.
            try bridge.send(Self.stateless("tools/list", [:], id: 4))
            let next = try #require(try await peer.next())
            #expect(next.body["method"] == "tools/list")
            // Asking for a list twice does no harm.
            next.drop()
            try #require(try await peer.next("tools/list")).answer(result: ["tools": []])
            #expect(try await bridge.next()?["result"]?["tools"] == [])
        }
    }

    @Test func `a stream that ends before the answer is a lost call`() async throws {
        try await with { peer, bridge in
            try bridge.send(Self.stateless("tools/call", ["name": "delete", "arguments": [:]]))
            let call = try #require(try await peer.next("tools/call"))
            call.beginStream()
            call.end()
            #expect(try await bridge.next()?["error"]?["data"]?["code"] == "connection_lost")
        }
    }

    @Test func `a gateway that is not there yet is asked again, since nothing can have come of the call`() async throws
    {
        let gone = try await MCPPeer()
        let port = gone.port
        await gone.shutdown()
        let bridge = try BridgeProgram(gone.url)
        defer { bridge.end() }
        try bridge.send(Self.stateless("tools/call", ["name": "delete", "arguments": [:]]))
        let told = try await ServerProcess.eventually { bridge.said.contains("Trying again.") ? true : nil }
        #expect(told == true, "\(bridge.said)")
        let peer = try await MCPPeer(port: port)
        try #require(try await peer.next("tools/call"), "\(bridge.said)").answer(result: ["resultType": "complete"])
        #expect(try await bridge.next()?["id"] == 3)
        await peer.shutdown()
    }

    @Test func `a nonce that the gateway asks for is in the next proof, and the client hears nothing of it`()
        async throws
    {
        try await with { peer, bridge in
            peer.demand(nonce: "n-1")
            try bridge.send(Self.stateless("tools/list", [:]))
            let call = try #require(try await peer.next("tools/list"))
            #expect(call.proof["nonce"] == "n-1")
            call.answer(result: ["tools": []])
            #expect(try await bridge.next()?["result"]?["tools"] == [])
        }
    }

    @Test func `a token that is not taken any more is replaced, and the call is made with the new one`() async throws {
        try await with { peer, bridge in
            try bridge.send(Self.stateless("tools/list", [:]))
            let call = try #require(try await peer.next("tools/list"))
            #expect(call.headers["authorization"] == "DPoP at-1")
            call.answer(
                401, ["type": "about:blank", "code": "invalid_token", "title": "t", "detail": "d", "status": 401])
            let again = try #require(try await peer.next("tools/list"))
            #expect(again.headers["authorization"] == "DPoP at-2")
            again.answer(result: ["tools": []])
            #expect(try await bridge.next()?["result"]?["tools"] == [])
            #expect(peer.tokens == 2)
        }
    }

    @Test func `a refusal of the gateway is an error of the protocol with its code, whatever its form`() async throws {
        try await with { peer, bridge in
            try bridge.send(Self.stateless("tools/list", [:]))
            try #require(try await peer.next()).answer(
                403, ["type": "about:blank", "code": "forbidden", "title": "t", "detail": "Not you.", "status": 403],
                ["content-type": "application/problem+json"])
            let problem = try await bridge.next()?["error"]
            #expect(problem?["message"] == "countersign: Not you." && problem?["data"]?["code"] == "forbidden")
            try bridge.send(Self.stateless("tools/nothing", [:], id: 4))
            try #require(try await peer.next()).answer(
                404, ["jsonrpc": "2.0", "id": nil, "error": ["code": -32601, "message": "no"]])
            #expect(
                try await bridge.next()
                    == ["jsonrpc": "2.0", "id": 4, "error": ["code": -32601, "message": "no"]])
            try bridge.send(Self.stateless("tools/list", [:], id: 5))
            try #require(try await peer.next()).answer(200, ["hello": "world"])
            #expect(try await bridge.next()?["error"]?["data"]?["code"] == "unexpected_answer")
        }
    }

    private static let noMessages: [(line: String, id: JSONValue?, code: Int64)] = [
        ("[]", nil, -32600), (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, nil, -32700),
        ("nonsense", nil, -32700), (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, nil, -32600),
        (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, nil, -32600),
        (#"{"jsonrpc":"1.0","id":9,"method":"ping"}"#, 9, -32600),
    ]

    @Test(arguments: noMessages)
    func `what is no message is refused here, and the gateway sees nothing of it`(
        line: String, id: JSONValue?, code: Int64
    ) async throws {
        try await with { peer, bridge in
            try bridge.send(line: line)
            let refusal = try await bridge.next()
            #expect(refusal?["error"]?["code"] == .integer(code) && refusal?["id"] == id ?? .null)
            try bridge.send(Self.stateless("tools/list", [:]))
            #expect(try #require(try await peer.next()).body["method"] == "tools/list")
        }
    }

    @Test func `a message beyond every limit is refused, and the next one is read`() async throws {
        try await with { peer, bridge in
            try bridge.send(line: String(repeating: "x", count: (16 << 20) + 1))
            #expect(try await bridge.next()?["error"]?["code"] == -32700)
            try bridge.send(Self.stateless("tools/list", [:]))
            #expect(try await peer.next() != nil)
        }
    }

    @Test func `a request whose id is under way is refused, and the first goes on`() async throws {
        try await with { peer, bridge in
            try bridge.send(Self.stateless("tools/list", [:]))
            let first = try #require(try await peer.next())
            try bridge.send(Self.stateless("tools/call", ["name": "delete", "arguments": [:]]))
            let refusal = try await bridge.next()
            #expect(refusal?["id"] == .null && refusal?["error"]?["code"] == -32600)
            first.answer(result: ["tools": []])
            #expect(try await bridge.next()?["id"] == 3)
        }
    }

    @Test func `a client that reads no more ends the program`() async throws {
        let peer = try await MCPPeer()
        let bridge = try BridgeProgram(peer.url)
        defer { bridge.end() }
        try bridge.send(Self.stateless("tools/list", [:]))
        let call = try #require(try await peer.next())
        try bridge.closeOutput()
        call.answer(result: ["tools": []])
        #expect(try await bridge.exitStatus() == 0)
        await peer.shutdown()
    }
}
