import AuthorityCore
import AuthorityTestKit
import MCPGateway
import CanonicalEncoding
import DomainModel
import HTTPTypes
import SecretMaterial
import Testing

@Suite struct StatelessTests {
    @Test func `discover says what there is, and no session is ever made`() async throws {
        try await GatewayUnderTest.run { gateway in
            let answer = try await StatelessClient(gateway: gateway).ask("server/discover")
            #expect(answer.status == 200)
            #expect(answer.result?["supportedVersions"] == ["2026-07-28"])
            #expect(answer.result?["resultType"] == "complete")
            #expect(answer.result?["ttlMs"] == 0)
            #expect(answer.result?["capabilities"]?["extensions"]?["io.modelcontextprotocol/tasks"] == [:])
            #expect(answer.header("Mcp-Session-Id") == nil)
            #expect(gateway.plane.openCounts.sessions == 0)
        }
    }

    @Test(arguments: ["2027-01-01", "2024-11-05", "draft", "2026-07-28-rc"])
    func `a revision that is not spoken is answered with those that are`(revision: String) async throws {
        try await GatewayUnderTest.run { gateway in
            let answer = try await StatelessClient(gateway: gateway).ask("server/discover") {
                $0["MCP-Protocol-Version"] = revision
            }
            #expect(answer.status == 400)
            #expect(answer.code == -32022)
            #expect(answer.error?["data"]?["supported"]?.arrayValue?.contains("2026-07-28") == true)
        }
    }

    @Test func `methods of the other revisions are not known, and a client's notification does nothing`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = StatelessClient(gateway: gateway)
            for method in ["initialize", "ping", "logging/setLevel", "tasks/list", "tasks/result"] as [Text] {
                let answer = try await client.ask(method)
                #expect(answer.code == -32601, "\(method)")
                #expect(answer.status == 404)
            }
            let note = try await gateway.post(
                ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 1]], "/mcp",
                ["MCP-Protocol-Version": "2026-07-28"])
            #expect(note.status == 202)
        }
    }

    @Test func `a call that waits is asked to come back some times, and then told to come back later`() async throws {
        try await GatewayUnderTest.run({ $0.retryRounds = 2 }) { gateway in
            gateway.useCases.answer(.waiting(gateway.waiting))
            let client = StatelessClient(gateway: gateway)
            var params: JSONObject = ["name": "t", "arguments": ["a": 1]]
            for id in [1, 2] as [Int64] {
                let answer = try await client.ask("tools/call", params, id: .integer(id))
                #expect(answer.result?["resultType"] == "input_required")
                #expect(answer.result?["inputRequests"] == nil)
                params["requestState"] = try #require(answer.result?["requestState"])
            }
            let last = try await client.ask("tools/call", params, id: 3)
            #expect(last.result?["resultType"] == "complete")
            #expect(last.result?["structuredContent"]?["status"] == "waiting_for_approval")
            // What reached the gateway is the same call each time: the state is no part of it.
            let performed = gateway.useCases.performed
            #expect(performed.count == 3 && Set(performed).count == 1)
        }
    }

    /// Threat MC-09.
    @Test func `what a client is to come back with fits one agent, one call, one address, once, and not for long`()
        async throws
    {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.answer(.waiting(gateway.waiting))
            let client = StatelessClient(gateway: gateway)
            let params: JSONObject = ["name": "t", "arguments": ["a": 1]]
            func state() async throws -> JSONValue {
                try #require(try await client.ask("tools/call", params).result?["requestState"])
            }
            func code(_ params: JSONObject, _ state: JSONValue, path: String = "/mcp") async throws -> Int64? {
                var params = params
                params["requestState"] = state
                var client = client
                client.path = path
                return try await client.ask("tools/call", params).code
            }
            let fresh = try await state()
            let text = try #require(fresh.stringValue)
            #expect(try await code(params, .string(Text("x" + text.dropFirst()))) == -32602)
            #expect(try await code(params, "") == -32602)
            #expect(try await code(params, 1) == -32602)
            #expect(try await code(["name": "u", "arguments": ["a": 1]], fresh) == -32602)
            #expect(try await code(["name": "t", "arguments": ["a": 2]], fresh) == -32602)
            #expect(try await code(params, fresh, path: "/mcp/orders") == -32602)
            let other = try await gateway.scenario.addAgent("other")
            var stolen = params
            stolen["requestState"] = fresh
            let stranger = GatewayUnderTest.Credential(token: try await other.freshToken(), key: other.key)
            let answer = try await gateway.post(
                client.message("tools/call", stolen), "/mcp", client.headers("tools/call", stolen), as: stranger)
            #expect(answer.code == -32602)
            let before = gateway.useCases.performed.count
            #expect(try await code(params, fresh) == nil)
            #expect(try await code(params, fresh) == -32602)
            #expect(gateway.useCases.performed.count == before + 1)
            let old = try await state()
            gateway.scenario.clock.advance(seconds: 121)
            #expect(try await code(params, old) == -32602)
        }
    }

    @Test func `answers to questions that nobody asked are refused`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = StatelessClient(gateway: gateway)
            let answer = try await client.ask(
                "tools/call", ["name": "t", "inputResponses": ["approve": ["action": "accept"]]])
            #expect(answer.code == -32602)
            #expect(gateway.useCases.performed.isEmpty)
            #expect(try await client.ask("tools/call", ["name": "t", "inputResponses": [:]]).code == nil)
        }
    }

    @Test func `a stream of changes is acknowledged first, tells what was asked for, and ends with a result`()
        async throws
    {
        try await GatewayUnderTest.run { gateway in
            let client = StatelessClient(gateway: gateway)
            let params: JSONObject = [
                "notifications": [
                    "toolsListChanged": true, "promptsListChanged": false, "resourceSubscriptions": ["x:y"],
                ]
            ]
            let sink = Sink()
            async let following = gateway.plane.followChanges()
            async let answer = gateway.send(
                "POST", "/mcp", client.headers("subscriptions/listen", params),
                body: CanonicalJSON.encode(client.message("subscriptions/listen", params, id: "l")), gateway.own,
                to: sink)
            var parts = sink.parts.makeAsyncIterator()
            let meta: JSONValue = ["io.modelcontextprotocol/subscriptionId": "l"]
            let first = EventReader.events(await parts.next() ?? [])
            #expect(
                first == [
                    [
                        "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged",
                        "params": ["notifications": ["toolsListChanged": true], "_meta": meta],
                    ]
                ])
            _ = await parts.next()
            gateway.useCases.change(GatewayListChange(server: "orders", list: .prompts))
            gateway.useCases.change(GatewayListChange(server: "orders", list: .tools))
            let told = EventReader.events(await parts.next() ?? [])
            #expect(told.first?["method"] == "notifications/tools/list_changed")
            #expect(told.first?["params"]?["_meta"] == meta)
            gateway.plane.letTimePass()
            #expect(await parts.next().map { String(decoding: $0, as: UTF8.self) } == ": still here\n\n")
            gateway.plane.drain()
            let last = try await answer.events.last
            #expect(last?["id"] == "l")
            #expect(last?["result"]?["resultType"] == "complete")
            #expect(last?["result"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == "l")
            gateway.useCases.endChanges()
            await following
        }
    }

    @Test func `a stream ends with its client, and there are only so many`() async throws {
        try await GatewayUnderTest.run({ $0.sessionsPerAgent = 1 }) { gateway in
            let client = StatelessClient(gateway: gateway)
            let params: JSONObject = ["notifications": [:]]
            let sink = Sink()
            let headers = client.headers("subscriptions/listen", params)
            async let open = gateway.send(
                "POST", "/mcp", headers, body: CanonicalJSON.encode(client.message("subscriptions/listen", params)),
                gateway.own, to: sink)
            var parts = sink.parts.makeAsyncIterator()
            _ = await parts.next()
            #expect(try await client.ask("subscriptions/listen", params).status == 429)
            gateway.line.hangUp()
            _ = try await open
            #expect(gateway.plane.openCounts.streams == 0)
            #expect(try await client.ask("subscriptions/listen", ["notifications": ["taskIds": ["x"]]]).code == -32021)
            #expect(try await client.ask("subscriptions/listen", [:]).code == -32602)
            #expect(try await client.ask("subscriptions/listen", ["notifications": ["other": true]]).code == -32602)
        }
    }
}
