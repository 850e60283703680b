import CanonicalEncoding
import Testing

/// `countersign mcp` before a peer that says what the test tells it to: revisions with sessions.
@Suite(.timeLimit(.minutes(3))) struct BridgeSessionTests {
    static let opening: JSONValue = [
        "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "t", "version": "1"]],
    ]
    static let initialized: JSONValue = ["jsonrpc": "2.0", "method": "notifications/initialized"]
    static let call: JSONValue = [
        "jsonrpc": "2.0", "id": 7, "method": "tools/call",
        "params": ["name": "count", "arguments": ["status": "void"]],
    ]

    static func greeting(_ revision: Text = "2025-11-25") -> JSONValue {
        ["protocolVersion": .string(revision), "capabilities": [:], "serverInfo": ["name": "p", "version": "1"]]
    }

    /// A peer and a bridge with a session between them; the body gets them and the stream of the server's own messages.
    private func withSession(
        revision: Text = "2025-11-25", arguments: [String] = [],
        _ body: (MCPPeer, BridgeProgram, PeerCall) async throws -> Void
    ) async throws {
        let peer = try await MCPPeer()
        let bridge = try BridgeProgram(peer.url, arguments: arguments)
        defer { bridge.end() }
        try bridge.send(Self.opening)
        let opening = try #require(try await peer.next("initialize"), "\(bridge.said)")
        #expect(opening.headers["mcp-session-id"] == nil && opening.headers["mcp-protocol-version"] == nil)
        opening.answer(result: Self.greeting(revision), ["mcp-session-id": "s-1"])
        #expect(try await bridge.next()?["result"]?["protocolVersion"] == .string(revision))
        try bridge.send(Self.initialized)
        try #require(try await peer.next("notifications/initialized")).answer(202)
        let stream = try #require(try await peer.next { $0.method == "GET" })
        try await body(peer, bridge, stream)
        await peer.shutdown()
    }

    @Test func `a call goes out with session, revision, token and a proof of its own, and its answer comes back`()
        async throws
    {
        try await withSession(arguments: ["orders"]) { peer, bridge, stream in
            try bridge.send(Self.call)
            let call = try #require(try await peer.next("tools/call"))
            #expect(call.body == Self.call)
            #expect(call.method == "POST" && call.path == "/mcp/orders")
            #expect(call.headers["mcp-session-id"] == "s-1")
            #expect(call.headers["mcp-protocol-version"] == "2025-11-25")
            #expect(call.headers["mcp-method"] == nil)
            #expect(call.headers["accept"] == "application/json, text/event-stream")
            #expect(call.headers["authorization"] == "DPoP at-1")
            #expect(call.proof["htm"] == "POST" && call.proof["htu"] == "\(peer.url)/mcp/orders")
            #expect(call.proof["ath"]?.stringValue != nil && call.proof["jti"] != stream.proof["jti"])
            call.answer(result: ["content": [], "isError": false])
            #expect(
                try await bridge.next() == ["jsonrpc": "2.0", "id": 7, "result": ["content": [], "isError": false]])
        }
    }

    @Test func `the first revision, which knows no header for itself, gets none`() async throws {
        try await withSession(revision: "2025-03-26") { peer, bridge, stream in
            try bridge.send(Self.call)
            let call = try #require(try await peer.next("tools/call"))
            #expect(call.headers["mcp-session-id"] == "s-1" && call.headers["mcp-protocol-version"] == nil)
        }
    }

    @Test func `a streamed answer arrives message by message, each on one line`() async throws {
        try await withSession { peer, bridge, stream in
            try bridge.send(Self.call)
            let call = try #require(try await peer.next("tools/call"))
            call.beginStream()
            let progress: JSONValue = [
                "jsonrpc": "2.0", "method": "notifications/progress", "params": ["progress": 1, "progressToken": 7],
            ]
            call.send(progress)
            // Before the stream goes on.
            #expect(try await bridge.next() == progress)
            call.send(["jsonrpc": "2.0", "id": 99, "result": [:]])
            call.send(["jsonrpc": "2.0", "id": 7, "result": ["text": "a\nb"]])
            call.end()
            #expect(try await bridge.next() == ["jsonrpc": "2.0", "id": 7, "result": ["text": "a\nb"]])
            #expect(bridge.unread.isEmpty)
        }
    }

    @Test func `what the server says by itself reaches the client, and what it asks is answered`() async throws {
        try await withSession { peer, bridge, stream in
            stream.beginStream()
            let changed: JSONValue = ["jsonrpc": "2.0", "method": "notifications/tools/list_changed", "params": [:]]
            stream.send(changed)
            #expect(try await bridge.next() == changed)
            stream.send(["jsonrpc": "2.0", "id": "p", "method": "ping", "params": [:]])
            #expect(try await bridge.next()?["method"] == "ping")
            try bridge.send(["jsonrpc": "2.0", "id": "p", "result": [:]])
            let answer = try #require(try await peer.next { $0.body["id"] == "p" })
            #expect(answer.headers["mcp-session-id"] == "s-1")
            answer.answer(202)
            // A stream that ends is opened again.
            stream.end()
            let next = try #require(try await peer.next { $0.method == "GET" })
            next.beginStream()
            next.send(changed)
            #expect(try await bridge.next() == changed)
        }
    }

    @Test func `cancelling is passed on, and nobody is told of a missing answer`() async throws {
        try await withSession { peer, bridge, stream in
            try bridge.send(Self.call)
            let call = try #require(try await peer.next("tools/call"))
            let cancelling: JSONValue = [
                "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 7],
            ]
            try bridge.send(cancelling)
            let cancelled = try #require(try await peer.next("notifications/cancelled"))
            #expect(cancelled.body == cancelling && cancelled.headers["mcp-session-id"] == "s-1")
            cancelled.answer(202)
            call.beginStream()
            call.end()
            try bridge.send(["jsonrpc": "2.0", "id": 8, "method": "ping"])
            try #require(try await peer.next("ping")).answer(result: [:])
            #expect(try await bridge.next()?["id"] == 8)
        }
    }

    @Test func `a session that the server has forgotten is begun anew once, and each call is made again`() async throws
    {
        try await withSession { peer, bridge, stream in
            var second = Self.call.objectValue ?? [:]
            second["id"] = 8
            try bridge.send(Self.call)
            try bridge.send(.object(second))
            for _ in 0..<2 { try #require(try await peer.next("tools/call")).answer(404) }
            let opening = try #require(try await peer.next("initialize"))
            #expect(opening.body["params"] == Self.opening["params"] && opening.headers["mcp-session-id"] == nil)
            opening.answer(result: Self.greeting(), ["mcp-session-id": "s-2"])
            let told = try #require(try await peer.next("notifications/initialized"))
            #expect(told.headers["mcp-session-id"] == "s-2")
            told.answer(202)
            for _ in 0..<2 {
                let call = try #require(try await peer.next("tools/call"))
                #expect(call.headers["mcp-session-id"] == "s-2")
                call.answer(result: ["again": true])
            }
            let answered = [try await bridge.next(), try await bridge.next()]
            #expect(Set(answered.map { $0?["id"]?.integerValue }) == [7, 8])
            #expect(bridge.unread.isEmpty)
        }
    }

    @Test func `closing standard input ends the session and the program`() async throws {
        try await withSession { peer, bridge, stream in
            try bridge.closeInput()
            let farewell = try #require(try await peer.next { $0.method == "DELETE" })
            #expect(farewell.headers["mcp-session-id"] == "s-1" && farewell.path == "/mcp")
            #expect(farewell.proof["htm"] == "DELETE")
            farewell.answer(200)
            #expect(try await bridge.exitStatus() == 0)
            #expect(try await stream.isGone())
            #expect(bridge.unread.isEmpty && bridge.said.isEmpty, "\(bridge.unread) \(bridge.said)")
        }
    }

    @Test func `a signal ends what is under way, says nothing in its place and takes leave`() async throws {
        try await withSession { peer, bridge, stream in
            try bridge.send(Self.call)
            let call = try #require(try await peer.next("tools/call"))
            bridge.terminate()
            #expect(try await call.isGone())
            try #require(try await peer.next { $0.method == "DELETE" }).answer(204)
            #expect(try await bridge.exitStatus() == 0)
            #expect(bridge.unread.isEmpty)
        }
    }

    @Test func `what is about to be answered when standard input closes is still answered`() async throws {
        let peer = try await MCPPeer()
        let bridge = try BridgeProgram(peer.url)
        defer { bridge.end() }
        try bridge.send(Self.opening)
        try bridge.closeInput()
        try #require(try await peer.next("initialize")).answer(result: Self.greeting())
        #expect(try await bridge.next()?["id"] == 0)
        #expect(try await bridge.exitStatus() == 0)
        await peer.shutdown()
    }
}
