import ApproverConsole
import Testing
import WireProtocol

/// Which rows of the table of roles stand for which address, so that no call can be added without a row.
@Suite struct RouteCoverageTests {
    static let agents: [AgentRoute: [String]] = [
        .issueAccessToken: ["get an access token"],
        .introspectToken: ["learn of a token by introspection"],
        .revokeToken: ["give an action token up"],
        .openRequest: ["open request"],
        .readRequest: ["read request"],
        .cancelRequest: ["cancel request"],
        .issueActionToken: ["issue action token"],
        .claimExecution: ["claim execution"],
        .completeExecution: ["complete execution"],
    ]

    /// A call through the gateway is these steps, each under its own rules.
    static let gateway: [GatewayRoute: [String]] = Dictionary(
        uniqueKeysWithValues: [.callAnyServer, .callServer].map {
            ($0, ["open request", "read request", "cancel request", "claim execution", "complete execution"])
        })

    /// For every agent and nobody else (`MCPGatewayTests/EntranceTests`); they touch nothing that anybody owns.
    static let sessions: Set<GatewayRoute> = [.followAnyServer, .followServer, .endAnySession, .endServerSession]
    static let openAtGateway: Set<GatewayRoute> = [.resourceMetadata, .anyServerMetadata, .namedServerMetadata]

    static let people: [ConsoleRoute: [String]] = [
        .inbox: ["find the request in lists"], .readInbox: ["find the request in lists"],
        .requests: ["find the request in lists"],
        .request: ["see the request's page"], .readRequest: ["see the request's page"],
        .requestEvents: ["see the request's page"],
        .agents: ["see the inventory"], .people: ["see the inventory"], .tools: ["see the inventory"],
        .policy: ["see the policy and ask what if"],
        .changes: ["see the changes"], .change: ["see the changes"], .readChanges: ["see the changes"],
        .overview: ["see the overview"], .events: ["see the overview"],
        .beginEnrolment: ["enrol without a link"], .finishEnrolment: ["enrol without a link"],
        .takeEnrolmentLink: [
            "take an enrolment link of one's own", "take an enrolment link that was confirmed for somebody else",
        ],
        .beginLogin: ["sign in"], .finishLogin: ["sign in"], .logout: ["sign out"],
        .beginVote: ["begin to approve", "begin to deny"],
        .castVote: ["cast a vote to approve", "cast a vote to deny", "cast a vote that somebody else signed"],
        .checkPolicy: ["check a policy set"],
        .proposeChange: [
            "propose a person", "propose a membership", "propose the end of a membership", "propose a person's end",
            "propose a passkey for somebody", "propose a passkey's end", "propose an agent",
            "propose another key for an agent", "propose an agent's end", "propose bearer tokens for an agent",
            "propose the end of an agent's bearer tokens", "propose a tool", "propose a tool's end",
            "propose a provider of facts", "propose a tool server", "propose a tool server's end", "propose a policy",
            "propose a freeze", "propose a thaw",
        ],
        .beginConfirmation: ["begin to confirm a change"],
        .confirmChange: ["confirm a change", "confirm a change that somebody else signed"],
    ]

    /// Open to everybody and the same for everybody. These lists only shrink.
    static let openToAgents: Set<AgentRoute> = [.serverMetadata, .keySet]
    static let openToPeople: Set<ConsoleRoute> = [.signIn, .enrol, .asset]

    @Test func `every call of both planes has rows in the table of roles, or is open to everybody`() {
        #expect(Set(Self.agents.keys).union(Self.openToAgents) == Set(AgentRoute.allCases))
        #expect(Set(Self.agents.keys).isDisjoint(with: Self.openToAgents))
        #expect(Set(Self.people.keys).union(Self.openToPeople) == Set(ConsoleRoute.allCases))
        #expect(Set(Self.people.keys).isDisjoint(with: Self.openToPeople))
        #expect(
            Set(Self.gateway.keys).union(Self.sessions).union(Self.openAtGateway) == Set(GatewayRoute.allCases))
        #expect(Self.openAtGateway.allSatisfy { !$0.needsAccessToken })
        #expect(Self.sessions.allSatisfy { $0.needsAccessToken })
        #expect(Self.openToPeople.allSatisfy { $0.isPublic })
        #expect(Self.openToAgents.allSatisfy { !$0.needsAccessToken })
    }

    @Test func `every row of the table of roles stands for a call`() {
        let named = Set(
            Self.agents.values.flatMap { $0 } + Self.gateway.values.flatMap { $0 } + Self.people.values.flatMap { $0 })
        let rows = RoleMatrixTests.actions.map(\.name)
        #expect(named == Set(rows))
        #expect(Set(rows).count == rows.count)
    }
}
