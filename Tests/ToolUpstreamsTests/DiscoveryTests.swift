import AsyncHTTPClient
import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import Testing
import ToolUpstreams

@Suite(.timeLimit(.minutes(2))) struct DiscoveryTests {
    /// Runs discovery over real connections while the body runs.
    static func discovering(
        _ authority: Authority, _ body: (ToolDiscovery, ToolConnections) async throws -> Void
    ) async throws {
        let client = HTTPClient(configuration: HTTPUpstream.configuration)
        let connections = ToolConnections(client: client, sources: SettingSources(variable: { _ in nil }))
        let discovery = ToolDiscovery(authority, connections: connections)
        let outcome = await withTaskGroup(of: Void.self) { group -> Result<Void, any Error> in
            group.addTask { await connections.run() }
            group.addTask { await discovery.run() }
            defer { group.cancelAll() }
            do { return .success(try await body(discovery, connections)) } catch { return .failure(error) }
        }
        try await client.shutdown()
        try outcome.get()
    }

    /// A scenario with the server registered and found.
    private func with(
        _ offer: JSONObject, believes: Bool = false,
        _ body: (Scenario, OfferingServer, ToolDiscovery, ToolConnections) async throws -> Void
    ) async throws {
        let offering = try OfferingServer(offer)
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.registerUpstream(offering.server(believesAnnotations: believes)))
            try await Self.discovering(scenario.authority) { discovery, connections in
                try await ticking(discovery, "the server is found") { Self.isConnected(scenario) }
                try await body(scenario, offering, discovery, connections)
            }
        }
    }

    private static func isConnected(_ scenario: Scenario) -> Bool {
        guard case .connected? = scenario.authority.catalogue.server("shop")?.connection else { return false }
        return scenario.authority.catalogue.server("shop")?.tools.isEmpty == false
    }

    private static func states(_ scenario: Scenario) async throws -> [Text: DiscoveredTool.State] {
        let tools = try await scenario.fixture.read { try $0.discoveredTools(of: "shop") }
        return Dictionary(tools.map { ($0.name, $0.state) }) { $1 }
    }

    @Test func `what a server offers registers itself, page by page, with an entry each and traits of the worst`()
        async throws
    {
        let tools = ["count", "delete", "export"].map {
            OfferingServer.tool($0, ["annotations": ["readOnlyHint": true]])
        }
        let offer: JSONObject = [
            "tools": .array(tools), "capabilities": ["resources": [:], "prompts": [:]],
            "resources": [["uri": "shop://1", "name": "one"], ["name": "without an address"]],
            "prompts": [["name": "greet"]],
        ]
        try await with(offer) { scenario, _, discovery, _ in
            try await ticking(discovery, "its lists are there") {
                scenario.authority.catalogue.server("shop")?.lists.prompts.isEmpty == false
            }
            let server = try #require(scenario.authority.catalogue.server("shop"))
            #expect(server.publishedTools.map(\.reference.name) == ["count", "delete", "export"])
            #expect(server.offers(.readResource) && server.offers(.getPrompt) && !server.offers(.complete))
            #expect(server.lists.resources.map { $0["uri"] } == ["shop://1"] && server.lists.prompts.count == 1)
            let tool = try #require(try await scenario.fixture.read { try $0.tool(server: "shop", name: "delete") })
            #expect(tool.kind == .mcp && tool.reference.definition == server.tools["delete"]?.definition?.digest)
            #expect(tool.traits == .init() && tool.targets.map(\.resource.id) == ["main"])
            let entries = try await scenario.fixture.entries(about: "tool:shop___delete")
            #expect(entries.map { $0["kind"] } == ["tool.registered"] && entries[0]["body"]?["by"] == "upstream:shop")
        }
    }

    @Test func `a server that is believed says itself what its tools do`() async throws {
        let tool = OfferingServer.tool(
            "count", ["title": "Count", "annotations": ["readOnlyHint": true, "destructiveHint": false]])
        try await with(["tools": [tool]], believes: true) { scenario, _, _, _ in
            let tool = try #require(scenario.authority.catalogue.tool("shop", "count")?.registered)
            #expect(tool.title == "Count" && tool.traits == .init(destructive: false, readOnly: true, openWorld: true))
        }
    }

    @Test func `a changed definition is followed at once, and both are kept`() async throws {
        try await with(["tools": [OfferingServer.tool("count")]]) { scenario, offering, discovery, connections in
            let changes = scenario.authority.catalogue.changes()
            let before = try #require(scenario.authority.catalogue.tool("shop", "count")?.reference.definition)
            try offering.offer(["tools": [OfferingServer.tool("count", ["description": "something else"])]])
            let upstream = connections.upstream(offering.server())
            _ = try await upstream.ask(UpstreamCall(method: "tools/call", params: ["name": "count"]))
            try await ticking(discovery, "another definition is there") {
                scenario.authority.catalogue.tool("shop", "count")?.reference.definition != before
            }
            for await change in changes where change.list == .tools { break }
            let after = try #require(scenario.authority.catalogue.tool("shop", "count")?.reference.definition)
            #expect(after != before)
            let seen = try await scenario.fixture.read { try $0.discoveries(server: "shop", name: "count", limit: 9) }
            #expect(seen.map(\.digest) == [after, before])
            #expect(seen.map { $0.definition?["description"] } == ["something else", "what it does"])
            let entry = try #require(try await scenario.fixture.entries(about: "tool:shop___count").last)
            #expect(entry["body"]?["replaces"] == "\(before.wire)")
        }
    }

    @Test func `a tool that vanishes is disabled and comes back with its server's word`() async throws {
        let both: JSONObject = ["tools": [OfferingServer.tool("count"), OfferingServer.tool("delete")]]
        try await with(both) { scenario, offering, discovery, _ in
            try offering.offer(["tools": [OfferingServer.tool("count")]])
            discovery.look(at: "shop")
            try await ticking(discovery, "it is gone") { scenario.authority.catalogue.tool("shop", "delete") == nil }
            #expect(try await scenario.fixture.read { try $0.tool(server: "shop", name: "delete") }?.isEnabled == false)
            #expect(try await Self.states(scenario) == ["count": .offered, "delete": .gone])
            try offering.offer(both)
            discovery.look(at: "shop")
            try await ticking(discovery, "it is back") { scenario.authority.catalogue.tool("shop", "delete") != nil }
        }
    }

    @Test func `a tool that people disabled stays so, whatever its server says, until the server is registered anew`()
        async throws
    {
        try await with(["tools": [OfferingServer.tool("count"), OfferingServer.tool("delete")]]) {
            scenario, offering, discovery, _ in
            try await scenario.approver.change(.disableTool(server: "shop", name: "delete"))
            try await until("it is out of the catalogue") { scenario.authority.catalogue.tool("shop", "delete") == nil }
            try offering.offer(["tools": [OfferingServer.tool("delete", ["description": "new"])]])
            discovery.look(at: "shop")
            try await ticking(discovery, "it was asked") { scenario.authority.catalogue.tool("shop", "count") == nil }
            #expect(scenario.authority.catalogue.tool("shop", "delete") == nil)
            #expect(try await Self.states(scenario) == ["count": .gone, "delete": .withdrawn])
            try await scenario.approver.change(.registerUpstream(offering.server(believesAnnotations: true)))
            try await ticking(discovery, "it is back") { scenario.authority.catalogue.tool("shop", "delete") != nil }
        }
    }

    static let unusable: [(Text, JSONValue)] = [
        ("rm -rf", OfferingServer.tool("rm -rf")), ("a___b", OfferingServer.tool("a___b")),
        ("bad", OfferingServer.tool("bad", ["inputSchema": ["type": "array"]])),
        (
            "far",
            OfferingServer.tool(
                "far", ["inputSchema": ["type": "object", "properties": ["a": ["$ref": "https://a.example/b"]]]])
        ),
        (
            "large",
            OfferingServer.tool(
                "large",
                [
                    "inputSchema": [
                        "type": "object", "description": .string(Text(String(repeating: "x", count: 20_000))),
                    ]
                ])
        ),
        ("(no name)", ["inputSchema": ["type": "object"]]), ("(no name)", "count"),
        ("resources/read", OfferingServer.tool("resources/read")),
    ]

    @Test(arguments: 0..<unusable.count)
    func `what cannot be called is shown with the reason and never offered`(index: Int) async throws {
        let (name, json) = Self.unusable[index]
        try await with(["tools": [json, OfferingServer.tool("count")]]) { scenario, _, _, _ in
            let seen = try await scenario.fixture.read { try $0.discoveries(server: "shop", name: name, limit: 9) }
            #expect(seen.map(\.state) == [.unusable] && seen.first?.problem?.isEmpty == false, "\(seen)")
            #expect(scenario.authority.catalogue.server("shop")?.tools.keys.sorted() == ["count"])
            #expect(try await scenario.fixture.read { try $0.tool(server: "shop", name: name) } == nil)
        }
    }

    @Test func `two tools of one name are neither`() async throws {
        let twins = [OfferingServer.tool("count"), OfferingServer.tool("count", ["description": "b"])]
        try await with(["tools": .array(twins + [OfferingServer.tool("delete")])]) { scenario, _, _, _ in
            let states = try await Self.states(scenario)
            #expect(states == ["count": .unusable, "delete": .offered])
            #expect(scenario.authority.catalogue.tool("shop", "count") == nil)
        }
    }

    @Test
    func `after a restart what is registered can be found before the server is, numbers with a zero fraction included`()
        async throws
    {
        let schema: JSONValue = [
            "type": "object", "properties": ["id": ["type": "integer", "minimum": 1.0]], "required": ["id"],
        ]
        let offering = try OfferingServer(["tools": [OfferingServer.tool("count", ["inputSchema": schema])]])
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.registerUpstream(offering.server()))
            try await Self.discovering(scenario.authority) { discovery, _ in
                try await ticking(discovery, "the server is found") { Self.isConnected(scenario) }
            }
            try offering.offer(["refuses": true])
            let later = try await scenario.fixture.restarted()
            try await Self.discovering(later.authority) { _, _ in
                try await until("the tool is there") { later.authority.catalogue.tool("shop", "count") != nil }
                try await until("the server is not") {
                    if case .failed? = later.authority.catalogue.server("shop")?.connection { true } else { false }
                }
                #expect(later.authority.catalogue.tool("shop", "count") != nil)
            }
            try await later.closeStore()
        }
    }

    @Test func `a server that is removed takes its tools and its connection along`() async throws {
        try await with(["tools": [OfferingServer.tool("count")]]) { scenario, offering, _, connections in
            let upstream = connections.upstream(offering.server())
            try await scenario.approver.change(.removeUpstream("shop"))
            try await until("it is gone") { scenario.authority.catalogue.server("shop") == nil }
            try await until("its process has ended") { upstream.greeting == nil }
            #expect(try await scenario.fixture.read { try $0.tool(server: "shop", name: "count") }?.isEnabled == false)
            #expect(try await Self.states(scenario) == ["count": .gone])
        }
    }

    @Test func `one registration has one connection, and another under its name ends it`() async throws {
        let offering = try OfferingServer(["tools": [OfferingServer.tool("count")]])
        let client = HTTPClient(configuration: HTTPUpstream.configuration)
        let connections = ToolConnections(client: client, sources: SettingSources(variable: { _ in nil }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await connections.run() }
            defer { group.cancelAll() }
            let first = connections.upstream(offering.server())
            #expect(connections.upstream(offering.server()) as AnyObject === first as AnyObject)
            try await until("the first is there") { first.greeting != nil }
            let second = connections.upstream(offering.server(believesAnnotations: true))
            try await until("the first has ended") { first.greeting == nil }
            try await until("the second is there") { second.greeting != nil }
            connections.close("shop")
            try await until("the second has ended") { second.greeting == nil }
        }
        try await client.shutdown()
    }
}

/// Waits for a condition.
func until(_ what: Comment, _ isMet: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let end = ContinuousClock.now + .seconds(15)
    while !isMet() {
        guard ContinuousClock.now < end else {
            Issue.record("never: \(what)", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// The same, while discovery's seconds pass.
private func ticking(_ discovery: ToolDiscovery, _ what: Comment, _ isMet: () -> Bool) async throws {
    try await until(what) {
        discovery.letOneSecondPass()
        return isMet()
    }
}
