import CanonicalEncoding
import DomainModel
import Testing

/// The gateway as other people's clients see it: the official SDK and fastmcp, unchanged through the bridge, and over HTTP with the lines of
/// `examples/gateway`. The tools are those of the orders server, and what they do is looked up in its database.
@Suite(.timeLimit(.minutes(4))) struct GatewayStoryTests {
    static let ways: [(kind: DrivenClient.Kind, way: DrivenClient.Way)] = DrivenClient.Kind.allCases.flatMap { kind in
        DrivenClient.Way.allCases.map { (kind, $0) }
    }

    private static let void: JSONValue = ["status": "void"]

    @Test(arguments: ways)
    func `a routine call runs at once, and a forbidden one says why it does not`(
        kind: DrivenClient.Kind, way: DrivenClient.Way
    ) async throws {
        try await OrdersHost.run { host in
            let client = try await host.client(kind, way)
            defer { client.end() }
            try client.send(["do": "list"])
            let tools = try await client.next("tools")?["tools"]?.arrayValue ?? []
            let names = Set(tools.compactMap { $0["name"]?.stringValue })
            // What is forbidden whatever it is called with is not even shown.
            #expect(
                names.isSuperset(of: ["orders___count_orders", "orders___delete_orders", "orders___read_orders"]))
            let count = try #require(try await client.result("orders___count_orders", Self.void), "\(client.said)")
            #expect(count["text"] == "3" && count["is_error"] == false, "\(count)")
            let export = try #require(try await client.result("orders___export_orders", ["seconds": 0], id: 2))
            #expect(export["event"] == "result" && export["is_error"] == true, "\(export)")
            #expect(export["text"]?.stringValue?.contains("Nothing leaves the shop") == true, "\(export)")
            let wrong = try #require(try await client.result("orders___count_orders", ["status": 7], id: 3))
            #expect(wrong["is_error"] == true || wrong["event"] == "error", "\(wrong)")
            try client.send(["do": "read", "id": 4, "uri": "orders+orders://schema"])
            let schema = try #require(try await client.answer(to: 4))
            #expect(schema["text"]?.stringValue?.contains("CREATE TABLE orders") == true, "\(schema)")
            #expect(try await client.close(), "\(client.said)")
        }
    }

    @Test(arguments: ways)
    func `a call waits for a person, and runs once when it is approved`(
        kind: DrivenClient.Kind, way: DrivenClient.Way
    ) async throws {
        try await OrdersHost.run { host in
            let client = try await host.client(kind, way)
            defer { client.end() }
            try client.call("orders___delete_orders", Self.void, id: 1, progress: true)
            let id = try await host.waiting()
            #expect(try host.orders.count("void") == 3)
            try await host.browser.vote(.approve, on: id)
            let answer = try #require(try await client.answer(to: 1), "\(client.said)")
            #expect(answer["text"] == "3" && answer["is_error"] == false, "\(answer)")
            #expect(try host.orders.count("void") == 0)
            #expect(try await host.reaches(.completed, id))
            #expect(try await client.close(), "\(client.said)")
        }
    }

    @Test(arguments: [DrivenClient.Kind.official, .legacy])
    func `a call that a person denies does not run, and says so`(kind: DrivenClient.Kind) async throws {
        try await OrdersHost.run { host in
            let client = try await host.client(kind)
            defer { client.end() }
            try client.call("orders___delete_orders", Self.void, id: 1)
            try await host.browser.vote(.deny, on: try await host.waiting())
            let answer = try #require(try await client.answer(to: 1))
            #expect(answer["is_error"] == true, "\(answer)")
            #expect(answer["text"]?.stringValue?.contains("A person denied this call. It did not run.") == true)
            #expect(try host.orders.count("void") == 3)
        }
    }

    @Test func `a call that nobody decides about in time ends, and says so`() async throws {
        try await OrdersHost.run(expires: "2s") { host in
            let client = try await host.client()
            defer { client.end() }
            let answer = try #require(try await client.result("orders___delete_orders", Self.void))
            #expect(
                answer["text"]?.stringValue?.contains("Nobody decided about this call in time") == true, "\(answer)")
            #expect(try host.orders.count("void") == 3)
        }
    }

    @Test(arguments: ways.filter { $0.kind != .fastmcp })
    func `a call that its client cancels while it waits is ended, and cannot be approved any more`(
        kind: DrivenClient.Kind, way: DrivenClient.Way
    ) async throws {
        try await OrdersHost.run { host in
            let client = try await host.client(kind, way)
            defer { client.end() }
            try client.call("orders___delete_orders", Self.void, id: 1)
            let id = try await host.waiting()
            try client.cancel(1)
            #expect(try await client.answer(to: 1)?["event"] == "cancelled")
            #expect(try await host.reaches(.cancelled, id))
            await #expect(throws: TestBrowser.Refused.self) { try await host.browser.vote(.approve, on: id) }
            // The connection is as good as before.
            #expect(try await client.result("orders___count_orders", Self.void, id: 2)?["text"] == "3")
        }
    }

    @Test(arguments: DrivenClient.Kind.allCases)
    func `whoever cannot wait is told so, and the same call again joins the one that waits`(
        kind: DrivenClient.Kind
    ) async throws {
        try await OrdersHost.run(holdSeconds: 0) { host in
            let client = try await host.client(kind)
            defer { client.end() }
            let first = try #require(try await client.result("orders___delete_orders", Self.void, id: 1))
            #expect(first["is_error"] == true, "\(first)")
            #expect(first["text"]?.stringValue?.contains("neither done nor refused") == true, "\(first)")
            let id = try await host.waiting()
            #expect(first["structured"]?["request"] == .string(id.text))
            let second = try #require(try await client.result("orders___delete_orders", Self.void, id: 2))
            #expect(second["structured"]?["request"] == .string(id.text))
            #expect(try await host.browser.waitingRequests() == [id])
            try await host.browser.vote(.approve, on: id)
            // Approved, and nobody on the line: it runs when it is called again.
            #expect(try host.orders.count("void") == 3)
            let third = try #require(try await client.result("orders___delete_orders", Self.void, id: 3))
            #expect(third["text"] == "3" && third["is_error"] == false, "\(third)")
            #expect(try host.orders.count("void") == 0)
            #expect(try await host.browser.status(of: id) == .completed)
        }
    }
}
