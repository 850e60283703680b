import AuthorityCore
import AuthorityTestKit
import MCPGateway
import CanonicalEncoding
import DomainModel
import HTTPTypes
import SecretMaterial
import Testing

@Suite struct SessionTests {
    @Test(arguments: [
        ("2025-11-25", "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2025-11-25"), ("2026-07-28", "2025-11-25"),
    ])
    func `initialize agrees on a revision and says what there is`(wanted: String, agreed: String) async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway, revision: wanted)
            #expect(client.initialized["protocolVersion"]?.stringValue == agreed)
            #expect(client.initialized["serverInfo"]?["version"] == "1.2.3")
            #expect(client.initialized["capabilities"]?["tools"]?["listChanged"] == true)
            #expect((client.initialized["capabilities"]?["tasks"] != nil) == (agreed == "2025-11-25"))
        }
    }

    @Test func `a session is one agent's, one key's and one address's`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway)
            let list: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "tools/list"]
            let other = try await gateway.scenario.addAgent("other")
            let stranger = GatewayUnderTest.Credential(token: try await other.freshToken(), key: other.key)
            #expect(try await gateway.post(list, "/mcp", client.headers, as: stranger).status == 404)
            #expect(try await gateway.post(list, "/mcp/orders", client.headers).status == 404)
            var headers = client.headers
            headers["Mcp-Session-Id"] = "made-up"
            #expect(try await gateway.post(list, "/mcp", headers).status == 404)
            headers["Mcp-Session-Id"] = "\(client.session)\n\(client.session)"
            #expect(try await gateway.post(list, "/mcp", headers).status == 400)
            headers["Mcp-Session-Id"] = nil
            #expect(try await gateway.post(list, "/mcp", headers).status == 400)
            headers = client.headers
            headers["MCP-Protocol-Version"] = "2025-06-18"
            #expect(try await gateway.post(list, "/mcp", headers).status == 400)
            headers["MCP-Protocol-Version"] = nil
            #expect(try await gateway.post(list, "/mcp", headers).status == 200)
        }
    }

    @Test func `an id is taken once in a session, whether its call is over or not`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway)
            #expect(try await client.ask("ping", id: 7).result == [:])
            let again = try await client.ask("ping", id: 7)
            #expect(again.status == 400)
            #expect(again.code == -32600)
            #expect(try await client.ask("ping", id: "7").result == [:])
        }
    }

    @Test func `a session that was deleted, or rested too long, is gone`() async throws {
        try await GatewayUnderTest.run { gateway in
            let deleted = try await SessionClient(gateway)
            let resting = try await SessionClient(gateway)
            let answer = try await gateway.send("DELETE", "/mcp", deleted.headers, gateway.own)
            #expect(answer.status == 204)
            #expect(try await deleted.ask("ping").status == 404)
            #expect(try await resting.ask("ping").status == 200)
            gateway.scenario.clock.advance(seconds: 500)
            gateway.plane.letTimePass()
            #expect(gateway.plane.openCounts.sessions == 1)
            gateway.scenario.clock.advance(seconds: 1_400)
            gateway.plane.letTimePass()
            #expect(gateway.plane.openCounts.sessions == 0)
        }
    }

    @Test func `one session too many ends the one that rests longest`() async throws {
        try await GatewayUnderTest.run({ $0.sessionsPerAgent = 2 }) { gateway in
            let first = try await SessionClient(gateway)
            gateway.scenario.clock.advance(seconds: 1)
            let second = try await SessionClient(gateway)
            gateway.scenario.clock.advance(seconds: 1)
            _ = try await first.ask("ping")
            gateway.scenario.clock.advance(seconds: 1)
            let third = try await SessionClient(gateway)
            #expect(gateway.plane.openCounts.sessions == 2)
            #expect(try await second.ask("ping").status == 404)
            #expect(try await first.ask("ping", id: 2).status == 200)
            #expect(try await third.ask("ping").status == 200)
        }
    }

    @Test func `notifications are taken and answered by nothing`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway)
            let answer = try await client.notify("notifications/initialized")
            #expect(answer.status == 202)
            #expect(answer.bytes.isEmpty)
            #expect(try await client.notify("notifications/cancelled", ["requestId": 99]).status == 202)
            #expect(try await client.notify("notifications/cancelled", ["requestId": nil]).status == 400)
        }
    }

    @Test func `a list is cut into pages, and a cursor of another list is refused`() async throws {
        try await GatewayUnderTest.run({ $0.pageSize = 2 }) { gateway in
            let all = (0..<5).map { JSONObject(dictionaryLiteral: ("name", .string(Text("t\($0)")))) }
            gateway.useCases.publish(.prompts, all)
            let client = try await SessionClient(gateway)
            var names: [Text] = []
            var cursor: JSONValue?
            var id: Int64 = 1
            repeat {
                let answer = try await client.ask(
                    "prompts/list", cursor.map { ["cursor": $0] } ?? [:], id: .integer(id))
                names += answer.result?["prompts"]?.arrayValue?.compactMap { $0["name"]?.textValue } ?? []
                cursor = answer.result?["nextCursor"]
                id += 1
            } while cursor != nil && id < 10
            #expect(names == ["t0", "t1", "t2", "t3", "t4"])
            let first = try await client.ask("prompts/list", id: 20).result?["nextCursor"]
            gateway.useCases.publish(.prompts, Array(all.dropFirst()))
            for bad in [first, "2.x", "", "-1.x", "99999999999999999999.x"] {
                let answer = try await client.ask(
                    "prompts/list", ["cursor": try #require(bad)], id: .string(Text("\(String(describing: bad))")))
                #expect(answer.code == -32602)
            }
        }
    }

    @Test func `a tool says how it may be called in the words of the revision alone`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.publish(
                .tools, [["name": "t", "inputSchema": ["type": "object"], "execution": ["taskSupport": "required"]]])
            let newest = try await SessionClient(gateway).ask("tools/list").result?["tools"]?.arrayValue?.first
            #expect(newest?["execution"] == ["taskSupport": "optional"])
            let older = try await SessionClient(gateway, revision: "2025-06-18").ask("tools/list")
            #expect(older.result?["tools"]?.arrayValue?.first?["execution"] == nil)
            let stateless = try await StatelessClient(gateway: gateway).ask("tools/list")
            #expect(stateless.result?["tools"]?.arrayValue?.first?["execution"] == nil)
            #expect(stateless.result?["resultType"] == "complete")
            #expect(stateless.result?["cacheScope"] == "private")
            #expect(stateless.result?["ttlMs"] == 0)
        }
    }

    @Test func `a stream of a session hears of changes, is replaced by a newer one and ends with its client`()
        async throws
    {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway, path: "/mcp/orders")
            let sink = Sink()
            async let following = gateway.plane.followChanges()
            async let first = gateway.send("GET", "/mcp/orders", client.headers, gateway.own, to: sink)
            var parts = sink.parts.makeAsyncIterator()
            _ = await parts.next()
            #expect(gateway.plane.openCounts.streams == 1)
            gateway.useCases.change(GatewayListChange(server: "other", list: .tools))
            gateway.useCases.change(GatewayListChange(server: "orders", list: .prompts))
            let told = EventReader.events(await parts.next() ?? [])
            #expect(told == [["jsonrpc": "2.0", "method": "notifications/prompts/list_changed", "params": [:]]])
            let newer = Sink()
            async let second = gateway.send("GET", "/mcp/orders", client.headers, gateway.own, to: newer)
            let answer = try await first
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/event-stream")
            var newerParts = newer.parts.makeAsyncIterator()
            _ = await newerParts.next()
            gateway.line.hangUp()
            _ = try await second
            #expect(gateway.plane.openCounts.streams == 0)
            gateway.useCases.endChanges()
            await following
        }
    }

    @Test func `a stream needs a session and a client that takes events, and is none of the newest revision`()
        async throws
    {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway)
            #expect(try await gateway.send("GET", "/mcp", [:], gateway.own).status == 400)
            var headers = client.headers
            headers["Accept"] = "application/json"
            #expect(try await gateway.send("GET", "/mcp", headers, gateway.own).status == 406)
            for method in ["GET", "DELETE"] {
                let answer = try await gateway.send(
                    method, "/mcp", ["MCP-Protocol-Version": "2026-07-28"], gateway.own)
                #expect(answer.status == 405)
            }
        }
    }

    @Test func `draining ends every stream, and a later one ends at once`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway)
            let sink = Sink()
            async let stream = gateway.send("GET", "/mcp", client.headers, gateway.own, to: sink)
            var parts = sink.parts.makeAsyncIterator()
            _ = await parts.next()
            gateway.plane.drain()
            _ = try await stream
            #expect(gateway.plane.openCounts.streams == 0)
            #expect(try await gateway.send("GET", "/mcp", client.headers, gateway.own).status == 200)
        }
    }
}
