import ActionTokens
import AuthorityCore
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import FactProviders
import Foundation
import Logging
import SQLiteStore
import SecretMaterial
import WireProtocol

/// A whole authority on the disk, with an owner, one agent and one tool, driven through the use cases.
final class BenchAuthority: Sendable {
    let authority: Authority
    let store: SQLiteStore
    let directory: String
    let agent: AgentID
    let key: SigningKey
    /// Signs the authority's tokens.
    let signingKey: SigningKey
    /// For rows where one agent may not have so many requests at once.
    let furtherAgents: [FurtherAgent]

    struct FurtherAgent {
        let id: AgentID
        let key: SigningKey
    }

    /// What a row needs beside the one agent and the one tool.
    struct Furnishing {
        var furtherAgents = 0
        var upstreams: [UpstreamServer] = []
        var policy = Workload.policy
    }

    /// On the disk that holds the working directory: `/tmp` may be memory.
    static func freshDirectory() throws -> String {
        let path = "\(FileManager.default.currentDirectoryPath)/.build/bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return path
    }

    init(
        in directory: String, issuer: Text = "http://127.0.0.1:7420", furnished furnishing: Furnishing = Furnishing()
    ) async throws {
        self.directory = directory
        store = try SQLiteStore.open(
            directory: directory + "/data", anchor: nil, now: Stopwatch.timestamp(), logger: .silent)
        signingKey = SigningKey(generating: .es256)
        key = SigningKey(generating: .es256)
        guard let agent = AgentID("orders-agent"), let owner = PersonID("owner"), let group = GroupID("operators"),
            let authority = Authority(
                settings: AuthoritySettings(
                    issuer: issuer, consoleOrigin: "http://localhost:7421", rpID: "localhost"),
                store: store, facts: SystemFactReader(),
                surroundings: Surroundings(
                    now: { Stopwatch.timestamp() }, random: { SystemRandom().bytes($0) }),
                signingKey: signingKey, logger: .silent)
        else { throw BenchError("the authority cannot be made") }
        self.agent = agent
        self.authority = authority
        furtherAgents = (0..<furnishing.furtherAgents).compactMap { number in
            AgentID(Text("agent-\(number)")).map { FurtherAgent(id: $0, key: SigningKey(generating: .es256)) }
        }
        try await SeedInstallation(authority).run(changes(owner, group, furnishing), by: "bench")
    }

    private func changes(_ owner: PersonID, _ group: GroupID, _ furnishing: Furnishing) -> [Change] {
        var changes: [Change] = [
            .addPerson(Change.PersonSpec(id: owner, name: "Owner", roles: [.approver], groups: [group]))
        ]
        for agent in [FurtherAgent(id: agent, key: key)] + furtherAgents {
            let spec = Change.AgentSpec(
                id: agent.id, owner: owner, purpose: "keeps orders", environment: nil, groups: [],
                jwk: agent.key.publicKey.json, endsAt: authority.now.adding(seconds: 86_400))
            changes.append(.addAgent(spec))
        }
        for upstream in furnishing.upstreams { changes.append(.registerUpstream(upstream)) }
        return changes + [.registerTool(Workload.tool), .loadPolicy(source: furnishing.policy)]
    }

    func close() async throws {
        try await store.close()
        try FileManager.default.removeItem(atPath: directory)
    }

    func call(_ method: Text, _ path: Text, token: Text?) throws -> HTTPCall {
        let url: Text = "\(authority.settings.issuer)\(path)"
        let proof = try DPoPProof.mint(
            for: ProofTarget(method: method, url: url),
            binding: DPoPProof.Binding(accessToken: token, nonce: authority.currentNonce), key: key,
            at: authority.now, unique: SystemRandom().bytes(16))
        return HTTPCall(method: method, url: url, authorization: token.map { ["DPoP \($0)"] } ?? [], dpop: [proof])
    }

    func accessToken() async throws -> Text {
        let assertion = try ClientAssertion.mint(
            clientID: agent.text, issuer: authority.settings.issuer, key: key, at: authority.now,
            unique: SystemRandom().bytes(16))
        return try await IssueAccessToken(authority).run(
            form: [
                ("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.assertionType),
                ("client_assertion", assertion),
            ], call: try call("POST", "/oauth/token", token: nil)
        ).accessToken
    }

    func caller() async throws -> AuthenticatedAgent {
        try await AuthenticateCall(authority).run(try call("POST", "/v1/requests", token: try await accessToken()))
    }

    /// CPU of verifying one signature of the kind that every call brings, in these seconds.
    func bareVerification() throws -> Double {
        let message = [UInt8](repeating: 7, count: 400)
        let signature = try key.signature(for: message)
        let publicKey = key.publicKey
        return Stopwatch.processor(count: 1_000) {
            Workload.keep(publicKey.isValidSignature(signature, for: message) ? 1 : 0)
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() } }
}
