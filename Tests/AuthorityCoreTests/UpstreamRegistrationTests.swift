import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

@Suite struct UpstreamRegistrationTests {
    private static func web(_ headers: [UpstreamServer.Setting] = []) -> UpstreamServer {
        UpstreamServer(name: "orders", transport: .http(.init(url: "https://orders.example/mcp", headers: headers)))
    }

    private static let program = UpstreamServer(
        name: "files", transport: .command(.init(argv: ["/usr/bin/files"])))

    @Test
    func `a program and a secret of the host need two administrators, an address alone needs one until it replaces`()
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            _ = try await scenario.add("bea", roles: [.administrator])
            let secret = UpstreamServer(
                name: "mail",
                transport: .http(
                    .init(
                        url: "https://mail.example/mcp",
                        headers: [.init(name: "Authorization", source: .environment("MAIL_TOKEN"))])))
            let changes: [(Change, ChangeProposal.Status)] = [
                (.registerUpstream(Self.program), .proposed), (.registerUpstream(secret), .proposed),
                (.registerUpstream(Self.web()), .applied), (.registerUpstream(Self.web()), .proposed),
                (.removeUpstream("orders"), .applied),
            ]
            for (change, status) in changes {
                let answer = try await scenario.approver.change(change).change
                #expect(answer.status == status, "\(change)")
            }
            let kinds = try await scenario.fixture.entries(about: "upstream:orders").map { $0["kind"] }
            #expect(kinds == ["upstream.registered", "upstream.removed"])
        }
    }

    static let refused: [(UpstreamServer, ProblemCode)] = [
        (web([.init(name: "Authorization", source: .text("Bearer abc"))]), .invalidValue),
        (web([.init(name: "X-Api-Key", source: .text("abc"))]), .invalidValue),
        (web([.init(name: "X-Signing", source: .environment("COUNTERSIGN_KEY"))]), .invalidValue),
        (web([.init(name: "X-Value", source: .configuration)]), .invalidValue),
        (web([.init(name: "Host", source: .text("inside"))]), .invalidValue),
        (web([.init(name: "Mcp-Session-Id", source: .text("1"))]), .invalidValue),
        (UpstreamServer(name: "a", transport: .http(.init(url: "http://orders.example/mcp"))), .invalidValue),
        (UpstreamServer(name: "a", transport: .http(.init(url: "http://localhost.example/mcp"))), .invalidValue),
        (UpstreamServer(name: "a", transport: .http(.init(url: "https://user@orders.example/mcp"))), .invalidValue),
        (UpstreamServer(name: "a", transport: .http(.init(url: "file:///etc/passwd"))), .invalidValue),
        (UpstreamServer(name: "a", transport: .command(.init(argv: ["files"]))), .invalidValue),
        (UpstreamServer(name: "a", transport: .command(.init(argv: []))), .invalidValue),
        (UpstreamServer(name: "A_b", transport: .http(.init(url: "https://orders.example/mcp"))), .invalidValue),
        (UpstreamServer(name: "orders-db", transport: .http(.init(url: "https://a.example/mcp"))), .nameTaken),
    ]

    @Test(arguments: 0..<refused.count)
    func `a server that hides a secret, cannot be reached safely or takes another's name is refused`(index: Int)
        async throws
    {
        let (server, code) = Self.refused[index]
        try await AuthorityFixture.withScenario { scenario in
            let error = try await refusal { try await scenario.approver.change(.registerUpstream(server)) }
            #expect(error?.code == code && error?.hint != nil, "\(error as Any)")
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:8000/mcp", "http://[::1]/mcp", "http://localhost", "https://a.example:8443/x?y=1",
    ])
    func `an address on the loopback interface or behind TLS is taken`(url: String) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let server = UpstreamServer(name: "orders", transport: .http(.init(url: Text(url))))
            let answer = try await scenario.approver.change(.registerUpstream(server)).change
            #expect(answer.status == .applied)
        }
    }

    @Test func `people register no tool of a server behind the gateway`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.registerUpstream(Self.web()))
            let target = Target(name: "a", resource: .init(type: "T", id: "a"), environment: "e")
            for (server, kind, code) in [
                ("orders", RegisteredTool.Kind.generic, ProblemCode.nameTaken), ("else", .mcp, .invalidValue),
            ] {
                let tool = RegisteredTool(
                    reference: ToolReference(server: Text(server), name: "query"), kind: kind, title: "Query",
                    targets: [target])
                try await expectRefused(code) { try await scenario.approver.change(.registerTool(tool)) }
            }
        }
    }
}
