import AuthorityCore
import AuthorityTestKit
import MCPGateway
import CanonicalEncoding
import DomainModel
import HTTPTypes
import Testing
import WireProtocol

@Suite struct CallTests {
    @Test func `each kind of call reaches the gateway as what it is`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway, path: "/mcp/orders")
            _ = try await client.ask("tools/call", ["name": "t", "arguments": ["a": 1]], id: 1)
            _ = try await client.ask("tools/call", ["name": "t"], id: 2)
            _ = try await client.ask("resources/read", ["uri": "file:///x"], id: 3)
            _ = try await client.ask("prompts/get", ["name": "p", "arguments": ["a": "b"]], id: 4)
            let completion: JSONObject = [
                "ref": ["type": "ref/prompt", "name": "p"], "argument": ["name": "a", "value": "b"],
            ]
            _ = try await client.ask("completion/complete", completion, id: 5)
            let scope = GatewayScope.server("orders")
            #expect(
                gateway.useCases.performed == [
                    GatewayCall(scope: scope, operation: .callTool(name: "t", arguments: ["a": 1])),
                    GatewayCall(scope: scope, operation: .callTool(name: "t", arguments: [:])),
                    GatewayCall(scope: scope, operation: .readResource(uri: "file:///x")),
                    GatewayCall(scope: scope, operation: .getPrompt(name: "p", arguments: ["a": "b"])),
                    GatewayCall(scope: scope, operation: .complete(completion)),
                ])
        }
    }

    @Test func `a result is passed on as it came, markup and escapes included`() async throws {
        try await GatewayUnderTest.run { gateway in
            let result: JSONObject = [
                "content": [["type": "text", "text": "\u{1b}[31m<script>\u{202e}\n\u{0}"]], "isError": true,
                "structuredContent": ["a": 1], "_meta": ["x": "y"],
            ]
            gateway.useCases.answer(.result(result))
            let answer = try await SessionClient(gateway).ask("tools/call", ["name": "t"])
            #expect(answer.result == .object(result))
            #expect(answer.headers[.contentType] == "application/json")
            let stateless = try await StatelessClient(gateway: gateway).ask("tools/call", ["name": "t"])
            #expect(stateless.result?["content"] == result["content"])
            #expect(stateless.result?["resultType"] == "complete")
            #expect(stateless.result?["_meta"]?["x"] == "y")
            #expect(stateless.result?["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "countersign")
        }
    }

    @Test func `a refusal is a result that says why, and an error where there is no such result`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.answer(
                .refused(
                    CallRefusal(
                        request: GatewayUnderTest.request, code: "policy_denied", text: "Policy forbids it.",
                        hint: "Ask.")))
            let client = try await SessionClient(gateway)
            let tool = try await client.ask("tools/call", ["name": "t"], id: 1)
            #expect(tool.result?["isError"] == true)
            #expect(tool.result?["content"]?.arrayValue?.first?["text"] == "Policy forbids it. Ask.")
            #expect(tool.result?["structuredContent"]?["code"] == "policy_denied")
            #expect(tool.result?["structuredContent"]?["request"] == .string(GatewayUnderTest.request.text))
            let resource = try await client.ask("resources/read", ["uri": "x:y"], id: 2)
            #expect(resource.code == -32011)
            #expect(resource.error?["data"]?["status"] == "refused")
        }
    }

    @Test func `what nobody knows of is never called done, failed or refused`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.answer(.unknown(GatewayUnderTest.request, "The connection was lost."))
            let answer = try await SessionClient(gateway).ask("tools/call", ["name": "t"])
            #expect(answer.result?["isError"] == true)
            #expect(answer.result?["structuredContent"]?["status"] == "unknown")
            let text = try #require(answer.result?["content"]?.arrayValue?.first?["text"]?.stringValue)
            #expect(text.hasPrefix("The connection was lost. It was sent"))
        }
    }

    @Test func `a server's own error is passed on, and what it asks of people is not`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.answer(.serverError(code: -32050, message: "no", data: ["a": 1]))
            let client = try await SessionClient(gateway)
            let error = try await client.ask("tools/call", ["name": "t"], id: 1)
            #expect(error.error == ["code": -32050, "message": "no", "data": ["a": 1]])
            gateway.useCases.answer(.result(["resultType": "input_required", "inputRequests": ["x": [:]]]))
            let asking = try await client.ask("tools/call", ["name": "t"], id: 2)
            #expect(asking.code == -32603)
            #expect(asking.error?["data"] == nil)
        }
    }

    @Test func `a name that nobody knows is called as the revision calls it`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.answer { _, _ throws(AuthorityError) in
                throw AuthorityError(.notFound, "There is nothing here under that name for you.", context: "secret")
            }
            let client = try await SessionClient(gateway)
            let stateless = StatelessClient(gateway: gateway)
            let tool = try await client.ask("tools/call", ["name": "t"], id: 1)
            #expect(tool.code == -32602)
            #expect(tool.status == 200)
            #expect(try await client.ask("resources/read", ["uri": "x:y"], id: 2).code == -32002)
            let resource = try await stateless.ask("resources/read", ["uri": "x:y"])
            #expect(resource.code == -32602)
            #expect(resource.status == 400)
            #expect(!String(decoding: tool.bytes, as: UTF8.self).contains("secret"))
        }
    }

    @Test func `a store that cannot answer is said with when to come back`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.answer { _, _ throws(AuthorityError) in
                throw AuthorityError(.storeUnavailable, "Not now.", retryAfterSeconds: 2)
            }
            for answer in [
                try await SessionClient(gateway).ask("tools/call", ["name": "t"]),
                try await StatelessClient(gateway: gateway).ask("tools/call", ["name": "t"]),
            ] {
                #expect(answer.status == 503)
                #expect(answer.code == -32603)
                #expect(answer.headers[.retryAfter] == "2")
            }
        }
    }

    @Test func `an answer that says waiting says neither done nor refused, and where to go on`() async throws {
        try await GatewayUnderTest.run { gateway in
            let waiting = gateway.waiting
            gateway.useCases.answer { _, patience in
                #expect(patience.hold == .seconds(50))
                #expect(!patience.isTask)
                return .waiting(waiting)
            }
            let client = try await SessionClient(gateway)
            let answer = try await client.ask("tools/call", ["name": "t"], id: 1)
            #expect(answer.result?["isError"] == true)
            #expect(answer.result?["structuredContent"]?["status"] == "waiting_for_approval")
            #expect(answer.result?["structuredContent"]?["retry_after_seconds"] == 10)
            let text = try #require(answer.result?["content"]?.arrayValue?.first?["text"]?.stringValue)
            #expect(text.contains("neither done nor refused"))
            #expect(text.contains(waiting.request.text.string))
            #expect(try await client.ask("resources/read", ["uri": "x:y"], id: 2).code == -32010)
        }
    }

    @Test func `with a token the client hears of the waiting and of the server's progress, in numbers that grow`()
        async throws
    {
        try await GatewayUnderTest.run { gateway in
            let waiting = gateway.waiting
            gateway.useCases.answer { _, patience in
                patience.onWaiting?(waiting)
                patience.onWaiting?(waiting)
                for step in [0, 1, 1, 2] as [Int64] {
                    patience.onProgress?(["progressToken": "ours", "progress": .integer(step), "total": 2])
                }
                return .result(["content": []])
            }
            let client = try await SessionClient(gateway)
            let answer = try await client.ask(
                "tools/call", ["name": "t", "_meta": ["progressToken": "p1"]])
            #expect(answer.headers[.contentType] == "text/event-stream")
            let events = answer.events
            #expect(events.last == ["jsonrpc": "2.0", "id": 1, "result": ["content": []]])
            let notes = events.dropLast()
            #expect(notes.allSatisfy { $0["method"] == "notifications/progress" })
            #expect(notes.allSatisfy { $0["params"]?["progressToken"] == "p1" })
            let numbers = notes.compactMap { note in
                note["params"]?["progress"].flatMap { $0.doubleValue ?? $0.integerValue.map(Double.init) }
            }
            #expect(numbers == [0.001, 0.002, 1, 2])
            #expect(notes.first?["params"]?["message"]?.stringValue?.hasPrefix("Waiting for approval") == true)
        }
    }

    @Test func `a client that takes no events gets one answer, token or not`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway)
            var headers = client.headers
            headers["Accept"] = "application/json"
            let answer = try await gateway.post(
                [
                    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                    "params": ["name": "t", "_meta": ["progressToken": 1]],
                ], "/mcp", headers)
            #expect(answer.headers[.contentType] == "application/json")
        }
    }

    /// A call that waits until its task is cancelled, and says when it began.
    private static func wait(_ gateway: GatewayUnderTest, _ began: Gate) {
        let waiting = gateway.waiting
        gateway.useCases.have(gateway.task(.working(waiting)))
        let never = Gate()
        gateway.useCases.answer { _, patience in
            patience.onWaiting?(waiting)
            began.open()
            _ = await never.passes()
            return .waiting(waiting)
        }
    }

    @Test func `a cancelled call ends, and so does the request behind it`() async throws {
        try await GatewayUnderTest.run { gateway in
            let began = Gate()
            Self.wait(gateway, began)
            let client = try await SessionClient(gateway)
            async let call = client.ask("tools/call", ["name": "t"], id: "c")
            _ = await began.passes()
            #expect(try await client.notify("notifications/cancelled", ["requestId": "other"]).status == 202)
            #expect(gateway.useCases.cancelled.isEmpty)
            #expect(try await client.notify("notifications/cancelled", ["requestId": "c"]).status == 202)
            let answer = try await call
            #expect(answer.code == -32800)
            #expect(gateway.useCases.cancelled == [GatewayUnderTest.request])
        }
    }

    @Test func `a lost connection leaves the request to a repeated call up to 2025, and ends it from 2026 on`()
        async throws
    {
        for isStateless in [false, true] {
            try await GatewayUnderTest.run { gateway in
                let began = Gate()
                Self.wait(gateway, began)
                let client = try await SessionClient(gateway)
                async let call =
                    isStateless
                    ? StatelessClient(gateway: gateway).ask("tools/call", ["name": "t"])
                    : client.ask("tools/call", ["name": "t"])
                _ = await began.passes()
                gateway.line.hangUp()
                let answer = try await call
                #expect(answer.headers[.connection] == "close")
                #expect(gateway.useCases.cancelled == (isStateless ? [GatewayUnderTest.request] : []))
            }
        }
    }

    @Test func `nobody listens for a hang-up before a call waits, so that its connection stays good`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.line.hangUp()
            let answer = try await StatelessClient(gateway: gateway).ask("tools/call", ["name": "t"])
            #expect(answer.result?["content"] != nil)
            #expect(answer.headers[.connection] == nil)
            #expect(gateway.useCases.cancelled.isEmpty)
        }
    }

    @Test func `deleting a session leaves its waiting calls to be repeated`() async throws {
        try await GatewayUnderTest.run { gateway in
            let began = Gate()
            Self.wait(gateway, began)
            let client = try await SessionClient(gateway)
            async let call = client.ask("tools/call", ["name": "t"])
            _ = await began.passes()
            #expect(try await gateway.send("DELETE", "/mcp", client.headers, gateway.own).status == 204)
            #expect(try await call.code == -32800)
            #expect(gateway.useCases.cancelled.isEmpty)
        }
    }
}
