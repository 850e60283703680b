import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing
import WireProtocol

/// `countersign token` against a real server.
@Suite struct BearerTokenVerbTests {
    private static func run(_ arguments: [String], _ installation: Installation, _ server: ServerProcess) throws
        -> Program
    {
        try Program(
            ["token"] + arguments + [
                "--server", server.agentsURL.string, "--agent", "orders-agent", "--key",
                "\(installation.folder)/agent.jwk",
            ], in: installation.folder)
    }

    @Test func `it prints a bearer token, once an administrator allowed it, and until one takes it back`() async throws
    {
        let installation = try await Installation.copy()
        defer { installation.remove() }
        let server = try await ServerProcess(data: installation.data)
        var browser = installation.browser.visiting(server.consoleURL)
        try KeyFile.write(installation.key, to: "\(installation.folder)/agent.jwk")
        let agent: AgentID = try Scenario.name("orders-agent")

        let early = try Self.run([], installation, server)
        #expect(try await early.exitStatus() == 1)
        #expect(early.said.hasPrefix("countersign: error: The DPoP proof is not accepted."), "\(early.said)")
        #expect(early.written.isEmpty)

        try await browser.apply(.allowBearer(agent))
        let plain = try Self.run(["--json"], installation, server)
        #expect(try await plain.exitStatus() == 0, "\(plain.said)")
        let answer = try JSONReader.read(Array(plain.written.utf8))
        #expect(answer["token_type"] == "Bearer" && answer["expires_in"] == 600)

        let narrow = try Self.run(["--only", "orders", "--headers"], installation, server)
        #expect(try await narrow.exitStatus() == 0, "\(narrow.said)")
        let header = try #require(try JSONReader.read(Array(narrow.written.utf8))["Authorization"]?.stringValue)
        let claims = header.split(separator: ".")
        let payload = try JSONReader.read(try #require(claims.count == 3 ? Base64URL.decode(String(claims[1])) : nil))
        #expect(header.hasPrefix("Bearer ") && payload["aud"] == .string("\(server.agentsURL)/mcp/orders"))
        #expect(payload["cnf"] == nil && payload["sub"] == "orders-agent")

        // Over the wire it opens no other address.
        let refused = try await AsyncHTTPTransport().exchange(
            TransportRequest(
                method: "GET", url: "\(server.agentsURL)/v1/requests/req_x", headers: [("authorization", header)]))
        #expect(refused.status == 401)

        try await browser.apply(.refuseBearer(agent))
        let late = try Self.run([], installation, server)
        #expect(try await late.exitStatus() == 1)
        #expect(try await server.stop())
        #expect(try await installation.doctor().sound)
    }
}
