import AuthorityCore
import AuthorityTestKit
import MCPGateway
import CanonicalEncoding
import DomainModel
import HTTPTypes
import Testing

@Suite struct TaskTests {
    private static let id = JSONValue.string(GatewayUnderTest.request.text)

    @Test func `a client that takes tasks is handed one as soon as its call waits`() async throws {
        try await GatewayUnderTest.run { gateway in
            let waiting = gateway.waiting
            gateway.useCases.answer { _, patience in
                #expect(patience.isTask)
                // Not zero: what policy allows is answered at once.
                #expect(patience.hold > .zero && patience.hold < .seconds(1))
                return .waiting(waiting)
            }
            let client = StatelessClient(gateway: gateway, capabilities: StatelessClient.tasks)
            let result = try await client.ask("tools/call", ["name": "t"]).result
            #expect(result?["resultType"] == "task")
            #expect(result?["taskId"] == Self.id)
            #expect(result?["status"] == "working")
            #expect(result?["ttlMs"] == 900_000)
            #expect(result?["pollIntervalMs"] == 10_000)
            #expect(result?["statusMessage"]?.stringValue?.hasPrefix("Waiting for approval") == true)
            // Resources and prompts have no tasks.
            gateway.useCases.answer { _, patience in
                #expect(!patience.isTask)
                return .waiting(waiting)
            }
            #expect(
                try await client.ask("resources/read", ["uri": "x:y"]).result?["resultType"] == "input_required")
        }
    }

    @Test func `a call that policy allows is answered at once, tasks or not`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = StatelessClient(gateway: gateway, capabilities: StatelessClient.tasks)
            let answer = try await client.ask("tools/call", ["name": "t"])
            #expect(answer.result?["resultType"] == "complete")
        }
    }

    @Test(arguments: ["tasks/get", "tasks/cancel", "tasks/update"])
    func `whoever does not say that it takes tasks is told what is missing`(method: String) async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.have(gateway.task(.working(nil)))
            let answer = try await StatelessClient(gateway: gateway).ask(Text(method), ["taskId": Self.id])
            #expect(answer.code == -32021)
            #expect(answer.status == 400)
            #expect(answer.error?["data"]?["requiredCapabilities"]?["extensions"] != nil)
            #expect(gateway.useCases.cancelled.isEmpty)
        }
    }

    /// State of the task, its status in 2026-07-28 and in 2025-11-25.
    static let states: [(GatewayTask.State, Text, Text)] = [
        (.working(nil), "working", "working"),
        (.completed(.result(["content": []])), "completed", "completed"),
        (.completed(.result(["content": [], "isError": true])), "completed", "failed"),
        (.failed(.serverError(code: -32603, message: "no", data: nil)), "failed", "failed"),
        (.failed(.refused(CallRefusal(request: nil, code: "stale", text: "Stale."))), "completed", "failed"),
        (.failed(.unknown(GatewayUnderTest.request, "Lost.")), "completed", "failed"),
        (.cancelled, "cancelled", "cancelled"),
    ]

    @Test(arguments: states)
    func `a task is shown in the words of the revision`(
        state: GatewayTask.State, stateless: Text, inSession: Text
    ) async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.have(gateway.task(state))
            let client = StatelessClient(gateway: gateway, capabilities: StatelessClient.tasks)
            let result = try await client.ask("tasks/get", ["taskId": Self.id]).result
            #expect(result?["resultType"] == "complete")
            #expect(result?["status"] == .string(stateless))
            #expect((result?["result"] != nil) == (stateless == "completed"))
            #expect((result?["error"] != nil) == (stateless == "failed"))
            let session = try await SessionClient(gateway)
            let older = try await session.ask("tasks/get", ["taskId": Self.id]).result
            #expect(older?["status"] == .string(inSession))
            #expect(older?["ttl"] == 900_000)
            #expect(older?["pollInterval"] == 5_000)
        }
    }

    @Test(arguments: ["", "req_x", "run_abc", "req_000000000000000000000000000000000000"])
    func `a task that is not there, or not the caller's, is one answer`(id: String) async throws {
        try await GatewayUnderTest.run { gateway in
            let client = StatelessClient(gateway: gateway, capabilities: StatelessClient.tasks)
            let session = try await SessionClient(gateway)
            for (index, method) in (["tasks/get", "tasks/cancel"] as [Text]).enumerated() {
                let params: JSONObject = ["taskId": .string(Text(id))]
                #expect(try await client.ask(method, params).code == -32602)
                #expect(try await session.ask(method, params, id: .integer(Int64(index))).code == -32602)
            }
            #expect(try await session.ask("tasks/result", ["taskId": .string(Text(id))], id: 9).code == -32602)
        }
    }

    @Test func `a result that is kept no more is said to be`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.have(gateway.task(.gone("Its result is not kept any more.")))
            let client = StatelessClient(gateway: gateway, capabilities: StatelessClient.tasks)
            let answer = try await client.ask("tasks/get", ["taskId": Self.id])
            #expect(answer.code == -32602)
            #expect(answer.error?["message"] == "Its result is not kept any more.")
        }
    }

    @Test func `cancelling is acknowledged, and a task that has ended cannot be cancelled up to 2025`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.have(gateway.task(.working(nil)))
            let client = StatelessClient(gateway: gateway, capabilities: StatelessClient.tasks)
            let answer = try await client.ask("tasks/cancel", ["taskId": Self.id])
            #expect(answer.result?["resultType"] == "complete")
            #expect(answer.result?["taskId"] == nil)
            #expect(gateway.useCases.cancelled == [GatewayUnderTest.request])
            let session = try await SessionClient(gateway)
            #expect(try await session.ask("tasks/cancel", ["taskId": Self.id], id: 1).code == -32602)
            gateway.useCases.have(gateway.task(.working(nil)))
            let older = try await session.ask("tasks/cancel", ["taskId": Self.id], id: 2)
            #expect(older.result?["status"] == "cancelled")
        }
    }

    @Test func `an update is acknowledged and changes nothing`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.have(gateway.task(.working(nil)))
            let client = StatelessClient(gateway: gateway, capabilities: StatelessClient.tasks)
            let params: JSONObject = ["taskId": Self.id, "inputResponses": ["approve": ["action": "accept"]]]
            let answer = try await client.ask("tasks/update", params)
            #expect(answer.result?["resultType"] == "complete")
            #expect(gateway.useCases.performed.isEmpty && gateway.useCases.cancelled.isEmpty)
        }
    }

    @Test func `up to 2025 the client asks for a task, and always gets one where the call is taken`() async throws {
        try await GatewayUnderTest.run { gateway in
            let session = try await SessionClient(gateway)
            let waiting = gateway.waiting
            gateway.useCases.answer { _, patience in
                #expect(patience.isTask && patience.hold == .zero)
                return .waiting(waiting)
            }
            let call: JSONObject = ["name": "t", "task": ["ttl": 60_000]]
            let task = try await session.ask("tools/call", call, id: 1).result?["task"]
            #expect(task?["taskId"] == Self.id)
            #expect(task?["status"] == "working")
            gateway.useCases.answer(.refused(CallRefusal(request: nil, code: "policy_denied", text: "No.")))
            #expect(try await session.ask("tools/call", call, id: 2).code == -32011)
            gateway.useCases.have(gateway.task(.completed(.result(["content": [["type": "text", "text": "done"]]]))))
            let result = try await session.ask("tasks/result", ["taskId": Self.id], id: 3).result
            #expect(result?["content"]?.arrayValue?.first?["text"] == "done")
            #expect(result?["_meta"]?["io.modelcontextprotocol/related-task"] == ["taskId": Self.id])
            let older = try await SessionClient(gateway, revision: "2025-06-18")
            #expect(try await older.ask("tools/call", call).code == -32602)
            #expect(try await older.ask("tasks/get", ["taskId": Self.id], id: 2).code == -32601)
        }
    }

    @Test func `a result of a task is waited for`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.have(gateway.task(.working(nil)))
            let session = try await SessionClient(gateway)
            let sink = Sink()
            let body: JSONValue = [
                "jsonrpc": "2.0", "id": 1, "method": "tasks/result", "params": ["taskId": Self.id],
            ]
            async let answer = gateway.send(
                "POST", "/mcp", session.headers, body: CanonicalJSON.encode(body), gateway.own, to: sink)
            var parts = sink.parts.makeAsyncIterator()
            _ = await parts.next()
            gateway.useCases.have(gateway.task(.completed(.result(["content": []])), revision: 2))
            let events = try await answer.events
            #expect(events.count == 1)
            #expect(events.first?["result"]?["content"] == [])
        }
    }

    @Test func `a client that takes its wait for a result back is answered, and the task goes on`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.have(gateway.task(.working(nil)))
            let session = try await SessionClient(gateway)
            let sink = Sink()
            let body: JSONValue = [
                "jsonrpc": "2.0", "id": "r", "method": "tasks/result", "params": ["taskId": Self.id],
            ]
            async let answer = gateway.send(
                "POST", "/mcp", session.headers, body: CanonicalJSON.encode(body), gateway.own, to: sink)
            var parts = sink.parts.makeAsyncIterator()
            _ = await parts.next()
            _ = try await session.notify("notifications/cancelled", ["requestId": "r"])
            #expect(try await answer.events.last?["error"]?["code"] == -32800)
            #expect(gateway.useCases.cancelled.isEmpty)
        }
    }

    @Test func `tasks are listed`() async throws {
        try await GatewayUnderTest.run { gateway in
            gateway.useCases.have(gateway.task(.working(nil)))
            let result = try await SessionClient(gateway).ask("tasks/list").result
            #expect(result?["tasks"]?.arrayValue?.map { $0["taskId"] } == [Self.id])
        }
    }
}
