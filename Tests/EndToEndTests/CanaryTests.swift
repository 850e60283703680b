import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing
import WireProtocol

/// Whatever must never be kept or told goes through a real server and the real program, and is then looked for everywhere.
@Suite struct CanaryTests {
    private static let keyFile: Set<String> = ["signing-key.jwk"]

    @Test func `no secret is in a log, a problem, the program's words or a file of the store, also after a crash`()
        async throws
    {
        var canaries = Canaries()
        // The log says all that it can, and the server dies while the command's completion is written.
        let environment = ["COUNTERSIGN_LOG_LEVEL": "trace", "COUNTERSIGN_CRASH_AT": "completion.before_commit"]
        var host = try await CommandHost(environment: environment)
        defer { host.remove() }
        let words = try Self.markedWords(&canaries)
        let ran = try Self.run(host, words)
        let id = try #require(try await host.waiting())
        try await host.browser.vote(.approve, on: id)
        #expect(try await host.server.isGone(within: 60) && host.server.wasKilled)
        canaries.search("the first log", host.server.writtenLog.utf8)
        try canaries.search(folder: host.installation.data, when: "after the crash", except: Self.keyFile)
        try await host.restart()
        #expect(try await ran.exitStatus() == 0, "\(ran.said)")

        let denied = try Self.run(host, words)
        let second = try #require(try await host.waiting())
        try await host.browser.vote(.deny, on: second)
        #expect(try await denied.exitStatus() == 3, "\(denied.said)")
        let changed = try Self.run(host, words)
        let third = try #require(try await host.waiting())
        try "other".write(toFile: "\(host.installation.folder)/\(words.path)", atomically: false, encoding: .utf8)
        try await host.browser.vote(.approve, on: third)
        #expect(try await changed.exitStatus() == 1, "\(changed.said)")

        let refusals = try await Self.useTokens(of: host, &canaries)
        for (index, refusal) in refusals.enumerated() { canaries.search("refusal \(index)", refusal) }
        let created = try await Self.createAgent(at: host, &canaries)
        for program in [ran, denied, changed, created] {
            canaries.search("standard output", program.written.utf8)
            canaries.search("standard error", program.said.utf8)
        }
        try Self.hideKeys(of: host, &canaries)
        try canaries.search(folder: host.installation.data, when: "while it runs", except: Self.keyFile)
        #expect(try await host.server.stop())
        canaries.search("the second log", host.server.writtenLog.utf8)
        try canaries.search(folder: host.installation.data, when: "in the end", except: Self.keyFile)
        let anchor = FileManager.default.contents(atPath: "\(host.installation.data).anchor")
        canaries.search("the anchor", try #require(anchor))

        #expect(canaries.count >= 12 && canaries.shortest >= 16)
        #expect(refusals.count >= 8)
        // What is no secret is found in all of these places, so that not finding means something.
        let files = canaries.places(with: "orders-agent")
        for place in ["countersign.sqlite-wal after the crash", "countersign.sqlite while it runs"] {
            #expect(files.contains(place), "\(files)")
        }
        #expect(canaries.places(with: "The authority answers.") == ["the first log", "the second log"])
        #expect(canaries.places(with: "countersign: error:").count == 2)
        #expect(canaries.places(with: "\"code\"").count >= 8)
        #expect(canaries.found() == [])
    }

    /// The values that the caller of `run` marks.
    private struct Words {
        let argument = "canary-argument-\(UUID().uuidString)"
        let path = "canary-path-\(UUID().uuidString)"
        let value = "canary-value-\(UUID().uuidString)"
    }

    private static func markedWords(_ canaries: inout Canaries) throws -> Words {
        let words = Words()
        canaries.hide("marked argument", Text(words.argument))
        canaries.hide("marked path", Text(words.path))
        canaries.hide("marked variable", Text(words.value))
        return words
    }

    private static func run(_ host: CommandHost, _ words: Words) throws -> Program {
        try "text".write(
            toFile: "\(host.installation.folder)/\(words.path)", atomically: false, encoding: .utf8)
        let script = #"test -n "$CANARY" && test -n "$1" && test -f "$2""#
        return try host.run(
            ["--secret-arg", "4", "--secret-arg", "5", "--secret-env", "CANARY", "--wait", "5m"],
            ["/bin/sh", "-c", script, "sh", words.argument, words.path], ["CANARY": words.value])
    }

    /// Uses every credential rightly once, and wrongly in as many ways as there are; gives the refusals.
    private static func useTokens(of host: CommandHost, _ canaries: inout Canaries) async throws -> [[UInt8]] {
        var browser = host.browser
        let transport = RecordingTransport()
        let agent = AgentClient(
            identity: .init(
                agent: try Scenario.name("orders-agent"), key: host.installation.key, server: host.server.agentsURL),
            surroundings: ClientSurroundings(now: Installation.now), patience: .milliseconds(200), transport: transport)
        let opened = try await agent.open(try OpenRequestBody(json: ["action": Scenario.deletion]), idempotencyKey: "1")
        try await browser.vote(.approve, on: opened.id)
        let token = try await agent.token(opened.id, audience: agent.identity.agent).accessToken
        var other = opened.action
        other.arguments["id"] = 8
        _ = try? await agent.claim(ClaimBody(token: token, action: other), idempotencyKey: "2")
        let claimed = try await agent.claim(ClaimBody(token: token, action: opened.action), idempotencyKey: "3")
        _ = try? await agent.claim(ClaimBody(token: token, action: opened.action), idempotencyKey: "4")
        try await agent.complete(claimed.execution, CompletionBody(outcome: .succeeded))

        let added = try await browser.apply(
            .addPerson(.init(id: try Scenario.name("bob"), name: "Bob", roles: [.approver], groups: [])))
        let link = try #require(added["enrolment_link"]?.textValue)
        var bob = TestBrowser(origin: host.server.consoleURL)
        try await bob.enrol(link: link)
        let secret = Text(String(link.string.split(separator: "#").last ?? ""))
        let access = try #require(transport.credentials.first)
        let cookie = try #require(browser.cookie)
        canaries.hide("action token", token)
        canaries.hide("access token", Text(access))
        canaries.hide("enrolment link", secret)
        canaries.hide("cookie", Text(String(cookie.split(separator: "=").last ?? "")))
        canaries.hide("other cookie", Text(String(bob.cookie?.split(separator: "=").last ?? "")))
        for request in misuses(host, token: token.string, access: access, link: secret.string, cookie: cookie) {
            _ = try await transport.exchange(request)
        }
        return transport.refusals
    }

    private static func misuses(
        _ host: CommandHost, token: String, access: String, link: String, cookie: String
    ) -> [TransportRequest] {
        let agents = host.server.agentsURL.string
        let console = host.server.consoleURL.string
        let json = ("content-type", "application/json")
        let form = ("content-type", "application/x-www-form-urlencoded")
        let origin = ("origin", console)
        func post(_ url: String, _ headers: [(String, String)], _ body: String) -> TransportRequest {
            let fields = headers.map { (name: $0.0, value: $0.1) }
            return TransportRequest(method: "POST", url: url, headers: fields, body: Array(body.utf8))
        }
        return [
            // A token without a proof, with the wrong scheme, where people are, and as a document that is none.
            post("\(agents)/v1/requests", [json, ("authorization", "DPoP \(access)")], "{}"),
            post("\(agents)/v1/requests", [json, ("authorization", "Bearer \(access)")], "{}"),
            post("\(agents)/v1/requests", [json, ("authorization", "DPoP \(token)"), ("dpop", token)], "{}"),
            post("\(agents)/oauth/introspect", [form], "token=\(token)"),
            post("\(agents)/oauth/revoke", [form], "token=\(access)&client_assertion=\(token)"),
            post("\(agents)/oauth/token", [form], "grant_type=client_credentials&client_assertion=\(token)"),
            post("\(agents)/v1/executions", [json], "{\"token\": \"\(token)\", "),
            post("\(agents)/v1/requests", [json, ("cookie", cookie)], "{}"),
            post("\(console)/api/votes/begin", [json, origin, ("authorization", "DPoP \(access)")], "{}"),
            post("\(console)/api/votes/begin", [json, ("origin", "http://evil.example"), ("cookie", cookie)], "{}"),
            post("\(console)/api/votes/begin", [json, origin, ("cookie", cookie)], "{\"\(link)"),
            post("\(console)/api/votes/finish", [json, origin, ("cookie", cookie)], "{\"ceremony\": \"x\"}"),
            // The link a second time, and as a part of an address.
            post("\(console)/api/enrolment/begin", [json, origin], "{\"token\": \"\(link)\"}"),
            post("\(console)/enrol/\(link)", [json, origin], "{}"),
            post("\(agents)/v1/\(token)?token=\(access)", [json], "{}"),
        ]
    }

    /// The verb that makes a key: its private half is in its own file alone.
    private static func createAgent(at host: CommandHost, _ canaries: inout Canaries) async throws -> Program {
        let path = "\(host.installation.folder)/new.key"
        let program = try Program(
            [
                "agent", "create", "newcomer", "--owner", "owner", "--purpose", "p", "--key-file", path, "--data",
                host.installation.data, "--json",
            ], in: host.installation.folder)
        #expect(try await program.exitStatus() == 0, "\(program.said)")
        try hide(KeyFile.read(from: path), "new key", &canaries)
        return program
    }

    private static func hideKeys(of host: CommandHost, _ canaries: inout Canaries) throws {
        try hide(host.installation.key, "agent's key", &canaries)
        try hide(KeyFile.read(from: "\(host.installation.data)/signing-key.jwk"), "server's key", &canaries)
    }

    private static func hide(_ key: SigningKey, _ name: String, _ canaries: inout Canaries) throws {
        canaries.hide(name, try #require(key.privateJWK.withUnredacted { $0["d"]?.textValue }))
    }
}
