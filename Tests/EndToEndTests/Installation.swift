import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import OperatorVerbs
import SecretMaterial
import Subprocess
import SystemPackage
import WireProtocol

/// A server's data with one administrator, one agent and one tool, made by the real program once and copied for each test.
struct Installation: Sendable {
    var folder: String
    var browser: TestBrowser
    var key: SigningKey

    var data: String { "\(folder)/data" }

    /// One for all tests of this run.
    static let template = Task { try await Installation.make() }

    /// A copy of the template in a folder of its own.
    static func copy() async throws -> Installation {
        var copy = try await template.value
        let folder = try TestFolder.make()
        for name in ["data", "data.anchor"] {
            try FileManager.default.copyItem(atPath: "\(copy.folder)/\(name)", toPath: "\(folder)/\(name)")
        }
        copy.folder = folder
        return copy
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private static func make() async throws -> Installation {
        let folder = try TestFolder.make()
        let policy = "\(folder)/policy.cedar"
        try Data(Scenario.policy.utf8).write(to: URL(filePath: policy))
        let server = try await ServerProcess(data: "\(folder)/data", policy: policy)
        let key = SigningKey(generating: .es256)
        var browser = TestBrowser(origin: server.consoleURL)
        let link = try String(contentsOfFile: "\(folder)/data/enrolment-link", encoding: .utf8)
        try await browser.enrol(link: Text(link.trimmingCharacters(in: .newlines)))
        let owner: PersonID = try Scenario.name("owner")
        try await browser.apply(.addPerson(.init(id: owner, name: "Owner", roles: [], groups: [])))
        // From the host's command line: whoever proposes a key in the console could not approve what it asks for.
        let proposal = try await OperatorClient(dataDirectory: "\(folder)/data").propose(
            .addAgent(
                .init(
                    id: try Scenario.name("orders-agent"), owner: owner, purpose: "keeps orders", environment: nil,
                    groups: [], jwk: key.publicKey.json,
                    endsAt: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) + 86_400_000))))
        try await browser.confirm(.string(proposal.id))
        try await browser.apply(.registerTool(Scenario.tool))
        _ = try await server.stop()
        return Installation(folder: folder, browser: browser, key: key)
    }

    /// The agent, with little patience unless told otherwise: most tests want to see what happens.
    func agent(_ server: ServerProcess, patience: Duration = .milliseconds(200)) throws -> AgentClient {
        AgentClient(
            identity: .init(agent: try Scenario.name("orders-agent"), key: key, server: server.agentsURL),
            surroundings: ClientSurroundings(now: Self.now), patience: patience)
    }

    static let now: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// What `countersign doctor --json` said.
    struct DoctorReport: Sendable {
        var output: String
        var sound: Bool
        /// Objects by noun.
        var counts: JSONValue
    }

    func doctor() async throws -> DoctorReport {
        let result = try await Subprocess.run(
            .path(FilePath(ServerProcess.program)), arguments: ["doctor", "--data", data, "--json"],
            output: .string(limit: 16 << 20), error: .discarded)
        let output = result.standardOutput
        let json = try JSONReader.read(Array(output.utf8))
        return DoctorReport(
            output: output, sound: result.terminationStatus == .exited(0) && json["sound"]?.boolValue == true,
            counts: json["checked"] ?? .null)
    }

    /// What the record says, by code that shares nothing with the server.
    func reconcile() throws -> [Finding] {
        try Reconciler(directory: data, origin: nil, now: Self.now()).run().findings.filter { $0.severity == .broken }
    }
}
