import APIClient
import AsyncHTTPClient
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import NIOCore
import NIOHTTP1
import ServerRuntime
import Testing
import WireProtocol

/// Clients that wait and go away without a word, over real connections.
@Suite struct VanishedClientTests {
    /// Each on a connection of its own: below the eight that the client opens to one host.
    private static let count = 7

    private static func start(_ installation: Installation) async throws -> RunningServer {
        let ana = try #require(PersonID("ana"))
        var configuration = ServerConfiguration(
            dataDirectory: installation.data, firstAdministrator: .init(person: ana, groups: []))
        configuration.agents.listen.port = 0
        configuration.people.listen.port = 0
        configuration.local.port = 0
        return try await ServerRuntime.start(configuration, logger: WrittenLog().logger)
    }

    private static func waiters(_ count: Int, at server: RunningServer) async throws -> Bool {
        try await ServerProcess.eventually { server.authority.watch.count == count ? true : nil } ?? false
    }

    @Test func `a long poll whose client vanishes leaves nothing behind`() async throws {
        let installation = try await Installation.copy()
        defer { installation.remove() }
        let server = try await Self.start(installation)
        let agent = AgentClient(
            identity: .init(
                agent: try Scenario.name("orders-agent"), key: installation.key, server: Text(server.agentsURL)),
            surroundings: ClientSurroundings(now: Installation.now), patience: .milliseconds(200))
        let request = try await agent.open(
            try OpenRequestBody(json: ["action": Scenario.deletion]), idempotencyKey: "one")
        let polls = (0..<Self.count).map { _ in
            Task { try await agent.read(request.id, waitSeconds: 60, known: request) }
        }
        #expect(try await Self.waiters(Self.count, at: server))
        for poll in polls { poll.cancel() }
        #expect(try await Self.waiters(0, at: server))
        for poll in polls { _ = await poll.result }
        // The server is well: somebody else's wait is answered.
        let waiting = Task { try await agent.read(request.id, waitSeconds: 60, known: request) }
        #expect(try await Self.waiters(1, at: server))
        _ = try await agent.cancel(request.id)
        #expect(try await waiting.value.status == .cancelled)
        try await server.shutdown()
    }

    @Test func `a live page whose browser vanishes leaves nothing behind`() async throws {
        let installation = try await Installation.copy()
        defer { installation.remove() }
        let server = try await Self.start(installation)
        let cookie = try #require(installation.browser.cookie)
        let pages = (0..<Self.count).map { _ in
            Task {
                var call = HTTPClientRequest(url: "\(server.consoleURL)/events")
                call.headers.add(name: "cookie", value: cookie)
                let response = try await HTTPClient.shared.execute(call, timeout: .seconds(60))
                for try await _ in response.body {}
            }
        }
        #expect(try await Self.waiters(Self.count, at: server))
        for page in pages { page.cancel() }
        #expect(try await Self.waiters(0, at: server))
        for page in pages { _ = await page.result }
        try await server.shutdown()
    }
}
