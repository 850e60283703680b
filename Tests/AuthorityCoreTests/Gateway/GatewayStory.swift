import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import Synchronization
import Testing
import ToolUpstreams

/// A whole authority with a gateway in front of a real process.
struct GatewayStory: Sendable {
    let scenario: Scenario
    let program: OrdersProgram
    let server: UpstreamServer
    let connections: OneConnection
    let gateway: ToolGateway

    var authority: Authority { scenario.authority }
    var clock: ManualClock { scenario.clock }

    static let policy: Text = """
        @id("calls") permit (principal, action in Countersign::Action::"CallTool", resource);
        @id("delete-needs-operators") @tier("approval") @approvers("operators") @quorum("1") @ttl("15m") @expires("1h")
        @assurance("1") @reason("Deleting needs an operator")
        forbid (principal, action == Countersign::Action::"orders___delete", resource)
        unless { context has approval && context.approval.hasTag("operators") &&
                 context.approval.getTag("operators") >= 1 && context.approval.assurance >= 1 };
        @id("never-drop") @reason("Never")
        forbid (principal, action == Countersign::Action::"orders___drop", resource);
        """

    /// Runs the body while program and gateway run, and ends both.
    static func tell(
        limits: UpstreamServer.Limits = .init(), previews: [UpstreamServer.Preview] = [], probe: StepProbe = .none,
        _ body: @Sendable (GatewayStory) async throws -> Void
    ) async throws {
        try await AuthorityFixture.withScenario(probe: probe, policy: policy) { scenario in
            let program = try OrdersProgram()
            let server = program.server(limits, previews)
            let connections = try OneConnection(server)
            try await connections.whileRunning {
                let story = GatewayStory(scenario, program, server, connections)
                try await story.registerTools()
                try await connections.connected()
                try await story.whileRunning { try await body(story) }
            }
        }
    }

    init(
        _ scenario: Scenario, _ program: OrdersProgram, _ server: UpstreamServer, _ connections: OneConnection
    ) {
        self.scenario = scenario
        self.program = program
        self.server = server
        self.connections = connections
        gateway = ToolGateway(scenario.authority, connections: connections)
    }

    func whileRunning(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await gateway.run() }
            defer {
                gateway.close()
                authority.watch.drain()
            }
            do { try await body() } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    /// The same record and program before another process of ours.
    func restarted(_ body: (GatewayStory) async throws -> Void) async throws {
        gateway.close()
        authority.watch.drain()
        // Whatever was done before was done before it began.
        clock.advance(milliseconds: 1)
        let story = GatewayStory(try await scenario.restarted(), program, server, connections)
        do { try await story.whileRunning { try await body(story) } } catch {
            try? await story.scenario.fixture.closeStore()
            throw error
        }
        try await story.scenario.fixture.closeStore()
    }

    // MARK: The registry

    func registerTools(_ tools: [JSONObject] = OrdersProgram.tools) async throws {
        let definitions = try tools.map { try ToolDefinition(json: .object($0)) }
        let registered = definitions.map { definition in
            RegisteredTool(
                reference: ToolReference(server: server.name, name: definition.name, definition: definition.digest),
                kind: .mcp, title: definition.name, targets: [server.target], deadlineSeconds: (600, 600),
                inputSchema: .object(definition.inputSchema))
        }
        let methods = ServerMethod.allCases.map { method in
            RegisteredTool(
                reference: ToolReference(server: server.name, name: method.name), kind: .mcp, title: method.name,
                targets: [server.target], inputSchema: ["type": "object", "additionalProperties": true])
        }
        let (registration, now) = (self.server, clock.now)
        try await scenario.fixture.write { transaction in
            try transaction.save(
                UpstreamRegistration(server: registration, registeredAt: now, registeredBy: "configuration"))
            for tool in registered + methods { try transaction.save(tool) }
            for definition in definitions {
                try transaction.record(
                    DiscoveredTool(
                        server: registration.name, name: definition.name, state: .offered, digest: definition.digest,
                        definition: definition.published, seenAt: now))
            }
            for method in methods {
                try transaction.record(
                    DiscoveredTool(
                        server: registration.name, name: method.reference.name, state: .offered,
                        digest: method.reference.definition, seenAt: now))
            }
        }
    }

    // MARK: Calls

    func call(
        _ tool: Text, _ arguments: JSONObject = [:], by agent: TestAgent? = nil, scope: GatewayScope = .everything,
        patience: CallPatience = CallPatience(hold: .zero)
    ) async throws -> CallAnswer {
        let name = scope == .everything ? "orders___\(tool)" : tool
        return try await perform(.callTool(name: name, arguments: arguments), by: agent, scope, patience)
    }

    func perform(
        _ operation: GatewayCall.Operation, by agent: TestAgent? = nil, _ scope: GatewayScope = .everything,
        _ patience: CallPatience = CallPatience(hold: .zero)
    ) async throws -> CallAnswer {
        let caller = try await (agent ?? scenario.agent).authenticated("POST", "/mcp")
        return try await gateway.perform(
            GatewayCall(scope: scope, operation: operation), for: caller, patience: patience)
    }

    /// Asks for a deletion and gives the request that waits.
    func waiting(status: Text = "void", patience: CallPatience = CallPatience(hold: .zero)) async throws -> WaitingCall
    {
        let answer = try await call("delete", ["status": .string(status)], patience: patience)
        guard case .waiting(let waiting) = answer else { throw Unexpected(answer: answer) }
        return waiting
    }

    func held(status: Text) async throws -> (request: RequestID, answer: Task<CallAnswer, any Error>) {
        try await held("delete", ["status": .string(status)])
    }

    /// A call that stays on the line, once it waits.
    func held(
        _ tool: Text = "delete", _ arguments: JSONObject = ["status": "void"], by agent: TestAgent? = nil
    ) async throws -> (request: RequestID, answer: Task<CallAnswer, any Error>) {
        let (told, tell) = AsyncStream<WaitingCall>.makeStream()
        let patience = CallPatience(hold: .seconds(50), onWaiting: { tell.yield($0) })
        let answer = Task {
            defer { tell.finish() }
            return try await call(tool, arguments, by: agent, patience: patience)
        }
        for await waiting in told { return (waiting.request, answer) }
        throw Unexpected(answer: try await answer.value)
    }

    func requests() async throws -> [ApprovalRequest] {
        try await scenario.fixture.read { try $0.requests(RequestFilter()) }
    }

    /// Returns when the request has come that far.
    func eventually(_ status: RequestStatus, _ id: RequestID) async throws {
        while true {
            let waiter = authority.watch.waiter(for: .request(id), seconds: 60)
            defer { authority.watch.stop(waiter) }
            if try await scenario.fixture.request(id).progress.status == status { return }
            _ = await waiter.ending()
        }
    }

    struct Unexpected: Error { var answer: CallAnswer }
}

/// One process, and nobody else.
final class OneConnection: UpstreamConnections {
    private let process: StdioUpstream
    private let greeted: AsyncStream<Void>

    struct Unusable: Error {}

    init(_ server: UpstreamServer) throws {
        let (greeted, greet) = AsyncStream<Void>.makeStream()
        let process = StdioUpstream(server, sources: SettingSources(variable: { _ in nil })) { event in
            if case .connected = event { greet.yield() }
        }
        guard let process else { throw Unusable() }
        self.process = process
        self.greeted = greeted
    }

    func connected() async throws {
        for await _ in greeted { return }
    }

    func whileRunning(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [process] in await process.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    func upstream(_ server: UpstreamServer) -> any Upstream { process }
    func close(_ server: Text) {}
    var events: AsyncStream<(server: Text, event: UpstreamEvent)> { AsyncStream { $0.finish() } }
}

extension CallAnswer {
    /// The text of a result's first content.
    var text: String? {
        if case .result(let result) = self { result["content"]?.arrayValue?.first?["text"]?.stringValue } else { nil }
    }

    var refusal: CallRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
    var isWaiting: Bool { if case .waiting = self { true } else { false } }
    var unknown: RequestID? { if case .unknown(let id, _) = self { id } else { nil } }
}
