import CanonicalEncoding
import DomainModel
import Testing

/// What restarts, changes and vanishes around a call that waits.
@Suite(.timeLimit(.minutes(4))) struct GatewayRestartTests {
    private static let void: JSONValue = ["status": "void"]

    @Test(arguments: [(DrivenClient.Kind.official, false), (.official, true), (.legacy, false), (.legacy, true)])
    func `a call that waits outlives the server, and runs once for the client that calls again`(
        kind: DrivenClient.Kind, killing: Bool
    ) async throws {
        try await OrdersHost.run { host in
            let client = try await host.client(kind)
            defer { client.end() }
            try client.call("orders___delete_orders", Self.void, id: 1)
            let id = try await host.waiting()
            try await host.restartServer(killing: killing)
            let interrupted = try #require(try await client.answer(to: 1), "\(client.said)")
            // Told in order that it waits, or that the connection is lost; never that it was refused or done.
            let isWaiting = interrupted["text"]?.stringValue?.contains("neither done nor refused") == true
            let isLost = interrupted["data"]?["code"] == "connection_lost"
            #expect(killing ? isLost : isWaiting || isLost, "\(interrupted)")
            #expect(try await host.browser.waitingRequests() == [id])
            try await host.browser.vote(.approve, on: id)
            #expect(try host.orders.count("void") == 3)
            // The same process, the same client: the bridge has found the way back.
            let answer = try #require(
                try await client.result("orders___delete_orders", Self.void, id: 2), "\(client.said)")
            #expect(answer["text"] == "3" && answer["is_error"] == false, "\(answer)")
            #expect(try host.orders.count("void") == 0)
            #expect(try await host.browser.status(of: id) == .completed)
        }
    }

    @Test func `a tool server that is away is said to be so, and is there again once it is back`() async throws {
        try await OrdersHost.run { host in
            let client = try await host.client()
            defer { client.end() }
            host.orders.end()
            let away = try #require(try await client.result("orders___count_orders", Self.void, id: 1))
            #expect(away["is_error"] == true || away["event"] == "error", "\(away)")
            try host.restartOrders()
            var id: Int64 = 1
            let back = try await ServerProcess.eventually { () -> Bool? in
                id += 1
                return try await client.result("orders___count_orders", Self.void, id: id)?["text"] == "3" ? true : nil
            }
            #expect(back == true)
        }
    }

    @Test func `what was approved for a tool that is another one by now is stale and does not run`() async throws {
        try await OrdersHost.run(holdSeconds: 0) { host in
            let client = try await host.client()
            defer { client.end() }
            _ = try await client.result("orders___delete_orders", Self.void, id: 1)
            let id = try await host.waiting()
            try await host.browser.vote(.approve, on: id)
            let approved = try await host.registration(of: "delete_orders")
            try host.restartOrders(describing: "Deletes the orders of this status, and whatever else it likes.")
            // Another call makes the gateway connect again, which is when it looks at the tools; at the latest it does in a minute.
            _ = try await client.result("orders___count_orders", Self.void, id: 2)
            let isSeen = try await ServerProcess.eventually(within: 90) {
                try await host.registration(of: "delete_orders") != approved ? true : nil
            }
            #expect(isSeen == true, "\(host.server.writtenLog)")
            let stale = try #require(try await client.result("orders___delete_orders", Self.void, id: 3))
            #expect(stale["is_error"] == true, "\(stale)")
            #expect(try await host.browser.status(of: id) == .stale)
            // The same call once more is a new one, of the tool as it is now.
            let again = try #require(try await client.result("orders___delete_orders", Self.void, id: 4))
            #expect(again["structured"]?["request"] != .string(id.text), "\(again)")
            #expect(try host.orders.count("void") == 3)
            #expect(try await host.waiting() != id)
        }
    }
}
