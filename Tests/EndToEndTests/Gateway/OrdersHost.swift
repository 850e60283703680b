import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation

/// An installation in front of the orders server of the examples, and clients of other people's making.
struct OrdersHost: Sendable {
    let installation: Installation
    private(set) var server: ServerProcess
    private(set) var orders: OrdersServer
    var browser: TestBrowser

    struct NotReady: Error { var what: String }

    /// Counting is routine, exporting is forbidden, and people decide about deleting, within so long.
    static func policy(expires: Text = "1h") -> Text {
        """
        @id("calls") permit (principal, action in Countersign::Action::"CallTool", resource);
        @id("never") @reason("Nothing leaves the shop")
        forbid (principal, action == Countersign::Action::"orders___export_orders", resource);
        @id("people") @tier("approval") @approvers("operators") @quorum("1") @ttl("15m") @expires("\(expires)")
        @assurance("1") @reason("An operator decides")
        forbid (principal, action == Countersign::Action::"orders___delete_orders", resource)
        unless { context has approval && context.approval.hasTag("operators")
            && context.approval.getTag("operators") >= 1 && context.approval.assurance >= 1 };
        """
    }

    /// A host for one test, which leaves a sound record behind.
    ///
    /// - Parameter holdSeconds: how long a call stays on the line while people decide.
    static func run(
        holdSeconds: Int64 = 600, expires: Text = "1h", _ body: (inout OrdersHost) async throws -> Void
    ) async throws {
        var host = try await OrdersHost(holdSeconds: holdSeconds, expires: expires)
        defer {
            host.server.end()
            host.orders.end()
            host.installation.remove()
        }
        try await body(&host)
        guard try await host.server.stop() else { throw NotReady(what: "an end: \(host.server.writtenLog)") }
        let report = try await host.installation.doctor()
        guard report.sound else { throw NotReady(what: "a sound record: \(report.output)") }
    }

    private init(holdSeconds: Int64, expires: Text) async throws {
        installation = try await Installation.copy()
        orders = try OrdersServer(in: installation.folder)
        server = try await ServerProcess(data: installation.data)
        browser = installation.browser.visiting(server.consoleURL)
        try await browser.apply(.registerUpstream(orders.registration(holdSeconds: holdSeconds)))
        let data = installation.data
        let isThere = try await ServerProcess.eventually {
            let tools = try await OperatorClient(dataDirectory: data).inventory()["tools"]?.arrayValue ?? []
            return tools.contains { $0["tool"]?["tool"]?["name"] == "delete_orders" } ? true : nil
        }
        guard isThere == true else { throw NotReady(what: "the tools: \(server.writtenLog)") }
        try await browser.apply(.loadPolicy(source: Self.policy(expires: expires)))
    }

    /// Connected as the agent.
    func client(
        _ kind: DrivenClient.Kind = .official, _ way: DrivenClient.Way = .bridge
    ) async throws -> DrivenClient {
        let client = try DrivenClient(kind, way, to: server, of: installation)
        guard try await client.next("ready", within: 60) != nil else {
            client.end()
            throw NotReady(what: "a client: \(client.said) \(server.writtenLog)")
        }
        return client
    }

    /// The request that waits for people, once there is one.
    func waiting() async throws -> RequestID {
        guard let id = try await ServerProcess.eventually({ try await browser.waitingRequests().first }) else {
            throw NotReady(what: "a request: \(server.writtenLog)")
        }
        return id
    }

    /// How a tool of the orders server is registered now.
    func registration(of tool: String) async throws -> JSONValue? {
        let tools = try await OperatorClient(dataDirectory: installation.data).inventory()["tools"]?.arrayValue ?? []
        return tools.first { $0["tool"]?["tool"]?["name"]?.stringValue == tool }
    }

    /// Once the request has that status.
    func reaches(_ status: RequestStatus, _ id: RequestID) async throws -> Bool {
        try await ServerProcess.eventually { try await browser.status(of: id) == status ? true : nil } ?? false
    }

    /// Another process in the place of this one, which is stopped in order or killed.
    mutating func restartServer(killing: Bool = false) async throws {
        if killing {
            server.end()
            guard try await server.isGone() else { throw NotReady(what: "an end") }
        } else {
            guard try await server.stop() else { throw NotReady(what: "an end: \(server.writtenLog)") }
        }
        server = try await ServerProcess(data: installation.data, addresses: server.addresses)
    }

    mutating func restartOrders(describing description: String? = nil) throws {
        orders = try orders.restarted(describing: description)
    }
}
