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
        let server = try await ServerProcess(
            data: "\(folder)/data", policy: policy, environment: ["COUNTERSIGN_FIRST_PERSON": "administrator"])
        let key = SigningKey(generating: .es256)
        var founder = TestBrowser(origin: server.consoleURL)
        let link = try String(contentsOfFile: "\(folder)/data/enrolment-link", encoding: .utf8)
        try await founder.enrol(link: Text(link.trimmingCharacters(in: .newlines)))
        let owner: PersonID = try Scenario.name("owner")
        try await founder.apply(.addPerson(.init(id: owner, name: "Owner", roles: [], groups: [])))
        let proposal = try await OperatorClient(dataDirectory: "\(folder)/data").propose(
            .addAgent(
                .init(
                    id: try Scenario.name("orders-agent"), owner: owner, purpose: "keeps orders", environment: nil,
                    groups: [], jwk: key.publicKey.json,
                    endsAt: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) + 86_400_000))))
        try await founder.confirm(.string(proposal.id))
        try await founder.apply(.registerTool(Scenario.tool))
        let browser = try await successor(of: &founder, at: server.consoleURL)
        _ = try await server.stop()
        return Installation(folder: folder, browser: browser, key: key)
    }

    /// Whoever confirmed the agent's key cannot approve what it asks for: somebody else takes over, alone again.
    private static func successor(of founder: inout TestBrowser, at origin: Text) async throws -> TestBrowser {
        let spec = Change.PersonSpec(
            id: try Scenario.name("ana"), name: "Ana", roles: [.administrator, .approver],
            groups: [try Scenario.name("operators")])
        let added = try await founder.apply(.addPerson(spec))
        guard let link = added["enrolment_link"]?.textValue else { throw NoLink() }
        var browser = TestBrowser(origin: origin)
        try await browser.enrol(link: link)
        let left = try await founder.apply(.disablePerson(try Scenario.name("administrator")))
        try await browser.confirm(left["change"] ?? .null)
        return browser
    }

    struct NoLink: Error {}

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
