package import AuthorityCore
package import CanonicalEncoding
package import DemoScenario
package import DomainModel
import SecretMaterial

/// The people, the agent and the tool that most stories need: one administrator who approves in `operators`, an agent
/// that somebody else owns, and a tool with one target.
package final class Scenario: Sendable {
    package let fixture: AuthorityFixture
    package let approver: TestPerson
    package let agent: TestAgent
    package let owner: PersonID

    package var authority: Authority { fixture.authority }
    package var clock: ManualClock { fixture.clock }

    package struct Unusable: Error {}

    package init(_ fixture: AuthorityFixture, policy: Text? = Scenario.policy) async throws {
        self.fixture = fixture
        let authority = fixture.authority
        owner = try Self.name("owner")
        let approver: PersonID = try Self.name("ana")
        let link = try await OpenFirstEnrolment(authority).run(
            person: approver, name: "Ana", groups: [try Self.name("operators")])
        let key = SigningKey(generating: .es256)
        let agent: AgentID = try Self.name("orders-agent")
        try await SeedInstallation(authority).run(
            [
                .addPerson(
                    Change.PersonSpec(
                        id: owner, name: "Owner", roles: [.approver], groups: [try Self.name("operators")])),
                .addAgent(
                    Change.AgentSpec(
                        id: agent, owner: owner, purpose: "keeps orders", environment: nil, groups: [],
                        jwk: key.publicKey.json, endsAt: fixture.clock.now.adding(seconds: 86_400 * 30))),
                .registerTool(Self.tool),
            ] + (policy.map { [.loadPolicy(source: $0)] } ?? []), by: "test")
        guard let link else { throw Unusable() }
        self.approver = try await TestPerson(approver, link: link, authority: authority)
        self.agent = TestAgent(agent, key: key, authority: authority)
        // Whoever enrolled in the request's own millisecond cannot vote on it.
        fixture.clock.advance(seconds: 1)
    }

    init(_ other: Scenario, at fixture: AuthorityFixture) {
        self.fixture = fixture
        owner = other.owner
        approver = TestPerson(other.approver, at: fixture.authority)
        agent = other.agent.at(fixture.authority)
    }

    package static func name<Kind>(_ text: Text) throws -> Name<Kind> {
        guard let name = Name<Kind>(text) else { throw Unusable() }
        return name
    }

    /// Adds a person through an administrator's confirmation and enrols them.
    package func add(
        _ name: Text, roles: Set<Role> = [.approver], groups: [Text] = ["operators"],
        bend: (inout SoftwareAuthenticator.Behaviour) -> Void = { _ in }
    ) async throws -> TestPerson {
        let id: PersonID = try Self.name(name)
        let spec = Change.PersonSpec(
            id: id, name: name, roles: roles, groups: try groups.map { try Self.name($0) })
        guard let link = try await approver.change(.addPerson(spec)).enrolmentLink else { throw Unusable() }
        let person = try await TestPerson(id, link: link, authority: authority, bend: bend)
        clock.advance(seconds: 1)
        return person
    }

    /// The action that policy holds for people.
    package static let deletion: JSONValue = [
        "tool": ["server": "orders-db", "name": "execute"], "arguments": ["operation": "delete", "id": 7],
    ]
    /// The action that policy allows at once.
    package static let reading: JSONValue = [
        "tool": ["server": "orders-db", "name": "execute"], "arguments": ["operation": "read", "id": 7],
    ]
    /// The action that policy allows and has looked at.
    package static let update: JSONValue = [
        "tool": ["server": "orders-db", "name": "execute"], "arguments": ["operation": "update", "id": 7],
    ]

    package static let tool = RegisteredTool(
        reference: ToolReference(server: "orders-db", name: "execute"), kind: .generic, title: "Work on orders",
        targets: [
            Target(
                name: "orders", resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod")
        ],
        inputSchema: [
            "type": "object", "properties": ["operation": ["type": "string"], "id": ["type": "integer"]],
            "required": ["operation"],
        ])

    /// A forbid that fits the schema and cannot be evaluated for any number but 0: the product does not fit 64 bits.
    package static let brokenRule: Text = """
        @id("broken") forbid (principal, action, resource)
        when { context.input has id && context.input.id * 9223372036854775807 > 7 };
        """

    package static let policy: Text = """
        @id("read") permit (principal, action == Countersign::Action::"orders-db___execute", resource)
        when { context.input.operation == "read" };
        @id("update") @tier("review") permit (principal, action == Countersign::Action::"orders-db___execute", resource)
        when { context.input.operation == "update" };
        @id("delete") permit (principal, action == Countersign::Action::"orders-db___execute", resource)
        when { context.input.operation == "delete" };
        @id("delete-needs-operators") @tier("approval") @approvers("operators") @quorum("1") @ttl("15m") @assurance("1")
        @criteria("I know which order it is") @reason("Deleting needs an operator")
        forbid (principal, action == Countersign::Action::"orders-db___execute", resource)
        when { context.input.operation == "delete" }
        unless { context has approval && context.approval.hasTag("operators") &&
                 context.approval.getTag("operators") >= 1 && context.approval.assurance >= 1 };
        @id("never-drop") @reason("Never")
        forbid (principal, action, resource) when { context.input has operation && context.input.operation == "drop" };
        """
}
